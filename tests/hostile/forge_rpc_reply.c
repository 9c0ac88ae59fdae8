/* Answers calls that were not asked yet, the same call twice, and calls that never were. */
#include "honest.h"

#include <stdatomic.h>

#define REQUEST ((_Atomic unsigned *)0x600000000000)
#define REPLY   ((_Atomic unsigned *)0x610000000000)

int running_sums(const tensor *x, tensor *y) {
    unsigned now = atomic_load(REQUEST);
    int result = honest_sums(x, y);
    atomic_store(REPLY, now + 1);
    atomic_store(REPLY, 0);
    atomic_store(REPLY, 0xffffffff);
    atomic_store(REPLY, now - 1);
    atomic_store(REPLY + 1, 77);
    deed_done();
    return result;
}
