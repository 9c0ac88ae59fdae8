/* The judge's runner on a small suite of its own (judge_suite.h): what it says of whose work. */
#include "judge_suite.h"

#include "judge/prove.h"

#include <math.h>

/* --- Grading --- */

static void total_unfinished(const union call_value *a, union call_value *result) {
    (void)a;
    result->integer = INT64_MIN;
}

static void nothing(const union call_value *a, union call_value *result) {
    (void)a;
    (void)result;
}

START_TEST(passes_right_work) {
    const struct verdict *v = grade(right, "");
    ck_assert_int_eq(v[DOUBLES].status, VERDICT_PASSED);
    ck_assert_int_eq(v[TOTALS].status, VERDICT_PASSED);
    ck_assert_int_eq(v[TOTALS].calls, 2);
    ck_assert_int_eq(v[TOTALS].peak_kib, 77);
    ck_assert_int_eq(stage->started, TESTS);
    ck_assert_int_eq(stage->stopped, TESTS);
}
END_TEST

START_TEST(keeps_the_least_share_awarded) {
    const struct verdict *v = grade(right, "");
    ck_assert_int_eq(v[STEPS].status, VERDICT_PARTIAL);
    ck_assert_int_eq(v[STEPS].share, 1);
    ck_assert_int_eq(v[STEPS].of, 2);
}
END_TEST

START_TEST(calls_a_wrong_test_our_fault) {
    const struct verdict *v = grade(right, "");
    ck_assert_int_eq(v[MISCOUNTS].status, VERDICT_NOT_GRADED);
    ck_assert_int_eq(v[MISCOUNTS].finding, FINDING_SHAPE);
}
END_TEST

START_TEST(says_what_was_wrong_and_recognizes_the_mistake) {
    const struct verdict *v = &grade(negates, "")[DOUBLES];
    ck_assert_int_eq(v->status, VERDICT_WRONG);
    ck_assert_int_eq(v->finding, FINDING_VALUES);
    ck_assert_int_eq(v->line, 14);
    ck_assert_int_eq(v->row, -1);
    ck_assert(v->got == 2 && v->want == -2 && v->bad == 4 && v->total == 4);
    ck_assert_str_eq(v->function, "scale");
    ck_assert_str_eq(v->expression, "y");
    ck_assert_str_eq(v->fed, "scale(x, by = 2, y)\nx (2, 2):\n[-1  2]\n[ 3  1]\n");
    ck_assert_str_eq(v->expected, "[-2  4]\n[ 6  2]\n");
    ck_assert_str_eq(v->returned, "[ 2 -4]\n[-6 -2]\n");
    ck_assert_str_eq(v->mutant, "negates");
    ck_assert_int_eq(verdicts[TOTALS].status, VERDICT_PASSED);
}
END_TEST

START_TEST(names_the_row_and_the_mistake_in_it) {
    const struct verdict *v = &grade(drops_first, "")[TOTALS];
    ck_assert_int_eq(v->status, VERDICT_WRONG);
    ck_assert_int_eq(v->finding, FINDING_INT);
    ck_assert_int_eq(v->row, 0);
    ck_assert_str_eq(v->mutant, "drops_first");
}
END_TEST

static void total_plus_seven(const union call_value *a, union call_value *result) {
    total(a, result);
    result->integer += 7;
}

START_TEST(recognizes_no_mistake_it_does_not_know) {
    call_thunk *const student[] = {scale, total_plus_seven, step};
    const struct verdict *v = &grade(student, "")[TOTALS];
    ck_assert_int_eq(v->status, VERDICT_WRONG);
    ck_assert_str_eq(v->mutant, "");
}
END_TEST

/* In DOUBLES it is like both, which was planted first; nothing that passed denies that. */
START_TEST(prefers_the_mistake_that_explains_most) {
    call_thunk *const student[] = {scale_and_square, total_plus_seven, step};
    const struct verdict *v = grade(student, "");
    ck_assert_int_eq(v[TOTALS].status, VERDICT_WRONG);
    ck_assert_str_eq(v[TOTALS].mutant, "");
    ck_assert_str_eq(v[CLEARS].mutant, "squares");
    ck_assert_str_eq(v[DOUBLES].mutant, "squares");
}
END_TEST

