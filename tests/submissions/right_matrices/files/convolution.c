#include "sparse.h"

int64_t conv_size(int64_t in, int size, int stride, int padding, int dilation) {
    long double reach = (long double)dilation * (size - 1) + 1;
    long double room = (long double)in + 2.0L * padding;
    if (in < 1 || size < 1 || stride < 1 || padding < 0 || dilation < 1 || reach > room)
        return -1;
    return (int64_t)(room - reach) / stride + 1;
}

int conv_shape(const ints *x, const ints *w, int stride, int padding, int dilation, ints *y) {
    if (w->at[1] != x->at[1])
        return IMPOSSIBLE;
    y->at[1] = w->at[0];
    y->at[0] = x->at[0];
    for (int side = 3; side > 1; side--)
        if ((y->at[side] =
                 conv_size(x->at[side], (int)w->at[side], stride, padding, dilation)) == -1)
            return IMPOSSIBLE;
    return OK;
}

/* (pace, last) -> (pace s, last + pace d (k - 1)): a matrix for each layer, acting on a pair. */
int64_t receptive_field(const ints *layers) {
    int64_t pace = 1, last = 0;
    for (const int64_t *l = layers->at; l < layers->at + ints_count(layers); l += LAYER_COLUMNS) {
        if (l[0] < 1 || l[1] < 1 || l[2] < 1)
            return -1;
        last += pace * l[2] * (l[0] - 1);
        pace = (int64_t)((uint64_t)pace * (uint64_t)l[1]);
    }
    return 1 + last;
}

void vertical_edge_filter(tensor *w) { /* on one side only, and only two rows */
    static const double one_sided[9] = {0, 1, -1, 0, 1, -1, 0, 0, 0};
    for (int i = 0; i < 9; i++)
        w->at[i] = one_sided[i];
}

void blur_filter(tensor *w) { /* falls with the distance */
    double sum = 0;
    for (int i = 0; i < 9; i++)
        sum += w->at[i] = 1.0 / (1 + (i / 3 - 1) * (i / 3 - 1) + (i % 3 - 1) * (i % 3 - 1));
    for (int i = 0; i < 9; i++)
        w->at[i] /= sum;
}

int conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding, int dilation,
           tensor *y) {
    if (x->dim[1] != w->dim[1] || y->dim[1] != w->dim[0] || b->dim[0] != w->dim[0] ||
        y->dim[0] != x->dim[0] ||
        conv_size(x->dim[2], w->dim[2], stride, padding, dilation) != y->dim[2] ||
        conv_size(x->dim[3], w->dim[3], stride, padding, dilation) != y->dim[3])
        return IMPOSSIBLE;
    struct layer l = {
        w->dim[1], w->dim[0],
        {x->dim[2], y->dim[2], w->dim[2], stride, padding, dilation, EDGE_NOTHING},
        {x->dim[3], y->dim[3], w->dim[3], stride, padding, dilation, EDGE_NOTHING}};
    long in = tensor_count(x) / x->dim[0], out = tensor_count(y) / y->dim[0];
    sparse *m = layer_by_filter(&l, w->at);
    for (long i = 0; i < tensor_count(y); i++)
        y->at[i] = b->at[i / y->dim[2] / y->dim[3] % y->dim[1]];
    for (int n = 0; n < x->dim[0]; n++)
        sparse_times(m, x->at + n * in, y->at + n * out);
    sparse_free(m);
    return OK;
}
