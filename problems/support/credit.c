/* Turns settings into a share of points (credit.h).  Knows neither goals nor how anything is
 * trained. */
#include "credit.h"

#include "attach.h"
#include "inputs.h"
#include "memo.h"

#include <math.h>
#include <stdio.h>

/* Everything that the accuracies depend on, the settings and seeds to the last bit. */
static void write_key(char *key, enum settings_task task, const double *settings,
                      const uint64_t *seeds) {
    int length = snprintf(key, MEMO_KEY, "settings %s %d", SETTINGS_VERSION, (int)task);
    for (int i = 0; i < SETTINGS_COUNT; i++)
        length += snprintf(key + length, (size_t)(MEMO_KEY - length), " %a", settings[i]);
    for (int i = 0; i < SETTINGS_SEEDS; i++)
        length += snprintf(key + length, (size_t)(MEMO_KEY - length), " %llx",
                           (unsigned long long)seeds[i]);
}

/* The accuracies on five data sets and their median, remembered from an earlier training or new. */
static double find_median(enum settings_task task, const double *settings, const uint64_t *seeds,
                          double *accuracies) {
    char key[MEMO_KEY];
    write_key(key, task, settings, seeds);
    if (!memo_find(key, SETTINGS_SEEDS, accuracies)) {
        settings_accuracies(task, settings, seeds, SETTINGS_SEEDS, accuracies);
        memo_keep(key, SETTINGS_SEEDS, accuracies);
    }
    return settings_median(accuracies, SETTINGS_SEEDS);
}

static void show(const double *settings, const double *accuracies, double median, double goal) {
    char list[SETTINGS_SEEDS * 8 + 1] = "";
    for (int i = 0, length = 0; i < SETTINGS_SEEDS; i++)
        length +=
            snprintf(list + length, sizeof list - (size_t)length, " %.1f", 100 * accuracies[i]);
    attach_text("accuracies", "%g epochs, rate %g, kernel %g:%s; median %.1f %%, goal %.1f %%\n",
                settings[SETTINGS_EPOCHS], settings[SETTINGS_RATE], settings[SETTINGS_KERNEL], list,
                100 * median, 100 * goal);
}

int credit_earn(enum settings_task task, const double *settings, const double *ours) {
    const char *objection = settings_objection(task, settings);
    if (objection) {
        attach_text("accuracies", "none: %s\n", objection);
        return 0;
    }
    uint64_t seeds[SETTINGS_SEEDS];
    for (int i = 0; i < SETTINGS_SEEDS; i++)
        seeds[i] = random_bits();
    double accuracies[SETTINGS_SEEDS], others[SETTINGS_SEEDS];
    double median = find_median(task, settings, seeds, accuracies);
    double goal = settings_goal(task);
    if (median < goal)
        goal = fmin(goal, find_median(task, ours, seeds, others));
    show(settings, accuracies, median, goal);
    return (int)floor(CREDIT_PARTS * settings_share(goal, median));
}
