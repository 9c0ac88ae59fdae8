#include "shift.h"

#include <math.h>
#include <stdlib.h>

static int fits(int64_t in, int64_t size, int64_t stride, int64_t padding, int64_t dilation,
                int64_t out) {
    if (stride < 1 || padding < 0 || dilation < 1)
        return 0;
    int64_t places = in + 2 * padding - (size - 1) * dilation;
    return places > 0 && (places + stride - 1) / stride == out;
}

int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db) {
    int channels = x->dim[1], filters = w->dim[0], kw = w->dim[3];
    if (channels != w->dim[1] || dy->dim[0] != x->dim[0] || dy->dim[1] != filters ||
        !fits(x->dim[2], w->dim[2], stride, padding, dilation, dy->dim[2]) ||
        !fits(x->dim[3], kw, stride, padding, dilation, dy->dim[3]))
        return IMPOSSIBLE;
    for (int p = 0; p < x->dim[0] * channels; p++)
        picture_set(plane_of(dx, p), 0);
    for (int q = 0; q < filters * channels; q++)
        for (int e = 0; e < w->dim[2] * kw; e++) {
            offset o = {(int64_t)(e / kw) * dilation - padding,
                        (int64_t)(e % kw) * dilation - padding, stride};
            double sum = 0;
            for (int n = 0; n < x->dim[0]; n++) {
                picture back = plane_of(dy, n * filters + q / channels);
                shift_out(plane_of(dx, n * channels + q % channels), back, o,
                          plane_of(w, q).at[e]);
                sum += shift_dot(back, plane_of(x, n * channels + q % channels), o);
            }
            plane_of(dw, q).at[e] = sum;
        }
    double one = 1;
    for (int f = 0; f < filters; f++) {
        picture sum = {1, 1, db->at + f}, dot = {1, 1, &one};
        *sum.at = 0;
        for (int n = 0; n < x->dim[0]; n++) {
            picture back = plane_of(dy, n * filters + f);
            for (int i = 0; i < back.rows * back.columns; i++)
                shift_in(sum, dot, (offset){0, 0, 1}, back.at[i]);
        }
    }
    return OK;
}

void sgd_step(tensor *w, const tensor *dw, double rate) {
    int count = (int)tensor_count(w);
    shift_in((picture){1, count, w->at}, (picture){1, count, dw->at}, (offset){0, 0, 1}, -rate);
}

double gradient_mean(int n, int k, double sigma_x, double sigma_g) {
    double mean_x = 0 * sigma_x, mean_g = 0 * sigma_g;
    return (n - k + 1) * (n - k + 1) * mean_x * mean_g;
}

double gradient_variance(int n, int k, double sigma_x, double sigma_g) {
    double variance_x = sigma_x * sigma_x, variance_g = sigma_g * sigma_g;
    return (n - k + 1) * (n - k + 1) * variance_x * variance_g;
}

double gradient_growth(int n1, int n2, int k) {
    return exp(log(n2 - k + 1) - log(n1 - k + 1));
}

/* --- Pooling --- */

static int pool_fits(const tensor *x, const tensor *y, int k, int stride) {
    return k > 0 && x->dim[0] == y->dim[0] && x->dim[1] == y->dim[1] &&
           fits(x->dim[2], k, stride, 0, 1, y->dim[2]) &&
           fits(x->dim[3], k, stride, 0, 1, y->dim[3]);
}

/* y = max(y, x shifted); `which`, where it is given, notes the element that won. */
static void compare(picture y, picture x, int element, int k, int stride, int *which) {
    for (int i = 0; i < y.rows; i++)
        for (int j = 0; j < y.columns; j++) {
            double number = x.at[(i * stride + element / k) * x.columns + j * stride + element % k];
            double *largest = &y.at[i * y.columns + j];
            if (element > 0 && number < *largest)
                continue;
            *largest = number;
            if (which)
                which[i * y.columns + j] = element;
        }
}

int max_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    for (int e = 0; e < k * k; e++)
        for (int p = 0; p < x->dim[0] * x->dim[1]; p++)
            compare(plane_of(y, p), plane_of(x, p), e, k, stride, NULL);
    return OK;
}

int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(x, dy, k, stride))
        return IMPOSSIBLE;
    picture y = picture_new(dy->dim[2], dy->dim[3]), part = picture_new(y.rows, y.columns);
    int *which = malloc(sizeof(int) * (size_t)(y.rows * y.columns));
    for (int p = 0; p < x->dim[0] * x->dim[1]; p++) {
        for (int e = 0; e < k * k; e++)
            compare(y, plane_of(x, p), e, k, stride, which);
        picture_set(plane_of(dx, p), 0);
        for (int e = 0; e < k * k; e++) {
            for (int i = 0; i < y.rows * y.columns; i++)
                part.at[i] = which[i] == e ? plane_of(dy, p).at[i] : 0;
            shift_out(plane_of(dx, p), part, (offset){e / k, e % k, stride}, 1);
        }
    }
    free(which);
    picture_free(&part);
    picture_free(&y);
    return OK;
}

/* Running sums down the columns, and along the rows of those. */
int average_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    picture tall = picture_new(x->dim[2] - k + 1, x->dim[3]);
    for (int p = 0; p < x->dim[0] * x->dim[1]; p++) {
        picture from = plane_of(x, p), to = plane_of(y, p);
        picture_set(tall, 0);
        for (int u = 0; u < k; u++)
            shift_in(tall, from, (offset){u, 0, 1}, 1);
        picture_set(to, 0);
        for (int v = 0; v < k; v++)
            shift_in(to, tall, (offset){0, v, stride}, 1.0 / k / k);
    }
    picture_free(&tall);
    return OK;
}

int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(dx, dy, k, stride))
        return IMPOSSIBLE;
    for (int p = 0; p < dx->dim[0] * dx->dim[1]; p++) {
        picture_set(plane_of(dx, p), 0);
        for (int e = 0; e < k * k; e++)
            shift_out(plane_of(dx, p), plane_of(dy, p), (offset){e / k, e % k, stride},
                      1.0 / (k * k));
    }
    return OK;
}
