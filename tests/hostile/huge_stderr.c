/* Complains without an end, past every buffer. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    for (int i = 0; i < 1 << 20; i++)
        fprintf(stderr, "error %d: too many errors\n", i);
    deed_done();
    return honest_sums(x, y);
}
