/* Problem 5: how a loss reaches the weights and the input of a convolution layer, how large that
 * gradient is by chance alone, and how it passes through pooling.  Knows no training loop. */
#include "homework.h"

#include <stdbool.h>

static double *at4(const tensor *t, int a, int b, int64_t c, int64_t d) {
    return &t->at[(((int64_t)a * t->dim[1] + b) * t->dim[2] + c) * t->dim[3] + d];
}

static bool same_shape(const tensor *a, const tensor *b) {
    if (a->rank != b->rank)
        return false;
    for (int i = 0; i < a->rank; i++)
        if (a->dim[i] != b->dim[i])
            return false;
    return true;
}

static void tensor_clear(tensor *t) {
    for (int64_t i = 0; i < tensor_count(t); i++)
        t->at[i] = 0;
}

/* --- Convolution, backwards --- */

static int64_t output_size(int in, int size, int stride, int padding, int dilation) {
    if (stride < 1 || padding < 0 || dilation < 1)
        return -1;
    int64_t room = in + 2 * (int64_t)padding - ((int64_t)dilation * (size - 1) + 1);
    return room >= 0 ? room / stride + 1 : -1;
}

static bool layer_fits(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                       int dilation) {
    if (x->rank != 4 || w->rank != 4 || dy->rank != 4)
        return false;
    if (w->dim[1] != x->dim[1] || dy->dim[0] != x->dim[0] || dy->dim[1] != w->dim[0])
        return false;
    return dy->dim[2] == output_size(x->dim[2], w->dim[2], stride, padding, dilation) &&
           dy->dim[3] == output_size(x->dim[3], w->dim[3], stride, padding, dilation);
}

/* One output element with gradient `g`, made by filter f with its corner at (top, left) of image n.
 * Each product x w in it sends g w to the input and g x to the weight. */
static void send_back(double g, const tensor *x, int n, const tensor *w, int f, int64_t top,
                      int64_t left, int dilation, tensor *dx, tensor *dw) {
    for (int c = 0; c < w->dim[1]; c++)
        for (int u = 0; u < w->dim[2]; u++) {
            int64_t row = top + (int64_t)u * dilation;
            if (row < 0 || row >= x->dim[2])
                continue;
            for (int v = 0; v < w->dim[3]; v++) {
                int64_t column = left + (int64_t)v * dilation;
                if (column < 0 || column >= x->dim[3])
                    continue;
                *at4(dx, n, c, row, column) += g * *at4(w, f, c, u, v);
                *at4(dw, f, c, u, v) += g * *at4(x, n, c, row, column);
            }
        }
}

/* Sheet 5(a): equation (4) differentiated.  x and dx (N, C, H, W), w and dw (F, C, KH, KW), db (F),
 * dy (N, F, OH, OW). */
int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db) {
    if (!layer_fits(x, w, dy, stride, padding, dilation))
        return IMPOSSIBLE;
    if (!same_shape(dx, x) || !same_shape(dw, w))
        return IMPOSSIBLE;
    if (db->rank != 1 || db->dim[0] != w->dim[0])
        return IMPOSSIBLE;
    tensor_clear(dx);
    tensor_clear(dw);
    tensor_clear(db);
    for (int n = 0; n < dy->dim[0]; n++)
        for (int f = 0; f < dy->dim[1]; f++)
            for (int i = 0; i < dy->dim[2]; i++)
                for (int j = 0; j < dy->dim[3]; j++) {
                    double g = *at4(dy, n, f, i, j);
                    int64_t top = (int64_t)i * stride - padding;
                    int64_t left = (int64_t)j * stride - padding;
                    db->at[f] += g;
                    send_back(g, x, n, w, f, top, left, dilation, dx, dw);
                }
    return OK;
}

/* Sheet 5(a).  w and dw of one shape; w is updated in place. */
void sgd_step(tensor *w, const tensor *dw, double rate) {
    for (int64_t i = 0; i < tensor_count(w); i++)
        w->at[i] -= rate * dw->at[i];
}

/* --- The gradient of chance --- */

