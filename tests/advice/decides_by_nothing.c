/* Decides by a number that it never set.  state: findings */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    volatile double *sign = malloc(sizeof *sign);
    int negative = *sign < 0;
    free((void *)sign);
    return negative ? IMPOSSIBLE : honest_sums(x, y); /* found: uninitialised */
}
