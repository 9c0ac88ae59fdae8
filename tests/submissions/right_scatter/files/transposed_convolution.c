#include "loops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- The filter, equation by equation, by Givens rotations --- */

/* r holds an upper triangle with its right-hand side behind it, row by row; each new equation is
 * rotated into it until nothing is left of it but a remainder. */
static void rotate(double *upper, double *row, int k, int width) {
    double a = upper[k], b = row[k], length = hypot(a, b);
    if (b == 0)
        return;
    for (int j = k; j < width; j++) {
        double top = upper[j], bottom = row[j];
        upper[j] = a / length * top + b / length * bottom;
        row[j] = a / length * bottom - b / length * top;
    }
    row[k] = 0;
}

int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    int size = w->dim[0], rows = y->dim[0], width = size + 1, status = OK;
    if (x->dim[0] - size + 1 != rows || rows < size)
        return IMPOSSIBLE;
    double *r = calloc((size_t)(size * width + width), sizeof *r), *row = r + size * width;
    double remainder = 0, y_length = 0, x_length = 0;
    UPTO(i, rows) {
        memcpy(row, x->at + i, sizeof(double) * (size_t)size);
        row[size] = y->at[i];
        y_length = hypot(y_length, y->at[i]);
        UPTO(h, size) {
            x_length = hypot(x_length, row[h]);
            rotate(r + h * width, row, h, width);
        }
        remainder = hypot(remainder, row[size]);
    }
    UPTO(h, size)
        if (fabs(r[h * width + h]) <= 1e-9 * x_length)
            status = IMPOSSIBLE;
    if (remainder > 1e-9 * y_length)
        status = IMPOSSIBLE;
    for (int h = size - 1; h >= 0 && status == OK; h--) {
        double *line = r + h * width;
        w->at[h] = line[size];
        for (int j = h + 1; j < size; j++)
            w->at[h] -= line[j] * w->at[j];
        w->at[h] /= line[h];
    }
    free(r);
    return status;
}

/* --- Transposed convolution: filter elements outermost --- */

static int fits(int64_t in, int64_t size, int64_t stride, int64_t padding, int64_t out) {
    return stride > 0 && padding >= 0 && out + 2 * padding == size + stride * (in - 1);
}

int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (!fits(x->dim[0], w->dim[0], stride, padding, y->dim[0]))
        return IMPOSSIBLE;
    ZERO(y);
    UPTO(h, w->dim[0]) UPTO(i, x->dim[0]) {
        int64_t place = PLACE(i, stride, h, 1, padding);
        if (place >= 0 && place < y->dim[0])
            y->at[place] += w->at[h] * x->at[i];
    }
    return OK;
}

int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (w->dim[0] != x->dim[1] || w->dim[1] != y->dim[1] || x->dim[0] != y->dim[0] ||
        !fits(x->dim[2], w->dim[2], stride, padding, y->dim[2]) ||
        !fits(x->dim[3], w->dim[3], stride, padding, y->dim[3]))
        return IMPOSSIBLE;
    ZERO(y);
    UPTO(u, w->dim[2]) UPTO(v, w->dim[3]) UPTO(f, y->dim[1]) UPTO(c, x->dim[1]) {
        double weight = PLANE(w, c, f)[u * w->dim[3] + v];
        UPTO(n, x->dim[0]) UPTO(i, x->dim[2]) {
            int64_t row = PLACE(i, stride, u, 1, padding);
            if (row < 0 || row >= y->dim[2])
                continue;
            UPTO(j, x->dim[3]) {
                int64_t column = PLACE(j, stride, v, 1, padding);
                if (column >= 0 && column < y->dim[3])
                    PLANE(y, n, f)[row * y->dim[3] + column] +=
                        weight * PLANE(x, n, c)[i * x->dim[3] + j];
            }
        }
    }
    return OK;
}
