/* Convolutions and the linear layer on the CPU (cpu_parts.h): as products of matrices, which
 * OpenBLAS computes.  The numbers that an output is a sum of, its patch, are laid side by side in
 * the scratch area, for as many outputs at a time as fit there. */
#include "cpu_parts.h"

#include <cblas.h>
#include <string.h>

/* --- Matrices --- */

struct matrix {
    const float *at;
    int64_t columns;
    bool transposed; /* it is read as if its rows were columns */
};

/* to = a * b, or to += a * b; `to` has `rows` x `columns`, and `terms` are summed. */
static void multiply(struct matrix a, struct matrix b, int64_t rows, int64_t columns, int64_t terms,
                     bool adds, float *to) {
    cblas_sgemm(CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
                b.transposed ? CblasTrans : CblasNoTrans, (int)rows, (int)columns, (int)terms, 1,
                a.at, (int)a.columns, b.at, (int)b.columns, adds ? 1 : 0, to, (int)columns);
}

/* --- Patches --- */

/* Some of the outputs of a convolution, and their patches. */
struct rows {
    int64_t first, count;
};

static float *scratch(const struct work *w) {
    return w->at[ROLE_WORKSPACE];
}

static struct rows first_rows(const struct work *w) {
    enum { MOST = 1 << 20 }; /* what BLAS counts with has 31 bits */
    int64_t all = cpu_pixels(w), room = MOST;
    if (!cpu_is_direct(w->layer))
        room = w->bytes[ROLE_WORKSPACE] / (int64_t)sizeof(float) /
               cpu_patch(w->layer, w->read.channels);
    room = room < MOST ? room : MOST;
    return (struct rows){0, all < room ? all : room};
}

static struct rows next_rows(const struct work *w, struct rows r) {
    int64_t left = cpu_pixels(w) - r.first - r.count;
    return (struct rows){r.first + r.count, left < r.count ? left : r.count};
}

/* One row of a patch: where it begins in the input, and which of its numbers lie in the image. */
struct span {
    int64_t start; /* may lie outside */
    int64_t low, high;
};

static struct span find_span(const struct work *w, int64_t image, int y, int x) {
    int64_t channels = w->read.channels, high = w->read.width - x;
    if (y < 0 || y >= w->read.height)
        return (struct span){0, 0, 0};
    high = high < w->layer->kernel ? high : w->layer->kernel;
    return (struct span){((image * w->read.height + y) * w->read.width + x) * channels,
                         x < 0 ? -x * channels : 0, high * channels};
}

typedef void move(float *patch, int64_t length, const struct span *s, float *input);

/* Calls `moved` for every row of every patch. */
static void for_patches(const struct work *w, struct rows r, float *input, move *moved) {
    const struct layer *l = w->layer;
    int64_t length = (int64_t)l->kernel * w->read.channels;
    float *patch = scratch(w);
    for (int64_t pixel = r.first; pixel < r.first + r.count; pixel++) {
        int64_t line = pixel / w->put.width;
        int x = (int)(pixel % w->put.width) * l->stride - l->padding;
        int y = (int)(line % w->put.height) * l->stride - l->padding;
        for (int k = 0; k < l->kernel; k++, patch += length) {
            struct span s = find_span(w, line / w->put.height, y + k, x);
            moved(patch, length, &s, input);
        }
    }
}

static void copy_in(float *patch, int64_t length, const struct span *s, float *input) {
    memset(patch, 0, (size_t)s->low * sizeof *patch);
    if (s->high > s->low)
        memcpy(patch + s->low, input + s->start + s->low,
               (size_t)(s->high - s->low) * sizeof *patch);
    memset(patch + s->high, 0, (size_t)(length - s->high) * sizeof *patch);
}

static void add_back(float *patch, int64_t length, const struct span *s, float *input) {
    (void)length;
    for (int64_t i = s->low; i < s->high; i++)
        input[s->start + i] += patch[i];
}

