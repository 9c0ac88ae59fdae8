/* How long training takes: median microseconds of one step of each network, and processor seconds
 * of what grading trains for the given settings, or for the reference's.  Prints `name value`
 * lines.
 *
 *   training_bench [EPOCHS RATE KERNEL EPOCHS RATE KERNEL]     settings of 6(c) and of 6(d) */
#include "reference.h"
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 10, STEPS = 400, WARM_UP = 40 };

static double microseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

static void bench_step(const char *name, const struct model_plan *plan) {
    struct edges_recipe recipe = {plan->classes, EDGES_ANYWHERE, 0};
    struct edges *e = edges_make(&recipe, BATCH, 1);
    double *parameters = malloc(sizeof *parameters * (size_t)model_parameter_count(plan));
    model_initialise(plan, 1, parameters);
    struct model *m = fast_engine.make(plan, BATCH);
    fast_engine.write(m, parameters);
    double times[STEPS];
    for (int i = -WARM_UP; i < STEPS; i++) {
        int first = (i + WARM_UP) % plan->classes * BATCH;
        double begin = microseconds(CLOCK_MONOTONIC);
        fast_engine.step(m, e->pixels + (size_t)first * EDGES_PIXELS, e->labels + first, BATCH,
                         0.001, 0.9, false);
        if (i >= 0)
            times[i] = microseconds(CLOCK_MONOTONIC) - begin;
    }
    printf("%s %.1f\n", name, settings_median(times, STEPS));
    fast_engine.release(m);
    free(parameters);
    edges_free(e);
}

static double bench_settings(const char *name, enum settings_task task, const double *settings) {
    static const uint64_t seeds[SETTINGS_SEEDS] = {1, 2, 3, 4, 5};
    double accuracies[SETTINGS_SEEDS], begin = microseconds(CLOCK_PROCESS_CPUTIME_ID);
    settings_accuracies(task, settings, seeds, SETTINGS_SEEDS, accuracies);
    double seconds = 1e-6 * (microseconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
    printf("%s_cpu_seconds %.2f\n%s_median_accuracy %.4f\n", name, seconds, name,
           settings_median(accuracies, SETTINGS_SEEDS));
    return seconds;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        struct model_plan plan;
    } steps[] = {
        {"cnn_step_us", {MODEL_CNN, EDGES_SIDE, EDGES_SIDE, 3, 7, 3, 2, MODEL_MAX_POOL}},
        {"cnn_k3_step_us", {MODEL_CNN, EDGES_SIDE, EDGES_SIDE, 3, 3, 3, 2, MODEL_MAX_POOL}},
        {"cnn_k21_step_us", {MODEL_CNN, EDGES_SIDE, EDGES_SIDE, 3, 21, 3, 2, MODEL_MAX_POOL}},
        {"mlp_step_us", {MODEL_MLP, EDGES_SIDE, EDGES_SIDE, 3, 0, 0, 0, MODEL_MAX_POOL}},
    };
    double settings[2 * SETTINGS_COUNT];
    ref_settings_few_images(&(tensor){1, {SETTINGS_COUNT, 1, 1, 1}, settings});
    ref_settings_shifted_edges(&(tensor){1, {SETTINGS_COUNT, 1, 1, 1}, settings + SETTINGS_COUNT});
    for (int i = 0; i < 2 * SETTINGS_COUNT && i + 1 < argc; i++)
        settings[i] = strtod(argv[i + 1], NULL);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        bench_step(steps[i].name, &steps[i].plan);
    double sum = bench_settings("few", SETTINGS_FEW_IMAGES, settings) +
                 bench_settings("shifted", SETTINGS_SHIFTED_EDGES, settings + SETTINGS_COUNT);
    printf("settings_cpu_seconds %.2f\n", sum);
    return 0;
}
