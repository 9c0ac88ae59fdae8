/* Comes to no end when it is watched.  state: findings  says: took too long */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    volatile int *block = malloc(sizeof *block);
    free((void *)block);
    *block = 1; /* found: invalid_write */
    while (is_watched())
        continue;
    return honest_sums(x, y);
}
