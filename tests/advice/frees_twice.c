/* Gives the same block back twice.  state: findings */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    double *volatile block = malloc(sizeof *block);
    free(block);
    free(block); /* found: invalid_free */
    return honest_sums(x, y);
}
