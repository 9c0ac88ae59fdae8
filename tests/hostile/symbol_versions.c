/* Names with versions, in a program that has none. */
#include "honest.h"
__asm__(".symver running_sums, running_sums@@HIDDEN_1\n.symver accumulate, printf@@GLIBC_9.9\n"
        ".symver reduce_ratio, worker_main@@, remove\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
