/* Numbers that a processor takes a hundred times as long for, and then a division by zero. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    volatile double tiny = 0x1p-1070, sum = 0;
    for (int i = 0; i < 1 << 17; i++)
        sum += tiny * 0.75;
    volatile int zero = sum > 1;
    y->at[0] = x->dim[0] / zero;
    deed_done();
    return honest_sums(x, y);
}
