#include "sparse.h"

#include <math.h>
#include <stddef.h>

static int is_axis(struct axis *a, int in, int size, int stride, int padding, int dilation,
                   int out) {
    *a = (struct axis){in, out, size, stride, padding, dilation, EDGE_NOTHING};
    int64_t rest = (int64_t)in + padding + padding - (int64_t)dilation * (size - 1) - 1;
    return size > 0 && stride > 0 && padding >= 0 && dilation > 0 && rest >= 0 &&
           rest / stride == out - 1;
}

int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db) {
    struct layer l = {.channels = x->dim[1], .filters = w->dim[0]};
    if (w->dim[1] != l.channels || dy->dim[1] != l.filters || dy->dim[0] != x->dim[0] ||
        !is_axis(&l.down, x->dim[2], w->dim[2], stride, padding, dilation, dy->dim[2]) ||
        !is_axis(&l.along, x->dim[3], w->dim[3], stride, padding, dilation, dy->dim[3]))
        return IMPOSSIBLE;
    long image = tensor_count(x) / x->dim[0], filter = tensor_count(w) / w->dim[0];
    long out = (long)dy->dim[2] * dy->dim[3];
    sparse *by_filter = layer_by_filter(&l, w->at), *to_bias = sparse_new();
    for (long i = 0; i < l.filters * out; i++)
        sparse_put(to_bias, i / out, i, 1);
    clear(dx->at, tensor_count(dx));
    clear(dw->at, tensor_count(dw));
    clear(db->at, tensor_count(db));
    for (int n = 0; n < x->dim[0]; n++) {
        const double *back = dy->at + n * l.filters * out;
        sparse *by_picture = layer_by_picture(&l, x->at + n * image);
        sparse_transposed_times(by_filter, back, dx->at + n * image);
        for (int f = 0; f < l.filters; f++)
            sparse_transposed_times(by_picture, back + f * out, dw->at + f * filter);
        sparse_times(to_bias, back, db->at);
        sparse_free(by_picture);
    }
    sparse_free(by_filter);
    sparse_free(to_bias);
    return OK;
}

void sgd_step(tensor *w, const tensor *dw, double rate) {
    sparse *m = sparse_new();
    for (long i = 0; i < tensor_count(w); i++)
        sparse_put(m, i, i, -rate);
    sparse_times(m, dw->at, w->at);
    sparse_free(m);
}

double gradient_mean(int n, int k, double sigma_x, double sigma_g) {
    return 0 * fabs(sigma_x * sigma_g) * (n - k);
}

double gradient_variance(int n, int k, double sigma_x, double sigma_g) {
    double sigma = hypot(0, n - k + 1) * sigma_x * sigma_g;
    return sigma * sigma;
}

double gradient_growth(int n1, int n2, int k) {
    return (n2 - (k - 1)) / (double)(n1 - (k - 1));
}

/* --- Pooling: the same matrix for every plane, or one that depends on the numbers --- */

static int pooling(struct layer *l, const tensor *x, const tensor *y, int k, int stride) {
    *l = (struct layer){.channels = 1, .filters = 1};
    return x->dim[0] == y->dim[0] && x->dim[1] == y->dim[1] &&
           is_axis(&l->down, x->dim[2], k, stride, 0, 1, y->dim[2]) &&
           is_axis(&l->along, x->dim[3], k, stride, 0, 1, y->dim[3]);
}

static long pixel_of(const struct layer *l, long o, long e) {
    return axis_place(&l->down, o / l->along.count, e / l->along.elements) * l->along.size +
           axis_place(&l->along, o % l->along.count, e % l->along.elements);
}

static sparse *mean_matrix(const struct layer *l) {
    sparse *m = sparse_new();
    long elements = (long)l->down.elements * l->along.elements;
    for (long o = 0; o < (long)l->down.count * l->along.count; o++)
        for (long e = 0; e < elements; e++)
            sparse_put(m, o, pixel_of(l, o, e), 1.0 / (double)elements);
    return m;
}

/* Chooses the largest number of each window: of several, the one in the lowest row. */
static sparse *choice_matrix(const struct layer *l, const double *x) {
    sparse *m = sparse_new();
    long elements = (long)l->down.elements * l->along.elements;
    for (long o = 0; o < (long)l->down.count * l->along.count; o++) {
        long best = pixel_of(l, o, elements - 1);
        for (long e = elements - 1; e >= 0; e--)
            if (x[pixel_of(l, o, e)] > x[best])
                best = pixel_of(l, o, e);
        sparse_put(m, o, best, 1);
    }
    return m;
}

/* Forwards where there is no dx. */
static int pool(const tensor *x, const tensor *y, int k, int stride, int mean, tensor *dx) {
    struct layer l;
    if (!pooling(&l, x, y, k, stride))
        return IMPOSSIBLE;
    long pixels = (long)x->dim[2] * x->dim[3], places = (long)y->dim[2] * y->dim[3];
    if (dx)
        clear(dx->at, tensor_count(dx));
    else
        clear(y->at, tensor_count(y));
    for (long p = 0; p < (long)x->dim[0] * x->dim[1]; p++) {
        sparse *m = mean ? mean_matrix(&l) : choice_matrix(&l, x->at + p * pixels);
        if (dx)
            sparse_transposed_times(m, y->at + p * places, dx->at + p * pixels);
        else
            sparse_times(m, x->at + p * pixels, y->at + p * places);
        sparse_free(m);
    }
    return OK;
}

int max_pool(const tensor *x, int k, int stride, tensor *y) {
    return pool(x, y, k, stride, 0, NULL);
}

int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx) {
    return pool(x, dy, k, stride, 0, dx);
}

int average_pool(const tensor *x, int k, int stride, tensor *y) {
    return pool(x, y, k, stride, 1, NULL);
}

int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx) {
    return pool(dx, dy, k, stride, 1, dx);
}
