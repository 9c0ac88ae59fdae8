/* Forgets what it allocated.  state: findings */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    double *volatile part = malloc((size_t)x->dim[0] * sizeof *part); /* found: leak */
    *part = x->at[0];
    return honest_sums(x, y);
}
