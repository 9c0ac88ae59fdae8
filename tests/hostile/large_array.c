/* A global array that links, and does not fit into the worker's memory. */
#include "honest.h"

char large[100 << 20];

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
