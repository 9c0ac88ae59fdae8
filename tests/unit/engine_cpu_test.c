/* The CPU as an engine: whole steps of small ResNets.  Levers change nothing but memory, batches in
 * parts give the sum of their gradients, evaluating changes nothing, what is granted is what was
 * planned, and each refusal leaves a trouble. */
#include "unit.h"

#include "cpu_work.h"
#include "stepping.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 3, STEPS = 4, LEVERS = 16 };

static const struct step_settings settings = {.rate = 0.01F,
                                              .momentum = 0.9F,
                                              .mean_decay = 0.9F,
                                              .square_decay = 0.99F,
                                              .epsilon = 1e-3F,
                                              .mean_correction = 0.1F,
                                              .square_correction = 0.01F,
                                              .share = 1.0F / BATCH};
static struct trouble trouble;

static struct engine *open_engine(const struct stepping *s) {
    trouble = (struct trouble){0};
    struct engine *e = engine_cpu.open(&trouble);
    ck_assert_ptr_nonnull(e);
    ck_assert_msg(e->class->prepare(e, &s->order, &trouble), "%s", trouble.words);
    stepping_begin(s, e, NULL);
    return e;
}

static struct step_result run(const struct stepping *s, struct engine *e, enum engine_mode mode,
                              const struct step_settings *with, int step, int64_t first) {
    struct step_result result = {0};
    unsigned char *records = e->class->stage(e, &trouble);
    ck_assert_ptr_nonnull(records);
    stepping_records(s, step, first, records);
    ck_assert_msg(e->class->run(e, mode, with, &trouble), "%s", trouble.words);
    ck_assert_msg(e->class->wait(e, &result, &trouble), "%s", trouble.words);
    return result;
}

/* --- Levers --- */

static const unsigned LASTING = 1U << STEP_WEIGHTS | 1U << STEP_STATE | 1U << STEP_RUNNING;

static struct numbers_read train(const struct resnet_plan *network, const struct step_plan *plan,
                                 double *losses) {
    static struct stepping s;
    stepping_make(&s, network, plan, BATCH);
    struct engine *e = open_engine(&s);
    ck_assert_int_eq(e->granted, s.arena.bytes);
    for (int step = 0; step < STEPS; step++)
        losses[step] = run(&s, e, ENGINE_TRAIN, &settings, step % 2, 0).loss;
    struct numbers_read all = stepping_read(&s, e, LASTING);
    e->class->close(e);
    stepping_free(&s);
    return all;
}

START_TEST(levers_change_nothing_but_memory) {
    const struct resnet_plan *network = _i % 2 ? &stepping_bottleneck : &stepping_basic;
    struct step_plan plan = {.optimiser = (enum step_optimiser)(_i / 2)};
    double plainly[STEPS], with[STEPS];
    struct numbers_read want = train(network, &plan, plainly);
    ck_assert(isfinite(plainly[STEPS - 1]));
    ck_assert_double_lt(plainly[STEPS - 1], plainly[1]); /* it learns */
    for (plan.levers = 1; plan.levers < LEVERS; plan.levers++) {
        struct numbers_read got = train(network, &plan, with);
        ck_assert_msg(stepping_distance(want, got) == 0, "levers %u", plan.levers);
        ck_assert_mem_eq(plainly, with, sizeof with);
        free(got.at);
    }
    free(want.at);
}
END_TEST

/* --- What operations touch --- */

/* Marks the bytes of the roles' tensors. */
static void mark(const struct work *w, unsigned roles, const char *base, unsigned char *marks) {
    for (int role = 0; role < STEP_ROLES; role++)
        if (roles & 1U << role)
            memset(marks + ((const char *)w->at[role] - base), 1, (size_t)w->bytes[role]);
}

/* What an operation reads and writes in addition when gradients are gathered. */
static unsigned gathered(const struct work *w) {
    bool touches = w->gathers && w->kind != OPERATION_FORWARD && w->at[ROLE_GRADIENT];
    return touches ? 1U << ROLE_GRADIENT : 0;
}

