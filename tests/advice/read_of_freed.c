/* Reads what it has given back.  state: findings */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    volatile double *first = malloc(sizeof *first);
    *first = x->at[0];
    free((void *)first);
    return *first == 3 ? honest_sums(x, y) : honest_sums(x, y); /* found: invalid_read */
}
