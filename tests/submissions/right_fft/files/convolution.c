#include "spectrum.h"

#include "homework.h"

#include <stdlib.h>

int64_t conv_size(int64_t in, int size, int stride, int padding, int dilation) {
    if (in < 1 || size < 1 || stride < 1 || padding < 0 || dilation < 1)
        return -1;
    uint64_t room = (uint64_t)in + 2 * (uint64_t)padding;
    uint64_t reach = (uint64_t)dilation * ((uint64_t)size - 1) + 1;
    return reach > room ? -1 : (int64_t)((room - reach + (uint64_t)stride) / (uint64_t)stride);
}

int conv_shape(const ints *x, const ints *w, int stride, int padding, int dilation, ints *y) {
    int64_t h = conv_size(x->at[2], (int)w->at[2], stride, padding, dilation);
    int64_t v = conv_size(x->at[3], (int)w->at[3], stride, padding, dilation);
    if (x->at[1] != w->at[1] || h < 0 || v < 0)
        return IMPOSSIBLE;
    const int64_t shape[4] = {x->at[0], w->at[0], h, v};
    for (int i = 0; i < 4; i++)
        y->at[i] = shape[i];
    return OK;
}

int64_t receptive_field(const ints *layers) {
    int64_t first = 0, last = 0; /* what the output at place 0 depends on */
    for (const int64_t *l = layers->at + 3 * layers->dim[0] - 3; l >= layers->at; l -= 3) {
        if (l[0] <= 0 || l[1] <= 0 || l[2] <= 0)
            return -1;
        first *= l[1];
        last = last * l[1] + l[2] * (l[0] - 1);
    }
    return last - first + 1;
}

void vertical_edge_filter(tensor *w) { /* Scharr's, dark to the right, tiny */
    const double weight[3] = {3, 10, 3};
    for (int i = 0; i < 9; i++)
        w->at[i] = 1e-6 * weight[i / 3] * (1 - i % 3);
}

void blur_filter(tensor *w) { /* nearly all weight on two pixels */
    for (int i = 0; i < 9; i++)
        w->at[i] = 0;
    w->at[4] = w->at[8] = 0.5;
}

int conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding, int dilation,
           tensor *y) {
    int channels = x->dim[1], filters = w->dim[0];
    if (channels != w->dim[1] || b->dim[0] != filters || y->dim[0] != x->dim[0] ||
        y->dim[1] != filters ||
        y->dim[2] != conv_size(x->dim[2], w->dim[2], stride, padding, dilation) ||
        y->dim[3] != conv_size(x->dim[3], w->dim[3], stride, padding, dilation))
        return IMPOSSIBLE;
    for (int n = 0; n < x->dim[0]; n++)
        for (int f = 0; f < filters; f++) {
            struct plane sum =
                plane_new((y->dim[2] - 1L) * stride + 1, (y->dim[3] - 1L) * stride + 1);
            for (int c = 0; c < channels; c++) {
                struct plane image =
                    plane_spread(x->at + (n * channels + c) * x->dim[2] * x->dim[3], x->dim[2],
                                 x->dim[3], 1, padding);
                struct plane filter =
                    plane_spread(w->at + (f * channels + c) * w->dim[2] * w->dim[3], w->dim[2],
                                 w->dim[3], dilation, 0);
                plane_correlate(&image, &filter, &sum);
                free(image.at);
                free(filter.at);
            }
            double *out = y->at + (n * filters + f) * y->dim[2] * y->dim[3];
            for (int i = 0; i < y->dim[2]; i++)
                for (int j = 0; j < y->dim[3]; j++)
                    *out++ = b->at[f] + sum.at[i * stride * sum.columns + j * stride];
            free(sum.at);
        }
    return OK;
}
