#include "homework.h"
#include "sum.h"

#include <math.h>

int64_t conv_size(int64_t in, int size, int stride, int padding, int dilation) {
    if (in < 1 || size < 1 || stride < 1 || padding < 0 || dilation < 1)
        return -1;
    int64_t both = (int64_t)padding + padding, gaps = (int64_t)dilation * (size - (int64_t)1);
    int64_t free = in - 1 - gaps; /* may be negative; neither sum overflows before this one */
    if (free > INT64_MAX - both)
        return -1;
    free += both;
    return free < 0 ? -1 : free / stride + 1;
}

int conv_shape(const ints *x, const ints *w, int stride, int padding, int dilation, ints *y) {
    for (int side = 3; side >= 2; side--) {
        y->at[side] = conv_size(x->at[side], (int)w->at[side], stride, padding, dilation);
        if (y->at[side] < 1)
            return IMPOSSIBLE;
    }
    y->at[1] = w->at[0];
    y->at[0] = x->at[0];
    return w->at[1] == x->at[1] ? OK : IMPOSSIBLE;
}

static int64_t field_from(const int64_t *layer, int count) {
    if (count == 0)
        return 1;
    if (layer[LAYER_SIZE] < 1 || layer[LAYER_STRIDE] < 1 || layer[LAYER_DILATION] < 1)
        return -1;
    int64_t seen = field_from(layer + LAYER_COLUMNS, count - 1);
    if (seen < 0)
        return -1;
    return (seen - 1) * layer[LAYER_STRIDE] + (layer[LAYER_SIZE] - 1) * layer[LAYER_DILATION] + 1;
}

int64_t receptive_field(const ints *layers) {
    return field_from(layers->at, layers->dim[0]);
}

void vertical_edge_filter(tensor *w) { /* the central difference of one row, very large */
    for (int i = 8; i >= 0; i--)
        w->at[i] = i == 3 ? -1e9 : i == 5 ? 1e9 : 0;
}

void blur_filter(tensor *w) { /* Gaussian, standard deviation one pixel */
    double total = 0;
    for (int i = 8; i >= 0; i--) {
        int down = i / 3 - 1, right = i % 3 - 1;
        w->at[i] = exp(-0.5 * (down * down + right * right));
        total += w->at[i];
    }
    for (int i = 8; i >= 0; i--)
        w->at[i] /= total;
}

static double pixel(const tensor *x, int n, int c, int64_t row, int64_t column) {
    if (row < 0 || column < 0 || row >= x->dim[2] || column >= x->dim[3])
        return 0;
    return x->at[((n * (int64_t)x->dim[1] + c) * x->dim[2] + row) * x->dim[3] + column];
}

int conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding, int dilation,
           tensor *y) {
    if (x->dim[1] != w->dim[1] || b->dim[0] != w->dim[0] || x->dim[0] != y->dim[0] ||
        w->dim[0] != y->dim[1] ||
        conv_size(x->dim[2], w->dim[2], stride, padding, dilation) != y->dim[2] ||
        conv_size(x->dim[3], w->dim[3], stride, padding, dilation) != y->dim[3])
        return IMPOSSIBLE;
    for (int64_t o = tensor_count(y) - 1; o >= 0; o--) {
        int j = (int)(o % y->dim[3]), i = (int)(o / y->dim[3] % y->dim[2]);
        int f = (int)(o / y->dim[3] / y->dim[2] % y->dim[1]);
        int n = (int)(o / y->dim[3] / y->dim[2] / y->dim[1]);
        struct sum sum = {0, 0};
        for (int c = w->dim[1] - 1; c >= 0; c--)
            for (int u = w->dim[2] - 1; u >= 0; u--)
                for (int v = w->dim[3] - 1; v >= 0; v--)
                    sum_add(&sum, pixel(w, f, c, u, v) *
                                      pixel(x, n, c, i * stride + u * dilation - padding,
                                            j * stride + v * dilation - padding));
        sum_add(&sum, b->at[f]);
        y->at[o] = sum_of(sum);
    }
    return OK;
}
