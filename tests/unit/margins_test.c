/* What an attempt tells beside right and wrong: how near numbers come to what is allowed, measured
 * for whoever judges and printed for mutants; and shares. */
#include "unit.h"

#include "judge/attempt.h"
#include "judge/call.h"
#include "judge/mutant.h"
#include "judge/prove.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- A homework of one function, with a test and three mistakes --- */

const struct call_function call_functions[] = {{"half", 9, CALL_DOUBLE, 1, {{"x", CALL_DOUBLE}}}};
const int call_function_count = 1;

static void half(const union call_value *a, union call_value *result) {
    result->real = a[0].real / 2;
}
static void half_in_float(const union call_value *a, union call_value *result) {
    result->real = (float)a[0].real / 2;
}
static void half_of_nothing(const union call_value *a, union call_value *result) {
    result->real = a[0].real * INFINITY;
}
static call_thunk *const right[] = {half}, *const in_float[] = {half_in_float},
                         *const of_nothing[] = {half_of_nothing};

/* 1 + 2^-30 is 1 in float: off by 2^-31, where 64 u = 2^-47 is allowed. */
static void halves(int row) {
    (void)row;
    union call_value x = {.real = 1 + 0x1p-30};
    expect_real(call_perform(0, &x).real, 0.5 + 0x1p-31, 1);
}
static void check_halves_run(int unused) {
    (void)unused;
}
static const TTest check_halves = {"halves", check_halves_run, __FILE__, __LINE__};

static const struct suite_test tests[] = {
    {"halves", "Halving", 9, 2, false, false, 1, NULL, 1, halves, &check_halves}};
static const struct suite_mutant mutants[] = {{"in_float", "halves", "", in_float},
                                              {"of_nothing", "halves", "", of_nothing},
                                              {"survives", "halves", "", right}};
const struct suite suite = {.problem = 9,
                            .id = "small",
                            .title = "A small one",
                            .document = "problems/9-small.md",
                            .digest = 1,
                            .test_count = 1,
                            .mutant_count = 3,
                            .tests = tests,
                            .mutants = mutants,
                            .reference = right};

/* --- Measuring --- */

START_TEST(keeps_the_largest_error_of_each_kind) {
    struct verdict v = {0};
    call_use_thunks(right);
    attempt_run(&tests[0], "", &v, NULL);
    ck_assert_int_eq(v.status, VERDICT_PASSED);
    for (int i = 0; i < MARGIN_COUNT; i++)
        ck_assert(v.margins[i] == 0);
    finding_measure(FINDING_REAL, 3, 4);
    finding_measure(FINDING_REAL, 2, 4);
    finding_measure(FINDING_GRADIENT, 5, 4);
    ck_assert(v.margins[MARGIN_REAL] == 0.75 && v.margins[MARGIN_GRADIENT] == 1.25);
}
END_TEST

START_TEST(leaves_out_what_is_no_number_and_what_allows_nothing) {
    struct verdict v = {0};
    call_use_thunks(right);
    attempt_run(&tests[0], "", &v, NULL);
    finding_measure(FINDING_ADJOINT, INFINITY, 4);
    finding_measure(FINDING_ADJOINT, NAN, 4);
    finding_measure(FINDING_VALUES, 0, 0);
    finding_measure(FINDING_VALUES, 1, 0);
    ck_assert(v.margins[MARGIN_ADJOINT] == 0 && v.margins[MARGIN_SUMS] == 0);
}
END_TEST

static void shares_nothing(int row) {
    (void)row;
    award(2, 3);
    award(0, 3);
}

START_TEST(no_share_at_all_is_wrong_and_not_partly_right) {
    const struct suite_test nothing = {.name = "nothing", .row_count = 1, .body = shares_nothing};
    struct verdict v = {0};
    attempt_run(&nothing, "", &v, NULL);
    ck_assert_int_eq(v.status, VERDICT_WRONG);
    ck_assert_int_eq(v.finding, FINDING_PROPERTY);
    ck_assert_str_eq(v.sentence, "some part of this test is right");
}
END_TEST

START_TEST(mutants_tell_what_became_of_them) {
    ck_assert_int_eq(mutant_try(&tests[0], "", in_float, NULL), TRIAL_FAILED);
    ck_assert_int_eq(mutant_verdict()->status, VERDICT_WRONG);
    ck_assert(mutant_verdict()->margins[MARGIN_REAL] == 0x1p16);
    ck_assert_int_eq(mutant_try(&tests[0], "", right, NULL), TRIAL_PASSED);
    ck_assert_int_eq(mutant_verdict()->status, VERDICT_PASSED);
    ck_assert(mutant_verdict()->margins[MARGIN_REAL] == 0);
}
END_TEST

START_TEST(prints_mutants_that_numbers_give_away) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    int findings = prove_suite(PROOF_MARGINS, out);
    fclose(out);
    ck_assert_str_eq(text, "problems/9-small.md:9: mutant survives survives every test\n"
                           "margin real 9.halves 6.6e+04 in_float\n");
    ck_assert_int_eq(findings, 1);
    free(text);
}
END_TEST

int main(void) {
    Suite *s = suite_create("margins");
    TCase *t = tcase_create("margins");
    tcase_add_test(t, keeps_the_largest_error_of_each_kind);
    tcase_add_test(t, leaves_out_what_is_no_number_and_what_allows_nothing);
    tcase_add_test(t, no_share_at_all_is_wrong_and_not_partly_right);
    tcase_add_test(t, mutants_tell_what_became_of_them);
    tcase_add_test(t, prints_mutants_that_numbers_give_away);
    suite_add_tcase(s, t);
    return unit_run(s);
}
