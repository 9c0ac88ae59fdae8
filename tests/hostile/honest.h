/* What every hostile submission shares: the rest of problem 2, done honestly, and the sentence that
 * tells whether a deed went through.  target.h is written by the test: where it would hurt. */
#ifndef HONEST_H
#define HONEST_H

#include "homework.h"
#include "target.h"

#include <stdio.h>

static inline void deed_done(void) {
    printf("should have been stopped by now\n");
    fflush(stdout);
}

static inline int honest_sums(const tensor *x, tensor *y) {
    if (x->rank != 1 || y->rank != 1 || x->dim[0] != y->dim[0])
        return IMPOSSIBLE;
    double sum = 0;
    for (int i = 0; i < x->dim[0]; i++) {
        sum += x->at[i];
        y->at[i] = sum;
    }
    return OK;
}

/* Some deeds cost their whole time limit: one test of the three is enough. */
static inline int is_hidden_test(const tensor *x) {
    return x->dim[0] == 50;
}

void reduce_ratio(ints *v) {
    int64_t divisor = v->at[0];
    for (int i = 1; i < v->dim[0]; i++)
        divisor = common_divisor(divisor, v->at[i]);
    for (int i = 0; i < v->dim[0]; i++)
        v->at[i] /= divisor;
}

void accumulate(const tensor *x, tensor *total) {
    for (int i = 0; i < x->dim[0]; i++)
        total->at[i] += x->at[i];
}

#endif
