/* Counts one too far, in memory of its own.  state: findings  says: 1 line to look at */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    volatile double *copy = malloc((size_t)x->dim[0] * sizeof *copy);
    for (int i = 0; i <= x->dim[0]; i++)
        copy[i] = i; /* found: invalid_write */
    free((void *)copy);
    return honest_sums(x, y);
}
