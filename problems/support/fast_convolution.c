/* Convolution as a sum of shifted pictures: picture by picture the input is laid out with its
 * border, so that each tap of a filter is an offset, and rows of the output are computed four by
 * four lanes for three filters at once.  The gradient of the input is a convolution too, of the
 * gradient with the filters turned round.  Knows no networks. */
#include "fast_convolution.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 4, VECTORS = 4, BLOCK = LANES * VECTORS, FILTERS = 3, TAPS = 4 };

typedef double lanes __attribute__((vector_size(32)));
typedef double loose_lanes __attribute__((vector_size(32), aligned(8), may_alias));

/* --- Loops for each kind of processor --- */

#define FUSED(a, b, c) ((a) * (b) + (c))
#define NAME(x)        x##_plain
#include "fast_convolution_loops.h"

#if defined(__x86_64__)
#include <immintrin.h>
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define FUSED(a, b, c) ((lanes)_mm256_fmadd_pd((__m256d)(a), (__m256d)(b), (__m256d)(c)))
#define NAME(x)        x##_avx2
#include "fast_convolution_loops.h"
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

struct loops {
    void (*correlate)(const double *in, const ptrdiff_t *taps, int tap_count, const double *weights,
                      const double *bias, double *const *out);
    void (*correlate_gradient)(const double *in, ptrdiff_t in_row, const ptrdiff_t *taps,
                               const double *d, ptrdiff_t d_row, ptrdiff_t plane, int rows,
                               double *sums);
};

static struct loops choose_loops(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return (struct loops){correlate_avx2, correlate_gradient_avx2};
#endif
    return (struct loops){correlate_plain, correlate_gradient_plain};
}

/* --- Memory --- */

static void *get_memory(int64_t count, size_t size) {
    void *memory = calloc((size_t)count, size);
    if (!memory) {
        fprintf(stderr, "out of memory: cannot lay out a convolution\n");
        exit(2);
    }
    return memory;
}

static int round_up(int64_t count, int multiple) {
    return (int)((count + multiple - 1) / multiple * multiple);
}

/* --- What a layer looks like --- */

struct layer {
    int stride, padding, dilation;
    const int *x, *w, *y; /* dimensions */
};

static bool one_fits(const struct layer *l, int i) {
    int64_t room = l->x[i] + 2 * (int64_t)l->padding - ((int64_t)l->dilation * (l->w[i] - 1) + 1);
    return room >= 0 && l->y[i] == room / l->stride + 1;
}

static bool layer_fits(const struct layer *l, const tensor *x, const tensor *w, const tensor *b,
                       const tensor *y) {
    if (x->rank != 4 || w->rank != 4 || b->rank != 1 || y->rank != 4)
        return false;
    if (l->stride < 1 || l->padding < 0 || l->dilation < 1)
        return false;
    if (x->dim[1] != w->dim[1] || x->dim[0] != y->dim[0] || w->dim[0] != y->dim[1])
        return false;
    return b->dim[0] == w->dim[0] && one_fits(l, 2) && one_fits(l, 3);
}

static bool same_shape(const tensor *a, const tensor *b) {
    return a->rank == b->rank && !memcmp(a->dim, b->dim, sizeof a->dim);
}

/* --- A correlation: planes laid out, and offsets of taps --- */

/* One picture.  Columns that lie a stride apart are neighbours, so that a row of outputs reads a
 * row of numbers whatever the stride: column c is number c / stride of phase c % stride. */
struct laid {
    int planes, rows, phases;
    ptrdiff_t phase, row, plane; /* lengths */
    double *at;                  /* zeros, but for what is laid into it */
};

/* Behind each phase lies room for a block that begins in it. */
static struct laid laid_new(int planes, int rows, int columns, int phases) {
    struct laid l = {.planes = planes, .rows = rows, .phases = phases};
    l.phase = (columns + phases - 1) / phases + BLOCK;
    l.row = l.phase * phases;
    l.plane = l.row * rows;
    l.at = get_memory(l.plane * planes, sizeof *l.at);
    return l;
}

static ptrdiff_t laid_place(const struct laid *l, int plane, int row, int column) {
    return plane * l->plane + row * l->row + column % l->phases * l->phase + column / l->phases;
}

/* Lays planes of height x width, with number (i, j) at row margin + i * apart, and so the column.
 */
static void lay(struct laid *l, const double *from, int planes, int height, int width,
                const int margin[2], int apart) {
    for (int p = 0; p < planes; p++)
        for (int i = 0; i < height; i++, from += width) {
            int row = margin[0] + i * apart;
            if (l->phases == 1 && apart == 1) {
                memcpy(l->at + laid_place(l, p, row, margin[1]), from,
                       (size_t)width * sizeof *from);
                continue;
            }
            for (int j = 0; j < width; j++)
                l->at[laid_place(l, p, row, margin[1] + j * apart)] = from[j];
        }
}

