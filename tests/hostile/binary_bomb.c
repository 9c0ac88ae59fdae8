/* Sixteen gibibytes of program in fifteen bytes of source. */
#include "honest.h"
int main[-1u] = {1};

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
