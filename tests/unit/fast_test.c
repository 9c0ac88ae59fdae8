/* The fast engine against the plainest loops in double: scores, losses, gradients (by steps with
 * momentum), and how far both drift apart. */
#include "unit.h"

#include "draws.h"
#include "edges.h"
#include "exact.h"
#include "plain_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct model_plan plans[] = {
    /* kind, height, width, classes, kernel, filters, depth, pool */
    {MODEL_CNN, 28, 28, 3, 7, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 1, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 2, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 3, 3, 2, MODEL_AVERAGE_POOL},
    {MODEL_CNN, 28, 28, 5, 6, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 5, 7, 3, 2, MODEL_AVERAGE_POOL},
    {MODEL_CNN, 28, 28, 3, 13, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 27, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 26, 3, 2, MODEL_AVERAGE_POOL},
    {MODEL_CNN, 28, 28, 3, 7, 6, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 5, 4, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 5, 1, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 7, 3, 4, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 4, 5, 4, MODEL_AVERAGE_POOL},
    {MODEL_CNN, 11, 18, 2, 3, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 10, 9, 3, 2, 3, 4, MODEL_MAX_POOL},
    {MODEL_CNN, 2, 2, 3, 1, 3, 2, MODEL_MAX_POOL},
    {MODEL_MLP, 28, 28, 3, 0, 0, 0, MODEL_MAX_POOL},
    {MODEL_MLP, 28, 28, 5, 0, 0, 0, MODEL_MAX_POOL},
    {MODEL_MLP, 3, 5, 2, 0, 0, 0, MODEL_MAX_POOL},
};
enum { PLANS = sizeof plans / sizeof *plans, COUNT = 7 };
static const double rate = 0.05, momentum = 0.9;

/* One of both engines with the same first numbers, and pictures of noise: no pool has a tie.  (Nor
 * does a ReLU change sides between float and double with these seeds.) */
struct pair {
    const struct model_plan *plan;
    int size;
    struct model *fast;
    struct plain_model *plain;
    double *read;
    float *pixels;
    int labels[COUNT];
};

static struct pair pair_make(int i) {
    struct pair p = {.plan = &plans[i], .size = (int)model_parameter_count(&plans[i])};
    int pixels = COUNT * p.plan->height * p.plan->width;
    struct draws draws = draws_from((uint64_t)i, 10);
    p.pixels = malloc(sizeof *p.pixels * (size_t)pixels);
    for (int n = 0; n < pixels; n++)
        p.pixels[n] = (float)draws_uniform(&draws, 0, 1);
    for (int n = 0; n < COUNT; n++)
        p.labels[n] = draws_below(&draws, p.plan->classes);
    p.read = malloc(sizeof *p.read * (size_t)p.size);
    model_initialise(p.plan, 3, p.read);
    p.fast = fast_engine.make(p.plan, COUNT);
    fast_engine.write(p.fast, p.read);
    p.plain = plain_make(p.plan, p.read);
    return p;
}

static void pair_free(struct pair *p) {
    fast_engine.release(p->fast);
    plain_free(p->plain);
    free(p->read);
    free(p->pixels);
}

static double furthest(struct pair *p) {
    double most = 0;
    fast_engine.read(p->fast, p->read);
    for (int i = 0; i < p->size; i++)
        most = fmax(most, fabs(p->read[i] - plain_parameters(p->plain)[i]));
    return most;
}

START_TEST(gives_back_the_numbers_it_was_given) {
    struct pair p = pair_make(_i);
    ck_assert_double_le(furthest(&p), 1e-7);
    pair_free(&p);
}
END_TEST

START_TEST(scores_as_plain_loops_do) {
    struct pair p = pair_make(_i);
    float fast[COUNT * MODEL_CLASSES];
    double plain[COUNT * MODEL_CLASSES];
    fast_engine.scores(p.fast, p.pixels, COUNT, fast);
    plain_scores(p.plain, p.pixels, COUNT, plain);
    for (int n = 0; n < COUNT * p.plan->classes; n++)
        ck_assert_double_eq_tol(fast[n], plain[n], 2e-6);
    pair_free(&p);
}
END_TEST

/* Three steps: the first shows the gradient, the others the momentum; the last batch is smaller. */
START_TEST(steps_as_plain_loops_do) {
    struct pair p = pair_make(_i);
    for (int step = 0; step < 3; step++) {
        int count = step < 2 ? COUNT : 4;
        double fast = fast_engine.step(p.fast, p.pixels, p.labels, count, rate, momentum, false);
        double plain = plain_step(p.plain, p.pixels, p.labels, count, rate, momentum);
        ck_assert_double_eq_tol(fast, plain, 1e-6);
        ck_assert_double_le(furthest(&p), 1e-6);
    }
    pair_free(&p);
}
END_TEST

