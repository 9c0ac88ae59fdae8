/* 1. Golden
 *
 * Write these functions; problems/1-golden.md says what each has to do.
 * Keep their names and parameters; functions of your own are welcome.
 * What still returns as it does here counts as not started. */
#include "homework.h"

#include <math.h>

/* Copies. */
// And more.
void copy(const tensor *x, tensor *y) {
    (void)x, (void)y;
}

int64_t largest(const ints *list,
                int from) {
    (void)list, (void)from;
    return INT64_MIN;
}

double mean(const tensor *x, double start) {
    (void)x, (void)start;
    return NAN;
}

int nothing(void) {
    return UNFINISHED;
}

/* w -= d */
void step(tensor *w, const tensor *d) {
    (void)w, (void)d;
}

int sort(ints *w, ints *order) {
    (void)w, (void)order;
    return UNFINISHED;
}
