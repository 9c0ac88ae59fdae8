/* A stack frame that reaches over the guard, into whatever lies behind it. */
#include "honest.h"

#include <alloca.h>

int running_sums(const tensor *x, tensor *y) {
    volatile char *far = alloca((unsigned)x->dim[0] << 24);
    far[0] = 1;
    deed_done();
    return honest_sums(x, y);
}
