/* The tests of the fast convolution once more, as on a processor without AVX2. */
#define __builtin_cpu_supports(feature) 0
#include "../../problems/support/fast_convolution.c"

#include "fast_convolution_test.c"
