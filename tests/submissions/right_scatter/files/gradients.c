#include "loops.h"

#include <math.h>
#include <stdlib.h>

static int fits(int64_t in, int64_t size, int64_t stride, int64_t padding, int64_t dilation,
                int64_t out) {
    if (stride < 1 || padding < 0 || dilation < 1)
        return 0;
    int64_t rest = in + 2 * padding - dilation * (size - 1) - 1;
    return rest >= 0 && rest / stride + 1 == out;
}

/* Filter elements outermost: for each of them, one picture meets one map of gradients. */
int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db) {
    int rows = dy->dim[2], columns = dy->dim[3];
    if (x->dim[1] != w->dim[1] || dy->dim[1] != w->dim[0] || dy->dim[0] != x->dim[0] ||
        !fits(x->dim[2], w->dim[2], stride, padding, dilation, rows) ||
        !fits(x->dim[3], w->dim[3], stride, padding, dilation, columns))
        return IMPOSSIBLE;
    ZERO(dx);
    ZERO(dw);
    ZERO(db);
    UPTO(u, w->dim[2]) UPTO(v, w->dim[3]) UPTO(f, w->dim[0]) UPTO(c, w->dim[1]) {
        double weight = PLANE(w, f, c)[u * w->dim[3] + v];
        double *sum = PLANE(dw, f, c) + u * w->dim[3] + v;
        UPTO(n, x->dim[0]) UPTO(i, rows) UPTO(j, columns) {
            int64_t row = PLACE(i, stride, u, dilation, padding);
            int64_t column = PLACE(j, stride, v, dilation, padding);
            if (row < 0 || column < 0 || row >= x->dim[2] || column >= x->dim[3])
                continue;
            double g = PLANE(dy, n, f)[i * columns + j];
            PLANE(dx, n, c)[row * x->dim[3] + column] += g * weight;
            *sum += g * PLANE(x, n, c)[row * x->dim[3] + column];
        }
    }
    UPTO(i, rows * columns) UPTO(n, dy->dim[0]) UPTO(f, dy->dim[1])
        db->at[f] += PLANE(dy, n, f)[i];
    return OK;
}

void sgd_step(tensor *w, const tensor *dw, double rate) {
    ALL(i, w)
        w->at[i] = fma(-rate, dw->at[i], w->at[i]);
}

double gradient_mean(int n, int k, double sigma_x, double sigma_g) {
    return 0.0 * n * k * sigma_x * sigma_g;
}

double gradient_variance(int n, int k, double sigma_x, double sigma_g) {
    return pow((n - k + 1) * (sigma_x * sigma_g), 2);
}

double gradient_growth(int n1, int n2, int k) {
    return sqrt(gradient_variance(n2, k, 1, 1) / gradient_variance(n1, k, 1, 1));
}

/* --- Pooling: each pixel tells the windows that it is in --- */

static int pool_fits(const tensor *x, const tensor *y, int k, int stride) {
    return k > 0 && x->dim[0] == y->dim[0] && x->dim[1] == y->dim[1] &&
           fits(x->dim[2], k, stride, 0, 1, y->dim[2]) &&
           fits(x->dim[3], k, stride, 0, 1, y->dim[3]);
}

/* The first window with pixel `place` in one direction, and the one after the last. */
static int first_window(int place, int k, int stride) {
    return place < k ? 0 : (place - k) / stride + 1;
}

static int end_window(int place, int stride, int count) {
    return place / stride < count ? place / stride + 1 : count;
}

#define FOR_WINDOWS(y, r, l, k, s)                                                                 \
    for (int i = first_window(r, k, s); i < end_window(r, s, (y)->dim[2]); i++)                    \
        for (int j = first_window(l, k, s); j < end_window(l, s, (y)->dim[3]); j++)

#define FOR_PIXELS(x, n, c, r, l)                                                                  \
    UPTO(n, (x)->dim[0]) UPTO(c, (x)->dim[1]) UPTO(r, (x)->dim[2]) UPTO(l, (x)->dim[3])

int max_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    ALL(i, y)
        y->at[i] = -INFINITY;
    FOR_PIXELS(x, n, c, r, l) {
        double pixel = PLANE(x, n, c)[r * x->dim[3] + l];
        FOR_WINDOWS(y, r, l, k, stride) {
            double *largest = PLANE(y, n, c) + i * y->dim[3] + j;
            *largest = pixel > *largest ? pixel : *largest;
        }
    }
    return OK;
}

/* Pixels come by in order and take a window that is still free, if they are as large as its
 * largest. */
int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(x, dy, k, stride))
        return IMPOSSIBLE;
    tensor largest = *dy;
    largest.at = malloc(sizeof(double) * (size_t)tensor_count(dy));
    char *taken = calloc((size_t)tensor_count(dy), 1);
    max_pool(x, k, stride, &largest);
    ZERO(dx);
    FOR_PIXELS(x, n, c, r, l) {
        int64_t pixel = PLANE(x, n, c) - x->at + r * x->dim[3] + l;
        FOR_WINDOWS(dy, r, l, k, stride) {
            int64_t window = PLANE(dy, n, c) - dy->at + i * dy->dim[3] + j;
            if (taken[window] || x->at[pixel] != largest.at[window])
                continue;
            taken[window] = 1;
            dx->at[pixel] += dy->at[window];
        }
    }
    free(taken);
    free(largest.at);
    return OK;
}

int average_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    ZERO(y);
    FOR_PIXELS(x, n, c, r, l)
        FOR_WINDOWS(y, r, l, k, stride)
            PLANE(y, n, c)[i * y->dim[3] + j] += PLANE(x, n, c)[r * x->dim[3] + l] / (k * k);
    return OK;
}

int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(dx, dy, k, stride))
        return IMPOSSIBLE;
    ZERO(dx);
    UPTO(u, k) UPTO(v, k) UPTO(n, dy->dim[0]) UPTO(c, dy->dim[1]) UPTO(i, dy->dim[2])
        UPTO(j, dy->dim[3])
            PLANE(dx, n, c)[(i * stride + u) * dx->dim[3] + j * stride + v] +=
                PLANE(dy, n, c)[i * dy->dim[3] + j];
    ALL(i, dx)
        dx->at[i] /= (double)k * k;
    return OK;
}
