/* Eight gigabytes, by the assembler. */
#include "honest.h"
__asm__(".data\n.rept 1000000000\n.quad 1\n.endr\n.text");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
