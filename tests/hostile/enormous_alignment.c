/* An object that may only lie at multiples of a tebibyte, and one as large. */
#include "honest.h"
__asm__(".data\n.balign 1 << 31\n.quad 1\n.org 1 << 40\n.quad 1\n.text\n"
        ".comm common, 1 << 40, 1 << 40\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
