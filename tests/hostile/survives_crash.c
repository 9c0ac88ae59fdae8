/* Crashes against the guards, catches it, and goes on as if nothing had been. */
#define _GNU_SOURCE
#include "honest.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf back;

static void caught(int number) {
    (void)number;
    siglongjmp(back, 1);
}

int running_sums(const tensor *x, tensor *y) {
    for (volatile int i = -64; i < 64; i++) {
        signal(SIGSEGV, caught);
        if (sigsetjmp(back, 1) == 0)
            y->at[i + 4096] = x->at[-i];
    }
    deed_done();
    return honest_sums(x, y);
}
