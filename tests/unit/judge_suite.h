/* A homework of three functions with a small suite, and a worker that is only pretended: what tests
 * of the judge's runner need.  A program includes it once. */
#ifndef GRADUS_JUDGE_SUITE_H
#define GRADUS_JUDGE_SUITE_H

#include "unit.h"

#include "judge/attempt.h"
#include "judge/mutant.h"
#include "judge/run.h"

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

static void step(const union call_value *a, union call_value *result) {
    (void)result;
    for (int64_t i = 0; i < tensor_count(a[0].tensor); i++)
        a[0].tensor->at[i] -= a[1].tensor_in->at[i];
}

static void scale_and_square(const union call_value *a, union call_value *result) {
    scale(a, result);
    for (int64_t i = 0; i < tensor_count(a[0].tensor_in); i++)
        a[2].tensor->at[i] += a[0].tensor_in->at[i] * a[0].tensor_in->at[i];
}

/* Its halves: each shows in one of the tests only. */
static void scale_before_others(const union call_value *a, union call_value *result) {
    (a[0].tensor_in->at[1] == 0 ? scale : scale_and_square)(a, result);
}

static void scale_before_zero(const union call_value *a, union call_value *result) {
    scale(a, result);
    a[2].tensor->at[0] += a[0].tensor_in->at[1] == 0;
}

static call_thunk *const right[] = {scale, total, step};
static call_thunk *const negates[] = {scale_negated, total, step};
static call_thunk *const crashes[] = {scale_crashing, total, step};
static call_thunk *const drops_first[] = {scale, total_short, step};
static call_thunk *const both[] = {scale_before_others, total_short, step};
static call_thunk *const squares[] = {scale_and_square, total, step};
static call_thunk *const fears_zero[] = {scale_before_zero, total, step};

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
#line 124 "tests/unit/judge_suite.h"

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
static const struct suite_mutant mutants[] = {
    {"crashes", "doubles", "", crashes}, {"negates", "doubles", "", negates},
    {"both", "totals", "", both},        {"drops_first", "doubles", "", drops_first},
    {"is_right", "totals", "", right},   {"is_lost", "triples", "", crashes},
    {"squares", "doubles", "", squares}, {"fears_zero", "clears", "", fears_zero}};
const struct suite suite = {.problem = 9,
                            .id = "small",
                            .title = "A small one",
                            .document = "problems/9-small.md",
                            .digest = 4711,
                            .test_count = TESTS,
                            .mutant_count = 8,
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
    volatile pid_t trial; /* the process that tries a mutant that waits */
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

static inline void set_stage(void) {
    char *shared = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    ck_assert(shared != MAP_FAILED);
    stage = (void *)shared;
    verdicts = (void *)(shared + 4096);
    stage->lost_in = stage->loops_in = -1;
    stage->seconds = 20;
}

/* In a process of its own: Check does not run inside Check. */
static inline const struct verdict *grade(call_thunk *const *student, const char *secret) {
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

#endif
