/* Leaves the processor rounding upwards, flushing small numbers and trapping on divisions. */
#define _GNU_SOURCE
#include "honest.h"

#include <fenv.h>
#include <xmmintrin.h>

int running_sums(const tensor *x, tensor *y) {
    int result = honest_sums(x, y);
    fesetround(FE_UPWARD);
    feenableexcept(FE_ALL_EXCEPT);
    _mm_setcsr(_mm_getcsr() | 0x8040);
    deed_done();
    return result;
}