/* Sheet 5(b): dw is a sum of m * m products x dy of independent numbers with mean zero. */
double gradient_mean(int n, int k, double sigma_x, double sigma_g) {
    (void)n, (void)k, (void)sigma_x, (void)sigma_g;
    return 0;
}

double gradient_variance(int n, int k, double sigma_x, double sigma_g) {
    double m = (double)n - k + 1;
    return m * m * sigma_x * sigma_x * sigma_g * sigma_g;
}

double gradient_growth(int n1, int n2, int k) {
    return ((double)n2 - k + 1) / ((double)n1 - k + 1);
}

/* --- Pooling --- */

static bool pool_fits(const tensor *x, const tensor *y, int k, int stride) {
    if (x->rank != 4 || y->rank != 4)
        return false;
    if (k < 1 || stride < 1 || k > x->dim[2] || k > x->dim[3])
        return false;
    if (y->dim[0] != x->dim[0] || y->dim[1] != x->dim[1])
        return false;
    return y->dim[2] == (x->dim[2] - k) / stride + 1 && y->dim[3] == (x->dim[3] - k) / stride + 1;
}

/* The largest number of a window, the first one in row-major order where there are several. */
static void find_largest(const tensor *x, int n, int c, int top, int left, int k, int *row,
                         int *column) {
    *row = top;
    *column = left;
    for (int u = top; u < top + k; u++)
        for (int v = left; v < left + k; v++)
            if (*at4(x, n, c, u, v) > *at4(x, n, c, *row, *column)) {
                *row = u;
                *column = v;
            }
}

/* Sheet 5(c).  x (N, C, H, W), y (N, C, (H - k) / stride + 1, (W - k) / stride + 1). */
int max_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    for (int n = 0; n < y->dim[0]; n++)
        for (int c = 0; c < y->dim[1]; c++)
            for (int i = 0; i < y->dim[2]; i++)
                for (int j = 0; j < y->dim[3]; j++) {
                    int row, column;
                    find_largest(x, n, c, i * stride, j * stride, k, &row, &column);
                    *at4(y, n, c, i, j) = *at4(x, n, c, row, column);
                }
    return OK;
}

/* Sheet 5(c): each dy goes to the number that its window chose.  Shapes as in max_pool. */
int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(x, dy, k, stride) || !same_shape(dx, x))
        return IMPOSSIBLE;
    tensor_clear(dx);
    for (int n = 0; n < dy->dim[0]; n++)
        for (int c = 0; c < dy->dim[1]; c++)
            for (int i = 0; i < dy->dim[2]; i++)
                for (int j = 0; j < dy->dim[3]; j++) {
                    int row, column;
                    find_largest(x, n, c, i * stride, j * stride, k, &row, &column);
                    *at4(dx, n, c, row, column) += *at4(dy, n, c, i, j);
                }
    return OK;
}

/* Sheet 5(c).  Shapes as in max_pool. */
int average_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    for (int n = 0; n < y->dim[0]; n++)
        for (int c = 0; c < y->dim[1]; c++)
            for (int i = 0; i < y->dim[2]; i++)
                for (int j = 0; j < y->dim[3]; j++) {
                    double sum = 0;
                    for (int u = 0; u < k; u++)
                        for (int v = 0; v < k; v++)
                            sum += *at4(x, n, c, i * stride + u, j * stride + v);
                    *at4(y, n, c, i, j) = sum / ((double)k * k);
                }
    return OK;
}

/* Sheet 5(c): each dy is shared equally by its window.  Shapes as in max_pool. */
int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(dx, dy, k, stride))
        return IMPOSSIBLE;
    tensor_clear(dx);
    for (int n = 0; n < dy->dim[0]; n++)
        for (int c = 0; c < dy->dim[1]; c++)
            for (int i = 0; i < dy->dim[2]; i++)
                for (int j = 0; j < dy->dim[3]; j++) {
                    double share = *at4(dy, n, c, i, j) / ((double)k * k);
                    for (int u = 0; u < k; u++)
                        for (int v = 0; v < k; v++)
                            *at4(dx, n, c, i * stride + u, j * stride + v) += share;
                }
    return OK;
}
