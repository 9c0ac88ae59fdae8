#include "room.h"

#include <string.h>

static int fits(int in, int size, int stride, int padding, int dilation, int out)
{
    int64_t rest;
    int result;

    result = 0;
    if (stride > 0 && padding >= 0 && dilation > 0) {
        rest = in + 2 * (int64_t)padding - 1 - (int64_t)dilation * (size - 1);
        result = rest >= 0 && rest / stride + 1 == out;
    }
    return result;
}

static void clear(tensor *t)
{
    memset(t->at, 0, (size_t)tensor_count(t) * sizeof(double));
}

int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db)
{
    int n, c, f, i, h, l, status, out_size, kernel, large_size;
    double *large, *dlarge;

    status = IMPOSSIBLE;
    if (x->dim[1] == w->dim[1] && dy->dim[0] == x->dim[0] && dy->dim[1] == w->dim[0] &&
        fits(x->dim[2], w->dim[2], stride, padding, dilation, dy->dim[2]) &&
        fits(x->dim[3], w->dim[3], stride, padding, dilation, dy->dim[3])) {
        status = OK;
        h = x->dim[2], l = x->dim[3];
        out_size = dy->dim[2] * dy->dim[3];
        kernel = w->dim[2] * w->dim[3];
        large_size = (h + 2 * padding) * (l + 2 * padding);
        large = room(ROOM_B, large_size);
        dlarge = room(ROOM_C, large_size);
        clear(dw);
        clear(db);
        for (n = 0; n < x->dim[0]; n++)
            for (c = 0; c < x->dim[1]; c++) {
                border_lay(BORDER_ZERO, x->at + (n * x->dim[1] + c) * h * l, h, l, padding, padding,
                           padding, padding, large);
                for (i = 0; i < large_size; i++)
                    dlarge[i] = 0.0;
                for (f = 0; f < w->dim[0]; f++)
                    plane_back(dlarge, large, l + 2 * padding,
                               dw->at + (f * w->dim[1] + c) * kernel,
                               w->at + (f * w->dim[1] + c) * kernel, w->dim[2], w->dim[3], stride,
                               dilation, dy->at + (n * dy->dim[1] + f) * out_size, dy->dim[2],
                               dy->dim[3]);
                border_fold(BORDER_ZERO, dx->at + (n * x->dim[1] + c) * h * l, h, l, padding,
                            padding, padding, padding, dlarge);
            }
        for (i = 0; i < dy->dim[0] * dy->dim[1] * out_size; i++)
            db->at[i / out_size % dy->dim[1]] += dy->at[i];
    }
    return status;
}

void sgd_step(tensor *w, const tensor *dw, double rate)
{
    int64_t i;

    for (i = 0; i < tensor_count(w); i++)
        w->at[i] -= dw->at[i] * rate;
}

double gradient_mean(int n, int k, double sigma_x, double sigma_g)
{
    (void)n;
    (void)k;
    (void)sigma_x;
    (void)sigma_g;
    return 0.0;
}

double gradient_variance(int n, int k, double sigma_x, double sigma_g)
{
    double m;

    m = n - k + 1;
    return (m * sigma_x) * (m * sigma_x) * (sigma_g * sigma_g);
}

double gradient_growth(int n1, int n2, int k)
{
    double m1, m2;

    m1 = n1 - k + 1;
    m2 = n2 - k + 1;
    return m2 / m1;
}

/* --- Pooling --- */

enum { LARGEST, LARGEST_BACK, MEAN, MEAN_BACK };

/* One window whose first number is x[0]. */
static void window(int what, const double *x, int width, int k, double *y, double *dx)
{
    int u, v, row, column;
    double sum;

    row = column = k - 1;
    sum = 0.0;
    for (u = k - 1; u >= 0; u--)
        for (v = k - 1; v >= 0; v--) {
            if (x[u * width + v] >= x[row * width + column]) {
                row = u;
                column = v;
            }
            if (what == MEAN)
                sum += x[u * width + v];
            if (what == MEAN_BACK)
                dx[u * width + v] += *y / k / k;
        }
    if (what == LARGEST)
        *y = x[row * width + column];
    if (what == LARGEST_BACK)
        dx[row * width + column] += *y;
    if (what == MEAN)
        *y = sum / k / k;
}

static int pool(int what, const tensor *x, int k, int stride, const tensor *y, tensor *dx)
{
    int p, i, j, at, status;
    double *out;

    status = IMPOSSIBLE;
    if (k > 0 && x->dim[0] == y->dim[0] && x->dim[1] == y->dim[1] &&
        fits(x->dim[2], k, stride, 0, 1, y->dim[2]) &&
        fits(x->dim[3], k, stride, 0, 1, y->dim[3])) {
        status = OK;
        out = y->at;
        if (dx)
            clear(dx);
        for (p = 0; p < x->dim[0] * x->dim[1]; p++)
            for (i = 0; i < y->dim[2]; i++)
                for (j = 0; j < y->dim[3]; j++) {
                    at = (p * x->dim[2] + i * stride) * x->dim[3] + j * stride;
                    window(what, x->at + at, x->dim[3], k, out++, dx ? dx->at + at : 0);
                }
    }
    return status;
}

int max_pool(const tensor *x, int k, int stride, tensor *y)
{
    return pool(LARGEST, x, k, stride, y, 0);
}

int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx)
{
    return pool(LARGEST_BACK, x, k, stride, dy, dx);
}

int average_pool(const tensor *x, int k, int stride, tensor *y)
{
    return pool(MEAN, x, k, stride, y, 0);
}

int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx)
{
    return pool(MEAN_BACK, dx, k, stride, dy, dx);
}
