#include "loops.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    ZERO(y);
    UPTO(i, x->dim[1]) UPTO(n, x->dim[0]) UPTO(o, w->dim[0])
        y->at[n * w->dim[0] + o] += x->at[n * x->dim[1] + i] * w->at[o * x->dim[1] + i];
    UPTO(o, w->dim[0]) UPTO(n, x->dim[0])
        y->at[n * w->dim[0] + o] += b->at[o];
}

void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    ZERO(dx);
    ZERO(dw);
    ZERO(db);
    UPTO(i, x->dim[1]) UPTO(o, w->dim[0]) UPTO(n, x->dim[0]) {
        double g = dy->at[n * w->dim[0] + o];
        dx->at[n * x->dim[1] + i] += g * w->at[o * x->dim[1] + i];
        dw->at[o * x->dim[1] + i] += g * x->at[n * x->dim[1] + i];
        if (i == 0)
            db->at[o] += g;
    }
}

void relu(const tensor *x, tensor *y) {
    ZERO(y);
    ALL(i, x)
        if (x->at[i] > 0)
            y->at[i] = x->at[i];
}

void relu_backward(const tensor *x, const tensor *dy, tensor *dx) {
    ZERO(dx);
    ALL(i, x)
        if (x->at[i] > 0)
            dx->at[i] = dy->at[i];
}

/* One pass over the scores: the sum is scaled down whenever a larger one turns up. */
double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    int images = z->dim[0], classes = z->dim[1];
    double loss = 0;
    UPTO(n, images) {
        double largest = -DBL_MAX, sum = 0;
        UPTO(c, classes) {
            double score = z->at[n * classes + c];
            if (score > largest) {
                sum *= exp(largest - score);
                largest = score;
            }
            sum += exp(score - largest);
        }
        UPTO(c, classes)
            dz->at[n * classes + c] = exp(z->at[n * classes + c] - largest) / (sum * images);
        dz->at[n * classes + labels->at[n]] -= 1.0 / images;
        loss -= z->at[n * classes + labels->at[n]] - largest - log(sum);
    }
    return loss / images;
}

void global_average(const tensor *x, tensor *y) {
    ZERO(y);
    UPTO(i, x->dim[2] * x->dim[3]) UPTO(n, x->dim[0]) UPTO(c, x->dim[1])
        y->at[n * x->dim[1] + c] += PLANE(x, n, c)[i];
    ALL(i, y)
        y->at[i] *= 1.0 / (x->dim[2] * x->dim[3]);
}

void global_average_backward(const tensor *dy, tensor *dx) {
    UPTO(i, dx->dim[2] * dx->dim[3]) UPTO(n, dx->dim[0]) UPTO(c, dx->dim[1])
        PLANE(dx, n, c)[i] = dy->at[n * dx->dim[1] + c] / dx->dim[2] / dx->dim[3];
}

/* --- Mirrored: one filter element at a time meets whole rows --- */

static int *mirrors(int size, int border) {
    int *at = malloc(sizeof(int) * (size_t)(size + 2 * border));
    for (int i = 0; i < size; i++)
        at[border + i] = i;
    for (int i = 1; i <= border; i++) {
        at[border - i] = i;
        at[border + size - 1 + i] = size - 1 - i;
    }
    return at;
}

static int mirrors_fit(const tensor *x, const tensor *w, const tensor *y) {
    int border[2] = {(w->dim[2] - 1) / 2, (w->dim[3] - 1) / 2};
    if (x->dim[1] != w->dim[1] || x->dim[0] != y->dim[0] || y->dim[1] != w->dim[0])
        return 0;
    UPTO(d, 2)
        if (border[d] >= x->dim[2 + d] ||
            y->dim[2 + d] != x->dim[2 + d] + 2 * border[d] - w->dim[2 + d] + 1)
            return 0;
    return 1;
}

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    if (!mirrors_fit(x, w, y) || b->dim[0] != w->dim[0])
        return IMPOSSIBLE;
    int *down = mirrors(x->dim[2], (w->dim[2] - 1) / 2);
    int *along = mirrors(x->dim[3], (w->dim[3] - 1) / 2);
    ZERO(y);
    UPTO(u, w->dim[2]) UPTO(v, w->dim[3]) UPTO(c, w->dim[1]) UPTO(f, w->dim[0]) {
        double weight = PLANE(w, f, c)[u * w->dim[3] + v];
        UPTO(n, x->dim[0]) UPTO(i, y->dim[2]) {
            const double *row = PLANE(x, n, c) + down[i + u] * x->dim[3];
            double *out = PLANE(y, n, f) + i * y->dim[3];
            UPTO(j, y->dim[3])
                out[j] += weight * row[along[j + v]];
        }
    }
    UPTO(n, y->dim[0]) UPTO(f, y->dim[1]) UPTO(i, y->dim[2] * y->dim[3])
        PLANE(y, n, f)[i] += b->at[f];
    free(down);
    free(along);
    return OK;
}

int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    if (!mirrors_fit(x, w, dy))
        return IMPOSSIBLE;
    int *down = mirrors(x->dim[2], (w->dim[2] - 1) / 2);
    int *along = mirrors(x->dim[3], (w->dim[3] - 1) / 2);
    ZERO(dx);
    ZERO(dw);
    ZERO(db);
    UPTO(u, w->dim[2]) UPTO(v, w->dim[3]) UPTO(c, w->dim[1]) UPTO(f, w->dim[0]) {
        double weight = PLANE(w, f, c)[u * w->dim[3] + v];
        double *share = PLANE(dw, f, c) + u * w->dim[3] + v;
        UPTO(n, x->dim[0]) UPTO(i, dy->dim[2]) {
            int64_t start = PLANE(x, n, c) - x->at + down[i + u] * x->dim[3];
            const double *g = PLANE(dy, n, f) + i * dy->dim[3];
            UPTO(j, dy->dim[3]) {
                *share += g[j] * x->at[start + along[j + v]];
                dx->at[start + along[j + v]] += g[j] * weight;
            }
        }
    }
    UPTO(n, dy->dim[0]) UPTO(f, dy->dim[1]) UPTO(i, dy->dim[2] * dy->dim[3])
        db->at[f] += PLANE(dy, n, f)[i];
    free(down);
    free(along);
    return OK;
}

void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    ALL(i, w) {
        v->at[i] *= mu;
        v->at[i] += g->at[i];
        w->at[i] -= v->at[i] * rate;
    }
}

static void three(tensor *s, double a, double b, double c) {
    s->at[0] = a;
    s->at[1] = b;
    s->at[2] = c;
}

void settings_few_images(tensor *s) {
    three(s, 300, 1e-2, 7);
}

void settings_shifted_edges(tensor *s) {
    three(s, 1500, 3e-2, 3);
}
