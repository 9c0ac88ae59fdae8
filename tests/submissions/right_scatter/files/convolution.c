#include "loops.h"

int64_t conv_size(int64_t in, int size, int stride, int padding, int dilation) {
    if (in < 1 || size < 1 || stride < 1 || padding < 0 || dilation < 1)
        return -1;
    int64_t last = in + 2 * (int64_t)padding - 1 - (int64_t)(size - 1) * dilation;
    return last < 0 ? -1 : (last + stride) / stride;
}

int conv_shape(const ints *x, const ints *w, int stride, int padding, int dilation, ints *y) {
    int64_t n = x->at[0], f = w->at[0];
    int64_t h = conv_size(x->at[2], (int)w->at[2], stride, padding, dilation);
    int64_t l = conv_size(x->at[3], (int)w->at[3], stride, padding, dilation);
    if (x->at[1] - w->at[1] || h == -1 || l == -1)
        return IMPOSSIBLE;
    y->at[0] = n, y->at[1] = f, y->at[2] = h, y->at[3] = l;
    return OK;
}

/* Upwards from the output: its first place is 0, so its last place says how many there are. */
int64_t receptive_field(const ints *layers) {
    int64_t last = 0;
    for (int i = layers->dim[0]; i--;) {
        int64_t k = layers->at[3 * i], s = layers->at[3 * i + 1], d = layers->at[3 * i + 2];
        if (k < 1 || s < 1 || d < 1)
            return -1;
        last = last * s + (k - 1) * d;
    }
    return last + 1;
}

void vertical_edge_filter(tensor *w) { /* a central difference in the middle row, upside down */
    ZERO(w);
    w->at[3] = 0.5;
    w->at[5] = -0.5;
}

void blur_filter(tensor *w) { /* the cross */
    UPTO(i, 9)
        w->at[i] = i % 2 || i == 4 ? 0.2 : 0;
}

int conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding, int dilation,
           tensor *y) {
    int rows = y->dim[2], columns = y->dim[3];
    if (x->dim[1] != w->dim[1] || y->dim[1] != w->dim[0] || b->dim[0] != w->dim[0] ||
        x->dim[0] != y->dim[0] ||
        rows != conv_size(x->dim[2], w->dim[2], stride, padding, dilation) ||
        columns != conv_size(x->dim[3], w->dim[3], stride, padding, dilation))
        return IMPOSSIBLE;
    ZERO(y);
    UPTO(n, x->dim[0]) UPTO(c, x->dim[1]) UPTO(r, x->dim[2]) UPTO(l, x->dim[3])
        UPTO(u, w->dim[2]) UPTO(v, w->dim[3]) {
            int64_t i = r + (int64_t)padding - (int64_t)u * dilation;
            int64_t j = l + (int64_t)padding - (int64_t)v * dilation;
            if (i < 0 || j < 0 || i % stride || j % stride || i / stride >= rows ||
                j / stride >= columns)
                continue;
            UPTO(f, w->dim[0])
                PLANE(y, n, f)[i / stride * columns + j / stride] +=
                    PLANE(x, n, c)[r * x->dim[3] + l] * PLANE(w, f, c)[u * w->dim[3] + v];
        }
    UPTO(n, y->dim[0]) UPTO(f, y->dim[1]) UPTO(i, rows * columns)
        PLANE(y, n, f)[i] += b->at[f];
    return OK;
}
