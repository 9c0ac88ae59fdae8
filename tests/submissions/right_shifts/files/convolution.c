#include "shift.h"

/* Shift until it does not fit any more, in one step. */
int64_t conv_size(int64_t in, int size, int stride, int padding, int dilation) {
    if (in < 1 || size < 1 || stride < 1 || padding < 0 || dilation < 1)
        return -1;
    int64_t end = in + padding, reach = (int64_t)dilation * (size - 1);
    int64_t furthest = end - 1 - reach; /* the last place for the first element */
    return furthest < -(int64_t)padding ? -1 : (furthest + padding) / stride + 1;
}

int conv_shape(const ints *x, const ints *w, int stride, int padding, int dilation, ints *y) {
    const int64_t *a = x->at, *b = w->at;
    int64_t out[4] = {a[0], b[0], conv_size(a[2], (int)b[2], stride, padding, dilation),
                      conv_size(a[3], (int)b[3], stride, padding, dilation)};
    if (a[1] != b[1] || out[2] < 1 || out[3] < 1)
        return IMPOSSIBLE;
    for (int i = 0; i < 4; i++)
        y->at[i] = out[i];
    return OK;
}

/* How far apart the first and the last place are that the output sees, grown layer by layer. */
int64_t receptive_field(const ints *layers) {
    int64_t reach = 0, pace = 1;
    for (int i = 0; i < layers->dim[0]; i++) {
        int64_t size = layers->at[3 * i], stride = layers->at[3 * i + 1];
        int64_t dilation = layers->at[3 * i + 2];
        if (size < 1 || stride < 1 || dilation < 1)
            return -1;
        reach += pace * dilation * (size - 1);
        /* Nobody is interested in what is too large for the layer behind it. */
        pace = i + 1 == layers->dim[0] ? pace : pace * stride;
    }
    return reach + 1;
}

void vertical_edge_filter(tensor *w) { /* Scharr's */
    const double smooth[3] = {47, 162, 47};
    for (int i = 0; i < 9; i++)
        w->at[i] = smooth[i / 3] * (i % 3 - 1) / 512;
}

void blur_filter(tensor *w) { /* along a diagonal, as in a moving picture */
    picture_set((picture){3, 3, w->at}, 0);
    for (int i = 0; i < 3; i++)
        w->at[4 * i] = i == 1 ? 0.4 : 0.3;
}

int conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding, int dilation,
           tensor *y) {
    int channels = x->dim[1], filters = w->dim[0], kw = w->dim[3];
    if (channels != w->dim[1] || b->dim[0] != filters || y->dim[0] != x->dim[0] ||
        y->dim[1] != filters ||
        y->dim[2] != conv_size(x->dim[2], w->dim[2], stride, padding, dilation) ||
        y->dim[3] != conv_size(x->dim[3], kw, stride, padding, dilation))
        return IMPOSSIBLE;
    for (int p = 0; p < y->dim[0] * filters; p++)
        picture_set(plane_of(y, p), b->at[p % filters]);
    for (int e = 0; e < w->dim[2] * kw; e++) {
        offset o = {(int64_t)(e / kw) * dilation - padding, (int64_t)(e % kw) * dilation - padding,
                    stride};
        for (int p = 0; p < y->dim[0] * filters; p++)
            for (int c = 0; c < channels; c++)
                shift_in(plane_of(y, p), plane_of(x, p / filters * channels + c), o,
                         plane_of(w, p % filters * channels + c).at[e]);
    }
    return OK;
}
