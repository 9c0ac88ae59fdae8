/* The loops that take the time, over eight lanes at once.  Included by one file for each kind of
 * processor, which says what to call the table.  Twelve accumulators are named one by one so that
 * they stay in registers even at -O1: three filters times four vectors (or four taps), and every
 * number that is loaded serves three or four times. */
#include "fast.h"

#include <string.h>

typedef float lanes __attribute__((vector_size(32)));
typedef int32_t lane_masks __attribute__((vector_size(32)));
typedef float loose_lanes __attribute__((vector_size(32), aligned(4), may_alias));
#define INLINE static inline __attribute__((always_inline))

/* Macros where a function would take lanes by value: compilers remark on that for processors whose
 * registers are narrower. */
#define LOAD(at)       ((lanes)(*(const loose_lanes *)(at)))
#define STORE(at, x)   (*(loose_lanes *)(at) = (x))
#define ALL(x)         ((lanes){x, x, x, x, x, x, x, x})
#define WHERE(mask, x) ((lanes)((lane_masks)(x) & (mask)))
#define EITHER(mask, x, y)                                                                         \
    ((lanes)(((lane_masks)(x) & (lane_masks)(mask)) | ((lane_masks)(y) & ~(lane_masks)(mask))))
/* a * b + c, rounded once. */
#ifndef FUSED
#define ONE_FUSED(a, b, c, i) __builtin_fmaf((a)[i], (b)[i], (c)[i])
#define FUSED(a, b, c)                                                                             \
    ((lanes){ONE_FUSED(a, b, c, 0), ONE_FUSED(a, b, c, 1), ONE_FUSED(a, b, c, 2),                  \
             ONE_FUSED(a, b, c, 3), ONE_FUSED(a, b, c, 4), ONE_FUSED(a, b, c, 5),                  \
             ONE_FUSED(a, b, c, 6), ONE_FUSED(a, b, c, 7)})
#endif

