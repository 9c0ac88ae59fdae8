#include "matrix.h"

#include <math.h>
#include <stdlib.h>

/* Gaussian elimination with row exchanges on the normal equations. */
static int solve(int size, double *a, double *b, double scale) {
    for (int k = 0; k < size; k++) {
        int pivot = k;
        for (int i = k + 1; i < size; i++)
            if (fabs(a[i * size + k]) > fabs(a[pivot * size + k]))
                pivot = i;
        if (fabs(a[pivot * size + k]) <= 1e-9 * scale)
            return IMPOSSIBLE;
        for (int j = 0; j < size; j++) {
            double swapped = a[k * size + j];
            a[k * size + j] = a[pivot * size + j];
            a[pivot * size + j] = swapped;
        }
        double swapped = b[k];
        b[k] = b[pivot];
        b[pivot] = swapped;
        for (int i = k + 1; i < size; i++) {
            double factor = a[i * size + k] / a[k * size + k];
            for (int j = k; j < size; j++)
                a[i * size + j] -= factor * a[k * size + j];
            b[i] -= factor * b[k];
        }
    }
    for (int k = size - 1; k >= 0; k--) {
        for (int j = k + 1; j < size; j++)
            b[k] -= a[k * size + j] * b[j];
        b[k] /= a[k * size + k];
    }
    return OK;
}

int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    int size = w->dim[0], rows = y->dim[0];
    if (x->dim[0] != rows + size - 1 || rows < size)
        return IMPOSSIBLE;
    double *windows = calloc((size_t)(rows * size), sizeof(double));
    double *normal = calloc((size_t)(size * size), sizeof(double));
    for (int i = 0; i < rows; i++)
        for (int h = 0; h < size; h++)
            windows[i * size + h] = x->at[i + h];
    matrix_multiply(size, size, rows, windows, 1, windows, 0, normal, 0);
    matrix_multiply(size, 1, rows, windows, 1, y->at, 0, w->at, 0);
    double scale = 0, largest = 0;
    for (int i = 0; i < size; i++)
        scale = fmax(scale, normal[i * size + i]);
    int status = solve(size, normal, w->at, scale);
    for (int i = 0; i < rows; i++)
        largest = fmax(largest, fabs(y->at[i]));
    for (int i = 0; i < rows && status == OK; i++) {
        double sum = 0;
        for (int h = 0; h < size; h++)
            sum += windows[i * size + h] * w->at[h];
        if (fabs(sum - y->at[i]) > 1e-9 * largest)
            status = IMPOSSIBLE;
    }
    free(windows);
    free(normal);
    return status;
}

static int64_t grown(int in, int size, int stride, int padding) {
    if (stride < 1 || padding < 0)
        return -1;
    return (in - 1) * (int64_t)stride + size - 2 * (int64_t)padding;
}

int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (x->dim[1] != w->dim[0] || y->dim[0] != x->dim[0] || y->dim[1] != w->dim[1] ||
        y->dim[2] != grown(x->dim[2], w->dim[2], stride, padding) ||
        y->dim[3] != grown(x->dim[3], w->dim[3], stride, padding))
        return IMPOSSIBLE;
    struct windows g = {y->dim[1], y->dim[2], y->dim[3], w->dim[2], w->dim[3],
                        stride,    padding,   1,         x->dim[2], x->dim[3]};
    int elements = g.channels * g.rows * g.columns, places = g.down * g.across;
    double *matrix = malloc(sizeof(double) * (size_t)elements * (size_t)places);
    for (int64_t i = 0; i < tensor_count(y); i++)
        y->at[i] = 0;
    for (int n = 0; n < x->dim[0]; n++) {
        matrix_multiply(elements, places, w->dim[0], w->at, 1, x->at + n * x->dim[1] * places, 0,
                        matrix, 0);
        windows_put(&g, matrix, y->at + n * g.channels * g.height * g.width);
    }
    free(matrix);
    return OK;
}

/* The matrix of the operation, row by row. */
int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (y->dim[0] != grown(x->dim[0], w->dim[0], stride, padding))
        return IMPOSSIBLE;
    for (int o = 0; o < y->dim[0]; o++) {
        y->at[o] = 0;
        for (int i = 0; i < x->dim[0]; i++) {
            int h = o + padding - i * stride;
            y->at[o] += x->at[i] * (h >= 0 && h < w->dim[0] ? w->at[h] : 0);
        }
    }
    return OK;
}
