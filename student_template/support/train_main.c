/* make train: what settings of problem 6 are worth, before they are handed in.  Says what the
 * training costs, trains as grading does (the same code, other data seeds) and tells the accuracy
 * of each seed and their median.  Without settings it asks the functions that will be handed in.
 *
 *   train [few|shifted] ["EPOCHS RATE KERNEL"]      an empty word counts as none */
#include "homework.h"
#include "settings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct task {
    const char *name, *what, *function;
    enum settings_task task;
    void (*ask)(tensor *s);
} tasks[] = {
    {"few", "6(c): 20 pictures per class", "settings_few_images", SETTINGS_FEW_IMAGES,
     settings_few_images},
    {"shifted", "6(d): 10 pictures per class, edges in the other half when tested",
     "settings_shifted_edges", SETTINGS_SHIFTED_EDGES, settings_shifted_edges},
};
enum { TASKS = sizeof tasks / sizeof *tasks };

/* Grading draws other seeds. */
static const uint64_t practice_seeds[SETTINGS_SEEDS] = {1, 2, 3, 4, 5};

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The settings of the command line, or of the student's function. */
static bool find_settings(const struct task *t, const char *given, double *settings) {
    if (*given) {
        char more;
        if (sscanf(given, "%lf %lf %lf %c", &settings[SETTINGS_EPOCHS], &settings[SETTINGS_RATE],
                   &settings[SETTINGS_KERNEL], &more) == SETTINGS_COUNT)
            return true;
        fprintf(stderr, "SETTINGS=\"epochs rate kernel\" are three numbers, not \"%s\"\n", given);
        return false;
    }
    for (int i = 0; i < SETTINGS_COUNT; i++)
        settings[i] = NAN;
    tensor s = {.rank = 1, .dim = {SETTINGS_COUNT, 1, 1, 1}, .at = settings};
    t->ask(&s);
    for (int i = 0; i < SETTINGS_COUNT; i++)
        if (!isnan(settings[i]))
            return true;
    printf("%s: %s is not written yet; SETTINGS=\"epochs rate kernel\" tries some.\n", t->what,
           t->function);
    return false;
}

static bool train(const struct task *t, const char *given) {
    double settings[SETTINGS_COUNT], accuracies[SETTINGS_SEEDS];
    if (!find_settings(t, given, settings))
        return !*given; /* nothing to train is no mistake */
    printf("%s\n  %g epochs, rate %g, kernel %g", t->what, settings[SETTINGS_EPOCHS],
           settings[SETTINGS_RATE], settings[SETTINGS_KERNEL]);
    const char *objection = settings_objection(t->task, settings);
    if (objection) {
        printf("\n  %s\n", objection);
        return false;
    }
    printf(": %.3g multiplications, of at most %.3g.\n", settings_cost(t->task, settings),
           settings_most);
    double begin = seconds();
    for (int i = 0; i < SETTINGS_SEEDS; i++) {
        fflush(stdout);
        settings_accuracies(t->task, settings, &practice_seeds[i], 1, &accuracies[i]);
        printf("  data seed %d: %5.1f %% of %d fresh pictures\n", i + 1, 100 * accuracies[i],
               SETTINGS_FRESH * EDGES_THREE);
    }
    double median = settings_median(accuracies, SETTINGS_SEEDS);
    printf("  median %.1f %% in %.1f s; the goal is %.0f %%: %.0f %% of the points.\n"
           "  Grading does the same with data seeds of its own.\n",
           100 * median, seconds() - begin, 100 * settings_goal(t->task),
           floor(100 * settings_share(settings_goal(t->task), median)));
    return true;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "", *given = argc > 2 ? argv[2] : "";
    bool found = false, trained = true;
    for (int i = 0; i < TASKS; i++)
        if (!*name || strcmp(name, tasks[i].name) == 0) {
            found = true;
            trained = train(&tasks[i], given) && trained;
        }
    if (!found)
        fprintf(stderr, "TASK is few, for 6(c), or shifted, for 6(d); not \"%s\"\n", name);
    return found && trained ? 0 : 1;
}