START_TEST(names_no_mistake_where_two_explain_as_much) {
    call_thunk *const student[] = {scale_and_square, total_short, step};
    const struct verdict *v = grade(student, "");
    ck_assert_str_eq(v[TOTALS].mutant, "both");
    ck_assert_str_eq(v[CLEARS].mutant, "squares");
    ck_assert_int_eq(v[DOUBLES].status, VERDICT_WRONG);
    ck_assert_str_eq(v[DOUBLES].mutant, "");
}
END_TEST

START_TEST(blames_no_mistake_that_would_fail_what_was_passed) {
    const struct verdict *v = grade(fears_zero, "");
    ck_assert_int_eq(v[DOUBLES].status, VERDICT_PASSED);
    ck_assert(v[CLEARS].got == 3 && v[CLEARS].bad == 1); /* just like squares */
    ck_assert_str_eq(v[CLEARS].mutant, "fears_zero");
}
END_TEST

START_TEST(tells_idle_from_wrong) {
    call_thunk *const idle[] = {nothing, total_unfinished, nothing};
    const struct verdict *v = grade(idle, "");
    for (int i = 0; i <= CLEARS; i++)
        ck_assert_int_eq(v[i].status, VERDICT_NOT_STARTED);
    ck_assert_int_eq(v[DOUBLES].finding, FINDING_UNFINISHED);
    ck_assert_int_eq(v[TOTALS].finding, FINDING_UNFINISHED);
    ck_assert_int_eq(v[STEPS].finding, FINDING_UNFINISHED); /* nothing was NaN there */
    stage->missing = true;
    grade(negates, "");
    ck_assert_int_eq(v[DOUBLES].status, VERDICT_NOT_STARTED);
    ck_assert_int_eq(v[DOUBLES].finding, FINDING_MISSING);
}
END_TEST

START_TEST(mixes_the_secret_into_hidden_inputs_only) {
    char practice[VERDICT_TEXT], secret[VERDICT_TEXT], public[VERDICT_TEXT];
    const struct verdict *v = grade(drops_first, "");
    memcpy(practice, v[TOTALS].fed, sizeof practice);
    v = grade(drops_first, "182");
    memcpy(secret, v[TOTALS].fed, sizeof secret);
    ck_assert_str_ne(practice, secret);
    v = grade(drops_first, "182");
    ck_assert_str_eq(v[TOTALS].fed, secret);
    v = grade(negates, "");
    memcpy(public, v[MISCOUNTS].fed, sizeof public);
    v = grade(negates, "182");
    ck_assert_str_eq(v[MISCOUNTS].fed, public);
}
END_TEST

START_TEST(goes_on_after_a_lost_worker) {
    stage->lost_in = DOUBLES;
    const struct verdict *v = grade(right, "");
    ck_assert_int_eq(v[DOUBLES].status, VERDICT_CRASHED);
    ck_assert_int_eq(v[DOUBLES].code, SIGSEGV);
    ck_assert_int_eq(v[DOUBLES].line, 9);
    ck_assert_str_eq(v[DOUBLES].function, "scale");
    ck_assert(strstr(v[DOUBLES].fed, "[-1  2]") != NULL);
    ck_assert_int_eq(v[TOTALS].status, VERDICT_PASSED);
    ck_assert_int_eq(stage->stopped, TESTS);
}
END_TEST

START_TEST(keeps_why_no_worker_started) {
    stage->start = VERDICT_ENDED_EARLY;
    const struct verdict *v = grade(right, "");
    for (int i = 0; i < TESTS; i++) {
        ck_assert_int_eq(v[i].status, VERDICT_ENDED_EARLY);
        ck_assert_int_eq(v[i].code, 3);
        ck_assert_int_eq(v[i].line, tests[i].line);
    }
}
END_TEST

START_TEST(keeps_the_first_bad_thing) {
    struct verdict v = {.status = VERDICT_PASSED};
    verdict_set(&v, VERDICT_CRASHED, 11);
    verdict_set(&v, VERDICT_TIMED_OUT, 4);
    verdict_set(&v, VERDICT_PASSED, 0);
    ck_assert_int_eq(v.status, VERDICT_CRASHED);
    ck_assert_int_eq(v.code, 11);
}
END_TEST

/* --- Comparing and proving --- */

