/* Sixteen gibibytes of object file. */
#include "honest.h"

char giant[1UL << 34] = {1};

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
