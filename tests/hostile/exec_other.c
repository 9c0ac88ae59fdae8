/* Becomes another program. */
#define _GNU_SOURCE
#include "honest.h"

#include <unistd.h>

int running_sums(const tensor *x, tensor *y) {
    char *arguments[] = {"sh", "-c", "echo forged >" CANARY, 0};
    execve("/bin/sh", arguments, 0);
    deed_done();
    return honest_sums(x, y);
}