/* What one block of filters sees: weights in the order of the taps, padded with zeros. */
struct filters {
    int count, tap_count; /* the taps are padded to a multiple of TAPS */
    ptrdiff_t *taps;
    double *weights; /* (count / FILTERS, tap_count, FILTERS) */
    double *bias;    /* (count) */
};

static struct filters filters_new(int count, int tap_count) {
    struct filters f = {round_up(count, FILTERS), round_up(tap_count, TAPS), NULL, NULL, NULL};
    f.taps = get_memory(f.tap_count, sizeof *f.taps);
    f.weights = get_memory((int64_t)f.tap_count * f.count, sizeof *f.weights);
    f.bias = get_memory(f.count, sizeof *f.bias);
    return f;
}

static void filters_free(struct filters *f) {
    free(f->taps);
    free(f->weights);
    free(f->bias);
}

static double *filters_weight(const struct filters *f, int filter, int tap) {
    int block = filter / FILTERS;
    return f->weights + ((ptrdiff_t)block * f->tap_count + tap) * FILTERS + filter % FILTERS;
}

/* One block of a row for one block of filters; what lies beyond the row or the last filter is
 * computed, but not kept. */
static void correlate_block(const struct loops *loops, const double *in, const struct filters *f,
                            int filter, int kept, int columns, double *out, ptrdiff_t plane) {
    double spare[FILTERS][BLOCK], *to[FILTERS];
    bool fits = columns >= BLOCK;
    for (int k = 0; k < FILTERS; k++)
        to[k] = fits && k < kept ? out + k * plane : &spare[k][0];
    loops->correlate(in, f->taps, f->tap_count, filters_weight(f, filter, 0), f->bias + filter, to);
    for (int k = 0; k < kept && !fits; k++)
        memcpy(out + k * plane, spare[k], (size_t)columns * sizeof *out);
}

/* out (filters, height, width) of one picture; rows of `in` are read `step` apart. */
static void correlate(const struct loops *loops, const struct laid *in, int step,
                      const struct filters *f, int filters, int height, int width, double *out) {
    ptrdiff_t plane = (ptrdiff_t)height * width;
    for (int k = 0; k < filters; k += FILTERS)
        for (int i = 0; i < height; i++)
            for (int j = 0; j < width; j += BLOCK)
                correlate_block(loops, in->at + (ptrdiff_t)i * step * in->row + j, f, k,
                                filters - k < FILTERS ? filters - k : FILTERS, width - j,
                                out + k * plane + (ptrdiff_t)i * width + j, plane);
}

/* --- Forwards --- */

static struct laid lay_input(const struct layer *l) {
    return laid_new(l->x[1], l->x[2] + 2 * l->padding, l->x[3] + 2 * l->padding, l->stride);
}

/* Taps in the order of a filter's weights: channel, row, column. */
static void set_taps(const struct layer *l, const struct laid *in, struct filters *f) {
    int size = l->w[2] * l->w[3];
    for (int t = 0; t < l->w[1] * size; t++)
        f->taps[t] =
            laid_place(in, t / size, t % size / l->w[3] * l->dilation, t % l->w[3] * l->dilation);
}

int fast_conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding,
                int dilation, tensor *y) {
    const struct layer l = {stride, padding, dilation, x->dim, w->dim, y->dim};
    if (!layer_fits(&l, x, w, b, y))
        return IMPOSSIBLE;
    struct loops loops = choose_loops();
    struct laid in = lay_input(&l);
    int taps = w->dim[1] * w->dim[2] * w->dim[3];
    struct filters f = filters_new(w->dim[0], taps);
    set_taps(&l, &in, &f);
    for (int i = 0; i < w->dim[0] * taps; i++)
        *filters_weight(&f, i / taps, i % taps) = w->at[i];
    memcpy(f.bias, b->at, (size_t)w->dim[0] * sizeof *b->at);
    for (int n = 0; n < x->dim[0]; n++) {
        lay(&in, x->at + (ptrdiff_t)n * x->dim[1] * x->dim[2] * x->dim[3], x->dim[1], x->dim[2],
            x->dim[3], (int[]){padding, padding}, 1);
        correlate(&loops, &in, stride, &f, y->dim[1], y->dim[2], y->dim[3],
                  y->at + (ptrdiff_t)n * y->dim[1] * y->dim[2] * y->dim[3]);
    }
    free(in.at);
    filters_free(&f);
    return OK;
}

/* --- Backwards --- */

/* dx: each pixel gathers from the windows that saw it.  dy is laid with the gaps that the stride
 * left, behind a margin as wide as a filter reaches, and the filters are turned round. */