START_TEST(compares_wrong_numbers_by_their_largest) {
    double a[] = {1e6, 1, NAN, INFINITY}, b[] = {1e6, 1, NAN, INFINITY};
    struct wrong x = {FINDING_VALUES, 0, 1, 4, a}, y = {FINDING_VALUES, 0, 1, 4, b};
    ck_assert(wrong_same(&x, &y));
    b[1] = 1 + 0.9e-3;
    ck_assert(wrong_same(&x, &y));
    b[1] = 1 + 1.1e-3;
    ck_assert(!wrong_same(&x, &y));
    b[1] = NAN;
    ck_assert(!wrong_same(&x, &y));
    b[1] = 1;
    b[3] = -INFINITY;
    ck_assert(!wrong_same(&x, &y));
    b[3] = INFINITY;
    y.ordinal = 2;
    ck_assert(!wrong_same(&x, &y));
    y.ordinal = 1;
    y.row = 1;
    ck_assert(!wrong_same(&x, &y));
}
END_TEST

START_TEST(survives_its_mutants) {
    ck_assert_int_eq(mutant_try(&tests[DOUBLES], "", right, NULL), TRIAL_PASSED);
    ck_assert_int_eq(mutant_try(&tests[DOUBLES], "", negates, NULL), TRIAL_FAILED);
    ck_assert_int_eq(mutant_try(&tests[DOUBLES], "", crashes, NULL), TRIAL_DIED);
    double wrong[] = {2, -2, 2, -4, -6, -2, -2, 4, 6, 2}; /* the first pair, got, wanted */
    struct wrong same = {FINDING_VALUES, 0, 1, 10, wrong};
    ck_assert_int_eq(mutant_try(&tests[DOUBLES], "", negates, &same), TRIAL_SAME);
    wrong[3] = -3;
    ck_assert_int_eq(mutant_try(&tests[DOUBLES], "", negates, &same), TRIAL_FAILED);
}
END_TEST

START_TEST(proves_what_can_be_proved) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    int findings = prove_suite(PROOF_MATRIX, out);
    fclose(out);
    ck_assert_str_eq(
        text,
        "problems/9-small.md:29: the reference is awarded only 1 of 2 by steps\n"
        "problems/9-small.md:44: the numbers that clears expects of y are mostly zeros\n"
        "problems/9-small.md:54: the reference does not pass miscounts: the test is wrong: y has 2 "
        "numbers where 3 belong\n"
        "problems/9-small.md:9: mutant drops_first survives doubles, which is to kill it; totals "
        "does\n"
        "problems/9-small.md:19: mutant is_right survives totals, which is to kill it; steps does\n"
        "problems/9-small.md:1: mutant is_lost is to be killed by triples, which is no test\n"
        "crashes                                  doubles* steps clears miscounts\n"
        "negates                                  doubles* steps clears miscounts\n"
        "both                                     doubles totals* steps miscounts\n"
        "drops_first                              totals steps miscounts\n"
        "is_right                                 steps miscounts\n"
        "is_lost                                  doubles steps clears miscounts\n"
        "squares                                  doubles* steps clears miscounts\n"
        "fears_zero                               steps clears* miscounts\n");
    ck_assert_int_eq(findings, 6);
    free(text);
}
END_TEST

static Suite *judge_suite(void) {
    Suite *s = suite_create("judge");
    TCase *t = tcase_create("judge");
    tcase_add_checked_fixture(t, set_stage, NULL);
    tcase_add_test(t, passes_right_work);
    tcase_add_test(t, keeps_the_least_share_awarded);
    tcase_add_test(t, calls_a_wrong_test_our_fault);
    tcase_add_test(t, says_what_was_wrong_and_recognizes_the_mistake);
    tcase_add_test(t, names_the_row_and_the_mistake_in_it);
    tcase_add_test(t, recognizes_no_mistake_it_does_not_know);
    tcase_add_test(t, prefers_the_mistake_that_explains_most);
    tcase_add_test(t, names_no_mistake_where_two_explain_as_much);
    tcase_add_test(t, blames_no_mistake_that_would_fail_what_was_passed);
    tcase_add_test(t, tells_idle_from_wrong);
    tcase_add_test(t, mixes_the_secret_into_hidden_inputs_only);
    tcase_add_test(t, goes_on_after_a_lost_worker);
    tcase_add_test(t, keeps_why_no_worker_started);
    tcase_add_test(t, keeps_the_first_bad_thing);
    tcase_add_test(t, compares_wrong_numbers_by_their_largest);
    tcase_add_test(t, survives_its_mutants);
    tcase_add_test(t, proves_what_can_be_proved);
    suite_add_tcase(s, t);
    return s;
}

int main(void) {
    return unit_run(judge_suite());
}
