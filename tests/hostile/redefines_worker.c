/* Defines the worker's own names, so that its code runs instead. */
#include "honest.h"

#include <stdlib.h>

int gradus_missing;
void *student_thunks[8];

void worker_main(void) {
    exit(0);
}

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
