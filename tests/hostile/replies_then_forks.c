/* Replies itself, and commits its crime while the judge is looking at the answer. */
#define _GNU_SOURCE
#include "honest.h"

#include <stdatomic.h>
#include <unistd.h>

int running_sums(const tensor *x, tensor *y) {
    int result = honest_sums(x, y);
    *(long *)0x610000000010 = result;
    atomic_store((_Atomic unsigned *)0x610000000000, *(const unsigned *)0x600000000000);
    fork();
    deed_done();
    return result;
}
