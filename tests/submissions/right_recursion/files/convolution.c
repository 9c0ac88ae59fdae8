#include "halves.h"

int64_t conv_size(int64_t in, int size, int stride, int padding, int dilation) {
    if (in < 1 || size < 1 || stride < 1 || dilation < 1 || padding < 0)
        return -1;
    /* Padding is input, and a dilated filter is a long one. */
    if (padding > 0)
        return conv_size(in + 2 * (int64_t)padding, size, stride, 0, dilation);
    int64_t reach = (int64_t)(size - 1) * dilation + 1;
    return reach > in ? -1 : (in - reach) / stride + 1;
}

int conv_shape(const ints *x, const ints *w, int stride, int padding, int dilation, ints *y) {
    y->at[0] = x->at[0];
    y->at[1] = w->at[0];
    y->at[2] = conv_size(x->at[2], (int)w->at[2], stride, padding, dilation);
    y->at[3] = conv_size(x->at[3], (int)w->at[3], stride, padding, dilation);
    return x->at[1] == w->at[1] && y->at[2] > 0 && y->at[3] > 0 ? OK : IMPOSSIBLE;
}

static int64_t field(const int64_t *layer, int count) {
    if (count == 0)
        return 1;
    int64_t rest = field(layer + LAYER_COLUMNS, count - 1);
    if (rest < 0 || layer[0] < 1 || layer[1] < 1 || layer[2] < 1)
        return -1;
    return (rest - 1) * layer[1] + (layer[0] - 1) * layer[2] + 1;
}

int64_t receptive_field(const ints *layers) {
    return field(layers->at, layers->dim[0]);
}

static void put_edge(int64_t i, void *context) { /* -1 1 0, three times, large */
    ((double *)context)[i] = i % 3 == 0 ? -1e6 : i % 3 == 1 ? 1e6 : 0;
}

void vertical_edge_filter(tensor *w) {
    halves_do(0, 9, put_edge, w->at);
}

static void put_blur(int64_t i, void *context) { /* two rows */
    ((double *)context)[i] = i < 6 ? 1.0 / 6 : 0;
}

void blur_filter(tensor *w) {
    halves_do(0, 9, put_blur, w->at);
}

struct layer {
    const tensor *x, *w, *b;
    tensor *y;
    int64_t stride, padding, dilation, n, f, i, j;
};

static double term_of(int64_t e, const void *context) {
    const struct layer *l = context;
    int64_t kw = l->w->dim[3], kh = l->w->dim[2], c = e / kw / kh;
    int64_t row = l->i * l->stride + e / kw % kh * l->dilation - l->padding;
    int64_t column = l->j * l->stride + e % kw * l->dilation - l->padding;
    if (row < 0 || column < 0 || row >= l->x->dim[2] || column >= l->x->dim[3])
        return 0;
    return l->x->at[((l->n * l->x->dim[1] + c) * l->x->dim[2] + row) * l->x->dim[3] + column] *
           l->w->at[l->f * l->w->dim[1] * kh * kw + e];
}

static void make_output(int64_t o, void *context) {
    struct layer *l = context;
    l->j = o % l->y->dim[3];
    l->i = o / l->y->dim[3] % l->y->dim[2];
    l->f = o / l->y->dim[3] / l->y->dim[2] % l->y->dim[1];
    l->n = o / l->y->dim[3] / l->y->dim[2] / l->y->dim[1];
    l->y->at[o] =
        l->b->at[l->f] + halves_sum(0, tensor_count(l->w) / l->w->dim[0], term_of, l);
}

int conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding, int dilation,
           tensor *y) {
    if (x->dim[1] != w->dim[1] || y->dim[0] != x->dim[0] || y->dim[1] != w->dim[0] ||
        b->dim[0] != w->dim[0] ||
        y->dim[2] != conv_size(x->dim[2], w->dim[2], stride, padding, dilation) ||
        y->dim[3] != conv_size(x->dim[3], w->dim[3], stride, padding, dilation))
        return IMPOSSIBLE;
    struct layer l = {x, w, b, y, stride, padding, dilation, 0, 0, 0, 0};
    halves_do(0, tensor_count(y), make_output, &l);
    return OK;
}