static void expect_same(const struct work *w, const char *name, int64_t bytes, const char *a,
                        const char *b, const unsigned char *marks) {
    for (int64_t i = 0; i < bytes; i++)
        if (marks[i] && a[i] != b[i])
            ck_abort_msg("%s of %s (%d)", name, w->layer ? w->layer->name : "the batch",
                         (int)w->kind);
}

/* Runs an operation on what it reads alone, and everything else not a number: it must leave the
 * same.  Then runs it on all: what it does not write must stay. */
static void run_alone(const struct work_order *order, int i, char *memory, char *other,
                      unsigned char *marks) {
    const struct operation *o = &order->step->operations[i];
    const int64_t bytes = order->arena->bytes;
    struct work w = work_bind(order, i, memory), alone = work_bind(order, i, other);
    unsigned reads = step_reads(o) | gathered(&w), writes = step_writes(o) | gathered(&w);
    memset(marks, 0, (size_t)bytes);
    mark(&w, reads, memory, marks);
    for (int64_t k = 0; k < bytes; k++)
        other[k] = marks[k] ? memory[k] : -1;
    char *before = malloc((size_t)bytes);
    memcpy(before, memory, (size_t)bytes);
    ck_assert_msg(cpu_work(&w, &trouble) && cpu_work(&alone, &trouble), "%s", trouble.words);
    memset(marks, 0, (size_t)bytes);
    mark(&w, writes, memory, marks);
    for (int64_t k = 0; k < bytes; k++)
        marks[k] = !marks[k];
    expect_same(&w, "bytes around what is written", bytes, before, memory, marks);
    memset(marks, 0, (size_t)bytes);
    mark(&w, writes & ~(1U << ROLE_WORKSPACE), memory, marks);
    expect_same(&w, "bytes written", bytes, memory, other, marks);
    free(before);
}

START_TEST(operations_touch_only_what_they_say) {
    static struct stepping s;
    struct step_plan plan = {.optimiser = (enum step_optimiser)(_i % 3),
                             .levers = _i % 2 ? STEP_CHECKPOINT : 0,
                             .accumulates = _i > 2,
                             .workspace = 1 << 14};
    trouble = (struct trouble){0};
    stepping_make(&s, _i % 2 ? &stepping_bottleneck : &stepping_basic, &plan, BATCH);
    const size_t bytes = (size_t)s.arena.bytes;
    char *memory = aligned_alloc(ARENA_ALIGNMENT, bytes),
         *other = aligned_alloc(ARENA_ALIGNMENT, bytes);
    unsigned char *marks = malloc(bytes);
    memset(memory, -1, bytes);
    stepping_begin(&s, NULL, memory);
    struct work load = work_bind(&s.order, 0, memory);
    stepping_records(&s, 0, 0, load.at[ROLE_RECORDS]);
    for (int i = 0; i < s.step->operation_count; i++) {
        struct work w = work_bind(&s.order, i, memory);
        if (w.at[ROLE_SETTINGS])
            memcpy(w.at[ROLE_SETTINGS], &settings, sizeof settings);
        run_alone(&s.order, i, memory, other, marks);
    }
    free(memory);
    free(other);
    free(marks);
    stepping_free(&s);
}
END_TEST

/* --- Batches in parts --- */

static const unsigned GRADIENTS = 1U << STEP_GRADIENT;

/* What gathering these parts, one after the other, adds up to. */
static struct numbers_read gather(const struct stepping *s, const int *parts, int count) {
    struct engine *e = open_engine(s);
    for (int i = 0; i < count; i++)
        run(s, e, ENGINE_GATHER, &settings, parts[i], 0);
    struct numbers_read gradients = stepping_read(s, e, GRADIENTS);
    e->class->close(e);
    return gradients;
}

