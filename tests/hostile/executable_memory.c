/* Memory that can be written and run. */
#define _GNU_SOURCE
#include "honest.h"

#include <sys/mman.h>

int running_sums(const tensor *x, tensor *y) {
    mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    deed_done();
    return honest_sums(x, y);
}