static void gather_input(const struct loops *loops, const struct layer *l, const tensor *w,
                         const tensor *dy, tensor *dx) {
    int margin[2] = {(l->w[2] - 1) * l->dilation, (l->w[3] - 1) * l->dilation};
    int size = l->w[2] * l->w[3];
    struct laid in = laid_new(l->y[1], l->x[2] + 2 * l->padding + margin[0],
                              l->x[3] + 2 * l->padding + margin[1], 1);
    struct filters f = filters_new(l->w[1], l->w[0] * size);
    for (int t = 0; t < l->w[0] * size; t++) {
        int row = t % size / l->w[3] * l->dilation, column = t % l->w[3] * l->dilation;
        f.taps[t] = laid_place(&in, t / size, margin[0] + l->padding - row,
                               margin[1] + l->padding - column);
        for (int c = 0; c < l->w[1]; c++)
            *filters_weight(&f, c, t) = w->at[(t / size * l->w[1] + c) * size + t % size];
    }
    for (int n = 0; n < l->x[0]; n++) {
        lay(&in, dy->at + (ptrdiff_t)n * l->y[1] * l->y[2] * l->y[3], l->y[1], l->y[2], l->y[3],
            margin, l->stride);
        correlate(loops, &in, 1, &f, l->x[1], l->x[2], l->x[3],
                  dx->at + (ptrdiff_t)n * l->x[1] * l->x[2] * l->x[3]);
    }
    free(in.at);
    filters_free(&f);
}

/* Of whole lanes.  Four sums at once: one alone would wait for each of its additions. */
static double sum_of(const double *at, ptrdiff_t count) {
    const loose_lanes *from = (const loose_lanes *)at, *end = from + count / LANES;
    lanes a = {0}, b = a, c = a, d = a;
    for (; end - from >= VECTORS; from += VECTORS) {
        a += from[0];
        b += from[1];
        c += from[2];
        d += from[3];
    }
    for (; from < end; from++)
        a += *from;
    a += b + (c + d);
    return (a[0] + a[2]) + (a[1] + a[3]);
}

/* The sums of one picture into f->weights, and those of dy into f->bias.  d holds dy with rows
 * rounded up to whole lanes. */
static void add_gradients(const struct loops *loops, const struct layer *l, const struct laid *in,
                          const double *d, struct filters *f) {
    ptrdiff_t d_row = round_up(l->y[3], LANES), plane = d_row * l->y[2];
    for (int k = 0; k < f->count; k += FILTERS)
        for (int t = 0; t < f->tap_count; t += TAPS)
            loops->correlate_gradient(in->at, l->stride * in->row, f->taps + t, d + k * plane,
                                      d_row, plane, l->y[2], filters_weight(f, k, t));
    for (int k = 0; k < l->y[1]; k++)
        f->bias[k] += sum_of(d + k * plane, plane);
}

static void sum_weights(const struct loops *loops, const struct layer *l, const tensor *x,
                        const tensor *dy, tensor *dw, tensor *db) {
    struct laid in = lay_input(l);
    int taps = l->w[1] * l->w[2] * l->w[3], d_row = round_up(l->y[3], LANES);
    struct filters f = filters_new(l->w[0], taps);
    set_taps(l, &in, &f);
    double *d = get_memory((int64_t)f.count * l->y[2] * d_row, sizeof *d);
    for (int n = 0; n < l->x[0]; n++) {
        lay(&in, x->at + (ptrdiff_t)n * l->x[1] * l->x[2] * l->x[3], l->x[1], l->x[2], l->x[3],
            (int[]){l->padding, l->padding}, 1);
        const double *from = dy->at + (ptrdiff_t)n * l->y[1] * l->y[2] * l->y[3];
        for (int row = 0; row < l->y[1] * l->y[2]; row++)
            memcpy(d + (ptrdiff_t)row * d_row, from + (ptrdiff_t)row * l->y[3],
                   (size_t)l->y[3] * sizeof *d);
        add_gradients(loops, l, &in, d, &f);
    }
    for (int i = 0; i < l->w[0] * taps; i++)
        dw->at[i] = *filters_weight(&f, i / taps, i % taps);
    memcpy(db->at, f.bias, (size_t)l->w[0] * sizeof *f.bias);
    free(in.at);
    free(d);
    filters_free(&f);
}

int fast_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride,
                         int padding, int dilation, tensor *dx, tensor *dw, tensor *db) {
    const struct layer l = {stride, padding, dilation, x->dim, w->dim, dy->dim};
    if (!layer_fits(&l, x, w, db, dy) || !same_shape(dx, x) || !same_shape(dw, w))
        return IMPOSSIBLE;
    struct loops loops = choose_loops();
    gather_input(&loops, &l, w, dy, dx);
    sum_weights(&loops, &l, x, dy, dw, db);
    return OK;
}
