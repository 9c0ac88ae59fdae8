/* A constructor that the compiler does not know of. */
#define _GNU_SOURCE
#include "honest.h"

#include <unistd.h>

void smuggled(void);
void smuggled(void) {
    unlink(CANARY);
    deed_done();
}

__asm__(".section .init_array, \"aw\"\n"
        ".quad smuggled\n"
        ".text\n");

int running_sums(const tensor *x, tensor *y) {
    return honest_sums(x, y);
}
