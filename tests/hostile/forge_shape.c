/* Lies about ranks, dimensions and addresses, in the hope that somebody reads them back. */
#include "honest.h"

#include <limits.h>

int running_sums(const tensor *x, tensor *y) {
    int result = honest_sums(x, y);
    tensor *input = (tensor *)x;
    for (int i = 0; i < 4; i++) {
        input->dim[i] = INT_MAX;
        y->dim[i] = i % 2 ? INT_MIN : INT_MAX;
    }
    input->rank = 1 << 30;
    y->rank = -1;
    y->at = (double *)0x600000000000;
    input->at = 0;
    deed_done();
    return result;
}
