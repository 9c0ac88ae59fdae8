#include "homework.h"
#include "sum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- The filter, by elimination with complete pivoting --- */

struct system {
    int rows, unknowns;
    double *at;  /* rows x (unknowns + 1), the last column is the right-hand side */
    int *column; /* which unknown a column belongs to */
};

static double *cell(const struct system *s, int row, int column) {
    return &s->at[row * (s->unknowns + 1) + column];
}

/* Brings the largest remaining coefficient to (k, k) and returns its size. */
static double bring_pivot(struct system *s, int k) {
    int row = k, column = k;
    for (int i = k; i < s->rows; i++)
        for (int j = k; j < s->unknowns; j++)
            if (fabs(*cell(s, i, j)) > fabs(*cell(s, row, column))) {
                row = i;
                column = j;
            }
    for (int j = 0; j <= s->unknowns; j++) {
        double kept = *cell(s, k, j);
        *cell(s, k, j) = *cell(s, row, j);
        *cell(s, row, j) = kept;
    }
    for (int i = 0; i < s->rows; i++) {
        double kept = *cell(s, i, k);
        *cell(s, i, k) = *cell(s, i, column);
        *cell(s, i, column) = kept;
    }
    int kept = s->column[k];
    s->column[k] = s->column[column];
    s->column[column] = kept;
    return fabs(*cell(s, k, k));
}

static int eliminate(struct system *s, double largest, double size, double *solution) {
    for (int k = 0; k < s->unknowns; k++) {
        if (bring_pivot(s, k) <= 1e-9 * largest)
            return IMPOSSIBLE;
        for (int i = 0; i < s->rows; i++) {
            double factor = i == k ? 0 : *cell(s, i, k) / *cell(s, k, k);
            for (int j = k; j <= s->unknowns && i != k; j++)
                *cell(s, i, j) -= factor * *cell(s, k, j);
        }
    }
    for (int i = s->unknowns; i < s->rows; i++)
        if (fabs(*cell(s, i, s->unknowns)) > 1e-9 * size)
            return IMPOSSIBLE;
    for (int k = 0; k < s->unknowns; k++)
        solution[s->column[k]] = *cell(s, k, s->unknowns) / *cell(s, k, k);
    return OK;
}

int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    struct system s = {y->dim[0], w->dim[0], NULL, NULL};
    if (s.rows + s.unknowns - 1 != x->dim[0] || s.unknowns > s.rows)
        return IMPOSSIBLE;
    s.at = malloc(sizeof(double) * (size_t)s.rows * (size_t)(s.unknowns + 1));
    s.column = malloc(sizeof(int) * (size_t)s.unknowns);
    double largest = 0, size = 0;
    for (int i = 0; i < s.rows; i++) {
        memcpy(cell(&s, i, 0), x->at + i, sizeof(double) * (size_t)s.unknowns);
        *cell(&s, i, s.unknowns) = y->at[i];
        size = fmax(size, fabs(y->at[i]));
    }
    for (int i = 0; i < x->dim[0]; i++)
        largest = fmax(largest, fabs(x->at[i]));
    for (int h = 0; h < s.unknowns; h++)
        s.column[h] = h;
    int status = eliminate(&s, largest, size, w->at);
    free(s.at);
    free(s.column);
    return status;
}

/* --- Transposed convolution: which inputs reach this output? --- */

static int length_fits(int in, int size, int stride, int padding, int out) {
    return stride >= 1 && padding >= 0 &&
           (int64_t)stride * (in - 1) + size - padding - (int64_t)padding == out;
}

int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (!length_fits(x->dim[0], w->dim[0], stride, padding, y->dim[0]))
        return IMPOSSIBLE;
    for (int o = y->dim[0] - 1; o >= 0; o--) {
        struct sum sum = {0, 0};
        for (int h = w->dim[0] - 1; h >= 0; h--) {
            int place = o + padding - h;
            if (place >= 0 && place % stride == 0 && place / stride < x->dim[0])
                sum_add(&sum, x->at[place / stride] * w->at[h]);
        }
        y->at[o] = sum_of(sum);
    }
    return OK;
}

/* The input pixel whose copy of the filter has element `element` at `out`, or -1. */
static int source(int out, int element, int stride, int padding, int in) {
    int place = out + padding - element;
    if (place < 0 || place % stride != 0 || place / stride >= in)
        return -1;
    return place / stride;
}

static double collect(const tensor *x, const tensor *w, int stride, int padding, int n, int f,
                      int row, int column) {
    struct sum sum = {0, 0};
    for (int u = w->dim[2] - 1; u >= 0; u--)
        for (int v = w->dim[3] - 1; v >= 0; v--) {
            int i = source(row, u, stride, padding, x->dim[2]);
            int j = source(column, v, stride, padding, x->dim[3]);
            for (int c = x->dim[1] - 1; c >= 0 && i >= 0 && j >= 0; c--)
                sum_add(&sum, x->at[((n * x->dim[1] + c) * x->dim[2] + i) * x->dim[3] + j] *
                                  w->at[((c * w->dim[1] + f) * w->dim[2] + u) * w->dim[3] + v]);
        }
    return sum_of(sum);
}

int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (x->dim[1] != w->dim[0] || w->dim[1] != y->dim[1] || x->dim[0] != y->dim[0] ||
        !length_fits(x->dim[2], w->dim[2], stride, padding, y->dim[2]) ||
        !length_fits(x->dim[3], w->dim[3], stride, padding, y->dim[3]))
        return IMPOSSIBLE;
    double *out = y->at;
    for (int p = 0; p < y->dim[0] * y->dim[1]; p++)
        for (int row = 0; row < y->dim[2]; row++)
            for (int column = 0; column < y->dim[3]; column++)
                *out++ = collect(x, w, stride, padding, p / y->dim[1], p % y->dim[1], row, column);
    return OK;
}