START_TEST(parts_add_up_to_one_update) {
    static struct stepping s;
    struct step_plan plan = {.accumulates = true};
    stepping_make(&s, _i ? &stepping_bottleneck : &stepping_basic, &plan, BATCH);
    struct numbers_read first = gather(&s, (const int[]){0}, 1),
                        second = gather(&s, (const int[]){1}, 1),
                        both = gather(&s, (const int[]){0, 1}, 2);
    for (int64_t i = 0; i < first.count; i++)
        first.at[i] += second.at[i];
    ck_assert_double_lt(stepping_distance(first, both), 1e-6);
    struct engine *e = open_engine(&s);
    struct numbers_read before = stepping_read(&s, e, 1U << STEP_WEIGHTS);
    run(&s, e, ENGINE_GATHER, &settings, 0, 0);
    struct numbers_read still = stepping_read(&s, e, 1U << STEP_WEIGHTS);
    ck_assert(stepping_distance(before, still) == 0);
    run(&s, e, ENGINE_TRAIN, &settings, 1, 0);
    struct numbers_read after = stepping_read(&s, e, 1U << STEP_WEIGHTS),
                        left = stepping_read(&s, e, GRADIENTS);
    double sum = 0, moved = 0,
           remains = 0; /* gradients lie in the order of the backward pass: sums tell */
    for (int64_t i = 0; i < before.count; i++) {
        moved += (double)before.at[i] - after.at[i];
        sum += (double)settings.rate * both.at[i];
        remains += fabs((double)left.at[i]);
    }
    ck_assert_double_eq(remains, 0);
    ck_assert_double_eq_tol(moved, sum, 1e-4 * fabs(sum) + 1e-5);
    struct numbers_read all[] = {first, second, both, before, still, after, left};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i].at);
    e->class->close(e);
    stepping_free(&s);
}
END_TEST

/* --- Evaluating --- */

START_TEST(evaluating_changes_nothing) {
    static struct stepping s;
    struct step_plan plan = {.optimiser = STEP_MOMENTUM};
    stepping_make(&s, &stepping_basic, &plan, BATCH);
    struct engine *e = open_engine(&s);
    struct step_result first = run(&s, e, ENGINE_EVALUATE, &settings, 0, 0);
    struct step_result trained = run(&s, e, ENGINE_TRAIN, &settings, 0, 0);
    ck_assert_float_ne(first.loss,
                       trained.loss); /* means of 0 and variances of 1 are not the batch's */
    struct numbers_read before = stepping_read(&s, e, LASTING);
    struct step_result a = run(&s, e, ENGINE_EVALUATE, &settings, 1, 0),
                       b = run(&s, e, ENGINE_EVALUATE, &settings, 1, 0);
    struct numbers_read after = stepping_read(&s, e, LASTING);
    ck_assert_float_eq(a.loss, b.loss);
    ck_assert_int_eq(a.hits, b.hits);
    ck_assert_mem_eq(before.at, after.at, (size_t)before.count * sizeof *before.at);
    free(before.at);
    free(after.at);
    e->class->close(e);
    stepping_free(&s);
}
END_TEST

/* --- Order, limits and refusals --- */

static void expect_trouble(bool done, enum trouble_kind kind, const char *words) {
    ck_assert(!done);
    ck_assert_int_eq(trouble.kind, kind);
    ck_assert_msg(strstr(trouble.words, words) != NULL, "%s", trouble.words);
    trouble = (struct trouble){0};
}

START_TEST(two_results_may_wait) {
    static struct stepping s;
    struct step_plan plan = {0};
    struct step_result one, results[2];
    stepping_make(&s, &stepping_basic, &plan, BATCH);
    struct engine *e = open_engine(&s);
    const struct engine_class *c = e->class;
    float losses[2];
    for (int i = 0; i < 2; i++)
        losses[i] = run(&s, e, ENGINE_EVALUATE, &settings, i, 0).loss;
    expect_trouble(c->wait(e, &one, &trouble), TROUBLE_PLAN, "no step was run");
    for (int i = 0; i < 2; i++) {
        stepping_records(&s, i, 0, c->stage(e, &trouble));
        ck_assert(c->run(e, ENGINE_EVALUATE, &settings, &trouble));
    }
    expect_trouble(c->run(e, ENGINE_EVALUATE, &settings, &trouble), TROUBLE_PLAN, "two results");
    for (int i = 0; i < 2; i++) {
        ck_assert(c->wait(e, &results[i], &trouble));
        ck_assert_float_eq(results[i].loss, losses[i]);
    }
    ck_assert_float_ne(losses[0], losses[1]);
    c->close(e);
    stepping_free(&s);
}
END_TEST

