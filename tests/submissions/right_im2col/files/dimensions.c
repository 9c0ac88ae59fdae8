#include "matrix.h"

#include <stdbool.h>
#include <stdlib.h>

/* *a *= b; false when that does not fit. */
static bool multiply(int64_t *a, int64_t b) {
    return !__builtin_mul_overflow(*a, b, a);
}

static bool add(int64_t *a, int64_t b) {
    return !__builtin_add_overflow(*a, b, a);
}

int64_t conv_parameters(int k, int c, int f) {
    int64_t count = k;
    if (k < 1 || c < 1 || f < 1)
        return -1;
    return multiply(&count, k) && multiply(&count, c) && multiply(&count, f) && add(&count, f)
               ? count
               : -1;
}

int64_t pool_size(int64_t in, int k, int s) {
    return in < k || k <= 0 || s <= 0 ? -1 : 1 + (in - k) / s;
}

struct state {
    int64_t c, h, w, parameters, work;
};

static bool slide(int64_t *side, int64_t kernel, int64_t stride, int64_t padding) {
    if (kernel < 1 || stride < 1 || padding < 0 || !add(side, 2 * padding) || *side < kernel)
        return false;
    *side = (*side - kernel) / stride + 1;
    return true;
}

static bool volume(const struct state *s, int64_t *count) {
    *count = s->c;
    return multiply(count, s->h) && multiply(count, s->w);
}

/* `seen` weights for each of `outputs`, used at `places` places.  Either of the two counts may not
 * fit: then it is -1. */
static void pay(struct state *s, bool fits, int64_t seen, int64_t outputs, int64_t places) {
    s->parameters = s->work = seen;
    if (!fits || !multiply(&s->parameters, outputs) || !add(&s->parameters, outputs))
        s->parameters = -1;
    if (!fits || !multiply(&s->work, outputs) || !multiply(&s->work, places))
        s->work = -1;
}

static bool advance(struct state *s, const int64_t *layer) {
    int64_t filters = layer[NET_FILTERS], k = layer[NET_KERNEL], seen, places;
    bool fits;
    s->parameters = s->work = 0;
    switch (layer[NET_KIND]) {
    case NET_CONV:
        if (filters < 1 || !slide(&s->h, k, layer[NET_STRIDE], layer[NET_PADDING]) ||
            !slide(&s->w, k, layer[NET_STRIDE], layer[NET_PADDING]))
            return false;
        seen = s->c;
        places = s->h;
        fits = multiply(&seen, k) && multiply(&seen, k);
        s->c = filters;
        if (!multiply(&places, s->w)) { /* so many places that only one product each would fit */
            pay(s, fits, seen, filters, 1);
            s->work = -1;
        } else {
            pay(s, fits, seen, filters, places);
        }
        return true;
    case NET_POOL:
        return slide(&s->h, k, layer[NET_STRIDE], 0) && slide(&s->w, k, layer[NET_STRIDE], 0);
    case NET_FLATTEN:
        if (!volume(s, &s->c))
            return false;
        s->h = s->w = 1;
        return true;
    case NET_CONNECTED:
        if (filters < 1)
            return false;
        fits = volume(s, &seen);
        pay(s, fits, seen, filters, 1);
        s->c = filters;
        s->h = s->w = 1;
        return true;
    default:
        return false;
    }
}

static bool begin(const ints *input, struct state *s) {
    *s = (struct state){input->at[0], input->at[1], input->at[2], 0, 0};
    return s->c > 0 && s->h > 0 && s->w > 0;
}

int64_t multiply_adds(const ints *input, const ints *layers) {
    struct state s;
    int64_t total = 0;
    bool good = begin(input, &s);
    for (int i = 0; good && i < layers->dim[0]; i++)
        good = advance(&s, layers->at + i * NET_COLUMNS) && s.work >= 0 && add(&total, s.work);
    return good ? total : -1;
}

int network_table(const ints *input, const ints *layers, ints *rows) {
    struct state s;
    bool good = begin(input, &s) && rows->dim[0] == layers->dim[0] + 1;
    for (int i = 0; good && i <= layers->dim[0]; i++) {
        if (i > 0 && (!advance(&s, layers->at + (i - 1) * NET_COLUMNS) || s.parameters < 0))
            return IMPOSSIBLE;
        int64_t size, *row = rows->at + i * TABLE_COLUMNS;
        good = volume(&s, &size);
        row[0] = s.parameters;
        row[1] = s.c;
        row[2] = s.h;
        row[3] = s.w;
        row[4] = size;
    }
    return good ? OK : IMPOSSIBLE;
}

void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    int channels = x->dim[1], height = x->dim[2], width = x->dim[3], kh = w->dim[2], kw = w->dim[3];
    struct windows g = {channels, height + kh - 1, width + kw - 1, kh, kw, 1, 0, 1, height, width};
    int pixels = g.height * g.width, places = height * width, elements = channels * kh * kw;
    double *wide = malloc(sizeof(double) * (size_t)(channels * pixels));
    double *matrix = malloc(sizeof(double) * (size_t)elements * (size_t)places);
    for (int n = 0; n < x->dim[0]; n++) {
        for (int i = 0; i < channels * pixels; i++) {
            /* So many times around that it is not negative. */
            int row = i % pixels / g.width + (height - 1) * (kh - 1);
            int column = i % g.width + (width - 1) * (kw - 1);
            wide[i] = x->at[((n * channels + i / pixels) * height + row % height) * width +
                            column % width];
        }
        windows_take(&g, wide, matrix);
        double *out = y->at + n * w->dim[0] * places;
        for (int i = 0; i < w->dim[0] * places; i++)
            out[i] = b->at[i / places];
        matrix_multiply(w->dim[0], places, elements, w->at, 0, matrix, 0, out, 1);
    }
    free(matrix);
    free(wide);
}

void edge_features(tensor *g) {
    for (int i = 0; i < 6; i++)
        g->at[i] = i == 1 || i == 3 ? 0.8 : 0;
}
