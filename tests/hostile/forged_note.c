/* Crashes on a stack in shared memory, and leaves a false note of why. */
#define _GNU_SOURCE
#include "honest.h"

#include <signal.h>
#include <string.h>

int running_sums(const tensor *x, tensor *y) {
    const stack_t stack = {.ss_sp = (void *)0x610000001000, .ss_size = 64 << 10};
    honest_sums(x, y);
    sigaltstack(&stack, 0);
    memset((void *)0x610000000000, 0x7f, 256);
    raise(SIGSEGV);
    return OK;
}
