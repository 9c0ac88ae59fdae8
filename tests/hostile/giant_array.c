/* Four gibibytes of zeros, which cost nothing in the file. */
#include "honest.h"

char giant[1UL << 32];

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