START_TEST(steps_the_head_alone) {
    struct pair p = pair_make(_i);
    int head = p.plan->kind == MODEL_MLP ? 10 : p.plan->filters;
    int frozen = p.size - p.plan->classes * (head + 1);
    double *before = malloc(sizeof *before * (size_t)p.size);
    fast_engine.read(p.fast, before);
    fast_engine.step(p.fast, p.pixels, p.labels, COUNT, rate, momentum, true);
    plain_step(p.plain, p.pixels, p.labels, COUNT, rate, momentum);
    fast_engine.read(p.fast, p.read);
    ck_assert_mem_eq(p.read, before, sizeof *before * (size_t)frozen);
    double moved = 0;
    for (int i = frozen; i < p.size; i++) {
        ck_assert_double_eq_tol(p.read[i], plain_parameters(p.plain)[i], 1e-6);
        moved = fmax(moved, fabs(p.read[i] - before[i]));
    }
    ck_assert_double_gt(moved, 1e-4);
    free(before);
    pair_free(&p);
}
END_TEST

START_TEST(forgets_the_momentum_when_numbers_are_written) {
    struct pair p = pair_make(_i);
    double *first = malloc(sizeof *first * (size_t)p.size);
    model_initialise(p.plan, 3, p.read);
    fast_engine.step(p.fast, p.pixels, p.labels, COUNT, rate, momentum, false);
    fast_engine.read(p.fast, first);
    fast_engine.write(p.fast, p.read);
    fast_engine.step(p.fast, p.pixels, p.labels, COUNT, rate, momentum, false);
    fast_engine.read(p.fast, p.read);
    ck_assert_mem_eq(p.read, first, sizeof *first * (size_t)p.size);
    free(first);
    pair_free(&p);
}
END_TEST

static double drift(const struct model_plan *plan) {
    struct edges_recipe recipe = {.classes = EDGES_THREE};
    struct edges *e = edges_make(&recipe, 20, 5);
    double *parameters = malloc(sizeof *parameters * (size_t)model_parameter_count(plan));
    model_initialise(plan, 11, parameters);
    struct model *fast = fast_engine.make(plan, 10);
    fast_engine.write(fast, parameters);
    struct plain_model *plain = plain_make(plan, parameters);
    double most = 0;
    float pixels[10 * EDGES_PIXELS];
    int labels[10];
    for (int step = 0; step < 50; step++) {
        for (int n = 0; n < 10; n++) {
            int picture = (step * 10 + n) * 7 % e->count;
            memcpy(pixels + (size_t)n * EDGES_PIXELS, e->pixels + (size_t)picture * EDGES_PIXELS,
                   sizeof(float) * EDGES_PIXELS);
            labels[n] = e->labels[picture];
        }
        double loss = fast_engine.step(fast, pixels, labels, 10, 0.01, 0.9, false);
        most = fmax(most, fabs(loss - plain_step(plain, pixels, labels, 10, 0.01, 0.9)));
    }
    fast_engine.release(fast);
    plain_free(plain);
    free(parameters);
    edges_free(e);
    return most;
}

START_TEST(drifts_by_less_than_a_millionth_in_fifty_steps) {
    ck_assert_double_le(drift(&plans[0]), 1e-6);
    ck_assert_double_le(drift(&plans[17]), 1e-6);
}
END_TEST

START_TEST(refuses_impossible_plans) {
    struct model_plan plan = plans[0];
    plan.kernel = 28;
    ck_assert_ptr_null(fast_engine.make(&plan, 10));
    plan.kernel = 0;
    ck_assert_ptr_null(fast_engine.make(&plan, 10));
}
END_TEST

START_TEST(computes_exponentials_and_logarithms) {
    for (double x = -699; x <= 0; x += 0.37)
        ck_assert_double_eq_tol(exact_exp(x) / exp(x), 1, 1e-14);
    for (double x = 1; x < 1e9; x *= 1.01)
        ck_assert_double_eq_tol(exact_log(x), log(x), 4e-15 * fmax(1, log(x)));
    ck_assert_double_eq(exact_exp(0), 1);
    ck_assert_double_eq(exact_exp(-INFINITY), 0);
    ck_assert_double_eq(exact_log(1), 0);
    ck_assert(isnan(exact_exp(NAN)));
    ck_assert(isnan(exact_log(NAN)));
}
END_TEST

static Suite *fast_suite(void) {
    Suite *suite = suite_create("fast");
    TCase *tests = tcase_create("fast");
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, gives_back_the_numbers_it_was_given, 0, PLANS);
    tcase_add_loop_test(tests, scores_as_plain_loops_do, 0, PLANS);
    tcase_add_loop_test(tests, steps_as_plain_loops_do, 0, PLANS);
    tcase_add_loop_test(tests, steps_the_head_alone, 0, PLANS);
    tcase_add_loop_test(tests, forgets_the_momentum_when_numbers_are_written, 0, PLANS);
    tcase_add_test(tests, drifts_by_less_than_a_millionth_in_fifty_steps);
    tcase_add_test(tests, refuses_impossible_plans);
    tcase_add_test(tests, computes_exponentials_and_logarithms);
    return suite;
}

int main(void) {
    return unit_run(fast_suite());
}
