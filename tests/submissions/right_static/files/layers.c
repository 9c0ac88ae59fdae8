#include "room.h"

#include <math.h>
#include <string.h>

/* c (m x n) = a (m x l) b (l x n), with any distance between rows and columns. */
static void multiply(int m, int n, int l, const double *a, int ai, int aj, const double *b, int bi,
                     int bj, double *c)
{
    int i, j, k;

    for (i = 0; i < m; i++) {
        for (j = 0; j < n; j++)
            c[i * n + j] = 0.0;
        for (k = 0; k < l; k++)
            for (j = 0; j < n; j++)
                c[i * n + j] += a[i * ai + k * aj] * b[k * bi + j * bj];
    }
}

void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y)
{
    int i;

    multiply(y->dim[0], y->dim[1], x->dim[1], x->at, x->dim[1], 1, w->at, 1, x->dim[1], y->at);
    for (i = 0; i < y->dim[0] * y->dim[1]; i++)
        y->at[i] += b->at[i % y->dim[1]];
}

void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db)
{
    static const double one = 1.0;
    int n, i, o;

    n = x->dim[0], i = x->dim[1], o = w->dim[0];
    multiply(n, i, o, dy->at, o, 1, w->at, i, 1, dx->at);
    multiply(o, i, n, dy->at, 1, o, x->at, i, 1, dw->at);
    multiply(1, o, n, &one, 0, 0, dy->at, o, 1, db->at);
}

void relu(const tensor *x, tensor *y)
{
    int64_t i;

    for (i = 0; i < tensor_count(x); i++)
        y->at[i] = x->at[i] < 0.0 ? 0.0 : x->at[i];
}

void relu_backward(const tensor *x, const tensor *dy, tensor *dx)
{
    int64_t i;

    for (i = 0; i < tensor_count(x); i++)
        dx->at[i] = x->at[i] > 0.0 ? dy->at[i] : 0.0;
}

double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz)
{
    int n, c, images, classes;
    double loss, most, sum, *p;

    images = z->dim[0], classes = z->dim[1];
    loss = 0.0;
    for (n = 0; n < images; n++) {
        p = dz->at + n * classes;
        most = z->at[n * classes];
        for (c = 1; c < classes; c++)
            if (most < z->at[n * classes + c])
                most = z->at[n * classes + c];
        sum = 0.0;
        for (c = 0; c < classes; c++) {
            p[c] = z->at[n * classes + c] - most; /* the logarithm, up to a constant */
            sum += exp(p[c]);
        }
        sum = log(sum);
        loss += sum - p[labels->at[n]];
        for (c = 0; c < classes; c++)
            p[c] = (exp(p[c] - sum) - (c == labels->at[n] ? 1.0 : 0.0)) / images;
    }
    return loss / images;
}

void global_average(const tensor *x, tensor *y)
{
    int i, m, pixels;

    pixels = x->dim[2] * x->dim[3];
    for (m = 0; m < x->dim[0] * x->dim[1]; m++) {
        y->at[m] = 0.0;
        for (i = pixels - 1; i >= 0; i--)
            y->at[m] += x->at[m * pixels + i] / pixels;
    }
}

void global_average_backward(const tensor *dy, tensor *dx)
{
    int i, m, pixels;

    pixels = dx->dim[2] * dx->dim[3];
    for (m = 0; m < dx->dim[0] * dx->dim[1]; m++)
        for (i = 0; i < pixels; i++)
            dx->at[m * pixels + i] = dy->at[m] * (1.0 / pixels);
}

