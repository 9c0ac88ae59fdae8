/* Asks the kernel for a loader of its own choice, or for one that is not there. */
#include "honest.h"

__asm__(".section .interp, \"a\"\n"
        ".string \"" DROP "/loader\"\n"
        ".text\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
