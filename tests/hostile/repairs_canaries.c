/* Writes outside of its answer, and puts back what was there. */
#include "honest.h"

#include <string.h>

int running_sums(const tensor *x, tensor *y) {
    unsigned long before[8], *numbers = (unsigned long *)y->at;
    memcpy(before, numbers - 8, sizeof before);
    memset(numbers - 8, 0x55, sizeof before);
    int result = honest_sums(x, y);
    memcpy(numbers - 8, before, sizeof before);
    deed_done();
    return result;
}
