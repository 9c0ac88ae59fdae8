#include "homework.h"
#include "sum.h"

#include <math.h>

/* Sum of `count` products, numbers so far apart, from the last to the first. */
static double dot(const double *a, int64_t a_apart, const double *b, int64_t b_apart, int count,
                  double start) {
    struct sum sum = {start, 0};
    for (int i = count - 1; i >= 0; i--)
        sum_add(&sum, a[i * a_apart] * b[i * b_apart]);
    return sum_of(sum);
}

void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    int inputs = w->dim[1], outputs = w->dim[0];
    for (int64_t i = tensor_count(y) - 1; i >= 0; i--)
        y->at[i] = dot(x->at + i / outputs * inputs, 1, w->at + i % outputs * inputs, 1, inputs,
                       b->at[i % outputs]);
}

void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    int inputs = w->dim[1], outputs = w->dim[0], images = x->dim[0];
    const double one = 1;
    for (int64_t i = tensor_count(dx) - 1; i >= 0; i--)
        dx->at[i] =
            dot(dy->at + i / inputs * outputs, 1, w->at + i % inputs, inputs, outputs, 0);
    for (int64_t i = tensor_count(dw) - 1; i >= 0; i--)
        dw->at[i] =
            dot(dy->at + i / inputs, outputs, x->at + i % inputs, inputs, images, 0);
    for (int o = outputs - 1; o >= 0; o--)
        db->at[o] = dot(dy->at + o, outputs, &one, 0, images, 0);
}

void relu(const tensor *x, tensor *y) {
    for (int64_t i = tensor_count(x) - 1; i >= 0; i--)
        y->at[i] = signbit(x->at[i]) ? 0 : x->at[i];
}

void relu_backward(const tensor *x, const tensor *dy, tensor *dx) {
    for (int64_t i = tensor_count(x) - 1; i >= 0; i--) {
        dx->at[i] = 0;
        if (x->at[i] > 0)
            dx->at[i] = dy->at[i];
    }
}

/* p = 1 / sum over the others of e^(z_j - z_c); only the right class knows its own surprise. */
double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    int classes = z->dim[1];
    struct sum loss = {0, 0};
    for (int n = z->dim[0] - 1; n >= 0; n--) {
        const double *score = z->at + n * classes;
        for (int c = classes - 1; c >= 0; c--) {
            struct sum all = {0, 0};
            for (int j = classes - 1; j >= 0; j--)
                sum_add(&all, exp(score[j] - score[c])); /* may be infinite: then p is 0 */
            double p = isfinite(all.total) ? 1 / sum_of(all) : 0;
            dz->at[n * classes + c] = (p - (labels->at[n] == c)) / z->dim[0];
        }
        int best = 0;
        for (int j = classes - 1; j > 0; j--)
            best = score[j] > score[best] ? j : best;
        struct sum rest = {0, 0};
        for (int j = classes - 1; j >= 0; j--)
            if (j != best)
                sum_add(&rest, exp(score[j] - score[best]));
        sum_add(&loss, (score[best] - score[labels->at[n]]) / z->dim[0]);
        sum_add(&loss, log1p(sum_of(rest)) / z->dim[0]);
    }
    return sum_of(loss);
}

void global_average(const tensor *x, tensor *y) {
    int pixels = x->dim[2] * x->dim[3];
    const double share = 1.0 / pixels;
    for (int64_t map = tensor_count(y) - 1; map >= 0; map--)
        y->at[map] = dot(x->at + map * pixels, 1, &share, 0, pixels, 0);
}

void global_average_backward(const tensor *dy, tensor *dx) {
    for (int64_t i = tensor_count(dx) - 1; i >= 0; i--)
        dx->at[i] = dy->at[i / dx->dim[2] / dx->dim[3]] / ((double)dx->dim[2] * dx->dim[3]);
}

/* --- A mirrored border --- */

static int possible(const tensor *x, const tensor *w, const tensor *y) {
    int good = x->dim[1] == w->dim[1] && y->dim[0] == x->dim[0] && y->dim[1] == w->dim[0];
    for (int side = 3; side >= 2; side--)
        good = good && x->dim[side] > (w->dim[side] - 1) / 2 &&
               y->dim[side] + (w->dim[side] % 2 == 0) == x->dim[side];
    return good;
}

