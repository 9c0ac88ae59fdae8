#include "sparse.h"

#include <math.h>
#include <stdlib.h>

/* a becomes its own inverse (Gauss and Jordan, in place, the diagonal as pivot: a is A'A). */
static int invert(double *a, int n, double scale) {
    for (int k = 0; k < n; k++) {
        double pivot = a[k * n + k];
        if (!(fabs(pivot) > 1e-10 * scale))
            return IMPOSSIBLE;
        a[k * n + k] = 1;
        for (int j = 0; j < n; j++)
            a[k * n + j] /= pivot;
        for (int i = 0; i < n; i++) {
            double factor = a[i * n + k];
            if (i == k)
                continue;
            a[i * n + k] = 0;
            for (int j = 0; j < n; j++)
                a[i * n + j] -= factor * a[k * n + j];
        }
    }
    return OK;
}

static double largest(const double *a, long count) {
    double most = 0;
    while (count-- > 0)
        most = fmax(most, fabs(a[count]));
    return most;
}

int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    int n = w->dim[0], rows = y->dim[0];
    if (rows != x->dim[0] + 1 - n || n > rows)
        return IMPOSSIBLE;
    sparse *a = sparse_new();
    for (int i = 0; i < rows; i++)
        for (int h = 0; h < n; h++)
            sparse_put(a, i, h, x->at[i + h]);
    double *square = calloc((size_t)(n * n + n + 2 * rows), sizeof(double));
    double *share = square + n * n, *column = share + n, *rest = column + rows;
    for (int h = 0; h < n; h++) { /* column h of A'A */
        clear(column, rows);
        for (int i = 0; i < rows; i++)
            column[i] = x->at[i + h];
        clear(share, n);
        sparse_transposed_times(a, column, share);
        for (int i = 0; i < n; i++)
            square[i * n + h] = share[i];
    }
    int status = invert(square, n, largest(square, (long)n * n));
    if (status == OK) {
        clear(share, n);
        sparse_transposed_times(a, y->at, share);
        for (int i = 0; i < n; i++) {
            w->at[i] = 0;
            for (int j = 0; j < n; j++)
                w->at[i] += square[i * n + j] * share[j];
        }
        for (int i = 0; i < rows; i++)
            rest[i] = -y->at[i];
        sparse_times(a, w->at, rest);
        if (largest(rest, rows) > 1e-9 * largest(y->at, rows))
            status = IMPOSSIBLE;
    }
    sparse_free(a);
    free(square);
    return status;
}

/* --- The transpose of a convolution is the transpose of its matrix --- */

static int is_transposed(struct axis *a, int in, int size, int stride, int padding, int out) {
    *a = (struct axis){out, in, size, stride, padding, 1, EDGE_NOTHING};
    return stride >= 1 && padding >= 0 &&
           out + (int64_t)padding + padding == (int64_t)stride * (in - 1) + size;
}

int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    struct layer l = {.channels = y->dim[1], .filters = x->dim[1]};
    if (w->dim[0] != l.filters || w->dim[1] != l.channels || y->dim[0] != x->dim[0] ||
        !is_transposed(&l.down, x->dim[2], w->dim[2], stride, padding, y->dim[2]) ||
        !is_transposed(&l.along, x->dim[3], w->dim[3], stride, padding, y->dim[3]))
        return IMPOSSIBLE;
    long in = tensor_count(x) / x->dim[0], out = tensor_count(y) / y->dim[0];
    sparse *m = layer_by_filter(&l, w->at);
    clear(y->at, tensor_count(y));
    for (int n = 0; n < x->dim[0]; n++)
        sparse_transposed_times(m, x->at + n * in, y->at + n * out);
    sparse_free(m);
    return OK;
}

int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    struct layer l = {1, 1, {1, 1, 1, 1, 0, 1, EDGE_NOTHING}, {0}};
    if (!is_transposed(&l.along, x->dim[0], w->dim[0], stride, padding, y->dim[0]))
        return IMPOSSIBLE;
    sparse *m = layer_by_filter(&l, w->at);
    clear(y->at, y->dim[0]);
    sparse_transposed_times(m, x->at, y->at);
    sparse_free(m);
    return OK;
}
