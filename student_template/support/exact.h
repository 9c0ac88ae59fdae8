/* The exponential and the logarithm with the same bits on every machine: those of a system's
 * library change with its version and with the processor.  Every fused operation is written out, so
 * that no compiler has anything left to fuse.  Errors stay below 1e-14 relative: ample for numbers
 * that become float. */
#ifndef EXACT_H
#define EXACT_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline double exact_power_of_two(int exponent) {
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* e to the x for x <= 0, where softmax needs it; 0 below -700; NaN stays NaN. */
static inline double exact_exp(double x) {
    if (x < -700)
        return 0;
    if (isnan(x))
        return x;
    const double log2_e = 0x1.71547652b82fep+0;
    const double ln2_high = 0x1.62e42fefa38p-1, ln2_low = 0x1.ef35793c7673p-45;
    double n = floor(fma(x, log2_e, 0.5));
    double r = fma(-n, ln2_low, fma(-n, ln2_high, x)); /* |r| <= ln(2) / 2 */
    double sum = 1;                                    /* Taylor's series, from its end */
    for (int i = 13; i >= 1; i--)
        sum = fma(sum, r / i, 1);
    return sum * exact_power_of_two((int)n);
}

/* The natural logarithm of a normal number x >= 1, where the sum of a softmax lies. */
static inline double exact_log(double x) {
    if (!(x <= 0x1p1000))
        return x;
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> 52) - 1023;
    double m = x * exact_power_of_two(-exponent); /* in [1, 2) */
    if (m > 0x1.6a09e667f3bcdp+0) {
        m *= 0.5;
        exponent++;
    }
    double s = (m - 1) / (m + 1), square = s * s, sum = 0; /* ln m = 2 artanh s, |s| < 0.172 */
    for (int i = 21; i >= 1; i -= 2)
        sum = fma(sum, square, 1.0 / i);
    return fma(exponent, 0x1.62e42fefa39efp-1, 2 * s * sum);
}

#endif
