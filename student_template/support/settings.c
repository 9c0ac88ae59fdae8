/* Trains the CNN of problem 6 with somebody's settings, once for each data seed, and counts right
 * answers on pictures that nobody trained with.  Refuses settings that make no sense or would take
 * too long, in words; knows no points. */
#include "settings.h"

#include "draws.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct task {
    int per_class;
    enum edges_place train, fresh;
    double goal;
} tasks[] = {[SETTINGS_FEW_IMAGES] = {20, EDGES_ANYWHERE, EDGES_ANYWHERE, 0.90},
             [SETTINGS_SHIFTED_EDGES] = {10, EDGES_FIRST_HALF, EDGES_SECOND_HALF, 0.85}};

enum { CLASSES = EDGES_THREE, BATCH = 10, FILTERS = 3, LARGEST_RATE = 10 };
enum { PURPOSE_TRAIN = 4, PURPOSE_FRESH, PURPOSE_MODEL };

/* Four to nine seconds of one processor; the largest kernels take longest. */
const double settings_most = 1.5e11;
/* What a picture costs besides its multiplications, in multiplications: most of it when the kernel
 * is small. */
static const double settings_overhead = 1e5;

static struct model_plan plan_of(const double *settings) {
    return (struct model_plan){.kind = MODEL_CNN,
                               .height = EDGES_SIDE,
                               .width = EDGES_SIDE,
                               .classes = CLASSES,
                               .kernel = (int)settings[SETTINGS_KERNEL],
                               .filters = FILTERS,
                               .depth = 2,
                               .pool = MODEL_MAX_POOL};
}

/* --- What is wrong with them --- */

static bool whole(double x) {
    return x == floor(x);
}

/* One number, whatever the others are. */
static const char *objection_to_number(const double *s) {
    static const char *names[] = {"the number of epochs", "the learning rate", "the kernel size"};
    static char sentence[160];
    for (int i = 0; i < SETTINGS_COUNT; i++) {
        const char *what = NULL;
        if (!isfinite(s[i]))
            what = "is not a number";
        else if (s[i] <= 0)
            what = "must be greater than 0";
        else if (i != SETTINGS_RATE && !whole(s[i]))
            what = "must be a whole number";
        if (!what)
            continue;
        snprintf(sentence, sizeof sentence, "settings {epochs, rate, kernel}: %s (%g) %s.",
                 names[i], s[i], what);
        return sentence;
    }
    return NULL;
}

double settings_cost(enum settings_task task, const double *settings) {
    if (objection_to_number(settings) || settings[SETTINGS_KERNEL] > EDGES_SIDE)
        return -1;
    struct model_plan plan = plan_of(settings);
    int64_t multiply_adds = model_multiply_adds(&plan);
    if (multiply_adds < 0)
        return -1;
    return ((double)multiply_adds + settings_overhead) * CLASSES * tasks[task].per_class *
           settings[SETTINGS_EPOCHS] * SETTINGS_SEEDS;
}

const char *settings_objection(enum settings_task task, const double *settings) {
    static char sentence[240];
    const char *objection = objection_to_number(settings);
    if (objection)
        return objection;
    double cost = settings_cost(task, settings);
    if (cost < 0)
        return "settings {epochs, rate, kernel}: the kernel is too large, since its reflect "
               "padding "
               "does not fit into the pooled picture; 27 is the largest.";
    if (settings[SETTINGS_RATE] > LARGEST_RATE) {
        snprintf(sentence, sizeof sentence,
                 "settings {epochs, rate, kernel}: a learning rate of %g is far beyond any that "
                 "trains; at most %d is tried.",
                 settings[SETTINGS_RATE], LARGEST_RATE);
        return sentence;
    }
    if (cost > settings_most) {
        double once[SETTINGS_COUNT] = {1, settings[SETTINGS_RATE], settings[SETTINGS_KERNEL]};
        double epochs = floor(settings_most / settings_cost(task, once));
        snprintf(sentence, sizeof sentence,
                 "settings {epochs, rate, kernel}: this training costs %.3g multiplications and at "
                 "most %.3g are allowed: with kernel %g, %g epochs or fewer.",
                 cost, settings_most, settings[SETTINGS_KERNEL], epochs);
        return sentence;
    }
    return NULL;
}

/* --- What they are worth --- */

static struct edges *draw(enum edges_place place, int per_class, uint64_t seed, uint64_t purpose) {
    struct edges_recipe recipe = {.classes = CLASSES, .place = place};
    return edges_make(&recipe, per_class, draws_from(seed, purpose).state);
}

static double accuracy(enum settings_task task, const double *settings, uint64_t seed) {
    struct edges *train = draw(tasks[task].train, tasks[task].per_class, seed, PURPOSE_TRAIN);
    struct edges *fresh = draw(tasks[task].fresh, SETTINGS_FRESH, seed, PURPOSE_FRESH);
    struct training training = {.engine = &fast_engine,
                                .plan = plan_of(settings),
                                .epochs = (int)settings[SETTINGS_EPOCHS],
                                .batch = BATCH,
                                .rate = settings[SETTINGS_RATE],
                                .momentum = 0.9,
                                .seed = draws_from(seed, PURPOSE_MODEL).state,
                                .train = train,
                                .validation = fresh};
    struct training_result *result = training_run(&training);
    double right = result->points[0].validation_accuracy;
    training_free(result);
    edges_free(train);
    edges_free(fresh);
    return right;
}

void settings_accuracies(enum settings_task task, const double *settings, const uint64_t *seeds,
                         int count, double *accuracies) {
    for (int i = 0; i < count; i++)
        accuracies[i] = accuracy(task, settings, seeds[i]);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double settings_median(const double *accuracies, int count) {
    double *sorted = malloc(sizeof *sorted * (size_t)count);
    memcpy(sorted, accuracies, sizeof *sorted * (size_t)count);
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    double median = sorted[count / 2];
    free(sorted);
    return median;
}

double settings_goal(enum settings_task task) {
    return tasks[task].goal;
}

double settings_share(double goal, double median) {
    double chance = 1.0 / CLASSES;
    if (median >= goal)
        return 1;
    return median > chance ? (median - chance) / (goal - chance) : 0;
}
