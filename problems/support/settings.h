/* What settings of problem 6 are worth: trains our own float32 CNN with them over several data
 * seeds and says how well each one does on fresh pictures.  Knows the two tasks of the sheet, 6(c)
 * and 6(d); not points.  The same bits on every machine and with every compiler. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "training.h"

/* What students hand in: s = {epochs, rate, kernel}. */
enum { SETTINGS_EPOCHS, SETTINGS_RATE, SETTINGS_KERNEL, SETTINGS_COUNT };

enum settings_task {
    SETTINGS_FEW_IMAGES,   /* 6(c): 20 pictures per class */
    SETTINGS_SHIFTED_EDGES /* 6(d): 10 pictures per class, trained in one half, tested in the other
                            */
};

enum { SETTINGS_SEEDS = 5, SETTINGS_FRESH = 1000 /* pictures per class to be tested with */ };

/* Changes whenever the same settings could give another accuracy: part of every memo's key. */
#define SETTINGS_VERSION "1"

/* Multiplications of all trainings, or -1 where the settings make no sense. */
double settings_cost(enum settings_task task, const double *settings);
/* The most that is trained. */
extern const double settings_most;
/* NULL when the settings can be trained; otherwise one sentence for their author, in static memory:
 * which number is wrong (not a number, not whole, out of range, an even ... ), or what the training
 * would cost and what is allowed. */
const char *settings_objection(enum settings_task task, const double *settings);
/* Share of right answers of each seed, in [0, 1].  `seeds` are data seeds.  Settings without
 * objection only. */
void settings_accuracies(enum settings_task task, const double *settings, const uint64_t *seeds,
                         int count, double *accuracies);
/* The middle one. */
double settings_median(const double *accuracies, int count);

#endif
