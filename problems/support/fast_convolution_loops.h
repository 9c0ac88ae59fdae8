/* The loops of fast_convolution.c that take the time, over four lanes of float64 at once; included
 * once for each kind of processor.  Twelve accumulators are named one by one so that they stay in
 * registers: three filters times four vectors, or times four taps, and every number that is loaded
 * serves three or four times. */

/* Macros where a function would take lanes by value: compilers remark on that for processors whose
 * registers are narrower. */
#define LOAD(at)     ((lanes)(*(const loose_lanes *)(at)))
#define STORE(at, x) (*(loose_lanes *)(at) = (x))
#define ALL(x)       ((lanes){x, x, x, x})

#define AT_VECTOR(v)                                                                               \
    x = LOAD(from + (v)*LANES);                                                                    \
    a0##v = FUSED(w0, x, a0##v);                                                                   \
    a1##v = FUSED(w1, x, a1##v);                                                                   \
    a2##v = FUSED(w2, x, a2##v)
#define KEEP_VECTOR(v)                                                                             \
    STORE(out[0] + (v)*LANES, a0##v);                                                              \
    STORE(out[1] + (v)*LANES, a1##v);                                                              \
    STORE(out[2] + (v)*LANES, a2##v)

/* out[f] (VECTORS * LANES numbers each) = bias + sum over taps of weights (tap_count, FILTERS) *
 * in.
 */
static void NAME(correlate)(const double *in, const ptrdiff_t *taps, int tap_count,
                            const double *weights, const double *bias, double *const *out) {
    lanes a00 = ALL(bias[0]), a01 = a00, a02 = a00, a03 = a00, x;
    lanes a10 = ALL(bias[1]), a11 = a10, a12 = a10, a13 = a10;
    lanes a20 = ALL(bias[2]), a21 = a20, a22 = a20, a23 = a20;
    for (int t = 0; t < tap_count; t++, weights += FILTERS) {
        const double *from = in + taps[t];
        lanes w0 = ALL(weights[0]), w1 = ALL(weights[1]), w2 = ALL(weights[2]);
        AT_VECTOR(0);
        AT_VECTOR(1);
        AT_VECTOR(2);
        AT_VECTOR(3);
    }
    KEEP_VECTOR(0);
    KEEP_VECTOR(1);
    KEEP_VECTOR(2);
    KEEP_VECTOR(3);
}

#define AT_TAP(t)                                                                                  \
    x = LOAD(p##t + j);                                                                            \
    a0##t = FUSED(d0, x, a0##t);                                                                   \
    a1##t = FUSED(d1, x, a1##t);                                                                   \
    a2##t = FUSED(d2, x, a2##t)
#define SUM(x) (((x)[0] + (x)[2]) + ((x)[1] + (x)[3]))
#define ADD_TAP(t)                                                                                 \
    sums[(t)*FILTERS] += SUM(a0##t);                                                               \
    sums[(t)*FILTERS + 1] += SUM(a1##t);                                                           \
    sums[(t)*FILTERS + 2] += SUM(a2##t)

/* sums (TAPS, FILTERS) += sum over all places of d * in, for FILTERS planes of d that lie `plane`
 * apart, in rows of d_row numbers. */
static void NAME(correlate_gradient)(const double *in, ptrdiff_t in_row, const ptrdiff_t *taps,
                                     const double *d, ptrdiff_t d_row, ptrdiff_t plane, int rows,
                                     double *sums) {
    lanes a00 = ALL(0), a01 = a00, a02 = a00, a03 = a00, a10 = a00, a11 = a00, a12 = a00, a13 = a00,
          a20 = a00, a21 = a00, a22 = a00, a23 = a00, x;
    for (int i = 0; i < rows; i++, in += in_row, d += d_row) {
        const double *p0 = in + taps[0], *p1 = in + taps[1], *p2 = in + taps[2], *p3 = in + taps[3];
        for (ptrdiff_t j = 0; j < d_row; j += LANES) {
            lanes d0 = LOAD(d + j), d1 = LOAD(d + j + plane), d2 = LOAD(d + j + 2 * plane);
            AT_TAP(0);
            AT_TAP(1);
            AT_TAP(2);
            AT_TAP(3);
        }
    }
    ADD_TAP(0);
    ADD_TAP(1);
    ADD_TAP(2);
    ADD_TAP(3);
}

#undef AT_VECTOR
#undef KEEP_VECTOR
#undef AT_TAP
#undef SUM
#undef ADD_TAP
#undef LOAD
#undef STORE
#undef ALL
#undef FUSED
#undef NAME
