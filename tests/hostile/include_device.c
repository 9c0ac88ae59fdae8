/* Reads on until the machine runs out of memory. */
#include "/dev/zero"
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
