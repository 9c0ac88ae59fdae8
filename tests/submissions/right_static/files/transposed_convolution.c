#include "room.h"

#include <math.h>

static void swap_rows(double *a, double *b, int count)
{
    int j;
    double kept;

    for (j = 0; j < count; j++) {
        kept = a[j];
        a[j] = b[j];
        b[j] = kept;
    }
}

/* a: rows x (size + 1).  Each step takes, from all equations that are left, the one with the
 * largest coefficient. */
static int eliminate(double *a, int rows, int size, double scale)
{
    int i, j, k, pivot, status, width;
    double factor;

    width = size + 1;
    status = OK;
    for (k = 0; k < size && status == OK; k++) {
        pivot = k;
        for (i = k + 1; i < rows; i++)
            if (fabs(a[i * width + k]) > fabs(a[pivot * width + k]))
                pivot = i;
        if (fabs(a[pivot * width + k]) <= 1e-9 * scale) {
            status = IMPOSSIBLE;
        } else {
            swap_rows(a + k * width, a + pivot * width, width);
            for (i = k + 1; i < rows; i++) {
                factor = a[i * width + k] / a[k * width + k];
                for (j = k; j < width; j++)
                    a[i * width + j] -= factor * a[k * width + j];
            }
        }
    }
    return status;
}

int recover_filter(const tensor *x, const tensor *y, tensor *w)
{
    int i, j, size, rows, width, status;
    double *a, scale, largest;

    size = w->dim[0], rows = y->dim[0], width = size + 1;
    status = IMPOSSIBLE;
    if (rows == x->dim[0] - size + 1 && rows >= size) {
        a = room(ROOM_A, (long)rows * width);
        scale = largest = 0.0;
        for (i = 0; i < x->dim[0]; i++)
            scale = fabs(x->at[i]) > scale ? fabs(x->at[i]) : scale;
        for (i = 0; i < rows; i++) {
            for (j = 0; j < size; j++)
                a[i * width + j] = x->at[i + j];
            a[i * width + size] = y->at[i];
            largest = fabs(y->at[i]) > largest ? fabs(y->at[i]) : largest;
        }
        status = eliminate(a, rows, size, scale);
        for (i = size; i < rows; i++)
            if (fabs(a[i * width + size]) > 1e-9 * largest)
                status = IMPOSSIBLE;
        for (i = size - 1; i >= 0 && status == OK; i--) {
            w->at[i] = a[i * width + size];
            for (j = i + 1; j < size; j++)
                w->at[i] -= a[i * width + j] * w->at[j];
            w->at[i] /= a[i * width + i];
        }
    }
    return status;
}

static int length_fits(int64_t in, int64_t k, int64_t s, int64_t p, int64_t out)
{
    return s >= 1 && p >= 0 && out == (in - 1) * s + k - 2 * p;
}

/* One plane into a large one, of which then the middle is cut out. */
static void add_transposed(const double *x, int h, int l, const double *k, int kh, int kw, int s,
                           double *large, int width)
{
    int i, j, u, v;

    for (u = 0; u < kh; u++)
        for (v = 0; v < kw; v++)
            for (i = 0; i < h; i++)
                for (j = 0; j < l; j++)
                    large[(i * s + u) * width + j * s + v] += x[i * l + j] * k[u * kw + v];
}

int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y)
{
    int o, length, status;
    double *large;

    status = IMPOSSIBLE;
    if (length_fits(x->dim[0], w->dim[0], stride, padding, y->dim[0])) {
        status = OK;
        length = y->dim[0] + 2 * padding;
        large = room(ROOM_A, length);
        for (o = 0; o < length; o++)
            large[o] = 0.0;
        add_transposed(x->at, 1, x->dim[0], w->at, 1, w->dim[0], stride, large, length);
        for (o = 0; o < y->dim[0]; o++)
            y->at[o] = large[o + padding];
    }
    return status;
}

int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y)
{
    int n, c, f, i, j, h, l, status;
    double *large, *out;

    status = IMPOSSIBLE;
    if (x->dim[0] == y->dim[0] && x->dim[1] == w->dim[0] && y->dim[1] == w->dim[1] &&
        length_fits(x->dim[2], w->dim[2], stride, padding, y->dim[2]) &&
        length_fits(x->dim[3], w->dim[3], stride, padding, y->dim[3])) {
        status = OK;
        h = y->dim[2] + 2 * padding, l = y->dim[3] + 2 * padding;
        large = room(ROOM_A, (long)h * l);
        out = y->at;
        for (n = 0; n < y->dim[0]; n++)
            for (f = 0; f < y->dim[1]; f++) {
                for (i = 0; i < h * l; i++)
                    large[i] = 0.0;
                for (c = 0; c < x->dim[1]; c++)
                    add_transposed(x->at + (n * x->dim[1] + c) * x->dim[2] * x->dim[3], x->dim[2],
                                   x->dim[3], w->at + (c * w->dim[1] + f) * w->dim[2] * w->dim[3],
                                   w->dim[2], w->dim[3], stride, large, l);
                for (i = 0; i < y->dim[2]; i++)
                    for (j = 0; j < y->dim[3]; j++)
                        *out++ = large[(i + padding) * l + j + padding];
            }
    }
    return status;
}
