/* Every operation of the CPU alone: layers against plain loops in double and their gradients
 * against central differences, in memory of exactly the size of each tensor; pooling with ties, the
 * loss, updates and norms in their several roles. */
#include "unit.h"

#include "lone_layer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- A layer alone --- */

static const struct shape_of_layer layers[] = {
    {LAYER_CONV, 1, 3, 9, 8, 5, 7, 2, 3, false, false},
    {LAYER_CONV, 3, 3, 5, 7, 6, 3, 1, 1, false, false},
    {LAYER_CONV, 2, 5, 6, 7, 3, 3, 2, 1, false, false},
    {LAYER_CONV, 3, 7, 4, 5, 9, 1, 1, 0, false, false},
    {LAYER_CONV, 3, 6, 5, 4, 7, 1, 2, 0, false, false},
    {LAYER_CONV, 2, 2, 1, 2, 3, 7, 2, 3, false, false}, /* windows larger than the map */
    {LAYER_CONV, 1, 4, 6, 5, 2, 3, 1, 0, false, false},
    {LAYER_NORM, 3, 5, 4, 3, 5, 1, 1, 0, false, false},
    {LAYER_NORM, 2, 16, 3, 3, 16, 1, 1, 0, true, false},
    {LAYER_NORM, 3, 21, 2, 3, 21, 1, 1, 0, true, true},
    {LAYER_NORM, 1, 3, 5, 4, 3, 1, 1, 0, false, true},
    {LAYER_MAX_POOL, 2, 5, 7, 6, 5, 3, 2, 1, false, false},
    {LAYER_MAX_POOL, 1, 3, 5, 4, 3, 2, 1, 0, false, false},
    {LAYER_MEAN, 3, 5, 3, 2, 5, 0, 1, 0, false, false},
    {LAYER_LINEAR, 3, 7, 1, 1, 5, 1, 1, 0, false, false},
};
enum { LAYERS = sizeof layers / sizeof *layers };

/* --- Against plain loops --- */

START_TEST(layers_put_out_what_plain_loops_do) {
    lone_make(&layers[_i]);
    double *want = lone_doubles(plain_outputs(&plain));
    plain_forward(&plain, want);
    lone_run(OPERATION_FORWARD);
    lone_expect("output", work.at[ROLE_OUTPUT], want, plain_outputs(&plain), 3e-6);
    free(want);
    lone_free();
}
END_TEST

/* The gradient by each number, and what stood there before. */
static void expect_slopes(const char *what, const float *got, double *numbers, int64_t count,
                          const double *before) {
    double *want = malloc((size_t)count * sizeof *want);
    for (int64_t i = 0; i < count; i++)
        want[i] = plain_slope(&plain, &numbers[i]) + (before ? before[i] : 0);
    lone_expect(what, got, want, count, 1e-5);
    free(want);
}

/* Backward, and the gradient of weights, in the order of a step. */
static void run_back(bool adds, bool gathers, const double *input_before,
                     const double *weights_before) {
    bool multiplies = plain.layer.kind == LAYER_CONV || plain.layer.kind == LAYER_LINEAR;
    bool norm = plain.layer.kind == LAYER_NORM;
    lone_run(OPERATION_FORWARD);
    work.gathers = gathers;
    lone_give(ROLE_DELTA, plain_outputs(&plain), plain.probe);
    lone_give(ROLE_GRADIENT, lone_weight_count(), gathers ? weights_before : NULL);
    if (multiplies)
        lone_run(OPERATION_WEIGHT_GRADIENT);
    work.adds = adds;
    if (norm && !plain.other) { /* in place, and what came out is gone */
        free(work.at[ROLE_OUTPUT]);
        work.at[ROLE_OUTPUT] = NULL;
        work.at[ROLE_DELTA_INPUT] = work.at[ROLE_DELTA];
    } else {
        lone_give(ROLE_DELTA_INPUT, lone_read_count(), adds ? input_before : NULL);
    }
    lone_run(OPERATION_BACKWARD);
}

