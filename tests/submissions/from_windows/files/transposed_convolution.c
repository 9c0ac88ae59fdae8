/* Problem 3: which filter made this output, and convolution turned around.  Convolution here drags
 * the filter over the signal without flipping it.  Knows nothing of layers or training. */
#include "homework.h"

#include <math.h>
#include <stdlib.h>

/* --- Which filter? --- */

/* What rounding leaves of a number that should be zero, relative to what it was computed from.
 * Small whole numbers leave about 1e-15, and honest remainders are far above 1e-9. */
static const double NEGLIGIBLE = 1e-9;

static double column_dot(const double *a, const double *b, int64_t rows) {
    double sum = 0;
    for (int64_t i = 0; i < rows; i++)
        sum += a[i] * b[i];
    return sum;
}

static double column_length(const double *a, int64_t rows) {
    return sqrt(column_dot(a, a, rows));
}

/* Takes from `column` what it has in common with the unit vectors before it, noting how much that
 * was in `shares`.  What is left is the part that they cannot explain. */
static void column_reduce(double *column, const double *units, int count, int64_t rows,
                          double *shares) {
    for (int i = 0; i < count; i++) {
        const double *unit = units + i * rows;
        shares[i] = column_dot(unit, column, rows);
        for (int64_t r = 0; r < rows; r++)
            column[r] -= shares[i] * unit[r];
    }
}

/* Solves y[i] = sum over h of x[i + h] w[h], one equation an output sample, by modified Gram-Schmidt
 * on the columns x[h], x[h + 1], ... with y as the last one.  One criterion decides both questions:
 * a column of which nothing is left was a mixture of those before it, so that many filters fit; and
 * if something is left of y, then no filter fits.
 * `columns` has room for (size + 1) * rows numbers, `shares` for (size + 1) * size. */
static int solve_for_filter(const tensor *x, const tensor *y, int size, double *columns,
                            double *shares, double *w) {
    int64_t rows = y->dim[0];
    for (int h = 0; h <= size; h++) {
        double *column = columns + h * rows;
        for (int64_t i = 0; i < rows; i++)
            column[i] = h < size ? x->at[i + h] : y->at[i];
        double before = column_length(column, rows);
        column_reduce(column, columns, h, rows, shares + h * size);
        double left = column_length(column, rows);
        if (h == size) {
            if (left > NEGLIGIBLE * before)
                return IMPOSSIBLE; /* no filter fits */
        } else {
            if (left <= NEGLIGIBLE * before)
                return IMPOSSIBLE; /* many filters fit */
            shares[h * size + h] = left;
            for (int64_t i = 0; i < rows; i++)
                column[i] /= left;
        }
    }
    for (int h = size - 1; h >= 0; h--) {
        double rest = shares[size * size + h];
        for (int later = h + 1; later < size; later++)
            rest -= shares[later * size + h] * w[later];
        w[h] = rest / shares[h * size + h];
    }
    return OK;
}

/* Sheet 3(b).  x (L), y (M), w (K) with M = L - K + 1. */
int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    if (x->rank != 1 || y->rank != 1 || w->rank != 1)
        return IMPOSSIBLE;
    int size = w->dim[0], rows = y->dim[0];
    if (rows != (int64_t)x->dim[0] - size + 1)
        return IMPOSSIBLE;
    if (rows < size)
        return IMPOSSIBLE; /* fewer equations than unknowns */
    double *columns = calloc((size_t)(size + 1) * (size_t)rows, sizeof *columns);
    double *shares = calloc((size_t)(size + 1) * (size_t)size, sizeof *shares);
    int status = IMPOSSIBLE;
    if (columns && shares)
        status = solve_for_filter(x, y, size, columns, shares, w->at);
    free(columns);
    free(shares);
    return status;
}

/* --- Transposed convolution --- */

/* (in - 1) stride - 2 padding + size, or -1 where that is no size. */
static int64_t transposed_size(int in, int size, int stride, int padding) {
    if (stride < 1 || padding < 0)
        return -1;
    int64_t out = (int64_t)(in - 1) * stride - 2 * (int64_t)padding + size;
    return out >= 1 ? out : -1;
}

static void tensor_clear(tensor *t) {
    for (int64_t i = 0; i < tensor_count(t); i++)
        t->at[i] = 0;
}

/* Sheet 3(c).  x (L), w (K), y ((L - 1) stride - 2 padding + K): each sample lays down a copy of the
 * filter, scaled by itself; copies that meet add up; the padding is cut off at both ends. */
int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (x->rank != 1 || w->rank != 1 || y->rank != 1)
        return IMPOSSIBLE;
    int length = x->dim[0], size = w->dim[0];
    if (y->dim[0] != transposed_size(length, size, stride, padding))
        return IMPOSSIBLE;
    tensor_clear(y);
    for (int i = 0; i < length; i++)
        for (int h = 0; h < size; h++) {
            int64_t place = (int64_t)i * stride + h - padding;
            if (place < 0 || place >= y->dim[0])
                continue;
            y->at[place] += x->at[i] * w->at[h];
        }
    return OK;
}

static double *at4(const tensor *t, int a, int b, int64_t c, int64_t d) {
    return &t->at[(((int64_t)a * t->dim[1] + b) * t->dim[2] + c) * t->dim[3] + d];
}

/* Adds filter plane (c, f), scaled by `value`, to channel f of image n with its corner at
 * (top, left), which may lie outside. */
static void lay_down(double value, const tensor *w, int c, int f, int64_t top, int64_t left,
                     tensor *y, int n) {
    for (int u = 0; u < w->dim[2]; u++) {
        int64_t row = top + u;
        if (row < 0 || row >= y->dim[2])
            continue;
        for (int v = 0; v < w->dim[3]; v++) {
            int64_t column = left + v;
            if (column < 0 || column >= y->dim[3])
                continue;
            *at4(y, n, f, row, column) += value * *at4(w, c, f, u, v);
        }
    }
}

/* Sheet 3(c) with channels and a batch.  x (N, C, H, W), w (C, F, KH, KW),
 * y (N, F, (H - 1) stride - 2 padding + KH, (W - 1) stride - 2 padding + KW). */
int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (x->rank != 4 || w->rank != 4 || y->rank != 4)
        return IMPOSSIBLE;
    if (w->dim[0] != x->dim[1])
        return IMPOSSIBLE;
    if (y->dim[0] != x->dim[0] || y->dim[1] != w->dim[1])
        return IMPOSSIBLE;
    if (y->dim[2] != transposed_size(x->dim[2], w->dim[2], stride, padding))
        return IMPOSSIBLE;
    if (y->dim[3] != transposed_size(x->dim[3], w->dim[3], stride, padding))
        return IMPOSSIBLE;
    tensor_clear(y);
    for (int n = 0; n < x->dim[0]; n++)
        for (int c = 0; c < x->dim[1]; c++)
            for (int f = 0; f < y->dim[1]; f++)
                for (int i = 0; i < x->dim[2]; i++)
                    for (int j = 0; j < x->dim[3]; j++) {
                        int64_t top = (int64_t)i * stride - padding;
                        int64_t left = (int64_t)j * stride - padding;
                        lay_down(*at4(x, n, c, i, j), w, c, f, top, left, y, n);
                    }
    return OK;
}
