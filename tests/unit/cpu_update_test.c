/* The loss and the updates of the CPU alone: against their definitions in double. */
#include "unit.h"

#include "lone_layer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- Loss --- */

static void make_loss(int batch, int classes, const float *outputs, const int64_t *labels) {
    lone_make(
        &(struct shape_of_layer){LAYER_LINEAR, batch, 1, 1, 1, classes, 1, 1, 0, false, false});
    const struct step_settings settings = {.share = 0.25F};
    memcpy(work.at[ROLE_OUTPUT], outputs, (size_t)(batch * classes) * sizeof *outputs);
    memcpy(lone_give(ROLE_LABELS, 2 * (int64_t)batch, NULL), labels,
           (size_t)batch * sizeof *labels);
    memcpy(lone_give(ROLE_SETTINGS, sizeof settings / 4, NULL), &settings, sizeof settings);
    lone_give(ROLE_LOSS, sizeof(struct step_result) / 4, NULL);
    lone_give(ROLE_DELTA, (int64_t)batch * classes, NULL);
}

static double plain_loss(const double *outputs, int classes, int label) {
    double sum = 0;
    for (int k = 0; k < classes; k++)
        sum += exp(outputs[k]);
    return log(sum) - outputs[label];
}

START_TEST(the_loss_is_cross_entropy_and_its_gradient_a_slope) {
    enum { CLASSES = 3, BATCH = 4 };
    static const float outputs[BATCH * CLASSES] = {1, -2, 0.5F, 3, 3, -1, 0, 0, 0, 9, 9, 9};
    static const int64_t labels[BATCH] = {0, 1, 2, 3}; /* the last is none */
    make_loss(BATCH, CLASSES, outputs, labels);
    lone_run(OPERATION_LOSS);
    const struct step_result *result = work.at[ROLE_LOSS];
    const float *delta = work.at[ROLE_DELTA];
    double loss = 0;
    for (int n = 0; n < BATCH - 1; n++) {
        double at[CLASSES], want[CLASSES];
        for (int k = 0; k < CLASSES; k++)
            at[k] = outputs[n * CLASSES + k];
        loss += plain_loss(at, CLASSES, n);
        for (int k = 0; k < CLASSES; k++) {
            double low, high;
            at[k] += 1e-5;
            high = plain_loss(at, CLASSES, n);
            at[k] -= 2e-5;
            low = plain_loss(at, CLASSES, n);
            at[k] += 1e-5;
            want[k] = 0.25 * (high - low) / 2e-5;
        }
        lone_expect("delta", delta + (int64_t)n * CLASSES, want, CLASSES, 1e-6);
    }
    for (int k = 0; k < CLASSES; k++)
        ck_assert_float_eq(delta[(BATCH - 1) * CLASSES + k], 0);
    ck_assert_float_eq_tol(result->loss, (float)loss, 1e-6F);
    ck_assert_int_eq(result->hits, 1); /* of equal outputs the first counts */
    lone_free();
}
END_TEST

START_TEST(the_loss_of_extreme_outputs_is_finite) {
    static const float outputs[] = {30000, -30000};
    static const int64_t label = 1;
    make_loss(1, 2, outputs, &label);
    lone_run(OPERATION_LOSS);
    const struct step_result *result = work.at[ROLE_LOSS];
    const float *delta = work.at[ROLE_DELTA];
    ck_assert_float_eq(result->loss, 60000);
    ck_assert_float_eq(delta[0], 0.25F);
    ck_assert_float_eq(delta[1], -0.25F);
    ((float *)work.at[ROLE_OUTPUT])[0] = NAN;
    lone_run(OPERATION_LOSS);
    ck_assert(isnan(result->loss));
    lone_free();
}
END_TEST

/* --- Updates --- */

enum { PARAMETERS = 5, UPDATES = 3 };

/* As the papers have it, in double. */
static void update_plainly(enum step_optimiser optimiser, int update, const struct step_settings *s,
                           const double *g, double *mean, double *square, double *w) {
    for (int i = 0; i < PARAMETERS; i++) {
        double step = g[i];
        if (optimiser == STEP_MOMENTUM)
            step = mean[i] = s->momentum * mean[i] + g[i];
        if (optimiser == STEP_ADAM) {
            mean[i] = s->mean_decay * mean[i] + (1 - (double)s->mean_decay) * g[i];
            square[i] = s->square_decay * square[i] + (1 - (double)s->square_decay) * g[i] * g[i];
            step = mean[i] / (1 - pow(s->mean_decay, update)) /
                   (sqrt(square[i] / (1 - pow(s->square_decay, update))) + s->epsilon);
        }
        w[i] -= s->rate * step;
    }
}

START_TEST(updates_are_those_of_their_optimiser) {
    const enum step_optimiser optimiser = (enum step_optimiser)(_i / 2);
    const bool gathers = _i % 2;
    const double zeros[2 * PARAMETERS] = {0};
    double mean[PARAMETERS] = {0}, square[PARAMETERS] = {0};
    struct step_settings s = {
        .rate = 0.1F, .momentum = 0.9F, .mean_decay = 0.8F, .square_decay = 0.9F, .epsilon = 0.1F};
    memset(&work, 0, sizeof work);
    draws = draws_from(64, (uint64_t)_i);
    work.optimiser = optimiser;
    work.gathers = gathers;
    double *w = lone_doubles(PARAMETERS);
    float *weights = lone_give(ROLE_WEIGHTS, PARAMETERS, w);
    lone_give(ROLE_STATE, 2 * PARAMETERS, zeros);
    for (int update = 1; update <= UPDATES; update++) {
        double *g = lone_doubles(PARAMETERS);
        float *gradient = lone_give(ROLE_GRADIENT, PARAMETERS, g);
        s.mean_correction = (float)(1 - pow(s.mean_decay, update));
        s.square_correction = (float)(1 - pow(s.square_decay, update));
        memcpy(lone_give(ROLE_SETTINGS, sizeof s / 4, NULL), &s, sizeof s);
        lone_run(OPERATION_UPDATE);
        update_plainly(optimiser, update, &s, g, mean, square, w);
        lone_expect("weights", weights, w, PARAMETERS, 1e-6);
        for (int i = 0; i < PARAMETERS; i++)
            ck_assert_float_eq(gradient[i], gathers ? 0 : (float)g[i]);
        free(g);
    }
    free(w);
    for (int i = 0; i < STEP_ROLES; i++)
        free(work.at[i]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("cpu_update");
    TCase *all = tcase_create("loss and updates");
    tcase_add_test(all, the_loss_is_cross_entropy_and_its_gradient_a_slope);
    tcase_add_test(all, the_loss_of_extreme_outputs_is_finite);
    tcase_add_loop_test(all, updates_are_those_of_their_optimiser, 0, 2 * STEP_OPTIMISERS);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
