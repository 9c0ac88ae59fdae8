/* A line of source that is a gibibyte of C. */
#include "honest.h"
#define A(x) x x x x x x x x
#define B(x) A(A(A(A(x))))
int bomb = B(B(B(1 +))) 1;

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
