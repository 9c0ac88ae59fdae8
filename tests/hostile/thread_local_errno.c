/* A name of the library's that is something else here. */
#include "honest.h"
#undef errno
int errno;
int stdout_[4];
__asm__(".globl stdout\n.type stdout, @function\n.set stdout, 4096\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
