/* Starts the worker a second time, within its own call. */
#include "honest.h"

#include <sys/mman.h>

extern int worker_main(void);

int running_sums(const tensor *x, tensor *y) {
    static int inside;
    int result = honest_sums(x, y);
    deed_done();
    if (inside++ > 0)
        return result;
    worker_main(); /* finds its places taken */
    munmap((void *)0x600000000000, 64 << 20);
    munmap((void *)0x610000000000, 64 << 20);
    worker_main();
    return result;
}