/* The patches of these outputs as a matrix: where they lie already, or laid out. */
static struct matrix lay_out(const struct work *w, struct rows r) {
    int64_t patch = cpu_patch(w->layer, w->read.channels);
    float *input = w->at[ROLE_INPUT];
    if (cpu_is_direct(w->layer))
        return (struct matrix){input + r.first * patch, patch, false};
    for_patches(w, r, input, copy_in);
    return (struct matrix){scratch(w), patch, false};
}

/* --- Convolutions --- */

void cpu_convolve(const struct work *w) {
    int64_t patch = cpu_patch(w->layer, w->read.channels), channels = w->put.channels;
    const struct matrix weights = {w->at[ROLE_WEIGHTS], patch, true};
    float *y = w->at[ROLE_OUTPUT];
    for (struct rows r = first_rows(w); r.count > 0; r = next_rows(w, r))
        multiply(lay_out(w, r), weights, r.count, channels, patch, false, y + r.first * channels);
}

void cpu_convolve_back(const struct work *w) {
    int64_t patch = cpu_patch(w->layer, w->read.channels), channels = w->put.channels;
    const struct matrix weights = {w->at[ROLE_WEIGHTS], patch, false};
    const float *delta = w->at[ROLE_DELTA];
    float *to = w->at[ROLE_DELTA_INPUT];
    bool direct = cpu_is_direct(w->layer);
    if (!direct && !w->adds)
        memset(to, 0, (size_t)w->bytes[ROLE_DELTA_INPUT]);
    for (struct rows r = first_rows(w); r.count > 0; r = next_rows(w, r)) {
        const struct matrix deltas = {delta + r.first * channels, channels, false};
        multiply(deltas, weights, r.count, patch, channels, direct && w->adds,
                 direct ? to + r.first * patch : scratch(w));
        if (!direct)
            for_patches(w, r, to, add_back);
    }
}

void cpu_convolve_gradient(const struct work *w) {
    int64_t patch = cpu_patch(w->layer, w->read.channels), channels = w->put.channels;
    const float *delta = w->at[ROLE_DELTA];
    for (struct rows r = first_rows(w); r.count > 0; r = next_rows(w, r)) {
        const struct matrix deltas = {delta + r.first * channels, channels, true};
        multiply(deltas, lay_out(w, r), channels, patch, r.count, w->gathers || r.first > 0,
                 w->at[ROLE_GRADIENT]);
    }
}

/* --- The linear layer --- */

void cpu_linear(const struct work *w) {
    int64_t inputs = w->read.channels, outputs = w->put.channels;
    const float *weights = w->at[ROLE_WEIGHTS], *biases = weights + inputs * outputs;
    float *y = w->at[ROLE_OUTPUT];
    for (int64_t n = 0; n < w->batch; n++)
        memcpy(y + n * outputs, biases, (size_t)outputs * sizeof *y);
    multiply((struct matrix){w->at[ROLE_INPUT], inputs, false},
             (struct matrix){weights, inputs, true}, w->batch, outputs, inputs, true, y);
}

void cpu_linear_back(const struct work *w) {
    int64_t inputs = w->read.channels, outputs = w->put.channels;
    multiply((struct matrix){w->at[ROLE_DELTA], outputs, false},
             (struct matrix){w->at[ROLE_WEIGHTS], inputs, false}, w->batch, inputs, outputs,
             w->adds, w->at[ROLE_DELTA_INPUT]);
}

void cpu_linear_gradient(const struct work *w) {
    int64_t inputs = w->read.channels, outputs = w->put.channels;
    const float *delta = w->at[ROLE_DELTA];
    float *weights = w->at[ROLE_GRADIENT], *biases = weights + inputs * outputs;
    multiply((struct matrix){delta, outputs, true},
             (struct matrix){w->at[ROLE_INPUT], inputs, false}, outputs, inputs, w->batch,
             w->gathers, weights);
    for (int64_t k = 0; k < outputs; k++) {
        double sum = w->gathers ? biases[k] : 0;
        for (int64_t n = 0; n < w->batch; n++)
            sum += delta[n * outputs + k];
        biases[k] = (float)sum;
    }
}