static int mirror(int place, int size) {
    if (place >= size)
        place = 2 * size - 2 - place;
    return place < 0 ? -place : place;
}

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    if (!possible(x, w, y) || b->dim[0] != w->dim[0])
        return IMPOSSIBLE;
    int height = x->dim[2], width = x->dim[3], kh = w->dim[2], kw = w->dim[3];
    for (int64_t o = tensor_count(y) - 1; o >= 0; o--) {
        int j = (int)(o % y->dim[3]) - (kw - 1) / 2;
        int i = (int)(o / y->dim[3] % y->dim[2]) - (kh - 1) / 2;
        int f = (int)(o / y->dim[3] / y->dim[2] % y->dim[1]);
        int n = (int)(o / y->dim[3] / y->dim[2] / y->dim[1]);
        struct sum sum = {b->at[f], 0};
        for (int c = x->dim[1] - 1; c >= 0; c--) {
            const double *image = x->at + (n * x->dim[1] + c) * height * width;
            const double *filter = w->at + (f * x->dim[1] + c) * kh * kw;
            for (int u = kh - 1; u >= 0; u--) {
                const double *row = image + mirror(i + u, height) * width;
                for (int v = kw - 1; v >= 0; v--)
                    sum_add(&sum, filter[u * kw + v] * row[mirror(j + v, width)]);
            }
        }
        y->at[o] = sum_of(sum);
    }
    return OK;
}

/* The places of a line of `size` + border that show pixel `i`: at most three. */
static int appearances(int i, int size, int border, int *places) {
    int count = 0;
    places[count++] = i + border;
    if (i > 0 && i <= border)
        places[count++] = border - i;
    if (i < size - 1 && size - 1 - i <= border)
        places[count++] = 2 * (size - 1) - i + border;
    return count;
}

static double pixel_receives(const tensor *w, const tensor *dy, int n, int c, const int *rows,
                             int row_count, const int *columns, int column_count) {
    int kh = w->dim[2], kw = w->dim[3];
    struct sum sum = {0, 0};
    for (int f = w->dim[0] - 1; f >= 0; f--) {
        const double *filter = w->at + (f * w->dim[1] + c) * kh * kw;
        const double *back = dy->at + (n * dy->dim[1] + f) * dy->dim[2] * dy->dim[3];
        for (int r = row_count - 1; r >= 0; r--)
            for (int u = kh - 1; u >= 0; u--) {
                int i = rows[r] - u;
                if (i < 0 || i >= dy->dim[2])
                    continue;
                for (int k = column_count - 1; k >= 0; k--)
                    for (int v = kw - 1; v >= 0; v--) {
                        int j = columns[k] - v;
                        if (j >= 0 && j < dy->dim[3])
                            sum_add(&sum, back[i * dy->dim[3] + j] * filter[u * kw + v]);
                    }
            }
    }
    return sum_of(sum);
}

static double weight_receives(const tensor *x, const tensor *dy, int f, int c, int u, int v) {
    struct sum sum = {0, 0};
    for (int n = x->dim[0] - 1; n >= 0; n--) {
        const double *image = x->at + (n * x->dim[1] + c) * x->dim[2] * x->dim[3];
        const double *back = dy->at + (n * dy->dim[1] + f) * dy->dim[2] * dy->dim[3];
        for (int i = dy->dim[2] - 1; i >= 0; i--) {
            const double *row = image + mirror(i + u, x->dim[2]) * x->dim[3];
            for (int j = dy->dim[3] - 1; j >= 0; j--)
                sum_add(&sum, back[i * dy->dim[3] + j] * row[mirror(j + v, x->dim[3])]);
        }
    }
    return sum_of(sum);
}

int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    if (!possible(x, w, dy))
        return IMPOSSIBLE;
    int top = (w->dim[2] - 1) / 2, left = (w->dim[3] - 1) / 2, places = dy->dim[2] * dy->dim[3];
    for (int64_t q = tensor_count(dx) - 1; q >= 0; q--) {
        int p = (int)(q / x->dim[3] / x->dim[2]), rows[3], columns[3];
        int row_count = appearances((int)(q / x->dim[3] % x->dim[2]), x->dim[2], top, rows);
        int column_count = appearances((int)(q % x->dim[3]), x->dim[3], left, columns);
        dx->at[q] = pixel_receives(w, dy, p / x->dim[1], p % x->dim[1], rows, row_count, columns,
                                   column_count);
    }
    for (int64_t q = tensor_count(dw) - 1; q >= 0; q--) {
        int v = (int)(q % w->dim[3]), u = (int)(q / w->dim[3] % w->dim[2]);
        int p = (int)(q / w->dim[3] / w->dim[2]);
        dw->at[q] = weight_receives(x, dy, p / w->dim[1], p % w->dim[1], u - top, v - left);
    }
    const double one = 1;
    for (int f = w->dim[0] - 1; f >= 0; f--) {
        db->at[f] = 0;
        for (int n = x->dim[0] - 1; n >= 0; n--)
            db->at[f] += dot(dy->at + (n * dy->dim[1] + f) * places, 1, &one, 0, places, 0);
    }
    return OK;
}

void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    for (int64_t i = tensor_count(w) - 1; i >= 0; i--) {
        v->at[i] = g->at[i] + mu * v->at[i];
        w->at[i] += -rate * v->at[i];
    }
}

void settings_few_images(tensor *s) {
    s->at[2] = 7;
    s->at[1] = 0.01;
    s->at[0] = 300;
}

void settings_shifted_edges(tensor *s) {
    s->at[2] = 3;
    s->at[1] = 0.03;
    s->at[0] = 1500;
}
