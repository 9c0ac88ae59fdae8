#include "matrix.h"

#include <stdlib.h>
#include <string.h>

int64_t conv_size(int64_t in, int size, int stride, int padding, int dilation) {
    int64_t steps;
    if (in <= 0 || size <= 0 || stride <= 0 || padding < 0 || dilation <= 0)
        return -1;
    if (__builtin_add_overflow(in, 2 * (int64_t)padding, &steps))
        return -1;
    steps -= (int64_t)dilation * (size - 1) + 1;
    return steps < 0 ? -1 : 1 + (steps - steps % stride) / stride;
}

int conv_shape(const ints *x, const ints *w, int stride, int padding, int dilation, ints *y) {
    if (x->at[1] != w->at[1])
        return IMPOSSIBLE;
    y->at[0] = x->at[0];
    y->at[1] = w->at[0];
    for (int i = 2; i < 4; i++) {
        y->at[i] = conv_size(x->at[i], (int)w->at[i], stride, padding, dilation);
        if (y->at[i] < 0)
            return IMPOSSIBLE;
    }
    return OK;
}

/* Backwards: one place of the last map needs so many of the map before it. */
int64_t receptive_field(const ints *layers) {
    int64_t need = 1;
    for (int i = layers->dim[0] - 1; i >= 0; i--) {
        const int64_t *layer = layers->at + 3 * i;
        if (layer[0] < 1 || layer[1] < 1 || layer[2] < 1)
            return -1;
        need = (need - 1) * layer[1] + (layer[0] - 1) * layer[2] + 1;
    }
    return need;
}

void vertical_edge_filter(tensor *w) { /* Prewitt's */
    for (int i = 0; i < 9; i++)
        w->at[i] = 1 - i % 3;
}

void blur_filter(tensor *w) { /* the box */
    for (int i = 0; i < 9; i++)
        w->at[i] = 1.0 / 9;
}

int conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding, int dilation,
           tensor *y) {
    if (x->dim[1] != w->dim[1] || b->dim[0] != w->dim[0] || y->dim[0] != x->dim[0] ||
        y->dim[1] != w->dim[0] ||
        y->dim[2] != conv_size(x->dim[2], w->dim[2], stride, padding, dilation) ||
        y->dim[3] != conv_size(x->dim[3], w->dim[3], stride, padding, dilation))
        return IMPOSSIBLE;
    struct windows g = {x->dim[1], x->dim[2], x->dim[3], w->dim[2], w->dim[3],
                        stride,    padding,   dilation,  y->dim[2], y->dim[3]};
    int elements = g.channels * g.rows * g.columns, places = g.down * g.across;
    double *matrix = malloc(sizeof(double) * (size_t)elements * (size_t)places);
    for (int n = 0; n < x->dim[0]; n++) {
        double *out = y->at + n * w->dim[0] * places;
        windows_take(&g, x->at + n * g.channels * g.height * g.width, matrix);
        for (int i = 0; i < w->dim[0] * places; i++)
            out[i] = b->at[i / places];
        matrix_multiply(w->dim[0], places, elements, w->at, 0, matrix, 0, out, 1);
    }
    free(matrix);
    return OK;
}
