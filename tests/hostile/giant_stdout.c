/* Prints until somebody is full. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    for (int i = 0; i < 1 << 20; i++)
        printf("%d bottles of beer on the wall\n", i);
    deed_done();
    return honest_sums(x, y);
}
