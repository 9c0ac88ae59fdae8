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

/* How single data seeds spread (share of 60 to 180 seeds below so much accuracy), to choose goals
 * and reference settings by; a median of five falls below with 10 p^3 (1-p)^2 + 5 p^4 (1-p) + p^5.
 *
 *                                       < 0.75  < 0.80  < 0.85  < 0.90   median
 *   6(c)   300 epochs, 0.01, kernel 7     0.09    0.09    0.10    0.12    0.96
 *          300         0.02         5     0.03    0.05    0.05    0.07    0.97
 *          600         0.01         5     0.03    0.03    0.03    0.07    0.97
 *   6(d)   300         0.01         7     0.40    0.55    0.71    0.84    0.78
 *          600         0.05         3     0.22    0.27    0.33    0.63    0.89
 *          1000        0.02         3     0.16    0.22    0.33    0.63    0.89
 *          1500        0.03         3     0.18    0.24    0.33    0.71    0.88
 *          2000        0.01         5     0.12    0.18    0.30    0.50    0.90
 *
 * Training longer changes little in 6(d); one seed in twenty ends with dead ReLUs: 0.33. */

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
/* The median that earns everything. */
double settings_goal(enum settings_task task);
/* The share of the points that a median earns: from nothing at guessing to all at the goal. */
double settings_share(double goal, double median);

#endif
