/* Runs one problem's public tests with Check and prints a line a test.  Each test runs in a process
 * of its own, so a crash costs one test; CK_FORK=no runs them in this one, for a debugger, and
 * CK_RUN_CASE=NAME runs one alone. */
#include "direct.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS = 10 }; /* times CK_TIMEOUT_MULTIPLIER, for Valgrind */

static SRunner *make_runner(void) {
    Suite *s = suite_create(suite.id);
    for (int i = 0; i < suite.test_count; i++) {
        /* A case a test: the case's name is what a result remembers. */
        TCase *test = tcase_create(suite.tests[i].name);
        tcase_set_timeout(test, SECONDS);
        tcase_add_test(test, suite.tests[i].check);
        suite_add_tcase(s, test);
    }
    return srunner_create(s);
}

static const struct suite_test *find_test(const char *name) {
    for (int i = 0; i < suite.test_count; i++)
        if (strcmp(suite.tests[i].name, name) == 0)
            return &suite.tests[i];
    return NULL;
}

static void print_indented(const char *text) {
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        printf("      %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

/* Prints what became of a test; returns its points. */
static double print_test(const struct suite_test *t, TestResult *result) {
    const struct direct_note *note = &direct_notes[t - suite.tests];
    if (tr_rtype(result) != CK_PASS) {
        printf("FAIL  %s (%d)\n", t->name, t->points);
        if (note->text[0])
            print_indented(note->text);
        else if (strstr(tr_msg(result), "timeout"))
            printf("      %s:%d: still running after %d seconds: look for a loop without an end\n",
                   suite.document, t->line, SECONDS);
        else
            printf("      %s:%d: %s\n", suite.document, t->line, tr_msg(result));
        return 0;
    }
    if (note->awaited[0]) {
        printf("wait  %s (%d)\n      Awaiting %s.\n", t->name, t->points, note->awaited);
        return 0;
    }
    if (note->of > 0 && note->share < note->of) {
        double earned = (double)t->points * note->share / note->of;
        printf("part  %s (%g of %d)\n", t->name, earned, t->points);
        return earned;
    }
    printf("ok    %s (%d)\n", t->name, t->points);
    return t->points;
}

int main(void) {
    direct_begin();
    SRunner *runner = make_runner();
    srunner_run_all(runner, CK_SILENT);
    TestResult **results = srunner_results(runner);
    double earned = 0;
    int points = 0, awaited = 0;
    for (int i = 0; i < srunner_ntests_run(runner); i++) {
        const struct suite_test *t = find_test(tr_tcname(results[i]));
        if (!t)
            continue;
        points += t->points;
        earned += print_test(t, results[i]);
        if (direct_notes[t - suite.tests].awaited[0])
            awaited += t->points;
        if (direct_notes[t - suite.tests].attached[0])
            printf("      look at %s\n", direct_notes[t - suite.tests].attached);
    }
    printf("problem %d: %g of %d public points", suite.problem, earned, points);
    if (awaited > 0)
        printf(" (%d still awaited)", awaited);
    printf("; hidden tests are run when it is graded\n");
    int failed = srunner_ntests_failed(runner);
    /* Check made the array for us; the results in it belong to the runner. */
    free(results);
    srunner_free(runner);
    return failed ? 1 : 0;
}