START_TEST(gradients_are_slopes) {
    bool again = _i >= LAYERS; /* on top of what is there */
    lone_make(&layers[_i % LAYERS]);
    bool multiplies = plain.layer.kind == LAYER_CONV || plain.layer.kind == LAYER_LINEAR;
    bool adds = again && multiplies;
    double *before = lone_doubles(lone_read_count()), *weights = lone_doubles(lone_weight_count());
    run_back(adds, again, before, weights);
    expect_slopes("input", work.at[ROLE_DELTA_INPUT], plain.input, lone_read_count(),
                  adds ? before : NULL);
    if (lone_weight_count())
        expect_slopes("weights", work.at[ROLE_GRADIENT], plain.weights, lone_weight_count(),
                      again ? weights : NULL);
    if (plain.other)
        expect_slopes("what is added", work.at[ROLE_DELTA], plain.other, plain_outputs(&plain),
                      NULL);
    if (work.at[ROLE_DELTA_INPUT] == work.at[ROLE_DELTA])
        work.at[ROLE_DELTA_INPUT] = NULL;
    free(before);
    free(weights);
    lone_free();
}
END_TEST

/* --- Norms in their roles --- */

START_TEST(running_statistics_follow_the_batch) {
    lone_make(&layers[9]);
    const int channels = plain.put.channels;
    const double pixels = (double)plain_outputs(&plain) / channels;
    float *running = work.at[ROLE_RUNNING];
    int64_t seen;
    lone_run(OPERATION_FORWARD);
    lone_run(OPERATION_FORWARD);
    for (int c = 0; c < channels; c++) {
        double mean = 0, squares = 0;
        for (int64_t i = c; i < plain_outputs(&plain); i += channels) {
            mean += plain.input[i] / pixels;
            squares += plain.input[i] * plain.input[i];
        }
        double variance = (squares - pixels * mean * mean) / (pixels - 1);
        ck_assert_double_eq_tol(running[c], 0.19 * mean, 1e-6);
        ck_assert_double_eq_tol(running[channels + c], 0.81 + 0.19 * variance, 1e-6);
    }
    memcpy(&seen, running + 2 * channels, sizeof seen);
    ck_assert_int_eq(seen, 2);
    lone_free();
}
END_TEST

START_TEST(norms_again_only_read_the_moments) {
    lone_make(&layers[8]);
    const int64_t count = plain_outputs(&plain);
    lone_run(OPERATION_FORWARD);
    float *moments = work.at[ROLE_MOMENTS], *output = work.at[ROLE_OUTPUT];
    float *want = malloc((size_t)work.bytes[ROLE_OUTPUT]);
    memcpy(want, output, (size_t)work.bytes[ROLE_OUTPUT]);
    memset(output, -1, (size_t)work.bytes[ROLE_OUTPUT]);
    free(work.at[ROLE_RUNNING]);
    work.at[ROLE_RUNNING] = NULL;
    work.again = true;
    lone_run(OPERATION_FORWARD);
    ck_assert_mem_eq(output, want, (size_t)work.bytes[ROLE_OUTPUT]);
    moments[0] += 0.5F; /* these, not the batch's */
    lone_run(OPERATION_FORWARD);
    bool moved = false;
    for (int64_t i = 0; i < count; i += plain.put.channels)
        moved = moved || output[i] != want[i];
    ck_assert(moved);
    free(want);
    lone_free();
}
END_TEST

START_TEST(evaluating_norms_use_the_running_statistics) {
    lone_make(&layers[7]);
    const int channels = plain.put.channels;
    float *running = work.at[ROLE_RUNNING], *moments = work.at[ROLE_MOMENTS];
    for (int c = 0; c < channels; c++) {
        running[c] = 0.25F * (float)c;
        running[channels + c] = 0.5F + (float)c;
    }
    float *before = malloc((size_t)work.bytes[ROLE_RUNNING]);
    memcpy(before, running, (size_t)work.bytes[ROLE_RUNNING]);
    double *want = lone_doubles(plain_outputs(&plain));
    for (int64_t i = 0; i < plain_outputs(&plain); i++) {
        int64_t c = i % channels;
        want[i] =
            (plain.input[i] - 0.25 * (double)c) / sqrt(0.5 + (double)c + 1e-5) * plain.weights[c] +
            plain.weights[channels + c];
    }
    work.evaluates = true;
    lone_run(OPERATION_FORWARD);
    lone_expect("output", work.at[ROLE_OUTPUT], want, plain_outputs(&plain), 1e-6);
    ck_assert_mem_eq(running, before, (size_t)work.bytes[ROLE_RUNNING]);
    ck_assert(isnan(moments[0]));
    free(before);
    free(want);
    lone_free();
}
END_TEST

