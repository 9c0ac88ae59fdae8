/* The judge's runner on a small suite of its own, with a worker that is only pretended. */
#include "unit.h"

#include "judge/attempt.h"
#include "judge/mutant.h"
#include "judge/prove.h"
#include "judge/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- A homework of three functions --- */

enum { SCALE, TOTAL, STEP, FUNCTIONS };

const struct call_function call_functions[] = {
    {"scale",
     9,
     CALL_VOID,
     3,
     {{"x", CALL_TENSOR_IN}, {"by", CALL_DOUBLE}, {"y", CALL_TENSOR_OUT}}},
    {"total", 9, CALL_INT64, 1, {{"x", CALL_TENSOR_IN}}},
    {"step", 9, CALL_VOID, 2, {{"w", CALL_TENSOR_INOUT}, {"dw", CALL_TENSOR_IN}}}};
const int call_function_count = FUNCTIONS;

static void scale(const union call_value *a, union call_value *result) {
    (void)result;
    for (int64_t i = 0; i < tensor_count(a[0].tensor_in); i++)
        a[2].tensor->at[i] = a[1].real * a[0].tensor_in->at[i];
}

static void scale_negated(const union call_value *a, union call_value *result) {
    union call_value b[] = {a[0], {.real = -a[1].real}, a[2]};
    scale(b, result);
}

static void scale_crashing(const union call_value *a, union call_value *result) {
    (void)a;
    (void)result;
    raise(SIGSEGV);
}

static void total(const union call_value *a, union call_value *result) {
    result->integer = 0;
    for (int64_t i = 0; i < tensor_count(a[0].tensor_in); i++)
        result->integer += (int64_t)a[0].tensor_in->at[i];
}

static void total_short(const union call_value *a, union call_value *result) {
    total(a, result);
    result->integer -= (int64_t)a[0].tensor_in->at[0];
}

static void total_unfinished(const union call_value *a, union call_value *result) {
    (void)a;
    result->integer = INT64_MIN;
}

static void step(const union call_value *a, union call_value *result) {
    (void)result;
    for (int64_t i = 0; i < tensor_count(a[0].tensor); i++)
        a[0].tensor->at[i] -= a[1].tensor_in->at[i];
}

static void nothing(const union call_value *a, union call_value *result) {
    (void)a;
    (void)result;
}

static call_thunk *const right[] = {scale, total, step};
static call_thunk *const negates[] = {scale_negated, total, step};
static call_thunk *const crashes[] = {scale_crashing, total, step};
static call_thunk *const drops_first[] = {scale, total_short, step};

/* --- Its suite --- */

static union call_value call(int function, union call_value a, union call_value b,
                             union call_value c) {
    return call_perform(function, (union call_value[]){a, b, c});
}
#define SCALED(x, by, y)                                                                           \
    call(SCALE, (union call_value){.tensor_in = (x)}, (union call_value){.real = (by)},            \
         (union call_value){.tensor = (y)})

/* The document's lines, as the tangler would have them. */
#line 10 "problems/9-small.md"
static void doubles(int row) {
    (void)row;
    tensor *y = tensor_new(SHAPE(2, 2));
    SCALED(tensor_of(SHAPE(2, 2), -1, 2, 3, 1), 2, y);
    expect_tensor(y, -2, 4, 6, 2);
}
#line 20 "problems/9-small.md"
static void totals(int row) {
    tensor *x = random_integers(SHAPE(2 + row, 3), 50);
    int64_t want = 0;
    for (int64_t i = 0; i < tensor_count(x); i++)
        want += (int64_t)x->at[i];
    union call_value a = {.tensor_in = x}, none = {0};
    expect_int(call(TOTAL, a, none, none).integer, want);
}
#line 30 "problems/9-small.md"
static void steps(int row) {
    (void)row;
    tensor *w = tensor_of(SHAPE(2), 5, 6);
    union call_value a = {.tensor = w}, b = {.tensor_in = tensor_of(SHAPE(2), 1, 2)}, none = {0};
    call(STEP, a, b, none);
    award(3, 4);
    award(1, 2);
    award(2, 3);
    expect_tensor(w, 4, 4);
}
#line 40 "problems/9-small.md"
static void clears(int row) {
    (void)row;
    tensor *y = tensor_new(SHAPE(2, 2));
    SCALED(tensor_of(SHAPE(2, 2), 1, 0, 0, 0), 2, y);
    expect_tensor(y, 2, 0, 0, 0);
}
#line 50 "problems/9-small.md"
static void miscounts(int row) {
    (void)row;
    tensor *y = tensor_new(SHAPE(2));
    SCALED(random_integers(SHAPE(2), 50), 2, y);
    expect_tensor(y, 2, 4, 6);
}
#line 132 "tests/unit/judge_test.c"

