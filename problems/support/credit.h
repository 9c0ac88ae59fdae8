/* What settings of problem 6 earn. */
#ifndef CREDIT_H
#define CREDIT_H

#include "settings.h"

enum { CREDIT_PARTS = 20 /* a test's points are awarded in twentieths */ };

/* Trains with the settings on data seeds drawn from random_bits(), unless it is remembered what
 * came of it, and attaches the accuracies for the staff.  Returns the share of CREDIT_PARTS that
 * their median earns, rounded down.
 * The goal is the task's, or what `ours`, the course's own settings, reach on the same data where
 * that is less: five data sets can be hard ones, and nobody shall lose points to them.
 * Settings that meet an objection are not trained and earn nothing; public tests have told why. */
int credit_earn(enum settings_task task, const double *settings, const double *ours);

#endif
