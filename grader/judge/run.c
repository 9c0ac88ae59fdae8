/* Runs the suite under Check (run.h).  Check counts and isolates tests in form only: no forks,
 * since student code is never in this process, and no time-outs, since the worker's clock is the
 * judge's. Failures travel in the verdicts; Check gets one short line. */
#include "judge/run.h"

#include "base/fault.h"
#include "judge/attachment.h"
#include "judge/call.h"
#include "judge/mutant.h"

#include <stdlib.h>

static struct {
    const struct worker_setup *setup;
    const char *secret;
    struct verdict *verdicts;
    struct wrong *wrongs;
    double seconds;    /* that all tests may use together */
    double used, most; /* seconds of all tests so far, and of the one that used most */
    int costly;        /* that one, from 1 */
} run;

/* What this test's workers used of the problem's seconds, as the kernel and our own clock say.  One
 * that reached a limit used just that much, so that work that never ends comes equally far on every
 * machine. */
static void charge(const struct verdict *v, int number) {
    bool limited = v->status == VERDICT_TIMED_OUT || v->status == VERDICT_BLOCKED;
    double seconds = limited ? v->seconds : (v->cpu_ms + v->waited_ms) / 1e3;
    run.used += seconds;
    if (seconds > run.most) {
        run.most = seconds;
        run.costly = number;
    }
}

static void try_test(const struct suite_test *test, struct verdict *v) {
    int number = (int)(test - suite.tests) + 1;
    struct worker *worker = worker_start(run.setup, v);
    if (worker) {
        call_use_worker(worker, v);
        attempt_run(test, run.secret, v, &run.wrongs[number - 1]);
        worker_stop(worker, v);
    }
    charge(v, number);
}

void suite_run(const struct suite_test *test) {
    struct verdict *v = &run.verdicts[test - suite.tests];
    v->line = test->line;
    v->row = -1;
    if (run.used < run.seconds) {
        try_test(test, v);
    } else {
        verdict_set(v, VERDICT_TIMED_OUT, 0);
        v->costly = run.costly;
        v->seconds = run.seconds;
    }
    if (v->status != VERDICT_PASSED)
        ck_abort_msg("%s ends with status %d", test->name, v->status);
}

static void run_under_check(void) {
    Suite *s = suite_create(suite.id);
    TCase *tests = tcase_create(suite.id);
    tcase_set_timeout(tests, 0);
    for (int i = 0; i < suite.test_count; i++)
        tcase_add_test(tests, suite.tests[i].check);
    suite_add_tcase(s, tests);
    SRunner *runner = srunner_create(s);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    if (srunner_ntests_run(runner) != suite.test_count)
        fault("Check ran %d tests of %d", srunner_ntests_run(runner), suite.test_count);
    srunner_free(runner);
}

void run_suite(const struct worker_setup *setup, const char *secret, double seconds,
               struct verdict *verdicts) {
    run.setup = setup;
    run.secret = secret;
    run.verdicts = verdicts;
    run.seconds = seconds;
    run.used = run.most = 0;
    run.costly = 0;
    run.wrongs = allocate((unsigned long)suite.test_count, sizeof *run.wrongs);
    attachments_keep();
    run_under_check();
    for (int i = 0; i < suite.test_count; i++)
        if (verdicts[i].status == VERDICT_UNSET)
            fault("%s came to no verdict", suite.tests[i].name);
    mutants_recognize(secret, run.wrongs, verdicts);
    for (int i = 0; i < suite.test_count; i++)
        wrong_free(&run.wrongs[i]);
    free(run.wrongs);
    run.wrongs = NULL;
}
