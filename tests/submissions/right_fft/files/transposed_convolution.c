#include "spectrum.h"

#include "homework.h"

#include <math.h>
#include <stdlib.h>

/* --- Householder reflections on the columns of [A | y], stored column by column --- */

static double norm(const double *v, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += v[i] * v[i];
    return sqrt(sum);
}

static void reflect(const double *v, double *column, int count) {
    double square = 0, share = 0;
    for (int i = 0; i < count; i++) {
        square += v[i] * v[i];
        share += v[i] * column[i];
    }
    for (int i = 0; i < count && square > 0; i++)
        column[i] -= 2 * share / square * v[i];
}

int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    int size = w->dim[0], rows = y->dim[0], status = OK;
    if (rows != x->dim[0] - size + 1 || rows < size)
        return IMPOSSIBLE;
    double *a = malloc(sizeof(double) * (size_t)((size + 2) * rows)), *v = a + (size + 1) * rows;
    for (int h = 0; h <= size; h++)
        for (int i = 0; i < rows; i++)
            a[h * rows + i] = h < size ? x->at[h + i] : y->at[i];
    double longest = norm(a + size * rows, rows);
    for (int k = 0; k < size && status == OK; k++) {
        double *column = a + k * rows, left = norm(column + k, rows - k);
        if (left <= 1e-10 * norm(column, rows)) {
            status = IMPOSSIBLE;
            break;
        }
        for (int i = k; i < rows; i++)
            v[i] = column[i];
        v[k] += v[k] < 0 ? -left : left;
        for (int j = k; j <= size; j++)
            reflect(v + k, a + j * rows + k, rows - k);
    }
    if (status == OK && norm(a + size * rows + size, rows - size) > 1e-10 * longest)
        status = IMPOSSIBLE;
    for (int k = size - 1; k >= 0 && status == OK; k--) {
        w->at[k] = a[size * rows + k];
        for (int j = k + 1; j < size; j++)
            w->at[k] -= a[j * rows + k] * w->at[j];
        w->at[k] /= a[k * rows + k];
    }
    free(a);
    return status;
}

/* --- Transposed convolution: the images with gaps, convolved, and the border cut off --- */

int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    int channels = x->dim[1], filters = w->dim[1];
    int64_t rows = (x->dim[2] - 1) * (int64_t)stride + w->dim[2];
    int64_t columns = (x->dim[3] - 1) * (int64_t)stride + w->dim[3];
    if (stride < 1 || padding < 0 || channels != w->dim[0] || y->dim[0] != x->dim[0] ||
        y->dim[1] != filters || y->dim[2] != rows - 2 * (int64_t)padding ||
        y->dim[3] != columns - 2 * (int64_t)padding)
        return IMPOSSIBLE;
    for (int n = 0; n < x->dim[0]; n++)
        for (int f = 0; f < filters; f++) {
            struct plane sum = plane_new(rows, columns);
            for (int c = 0; c < channels; c++) {
                struct plane image =
                    plane_spread(x->at + (n * channels + c) * x->dim[2] * x->dim[3], x->dim[2],
                                 x->dim[3], stride, 0);
                struct plane filter = {w->dim[2], w->dim[3],
                                       w->at + (c * filters + f) * w->dim[2] * w->dim[3]};
                plane_convolve(&image, &filter, &sum);
                free(image.at);
            }
            double *out = y->at + (n * filters + f) * y->dim[2] * y->dim[3];
            for (int i = 0; i < y->dim[2]; i++)
                for (int j = 0; j < y->dim[3]; j++)
                    *out++ = sum.at[(i + padding) * sum.columns + j + padding];
            free(sum.at);
        }
    return OK;
}

int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    tensor image = {4, {1, 1, 1, x->dim[0]}, x->at}, filter = {4, {1, 1, 1, w->dim[0]}, w->at};
    int64_t length = (x->dim[0] - 1) * (int64_t)stride + w->dim[0];
    if (stride < 1 || padding < 0 || y->dim[0] != length - 2 * (int64_t)padding)
        return IMPOSSIBLE;
    /* The same without padding, as it would cut rows too. */
    tensor whole = {4, {1, 1, 1, (int)length}, malloc(sizeof(double) * (size_t)length)};
    int status = conv_transpose2d(&image, &filter, stride, 0, &whole);
    for (int i = 0; i < y->dim[0] && status == OK; i++)
        y->at[i] = whole.at[i + padding];
    free(whole.at);
    return status;
}
