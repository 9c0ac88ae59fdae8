/* What the judge's runner does with time (judge_suite.h): the seconds that the tests of a problem
 * have together, and the end that gradus may put to it. */
#include "judge_suite.h"

#include <signal.h>
#include <sys/prctl.h>

/* --- With gradus --- */

static void wait_for_ever(const union call_value *a, union call_value *result) {
    (void)a;
    (void)result;
    stage->trial = getpid();
    pause();
}

START_TEST(a_mutant_that_is_tried_dies_with_its_judge) {
    call_thunk *const waits[] = {wait_for_ever, wait_for_ever, wait_for_ever};
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    pid_t judge = fork();
    if (judge == 0) {
        mutant_try(&tests[DOUBLES], "", waits, NULL);
        _exit(0);
    }
    while (!stage->trial)
        usleep(1000);
    kill(judge, SIGKILL);
    int status = 0;
    ck_assert_int_eq(waitpid(judge, &status, 0), judge);
    ck_assert_int_eq(waitpid(-1, &status, 0), stage->trial);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL); /* not by its alarm */
}
END_TEST

/* --- The seconds of the problem --- */

static void demand_used_up(const struct verdict *v, int costly) {
    ck_assert_int_eq(v->status, VERDICT_TIMED_OUT);
    ck_assert_int_eq(v->costly, costly);
    ck_assert_double_eq(v->seconds, stage->seconds);
    ck_assert_int_eq(v->calls, 0);
}

START_TEST(begins_no_test_once_the_seconds_are_used_up) {
    stage->seconds = 1;
    stage->computes_ms[DOUBLES] = 300;
    stage->computes_ms[TOTALS] = 300;
    stage->waits_ms[TOTALS] = 400; /* waiting counts, too */
    const struct verdict *v = grade(right, "");
    ck_assert_int_eq(v[DOUBLES].status, VERDICT_PASSED);
    ck_assert_int_eq(v[TOTALS].status, VERDICT_PASSED);
    ck_assert_int_eq(stage->started, 2);
    for (int i = STEPS; i < TESTS; i++) {
        demand_used_up(&v[i], TOTALS + 1);
        ck_assert_int_eq(v[i].line, tests[i].line);
    }
}
END_TEST

START_TEST(begins_every_test_while_seconds_are_left) {
    stage->seconds = 1;
    for (int i = 0; i < TESTS - 1; i++)
        stage->computes_ms[i] = 249;
    grade(right, "");
    ck_assert_int_eq(stage->started, TESTS);
}
END_TEST

START_TEST(charges_a_limit_that_was_reached_and_not_what_was_measured) {
    stage->seconds = 1;
    stage->loops_in = DOUBLES;
    stage->computes_ms[DOUBLES] = 2000; /* our look came late */
    const struct verdict *v = grade(right, "");
    ck_assert_int_eq(v[DOUBLES].status, VERDICT_TIMED_OUT);
    ck_assert_int_eq(v[DOUBLES].costly, 0);
    ck_assert_int_eq(v[TOTALS].status, VERDICT_PASSED);
    stage->seconds = 0.5;
    demand_used_up(&grade(right, "")[TOTALS], DOUBLES + 1);
}
END_TEST

int main(void) {
    Suite *s = suite_create("judge_time");
    TCase *t = tcase_create("judge_time");
    tcase_add_checked_fixture(t, set_stage, NULL);
    tcase_add_test(t, a_mutant_that_is_tried_dies_with_its_judge);
    tcase_add_test(t, begins_no_test_once_the_seconds_are_used_up);
    tcase_add_test(t, begins_every_test_while_seconds_are_left);
    tcase_add_test(t, charges_a_limit_that_was_reached_and_not_what_was_measured);
    suite_add_tcase(s, t);
    return unit_run(s);
}