INLINE float sum_of(const lanes *x) {
    const lanes a = *x;
    return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

/* --- Correlations --- */

#define AT_VECTOR(v)                                                                               \
    x = LOAD(p##v + tap);                                                                          \
    a0##v = FUSED(w0, x, a0##v);                                                                   \
    a1##v = FUSED(w1, x, a1##v);                                                                   \
    a2##v = FUSED(w2, x, a2##v)

/* NaN stays: a training that has come apart must look like it. */
INLINE void keep(const struct fast_window *w, bool rectify, int vector, const lanes *sum,
                 float *out) {
    if (rectify) {
        lane_masks mask = *(const lane_masks *)(w->masks + (ptrdiff_t)vector * FAST_LANES);
        STORE(out, WHERE(mask & ~(*sum < 0), *sum));
    } else {
        STORE(out, *sum);
    }
}

#define KEEP_VECTOR(v)                                                                             \
    keep(w, rectify, n + (v), &a0##v, out + (v)*FAST_LANES);                                       \
    keep(w, rectify, n + (v), &a1##v, out + (v)*FAST_LANES + plane);                               \
    keep(w, rectify, n + (v), &a2##v, out + (v)*FAST_LANES + 2 * plane)

static void correlate(const struct fast_window *w, const float *in, const float *weights,
                      const float *bias, bool rectify, float *out) {
    ptrdiff_t plane = (ptrdiff_t)w->vectors * FAST_LANES;
    for (int n = 0; n < w->vectors; n += FAST_VECTORS, out += FAST_VECTORS * FAST_LANES) {
        const int *offsets = w->offsets + n;
        const float *p0 = in + offsets[0], *p1 = in + offsets[1], *p2 = in + offsets[2],
                    *p3 = in + offsets[3], *weight = weights;
        lanes b0 = ALL(bias[0]), b1 = ALL(bias[1]), b2 = ALL(bias[2]), x;
        lanes a00 = b0, a01 = b0, a02 = b0, a03 = b0;
        lanes a10 = b1, a11 = b1, a12 = b1, a13 = b1;
        lanes a20 = b2, a21 = b2, a22 = b2, a23 = b2;
        for (int t = 0; t < w->tap_count; t++, weight += FAST_FILTERS) {
            ptrdiff_t tap = w->taps[t];
            lanes w0 = ALL(weight[0]), w1 = ALL(weight[1]), w2 = ALL(weight[2]);
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
}

#define SUM(f, t) (sums + ((f) + FAST_FILTERS * (t)) * FAST_LANES)
#define AT_TAP(t)                                                                                  \
    x = LOAD(p##t + offset);                                                                       \
    a0##t = FUSED(d0, x, a0##t);                                                                   \
    a1##t = FUSED(d1, x, a1##t);                                                                   \
    a2##t = FUSED(d2, x, a2##t)
#define KEEP_TAP(t) STORE(SUM(0, t), a0##t), STORE(SUM(1, t), a1##t), STORE(SUM(2, t), a2##t)

static void correlate_gradient(const struct fast_window *w, const float *in, const float *d,
                               float *sums, float *bias_sums) {
    ptrdiff_t plane = (ptrdiff_t)w->vectors * FAST_LANES;
    for (int t = 0; t < w->tap_count; t += FAST_TAPS, sums = SUM(0, FAST_TAPS)) {
        const int *taps = w->taps + t;
        const float *p0 = in + taps[0], *p1 = in + taps[1], *p2 = in + taps[2], *p3 = in + taps[3];
        const float *at = d;
        lanes a00 = LOAD(SUM(0, 0)), a01 = LOAD(SUM(0, 1)), a02 = LOAD(SUM(0, 2)),
              a03 = LOAD(SUM(0, 3)), a10 = LOAD(SUM(1, 0)), a11 = LOAD(SUM(1, 1)),
              a12 = LOAD(SUM(1, 2)), a13 = LOAD(SUM(1, 3)), a20 = LOAD(SUM(2, 0)),
              a21 = LOAD(SUM(2, 1)), a22 = LOAD(SUM(2, 2)), a23 = LOAD(SUM(2, 3)), x;
        for (int v = 0; v < w->vectors; v++, at += FAST_LANES) {
            ptrdiff_t offset = w->offsets[v];
            lanes d0 = LOAD(at), d1 = LOAD(at + plane), d2 = LOAD(at + 2 * plane);
            AT_TAP(0);
            AT_TAP(1);
            AT_TAP(2);
            AT_TAP(3);
        }
        KEEP_TAP(0);
        KEEP_TAP(1);
        KEEP_TAP(2);
        KEEP_TAP(3);
    }
    for (int f = 0; f < FAST_FILTERS; f++, bias_sums += FAST_LANES) {
        lanes sum = LOAD(bias_sums);
        for (int v = 0; v < w->vectors; v++, d += FAST_LANES)
            sum += LOAD(d);
        STORE(bias_sums, sum);
    }
}

/* --- Between convolutions --- */

static void pool(enum model_pool kind, const float *out, int pooled_vectors, float *pooled) {
    for (int v = 0; v < pooled_vectors; v++, out += 4 * FAST_LANES, pooled += FAST_LANES) {
        lanes a = LOAD(out), b = LOAD(out + FAST_LANES), c = LOAD(out + 2 * FAST_LANES),
              d = LOAD(out + 3 * FAST_LANES);
        if (kind == MODEL_AVERAGE_POOL) {
            STORE(pooled, ((a + b) + (c + d)) * 0.25F);
            continue;
        }
        lanes top = EITHER(a >= b, a, b), bottom = EITHER(c >= d, c, d);
        STORE(pooled, EITHER(top >= bottom, top, bottom));
    }
}

/* The first of equal maxima gets the gradient. */
static void unpool(enum model_pool kind, const float *out, const float *pooled,
                   const float *d_pooled, int pooled_vectors, float *d) {
    for (int v = 0; v < pooled_vectors; v++, pooled += FAST_LANES, d_pooled += FAST_LANES) {
        lanes highest = LOAD(pooled), from = LOAD(d_pooled);
        lane_masks left = highest > 0; /* lanes whose gradient has found no place yet */
        for (int i = 0; i < 4; i++, out += FAST_LANES, d += FAST_LANES) {
            lanes x = LOAD(out);
            if (kind == MODEL_AVERAGE_POOL) {
                STORE(d, WHERE(x > 0, from * 0.25F));
                continue;
            }
            lane_masks here = left & (x == highest);
            STORE(d, WHERE(here, from));
            left &= ~here;
        }
    }
}

static void rectify_gradient(const float *out, int vectors, float *d) {
    for (int v = 0; v < vectors; v++, out += FAST_LANES, d += FAST_LANES)
        STORE(d, WHERE(LOAD(out) > 0, LOAD(d)));
}

static void spread(const float *out, int vectors, float g, float *d) {
    for (int v = 0; v < vectors; v++, out += FAST_LANES, d += FAST_LANES)
        STORE(d, WHERE(LOAD(out) > 0, ALL(g)));
}

static float sum(const float *at, int vectors) {
    lanes sum = ALL(0);
    for (int v = 0; v < vectors; v++, at += FAST_LANES)
        sum += LOAD(at);
    return sum_of(&sum);
}

static void sum_lanes(const float *sums, int count, float *g) {
    for (int i = 0; i < count; i++, sums += FAST_LANES) {
        lanes x = LOAD(sums);
        g[i] = sum_of(&x);
    }
}

/* --- Steps --- */

INLINE void step_lanes(float *w, float *v, const lanes *g, float rate, float mu) {
    lanes velocity = FUSED(ALL(mu), LOAD(v), *g);
    STORE(v, velocity);
    STORE(w, FUSED(ALL(-rate), velocity, LOAD(w)));
}

static void momentum(float *w, float *v, const float *g, int count, float rate, float mu) {
    for (int i = 0; i < count; i += FAST_LANES) {
        lanes gradient = LOAD(g + i);
        step_lanes(w + i, v + i, &gradient, rate, mu);
    }
}

/* --- Dense layers --- */

#define AT_IMAGE(n)                                                                                \
    x_n = LOAD(x + (n) * (ptrdiff_t)inputs + i);                                                   \
    a##n = FUSED(x_n, w0, a##n);                                                                   \
    b##n = FUSED(x_n, w1, b##n)
#define KEEP_IMAGE(n) z[(n)*outputs] = sum_of(&a##n), z[(n)*outputs + 1] = sum_of(&b##n)

INLINE void dense_tile(const float *x, const float *w, int inputs, int outputs, float *z) {
    lanes a0 = ALL(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0,
          b4 = a0, x_n;
    for (int i = 0; i < inputs; i += FAST_LANES) {
        lanes w0 = LOAD(w + i), w1 = LOAD(w + inputs + i);
        AT_IMAGE(0);
        AT_IMAGE(1);
        AT_IMAGE(2);
        AT_IMAGE(3);
        AT_IMAGE(4);
    }
    KEEP_IMAGE(0);
    KEEP_IMAGE(1);
    KEEP_IMAGE(2);
    KEEP_IMAGE(3);
    KEEP_IMAGE(4);
}

static void dense(const float *x, const float *w, int images, int inputs, int outputs, float *z) {
    for (int o = 0; o < outputs; o += FAST_OUTPUTS)
        for (int n = 0; n < images; n += FAST_IMAGES)
            dense_tile(x + (ptrdiff_t)n * inputs, w + (ptrdiff_t)o * inputs, inputs, outputs,
                       z + (ptrdiff_t)n * outputs + o);
}

static void dense_back(const float *d, const float *w, int images, int inputs, int outputs,
                       float *dx) {
    for (int n = 0; n < images; n++, d += outputs, dx += inputs)
        for (int i = 0; i < inputs; i += FAST_LANES) {
            lanes sum = ALL(0);
            for (int o = 0; o < outputs; o++)
                sum = FUSED(ALL(d[o]), LOAD(w + (ptrdiff_t)o * inputs + i), sum);
            STORE(dx + i, sum);
        }
}

#define AT_INPUT(i)                                                                                \
    x_i = LOAD(x_n + (i)*FAST_LANES);                                                              \
    a##i = FUSED(d0, x_i, a##i);                                                                   \
    b##i = FUSED(d1, x_i, b##i)
#define STEP_INPUT(i)                                                                              \
    step_lanes(w + (i)*FAST_LANES, v + (i)*FAST_LANES, &a##i, rate, mu);                           \
    step_lanes(w + inputs + (i)*FAST_LANES, v + inputs + (i)*FAST_LANES, &b##i, rate, mu)

static void dense_step(const float *x, const float *d, int images, int inputs, int outputs,
                       float rate, float mu, float *w, float *v) {
    for (int o = 0; o < outputs; o += FAST_OUTPUTS, w += inputs, v += inputs)
        for (int i = 0; i < inputs; i += FAST_INPUTS, w += FAST_INPUTS, v += FAST_INPUTS) {
            lanes a0 = ALL(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0, x_i;
            const float *x_n = x + i, *d_n = d + o;
            for (int n = 0; n < images; n++, x_n += inputs, d_n += outputs) {
                lanes d0 = ALL(d_n[0]), d1 = ALL(d_n[1]);
                AT_INPUT(0);
                AT_INPUT(1);
                AT_INPUT(2);
                AT_INPUT(3);
            }
            STEP_INPUT(0);
            STEP_INPUT(1);
            STEP_INPUT(2);
            STEP_INPUT(3);
        }
}

const struct fast_loops FAST_TABLE = {
    correlate, correlate_gradient, pool,     unpool, rectify_gradient, spread,
    sum,       sum_lanes,          momentum, dense,  dense_back,       dense_step};
