/* Makes the same mistake a hundred thousand times.  state: findings  says: 1 line to look at */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    volatile char *block = malloc(8);
    for (int i = 0; is_watched() && i < 100000; i++)
        block[8] = 1; /* found: invalid_write */
    free((void *)block);
    return honest_sums(x, y);
}
