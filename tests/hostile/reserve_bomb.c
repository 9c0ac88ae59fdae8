/* Memory that is only promised, and then a little of all of it; with more than its share, it says
 * so by a wrong answer. */
#define _GNU_SOURCE
#include "honest.h"

#include <sys/mman.h>

int running_sums(const tensor *x, tensor *y) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    long promised = 0;
    for (long size = 1L << 46; size >= 4096; size /= 2) {
        char *more = mmap(0, (unsigned long)size, PROT_READ | PROT_WRITE, flags, -1, 0);
        for (long at = 0; more != MAP_FAILED && at < size; at += 1 << 20)
            more[at] = 1;
        promised += more != MAP_FAILED ? size : 0;
    }
    int result = honest_sums(x, y);
    deed_done();
    if (promised > 64L << 20)
        y->at[0] += 1;
    return result;
}
