/* The fast engine's loops for x86 processors with AVX2 and fused multiply-adds.  The same numbers
 * as from fast_plain.c: only the instructions differ. */
#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

#define FUSED(a, b, c) ((lanes)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define FAST_TABLE     fast_avx2
#include "fast_loops.h"

#ifdef __clang__
#pragma clang attribute pop
#endif
#else
typedef int no_such_processor; /* a file of C declares something */
#endif
