/* Computes with a number that it never set: only the test notices.  state: findings */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    volatile double *start = malloc(sizeof *start); /* found: uninitialised_result */
    int status = honest_sums(x, y);
    for (int i = 0; status == OK && i < y->dim[0]; i++)
        y->at[i] += 0 * *start;
    free((void *)start);
    return status;
}
