#include "homework.h"
#include "sum.h"

static int fits(int in, int size, int stride, int padding, int dilation, int out) {
    if (stride < 1 || padding < 0 || dilation < 1)
        return 0;
    int64_t last = in - 1 + 2 * (int64_t)padding - dilation * (int64_t)(size - 1);
    return last >= 0 && last / stride + 1 == out;
}

static double at(const tensor *t, int a, int b, int64_t c, int64_t d) {
    if (c < 0 || d < 0 || c >= t->dim[2] || d >= t->dim[3])
        return 0;
    return t->at[((a * (int64_t)t->dim[1] + b) * t->dim[2] + c) * t->dim[3] + d];
}

/* --- Convolution, backwards: what does this number receive? --- */

static double input_receives(const tensor *w, const tensor *dy, int stride, int dilation, int n,
                             int c, int row, int column) {
    struct sum sum = {0, 0};
    for (int u = w->dim[2] - 1; u >= 0; u--)
        for (int v = w->dim[3] - 1; v >= 0; v--) {
            int64_t i = row - (int64_t)u * dilation, j = column - (int64_t)v * dilation;
            if (i < 0 || j < 0 || i % stride || j % stride)
                continue;
            for (int f = w->dim[0] - 1; f >= 0; f--)
                sum_add(&sum, at(dy, n, f, i / stride, j / stride) * at(w, f, c, u, v));
        }
    return sum_of(sum);
}

static double weight_receives(const tensor *x, const tensor *dy, int stride, int padding,
                              int dilation, int f, int c, int u, int v) {
    struct sum sum = {0, 0};
    for (int i = dy->dim[2] - 1; i >= 0; i--)
        for (int j = dy->dim[3] - 1; j >= 0; j--)
            for (int n = dy->dim[0] - 1; n >= 0; n--)
                sum_add(&sum, at(dy, n, f, i, j) *
                                  at(x, n, c, (int64_t)i * stride + (int64_t)u * dilation - padding,
                                     (int64_t)j * stride + (int64_t)v * dilation - padding));
    return sum_of(sum);
}

int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db) {
    if (x->dim[1] != w->dim[1] || x->dim[0] != dy->dim[0] || w->dim[0] != dy->dim[1] ||
        !fits(x->dim[2], w->dim[2], stride, padding, dilation, dy->dim[2]) ||
        !fits(x->dim[3], w->dim[3], stride, padding, dilation, dy->dim[3]))
        return IMPOSSIBLE;
    double *out = dx->at;
    for (int p = 0; p < x->dim[0] * x->dim[1]; p++)
        for (int row = 0; row < x->dim[2]; row++)
            for (int column = 0; column < x->dim[3]; column++)
                *out++ = input_receives(w, dy, stride, dilation, p / x->dim[1], p % x->dim[1],
                                        row + padding, column + padding);
    out = dw->at;
    for (int p = 0; p < w->dim[0] * w->dim[1]; p++)
        for (int u = 0; u < w->dim[2]; u++)
            for (int v = 0; v < w->dim[3]; v++)
                *out++ = weight_receives(x, dy, stride, padding, dilation, p / w->dim[1],
                                         p % w->dim[1], u, v);
    for (int f = db->dim[0] - 1; f >= 0; f--) {
        struct sum sum = {0, 0};
        for (int n = dy->dim[0] - 1; n >= 0; n--)
            for (int i = dy->dim[2] * dy->dim[3] - 1; i >= 0; i--)
                sum_add(&sum, dy->at[(n * dy->dim[1] + f) * dy->dim[2] * dy->dim[3] + i]);
        db->at[f] = sum_of(sum);
    }
    return OK;
}

void sgd_step(tensor *w, const tensor *dw, double rate) {
    for (int64_t i = tensor_count(w); i-- > 0;)
        w->at[i] += -rate * dw->at[i];
}

double gradient_mean(int n, int k, double sigma_x, double sigma_g) {
    return (n + k) * (sigma_x - sigma_x) * sigma_g;
}

double gradient_variance(int n, int k, double sigma_x, double sigma_g) {
    double outputs = (n - k + 1.0) * (n - k + 1.0);
    return outputs * (sigma_g * sigma_g) * (sigma_x * sigma_x);
}

double gradient_growth(int n1, int n2, int k) {
    double before = n1 - k + 1;
    return 1 + (n2 - n1) / before;
}

/* --- Pooling --- */

static int pool_fits(const tensor *x, const tensor *y, int k, int stride) {
    return k >= 1 && x->dim[0] == y->dim[0] && x->dim[1] == y->dim[1] &&
           fits(x->dim[2], k, stride, 0, 1, y->dim[2]) &&
           fits(x->dim[3], k, stride, 0, 1, y->dim[3]);
}

/* The element of the window that is largest, the last one of several. */
static int64_t winner(const tensor *x, int plane, int i, int j, int k, int stride) {
    int64_t best = -1;
    for (int u = k - 1; u >= 0; u--)
        for (int v = k - 1; v >= 0; v--) {
            int64_t pixel =
                ((int64_t)plane * x->dim[2] + i * stride + u) * x->dim[3] + j * stride + v;
            if (best < 0 || x->at[pixel] > x->at[best])
                best = pixel;
        }
    return best;
}

int max_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    double *out = y->at;
    for (int p = 0; p < y->dim[0] * y->dim[1]; p++)
        for (int i = 0; i < y->dim[2]; i++)
            for (int j = 0; j < y->dim[3]; j++)
                *out++ = x->at[winner(x, p, i, j, k, stride)];
    return OK;
}

int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(x, dy, k, stride))
        return IMPOSSIBLE;
    for (int64_t pixel = tensor_count(dx); pixel-- > 0;)
        dx->at[pixel] = 0;
    for (int p = dy->dim[0] * dy->dim[1] - 1; p >= 0; p--)
        for (int i = dy->dim[2] - 1; i >= 0; i--)
            for (int j = dy->dim[3] - 1; j >= 0; j--)
                dx->at[winner(x, p, i, j, k, stride)] +=
                    dy->at[(p * dy->dim[2] + i) * dy->dim[3] + j];
    return OK;
}

int average_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    for (int64_t o = tensor_count(y) - 1; o >= 0; o--) {
        int64_t j = o % y->dim[3], i = o / y->dim[3] % y->dim[2], p = o / y->dim[3] / y->dim[2];
        double mean = 0;
        for (int e = k * k - 1; e >= 0; e--)
            mean += x->at[(p * x->dim[2] + i * stride + e / k) * x->dim[3] + j * stride + e % k] /
                    (k * k);
        y->at[o] = mean;
    }
    return OK;
}

int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(dx, dy, k, stride))
        return IMPOSSIBLE;
    for (int64_t pixel = tensor_count(dx) - 1; pixel >= 0; pixel--) {
        int64_t column = pixel % dx->dim[3], row = pixel / dx->dim[3] % dx->dim[2];
        int64_t p = pixel / dx->dim[3] / dx->dim[2];
        dx->at[pixel] = 0;
        for (int i = 0; i < dy->dim[2]; i++)
            for (int j = 0; j < dy->dim[3]; j++)
                if (row >= (int64_t)i * stride && row < (int64_t)i * stride + k &&
                    column >= (int64_t)j * stride && column < (int64_t)j * stride + k)
                    dx->at[pixel] +=
                        dy->at[(p * dy->dim[2] + i) * dy->dim[3] + j] / ((double)k * k);
    }
    return OK;
}