static int mirror_fits(const tensor *x, const tensor *w, const tensor *y)
{
    int side, border, good;

    good = x->dim[1] == w->dim[1] && x->dim[0] == y->dim[0] && w->dim[0] == y->dim[1];
    for (side = 2; side <= 3; side++) {
        border = (w->dim[side] - 1) / 2;
        if (border > x->dim[side] - 1 || x->dim[side] + 2 * border - w->dim[side] + 1 != y->dim[side])
            good = 0;
    }
    return good;
}

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y)
{
    int n, c, f, i, h, l, top, left, out_size, kernel, status;
    double *large;

    status = IMPOSSIBLE;
    if (mirror_fits(x, w, y) && b->dim[0] == w->dim[0]) {
        status = OK;
        h = x->dim[2], l = x->dim[3];
        top = (w->dim[2] - 1) / 2, left = (w->dim[3] - 1) / 2;
        out_size = y->dim[2] * y->dim[3];
        kernel = w->dim[2] * w->dim[3];
        large = room(ROOM_B, (long)(h + 2 * top) * (l + 2 * left));
        for (i = 0; i < y->dim[0] * y->dim[1] * out_size; i++)
            y->at[i] = b->at[i / out_size % y->dim[1]];
        for (n = 0; n < x->dim[0]; n++)
            for (c = 0; c < x->dim[1]; c++) {
                border_lay(BORDER_MIRROR, x->at + (n * x->dim[1] + c) * h * l, h, l, top, top, left,
                           left, large);
                for (f = 0; f < w->dim[0]; f++)
                    plane_add(large, l + 2 * left, w->at + (f * w->dim[1] + c) * kernel, w->dim[2],
                              w->dim[3], 1, 1, y->at + (n * y->dim[1] + f) * out_size, y->dim[2],
                              y->dim[3]);
            }
    }
    return status;
}

int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db)
{
    int n, c, f, i, h, l, top, left, out_size, kernel, large_size, status;
    double *large, *dlarge;

    status = IMPOSSIBLE;
    if (mirror_fits(x, w, dy)) {
        status = OK;
        h = x->dim[2], l = x->dim[3];
        top = (w->dim[2] - 1) / 2, left = (w->dim[3] - 1) / 2;
        out_size = dy->dim[2] * dy->dim[3];
        kernel = w->dim[2] * w->dim[3];
        large_size = (h + 2 * top) * (l + 2 * left);
        large = room(ROOM_B, large_size);
        dlarge = room(ROOM_C, large_size);
        memset(dw->at, 0, (size_t)tensor_count(dw) * sizeof(double));
        memset(db->at, 0, (size_t)tensor_count(db) * sizeof(double));
        for (i = 0; i < dy->dim[0] * dy->dim[1] * out_size; i++)
            db->at[i / out_size % dy->dim[1]] += dy->at[i];
        for (n = 0; n < x->dim[0]; n++)
            for (c = 0; c < x->dim[1]; c++) {
                border_lay(BORDER_MIRROR, x->at + (n * x->dim[1] + c) * h * l, h, l, top, top, left,
                           left, large);
                memset(dlarge, 0, (size_t)large_size * sizeof(double));
                for (f = 0; f < w->dim[0]; f++)
                    plane_back(dlarge, large, l + 2 * left, dw->at + (f * w->dim[1] + c) * kernel,
                               w->at + (f * w->dim[1] + c) * kernel, w->dim[2], w->dim[3], 1, 1,
                               dy->at + (n * dy->dim[1] + f) * out_size, dy->dim[2], dy->dim[3]);
                border_fold(BORDER_MIRROR, dx->at + (n * x->dim[1] + c) * h * l, h, l, top, top,
                            left, left, dlarge);
            }
    }
    return status;
}

void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu)
{
    double *weight, *speed, *end;
    const double *gradient;

    weight = w->at, speed = v->at, gradient = g->at;
    end = weight + tensor_count(w);
    while (weight < end) {
        *speed = mu * *speed + *gradient++;
        *weight++ -= rate * *speed++;
    }
}

void settings_few_images(tensor *s)
{
    s->at[0] = 400;
    s->at[1] = 0.01;
    s->at[2] = 7;
}

void settings_shifted_edges(tensor *s)
{
    s->at[0] = 800;
    s->at[1] = 0.02;
    s->at[2] = 3;
}
