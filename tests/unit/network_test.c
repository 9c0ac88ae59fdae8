/* The networks over the reference's functions against the plainest loops, and fifty steps that
 * repeat themselves. */
#include "unit.h"

#include "draws.h"
#include "edges.h"
#include "plain_model.h"
#include "trajectory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct model_plan plans[] = {
    /* kind, height, width, classes, kernel, filters, depth, pool */
    {MODEL_CNN, 28, 28, 3, 7, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 13, 18, 5, 4, 6, 2, MODEL_AVERAGE_POOL},
    {MODEL_CNN, 15, 12, 2, 3, 2, 4, MODEL_MAX_POOL},
    {MODEL_MLP, 9, 8, 3, 0, 0, 0, MODEL_MAX_POOL},
};
enum { PLANS = sizeof plans / sizeof *plans, BATCH = 5, COUNT = 12 };
static const double RATE = 0.05, MOMENTUM = 0.9;

/* A network and the same numbers in plain loops, with pictures of noise. */
struct pair {
    const struct model_plan *plan;
    size_t size; /* bytes of all parameters */
    struct model *network;
    struct plain_model *plain;
    double *read;
    float *pixels;
    int labels[COUNT];
};

static struct pair pair_make(int i) {
    const struct model_plan *plan = &plans[i];
    struct draws draws = draws_from((uint64_t)i, 11);
    size_t pixels = (size_t)(COUNT * plan->height * plan->width);
    struct pair p = {.plan = plan,
                     .size = sizeof(double) * (size_t)model_parameter_count(plan),
                     .network = layers_engine.make(plan, BATCH)};
    p.read = malloc(p.size);
    p.pixels = malloc(sizeof *p.pixels * pixels);
    for (size_t n = 0; n < pixels; n++)
        p.pixels[n] = (float)draws_uniform(&draws, 0, 1);
    for (int n = 0; n < COUNT; n++)
        p.labels[n] = draws_below(&draws, plan->classes);
    model_initialise(plan, 3, p.read);
    layers_engine.write(p.network, p.read);
    p.plain = plain_make(plan, p.read);
    return p;
}

static void pair_free(struct pair *p) {
    layers_engine.release(p->network);
    plain_free(p->plain);
    free(p->read);
    free(p->pixels);
}

START_TEST(gives_back_the_numbers_it_was_given) {
    struct pair p = pair_make(_i);
    layers_engine.read(p.network, p.read);
    ck_assert_mem_eq(p.read, plain_parameters(p.plain), p.size);
    pair_free(&p);
}
END_TEST

/* More pictures than a batch holds, and not a multiple. */
START_TEST(scores_as_plain_loops_do) {
    struct pair p = pair_make(_i);
    float scores[COUNT * MODEL_CLASSES];
    double plain[COUNT * MODEL_CLASSES];
    layers_engine.scores(p.network, p.pixels, COUNT, scores);
    plain_scores(p.plain, p.pixels, COUNT, plain);
    for (int n = 0; n < COUNT * p.plan->classes; n++)
        ck_assert_double_eq_tol(scores[n], plain[n], 1e-6 * fmax(1, fabs(plain[n])));
    pair_free(&p);
}
END_TEST

START_TEST(steps_as_plain_loops_do) {
    static const int counts[] = {BATCH, 2, BATCH, 1};
    struct pair p = pair_make(_i);
    for (size_t step = 0; step < sizeof counts / sizeof *counts; step++) {
        double loss =
            layers_engine.step(p.network, p.pixels, p.labels, counts[step], RATE, MOMENTUM, false);
        double plain = plain_step(p.plain, p.pixels, p.labels, counts[step], RATE, MOMENTUM);
        ck_assert_double_eq_tol(loss, plain, 1e-13);
        layers_engine.read(p.network, p.read);
        for (size_t n = 0; n < p.size / sizeof *p.read; n++)
            ck_assert_double_eq_tol(p.read[n], plain_parameters(p.plain)[n], 1e-13);
    }
    pair_free(&p);
}
END_TEST

START_TEST(steps_the_head_alone) {
    struct pair p = pair_make(_i);
    int64_t count,
        head = model_find(p.plan, p.plan->kind == MODEL_MLP ? "linear3.weight" : "linear1.weight",
                          &count);
    double *before = malloc(p.size);
    layers_engine.read(p.network, before);
    layers_engine.step(p.network, p.pixels, p.labels, BATCH, RATE, MOMENTUM, true);
    plain_step(p.plain, p.pixels, p.labels, BATCH, RATE, MOMENTUM);
    layers_engine.read(p.network, p.read);
    ck_assert_mem_eq(p.read, before, sizeof *before * (size_t)head);
    for (size_t n = (size_t)head; n < p.size / sizeof *p.read; n++)
        ck_assert_double_eq_tol(p.read[n], plain_parameters(p.plain)[n], 1e-13);
    free(before);
    pair_free(&p);
}
END_TEST

START_TEST(forgets_the_momentum_when_numbers_are_written) {
    struct pair p = pair_make(_i);
    double *first = malloc(p.size);
    layers_engine.step(p.network, p.pixels, p.labels, BATCH, RATE, MOMENTUM, false);
    layers_engine.read(p.network, first);
    layers_engine.write(p.network, plain_parameters(p.plain));
    layers_engine.step(p.network, p.pixels, p.labels, BATCH, RATE, MOMENTUM, false);
    layers_engine.read(p.network, p.read);
    ck_assert_mem_eq(p.read, first, p.size);
    free(first);
    pair_free(&p);
}
END_TEST

START_TEST(refuses_impossible_plans) {
    struct model_plan plan = plans[0];
    plan.kernel = 28;
    ck_assert_ptr_null(layers_engine.make(&plan, BATCH));
    ck_assert_ptr_null(layers_engine.make(&plans[0], 0));
}
END_TEST

/* The same seed gives the same losses, another one others; and something is learned. */
START_TEST(follows_a_seed) {
    double once[TRAJECTORY_STEPS], again[TRAJECTORY_STEPS], other[TRAJECTORY_STEPS];
    const struct model_plan plan = {
        .kind = MODEL_MLP, .height = EDGES_SIDE, .width = EDGES_SIDE, .classes = EDGES_THREE};
    trajectory_losses(&plan, 1, once);
    trajectory_losses(&plan, 1, again);
    trajectory_losses(&plan, 5, other);
    ck_assert_mem_eq(once, again, sizeof once);
    ck_assert_double_gt(fabs(once[0] - other[0]), 1e-6);
    ck_assert_double_lt(once[TRAJECTORY_STEPS - 1], once[0] - 0.1);
}
END_TEST

int main(void) {
    Suite *s = suite_create("network");
    TCase *c = tcase_create("network");
    tcase_add_loop_test(c, gives_back_the_numbers_it_was_given, 0, PLANS);
    tcase_add_loop_test(c, scores_as_plain_loops_do, 0, PLANS);
    tcase_add_loop_test(c, steps_as_plain_loops_do, 0, PLANS);
    tcase_add_loop_test(c, steps_the_head_alone, 0, PLANS);
    tcase_add_loop_test(c, forgets_the_momentum_when_numbers_are_written, 0, PLANS);
    tcase_add_test(c, refuses_impossible_plans);
    tcase_add_test(c, follows_a_seed);
    suite_add_tcase(s, c);
    return unit_run(s);
}