enum { DOUBLES, TOTALS, STEPS, CLEARS, MISCOUNTS, TESTS };
static const struct suite_test tests[TESTS];
/* As the tangler writes them: START_TEST would also declare a variable that nobody uses. */
#define CHECKED(name, index)                                                                       \
    static void check_##name##_run(int unused) {                                                   \
        (void)unused;                                                                              \
        suite_run(&tests[index]);                                                                  \
    }                                                                                              \
    static const TTest check_##name = {#name, check_##name##_run, __FILE__, __LINE__};
CHECKED(doubles, DOUBLES)
CHECKED(totals, TOTALS)
CHECKED(steps, STEPS)
CHECKED(clears, CLEARS)
CHECKED(miscounts, MISCOUNTS)
static const char *const rows[] = {"a2b3  small", "a3b3  larger"};
static const struct suite_test tests[TESTS] = {
    {"doubles", "Doubling", 9, 2, false, false, 1, NULL, 1, doubles, &check_doubles},
    {"totals", "Adding", 19, 2, true, false, 2, rows, 2, totals, &check_totals},
    {"steps", "Stepping", 29, 2, false, false, 3, NULL, 1, steps, &check_steps},
    {"clears", "Clearing", 39, 2, false, false, 4, NULL, 1, clears, &check_clears},
    {"miscounts", "Miscounting", 49, 2, false, false, 5, NULL, 1, miscounts, &check_miscounts}};
static const struct suite_mutant mutants[] = {{"crashes", "doubles", "", crashes},
                                              {"negates", "doubles", "", negates},
                                              {"drops_first", "doubles", "", drops_first},
                                              {"is_right", "totals", "", right},
                                              {"is_lost", "triples", "", negates}};
const struct suite suite = {.problem = 9,
                            .id = "small",
                            .title = "A small one",
                            .document = "problems/9-small.md",
                            .digest = 4711,
                            .test_count = TESTS,
                            .mutant_count = 5,
                            .tests = tests,
                            .mutants = mutants,
                            .reference = right};

/* --- A worker that is only pretended --- */

struct worker {
    int calls;
};
static struct {
    call_thunk *const *student;
    bool missing;
    int lost_in;                        /* the test whose worker dies in its first call, or -1 */
    enum verdict_status start;          /* what keeps workers from starting, or UNSET */
    double computes_ms[5], waits_ms[5]; /* of each test, as far as a worker is measured */
    int loops_in;         /* the test that reaches its limit of half a second, or -1 */
    double seconds;       /* for all */
    int started, stopped; /* in shared memory with the verdicts */
} * stage;
static struct verdict *verdicts;

struct worker *worker_start(const struct worker_setup *setup, struct verdict *v) {
    (void)setup;
    if (stage->start != VERDICT_UNSET) {
        verdict_set(v, stage->start, 3);
        return NULL;
    }
    stage->started++;
    return calloc(1, sizeof(struct worker));
}

bool worker_call(struct worker *w, int function, const union call_value *argument,
                 union call_value *result, struct verdict *v) {
    v->calls = ++w->calls;
    if (stage->loops_in == v - verdicts) {
        v->seconds = 0.5;
        verdict_set(v, VERDICT_TIMED_OUT, 0);
        return false;
    }
    if (stage->lost_in == v - verdicts) {
        verdict_set(v, VERDICT_CRASHED, SIGSEGV);
        return false;
    }
    stage->student[function](argument, result);
    return true;
}

bool worker_said_missing(const struct worker *w) {
    (void)w;
    return stage->missing;
}

void worker_stop(struct worker *w, struct verdict *v) {
    stage->stopped++;
    v->peak_kib = 77;
    v->cpu_ms += stage->computes_ms[v - verdicts];
    v->waited_ms += stage->waits_ms[v - verdicts];
    free(w);
}

static void set_stage(void) {
    char *shared = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    ck_assert(shared != MAP_FAILED);
    stage = (void *)shared;
    verdicts = (void *)(shared + 4096);
    stage->lost_in = stage->loops_in = -1;
    stage->seconds = 20;
}

/* In a process of its own: Check does not run inside Check. */
static const struct verdict *grade(call_thunk *const *student, const char *secret) {
    stage->student = student;
    memset(verdicts, 0, TESTS * sizeof *verdicts);
    pid_t child = fork();
    if (child == 0) {
        run_suite(&(struct worker_setup){.cpu = -1}, secret, stage->seconds, verdicts);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    return verdicts;
}

/* --- Grading --- */

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
        "drops_first                              totals steps miscounts\n"
        "is_right                                 steps miscounts\n"
        "is_lost                                  doubles steps clears miscounts\n");
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
    tcase_add_test(t, tells_idle_from_wrong);
    tcase_add_test(t, mixes_the_secret_into_hidden_inputs_only);
    tcase_add_test(t, goes_on_after_a_lost_worker);
    tcase_add_test(t, begins_no_test_once_the_seconds_are_used_up);
    tcase_add_test(t, begins_every_test_while_seconds_are_left);
    tcase_add_test(t, charges_a_limit_that_was_reached_and_not_what_was_measured);
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