/* --- Pooling --- */

START_TEST(the_first_of_equal_numbers_is_the_maximum) {
    static const float numbers[] = {1, 2, 2, 1, 2, 2, 0, 0, -1};
    lone_make(&(struct shape_of_layer){LAYER_MAX_POOL, 1, 1, 3, 3, 1, 3, 2, 1, false, false});
    static const unsigned char want[] = {5, 4, 1, 0}; /* rows of three from the corner outside */
    memcpy(work.at[ROLE_INPUT], numbers, sizeof numbers);
    lone_run(OPERATION_FORWARD);
    ck_assert_mem_eq(work.at[ROLE_CHOICES], (want), 1);
    const unsigned char *choices = work.at[ROLE_CHOICES];
    const float *y = work.at[ROLE_OUTPUT];
    for (int i = 0; i < 4; i++)
        ck_assert_float_eq(y[i], 2);
    ck_assert_int_eq(choices[0], 5); /* row 0, column 1; and not row 1, column 1 */
    ck_assert_int_eq(choices[1], 3); /* row 0, column 1 of the map */
    ck_assert_int_eq(choices[2], 2); /* row 1, column 1 */
    ck_assert_int_eq(choices[3], 0);
    ((float *)work.at[ROLE_INPUT])[4] = NAN;
    lone_run(OPERATION_FORWARD);
    for (int i = 0; i < 4; i++)
        ck_assert(isnan(y[i]));
    lone_free();
}
END_TEST

/* --- What is refused --- */

START_TEST(other_numbers_and_too_little_scratch_are_refused) {
    lone_make(&layers[1]);
    work.kind = OPERATION_FORWARD;
    work.bytes[ROLE_WORKSPACE] = 3 * 3 * 3 * 4 - 1;
    ck_assert(!cpu_work(&work, &trouble));
    ck_assert_int_eq(trouble.kind, TROUBLE_PLAN);
    ck_assert_str_eq(trouble.words, "layer takes 108 bytes of scratch and has 107");
    work.bytes[ROLE_WORKSPACE]++;
    ck_assert(cpu_work(&work, &trouble));
    trouble = (struct trouble){0};
    work.numbers = NUMBERS_TF32;
    ck_assert(!cpu_work(&work, &trouble));
    ck_assert_int_eq(trouble.kind, TROUBLE_PLAN);
    ck_assert_str_eq(trouble.words, "the CPU computes in fp32 only");
    lone_free();
}
END_TEST

START_TEST(scratch_is_as_much_as_allowed_and_needed) {
    static struct resnet net;
    struct resnet_plan plan;
    ck_assert(resnet_find(18, &plan));
    ck_assert(resnet_make(&plan, &net));
    const int64_t least = 3 * 3 * 512 * 4;
    ck_assert_int_eq(cpu_work_scratch(&net, 8, 0), least);
    ck_assert_int_eq(cpu_work_scratch(&net, 8, 100000), 100000);
    ck_assert_int_eq(cpu_work_scratch(&net, 8, INT64_MAX), 4 << 20);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("cpu_work");
    TCase *all = tcase_create("operations");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, layers_put_out_what_plain_loops_do, 0, LAYERS);
    tcase_add_loop_test(all, gradients_are_slopes, 0, 2 * LAYERS);
    tcase_add_test(all, running_statistics_follow_the_batch);
    tcase_add_test(all, norms_again_only_read_the_moments);
    tcase_add_test(all, evaluating_norms_use_the_running_statistics);
    tcase_add_test(all, the_first_of_equal_numbers_is_the_maximum);
    tcase_add_test(all, other_numbers_and_too_little_scratch_are_refused);
    tcase_add_test(all, scratch_is_as_much_as_allowed_and_needed);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
