/* Proves a suite in this process, without a worker (judge/prove.h): the reference passes, demands
 * can fail, mutants die where they should.  Works with the practice seed. */
#include "judge/prove.h"

#include "base/fault.h"
#include "judge/call.h"
#include "judge/mutant.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static struct {
    FILE *out;
    int findings;
    int demands; /* of the test that is running */
    int dull;    /* the last line that was called dull, to say it once a line */
} proof;

__attribute__((format(printf, 2, 3))) static void say(int line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(proof.out, "%s:%d: ", suite.document, line);
    vfprintf(proof.out, format, arguments);
    fputc('\n', proof.out);
    va_end(arguments);
    proof.findings++;
}

/* --- Demands that prove nothing --- */

enum { ENOUGH = 4 }; /* fewer numbers cannot be called monotonous */

static const char *find_dullness(const tensor *want) {
    int64_t zeros = 0, alike = 0, count = tensor_count(want);
    for (int64_t i = 0; i < count; i++) {
        zeros += want->at[i] == 0;
        alike += want->at[i] == want->at[0];
    }
    if (count < ENOUGH)
        return NULL;
    if (alike == count)
        return "all alike";
    return 2 * zeros > count ? "mostly zeros" : NULL;
}

static void watch(const struct suite_test *test, int row, const struct expect_place *p,
                  const tensor *want) {
    proof.demands++;
    const char *dullness = want && !test->dull ? find_dullness(want) : NULL;
    if (!dullness || proof.dull == p->line)
        return;
    proof.dull = p->line;
    bool here = strcmp(p->file, suite.document) == 0;
    say(here ? p->line : test->line, "the numbers that %s expects of %s are %s%s%s", test->name,
        p->expression, dullness, test->rows ? " in row " : "", test->rows ? test->rows[row] : "");
}

/* --- The reference --- */

static void prove_reference(const struct suite_test *test) {
    struct verdict *v = allocate(1, sizeof *v);
    proof.demands = proof.dull = 0;
    call_use_thunks(suite.reference);
    attempt_watch(watch);
    attempt_run(test, "", v, NULL);
    attempt_watch(NULL);
    if (v->status == VERDICT_PARTIAL)
        say(v->line, "the reference is awarded only %d of %d by %s", v->share, v->of, test->name);
    else if (v->status != VERDICT_PASSED && v->status != VERDICT_AWAITING)
        say(v->line, "the reference does not pass %s%s%s: %s", test->name,
            v->row < 0 ? "" : " in row ", v->row < 0 ? "" : test->rows[v->row], attempt_sentence());
    else if (v->status == VERDICT_PASSED && proof.demands == 0)
        say(test->line, "%s demands nothing", test->name);
    free(v);
}

/* --- The mutants --- */

static bool kills(const struct suite_test *test, const struct suite_mutant *mutant) {
    return mutant_try(test, "", mutant->thunks, NULL) != TRIAL_PASSED;
}

static const struct suite_test *find_test(const char *name) {
    for (int i = 0; i < suite.test_count; i++)
        if (name && strcmp(suite.tests[i].name, name) == 0)
            return &suite.tests[i];
    return NULL;
}

static void prove_mutant(const struct suite_mutant *mutant) {
    const struct suite_test *named = find_test(mutant->killed_by);
    if (!named) {
        say(1, "mutant %s is to be killed by %s, which is no test", mutant->name,
            mutant->killed_by ? mutant->killed_by : "nothing");
        return;
    }
    if (kills(named, mutant))
        return;
    for (int i = 0; i < suite.test_count; i++)
        if (kills(&suite.tests[i], mutant)) {
            say(named->line, "mutant %s survives %s, which is to kill it; %s does", mutant->name,
                named->name, suite.tests[i].name);
            return;
        }
    say(named->line, "mutant %s survives every test", mutant->name);
}

static void print_matrix(void) {
    for (int m = 0; m < suite.mutant_count; m++) {
        const struct suite_mutant *mutant = &suite.mutants[m];
        fprintf(proof.out, "%-40s", mutant->name);
        for (int i = 0; i < suite.test_count; i++)
            if (kills(&suite.tests[i], mutant))
                fprintf(proof.out, " %s%s", suite.tests[i].name,
                        &suite.tests[i] == find_test(mutant->killed_by) ? "*" : "");
        fputc('\n', proof.out);
    }
}

/* By how much the numbers of each mutant are off where its test notices that. */
static void print_margins(void) {
    for (int m = 0; m < suite.mutant_count; m++) {
        const struct suite_mutant *mutant = &suite.mutants[m];
        const struct suite_test *test = find_test(mutant->killed_by);
        if (!test || !kills(test, mutant))
            continue;
        for (int i = 0; i < MARGIN_COUNT; i++)
            if (mutant_verdict()->margins[i] > 1)
                fprintf(proof.out, "margin %s %d.%s %.2g %s\n", margin_names[i], suite.problem,
                        test->name, mutant_verdict()->margins[i], mutant->name);
    }
}

int prove_suite(enum proof_print print, FILE *out) {
    proof.out = out;
    proof.findings = 0;
    for (int i = 0; i < suite.test_count; i++)
        prove_reference(&suite.tests[i]);
    for (int i = 0; i < suite.mutant_count; i++)
        prove_mutant(&suite.mutants[i]);
    if (print == PROOF_MATRIX)
        print_matrix();
    if (print == PROOF_MARGINS)
        print_margins();
    return proof.findings;
}
