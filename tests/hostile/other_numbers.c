/* Another set of numbers for the same system calls, under which none is on the list. */
#define _GNU_SOURCE
#include "honest.h"

#include <sys/syscall.h>
#include <unistd.h>

int running_sums(const tensor *x, tensor *y) {
    syscall(0x40000000 | SYS_open, CANARY, 2, 0);
    deed_done();
    return honest_sums(x, y);
}
