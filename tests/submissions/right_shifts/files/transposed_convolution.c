#include "shift.h"

#include <math.h>
#include <stdlib.h>

/* Cholesky: the lower triangle of a becomes its own root.  A pivot of which nothing is left means
 * that the columns of the equations depend on each other. */
static int root(double *a, int n, double scale) {
    for (int j = 0; j < n; j++) {
        double pivot = a[j * n + j];
        for (int k = 0; k < j; k++)
            pivot -= a[j * n + k] * a[j * n + k];
        if (!(pivot > 1e-10 * scale))
            return IMPOSSIBLE;
        a[j * n + j] = sqrt(pivot);
        for (int i = j + 1; i < n; i++) {
            for (int k = 0; k < j; k++)
                a[i * n + j] -= a[i * n + k] * a[j * n + k];
            a[i * n + j] /= a[j * n + j];
        }
    }
    return OK;
}

int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    int n = w->dim[0], m = y->dim[0];
    if (x->dim[0] != m + n - 1 || m < n)
        return IMPOSSIBLE;
    double *a = malloc(sizeof(double) * (size_t)(n * n)), *z = w->at, loudest = 0, misfit = 0;
    picture signal = {1, x->dim[0], x->at}, out = {1, m, y->at};
    for (int i = 0; i < n; i++) {
        picture window = {1, m, x->at + i};
        for (int j = 0; j < n; j++)
            a[i * n + j] = shift_dot(window, signal, (offset){0, j, 1});
        z[i] = shift_dot(out, signal, (offset){0, i, 1});
    }
    double scale = 0;
    for (int i = 0; i < n; i++)
        scale = fmax(scale, a[i * n + i]);
    int status = root(a, n, scale);
    for (int i = 0; i < n && status == OK; i++) {
        for (int k = 0; k < i; k++)
            z[i] -= a[i * n + k] * z[k];
        z[i] /= a[i * n + i];
    }
    for (int i = n - 1; i >= 0 && status == OK; i--) {
        for (int k = i + 1; k < n; k++)
            z[i] -= a[k * n + i] * z[k];
        z[i] /= a[i * n + i];
    }
    picture rest = picture_new(1, m);
    for (int h = 0; h < n && status == OK; h++)
        shift_in(rest, signal, (offset){0, h, 1}, z[h]);
    for (int i = 0; i < m; i++) {
        misfit = fmax(misfit, fabs(rest.at[i] - y->at[i]));
        loudest = fmax(loudest, fabs(y->at[i]));
    }
    picture_free(&rest);
    free(a);
    return status == OK && misfit <= 1e-9 * loudest ? OK : IMPOSSIBLE;
}

static int fits(int in, int size, int stride, int padding, int out) {
    return stride > 0 && padding >= 0 &&
           (int64_t)(in - 1) * stride == out + 2 * (int64_t)padding - size;
}

/* For each element of the filter the picture, spread and shifted. */
int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    int channels = w->dim[0], filters = w->dim[1], kw = w->dim[3];
    if (x->dim[1] != channels || y->dim[1] != filters || y->dim[0] != x->dim[0] ||
        !fits(x->dim[2], w->dim[2], stride, padding, y->dim[2]) ||
        !fits(x->dim[3], kw, stride, padding, y->dim[3]))
        return IMPOSSIBLE;
    for (int p = 0; p < y->dim[0] * filters; p++) {
        picture_set(plane_of(y, p), 0);
        for (int c = 0; c < channels; c++)
            for (int e = 0; e < w->dim[2] * kw; e++)
                shift_out(plane_of(y, p), plane_of(x, p / filters * channels + c),
                          (offset){e / kw - (int64_t)padding, e % kw - (int64_t)padding, stride},
                          plane_of(w, c * filters + p % filters).at[e]);
    }
    return OK;
}

int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    picture in = {1, x->dim[0], x->at}, out = {1, y->dim[0], y->at};
    if (!fits(in.columns, w->dim[0], stride, padding, out.columns))
        return IMPOSSIBLE;
    picture_set(out, 0);
    for (int h = 0; h < w->dim[0]; h++)
        shift_out(out, in, (offset){0, h - (int64_t)padding, stride}, w->at[h]);
    return OK;
}