START_TEST(memory_is_what_was_planned_and_no_more_than_there_is) {
    static struct stepping s;
    struct step_plan plan = {0};
    int64_t used, left;
    stepping_make(&s, &stepping_basic, &plan, BATCH);
    trouble = (struct trouble){0};
    struct engine *e = engine_cpu.open(&trouble);
    ck_assert_int_gt(e->facts.total_bytes, INT64_C(1) << 27);
    ck_assert_int_gt(strlen(e->facts.name), 0);
    ck_assert(strncmp(e->facts.libraries, "OpenBLAS ", 9) == 0);
    ck_assert(!e->facts.gpu && e->granted == 0);
    engine_cpu_limit(e, s.arena.bytes - 1);
    bool done = e->class->prepare(e, &s.order, &trouble);
    ck_assert_int_eq(trouble.asked, s.arena.bytes);
    ck_assert_int_eq(trouble.left, s.arena.bytes - 1);
    expect_trouble(done, TROUBLE_NO_MEMORY, "bytes were asked for");
    e->class->close(e);
    e = engine_cpu.open(&trouble);
    engine_cpu_limit(e, s.arena.bytes + 5);
    ck_assert(e->class->prepare(e, &s.order, &trouble));
    ck_assert_int_eq(e->granted, s.arena.bytes);
    ck_assert(e->class->memory(e, &used, &left, &trouble));
    ck_assert_int_eq(used, s.arena.bytes);
    ck_assert_int_eq(left, 5);
    expect_trouble(e->class->prepare(e, &s.order, &trouble), TROUBLE_PLAN, "prepared already");
    e->class->close(e);
    stepping_free(&s);
}
END_TEST

START_TEST(what_does_not_stay_cannot_be_read) {
    static struct stepping s;
    struct step_plan plan = {0};
    float number = 0;
    stepping_make(&s, &stepping_basic, &plan, BATCH);
    struct engine *e = open_engine(&s);
    int weights = s.step->operations[1].tensor[ROLE_WEIGHTS];
    int output = s.step->operations[1].tensor[ROLE_OUTPUT];
    ck_assert(e->class->read(e, weights, &number, sizeof number, &trouble));
    ck_assert_float_ne(number, 0);
    expect_trouble(e->class->read(e, output, &number, sizeof number, &trouble), TROUBLE_PLAN,
                   "does not stay");
    expect_trouble(e->class->write(e, weights, &number, 8 * 3 * 49 * 4 + 1, &trouble), TROUBLE_PLAN,
                   "4705 bytes");
    s.order.numbers = NUMBERS_BF16;
    expect_trouble(e->class->prepare(e, &s.order, &trouble), TROUBLE_PLAN, "fp32 only");
    ck_assert_int_eq(e->class->workspace(e, &s.net, 1, NUMBERS_TF32, 0, &trouble), -1);
    expect_trouble(false, TROUBLE_PLAN, "fp32 only");
    e->class->close(e);
    stepping_free(&s);
}
END_TEST

int main(void) {
    openblas_set_num_threads(1); /* test programs run side by side */
    Suite *suite = suite_create("engine_cpu");
    TCase *steps = tcase_create("steps");
    tcase_set_timeout(steps, 60);
    tcase_add_loop_test(steps, levers_change_nothing_but_memory, 0, 2 * STEP_OPTIMISERS);
    tcase_add_loop_test(steps, operations_touch_only_what_they_say, 0, 6);
    tcase_add_loop_test(steps, parts_add_up_to_one_update, 0, 2);
    tcase_add_test(steps, evaluating_changes_nothing);
    tcase_add_test(steps, two_results_may_wait);
    tcase_add_test(steps, memory_is_what_was_planned_and_no_more_than_there_is);
    tcase_add_test(steps, what_does_not_stay_cannot_be_read);
    suite_add_tcase(suite, steps);
    return unit_run(suite);
}
