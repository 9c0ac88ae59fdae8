#include "halves.h"

#include <math.h>

struct layer {
    const tensor *x, *w, *dy;
    tensor *dx, *dw, *db;
    int64_t stride, padding, dilation;
    int64_t a, b, c, d; /* the number that is being made */
};

static double read(const tensor *t, int64_t a, int64_t b, int64_t c, int64_t d) {
    return c < 0 || d < 0 || c >= t->dim[2] || d >= t->dim[3]
               ? 0
               : t->at[((a * t->dim[1] + b) * t->dim[2] + c) * t->dim[3] + d];
}

static bool fits(int64_t in, int64_t size, int64_t stride, int64_t padding, int64_t dilation,
                 int64_t out) {
    if (stride < 1 || padding < 0 || dilation < 1)
        return false;
    int64_t room = in + 2 * padding - dilation * (size - 1);
    return room >= 1 && (room - 1) / stride + 1 == out;
}

/* --- What pixel (n, c, row, column) gets through element (f, u, v) --- */

static double to_pixel(int64_t e, const void *context) {
    const struct layer *l = context;
    int64_t kw = l->w->dim[3], kh = l->w->dim[2], u = e / kw % kh, v = e % kw, f = e / kw / kh;
    int64_t i = l->c + l->padding - u * l->dilation, j = l->d + l->padding - v * l->dilation;
    if (i < 0 || j < 0 || i % l->stride || j % l->stride)
        return 0;
    return read(l->dy, l->a, f, i / l->stride, j / l->stride) * read(l->w, f, l->b, u, v);
}

/* --- What element (f, c, u, v) gets from output (n, i, j) --- */

static double to_element(int64_t e, const void *context) {
    const struct layer *l = context;
    int64_t width = l->dy->dim[3], height = l->dy->dim[2];
    int64_t i = e / width % height, j = e % width, n = e / width / height;
    return read(l->dy, n, l->a, i, j) *
           read(l->x, n, l->b, i * l->stride + l->c * l->dilation - l->padding,
                j * l->stride + l->d * l->dilation - l->padding);
}

static double to_bias(int64_t e, const void *context) {
    const struct layer *l = context;
    int64_t places = (int64_t)l->dy->dim[2] * l->dy->dim[3];
    return l->dy->at[(e / places * l->dy->dim[1] + l->a) * places + e % places];
}

static void locate(struct layer *l, const tensor *t, int64_t i) {
    l->d = i % t->dim[3];
    l->c = i / t->dim[3] % t->dim[2];
    l->b = i / t->dim[3] / t->dim[2] % t->dim[1];
    l->a = i / t->dim[3] / t->dim[2] / t->dim[1];
}

static void make_dx(int64_t i, void *context) {
    struct layer *l = context;
    locate(l, l->dx, i);
    l->dx->at[i] =
        halves_sum(0, (int64_t)l->w->dim[0] * l->w->dim[2] * l->w->dim[3], to_pixel, l);
}

static void make_dw(int64_t i, void *context) {
    struct layer *l = context;
    locate(l, l->dw, i);
    l->dw->at[i] =
        halves_sum(0, (int64_t)l->dy->dim[0] * l->dy->dim[2] * l->dy->dim[3], to_element, l);
}

static void make_db(int64_t i, void *context) {
    struct layer *l = context;
    l->a = i;
    l->db->at[i] =
        halves_sum(0, (int64_t)l->dy->dim[0] * l->dy->dim[2] * l->dy->dim[3], to_bias, l);
}

int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db) {
    if (x->dim[1] != w->dim[1] || dy->dim[0] != x->dim[0] || dy->dim[1] != w->dim[0] ||
        !fits(x->dim[2], w->dim[2], stride, padding, dilation, dy->dim[2]) ||
        !fits(x->dim[3], w->dim[3], stride, padding, dilation, dy->dim[3]))
        return IMPOSSIBLE;
    struct layer l = {x, w, dy, dx, dw, db, stride, padding, dilation, 0, 0, 0, 0};
    halves_do(0, tensor_count(dx), make_dx, &l);
    halves_do(0, tensor_count(dw), make_dw, &l);
    halves_do(0, tensor_count(db), make_db, &l);
    return OK;
}

struct step {
    double *w;
    const double *dw;
    double rate;
};

static void step_one(int64_t i, void *context) {
    const struct step *s = context;
    s->w[i] -= s->rate * s->dw[i];
}

void sgd_step(tensor *w, const tensor *dw, double rate) {
    struct step s = {w->at, dw->at, rate};
    halves_do(0, tensor_count(w), step_one, &s);
}

double gradient_mean(int n, int k, double sigma_x, double sigma_g) {
    return n < k ? NAN : copysign(0, sigma_x * sigma_g);
}

/* A row more and a column more, from m - 1 to m: 2 m - 1 products. */
double gradient_variance(int n, int k, double sigma_x, double sigma_g) {
    double one = sigma_x * sigma_x * sigma_g * sigma_g;
    int m = n - k + 1;
    return m == 0 ? 0 : gradient_variance(n - 1, k, sigma_x, sigma_g) + (2 * m - 1) * one;
}

double gradient_growth(int n1, int n2, int k) {
    return k > 1 ? gradient_growth(n1 - 1, n2 - 1, k - 1) : (double)n2 / n1;
}

/* --- Pooling --- */

struct pooling {
    const tensor *x;
    tensor *y, *dx;
    int64_t k, stride;
    int64_t corner; /* of the window, in x */
    double share;
};

static int64_t element(const struct pooling *p, int64_t e) {
    return p->corner + e / p->k * p->x->dim[3] + e % p->k;
}

static void find_corner(struct pooling *p, int64_t o) {
    int64_t j = o % p->y->dim[3], i = o / p->y->dim[3] % p->y->dim[2];
    int64_t plane = o / p->y->dim[3] / p->y->dim[2];
    p->corner = (plane * p->x->dim[2] + i * p->stride) * p->x->dim[3] + j * p->stride;
}

/* The better of the best of two halves; of equals the one that comes first. */
static int64_t best(const struct pooling *p, int64_t from, int64_t to) {
    if (to - from == 1)
        return element(p, from);
    int64_t middle = (from + to) / 2;
    int64_t left = best(p, from, middle), right = best(p, middle, to);
    return p->x->at[right] > p->x->at[left] ? right : left;
}

static double number(int64_t e, const void *context) {
    const struct pooling *p = context;
    return p->x->at[element(p, e)];
}

static void take_best(int64_t o, void *context) {
    struct pooling *p = context;
    find_corner(p, o);
    p->y->at[o] = p->x->at[best(p, 0, p->k * p->k)];
}

static void return_to_best(int64_t o, void *context) {
    struct pooling *p = context;
    find_corner(p, o);
    p->dx->at[best(p, 0, p->k * p->k)] += p->y->at[o];
}

static void take_mean(int64_t o, void *context) {
    struct pooling *p = context;
    find_corner(p, o);
    p->y->at[o] = halves_sum(0, p->k * p->k, number, p) / (double)(p->k * p->k);
}

static void return_share(int64_t e, void *context) {
    const struct pooling *p = context;
    p->dx->at[element(p, e)] += p->share;
}

static void return_shares(int64_t o, void *context) {
    struct pooling *p = context;
    find_corner(p, o);
    p->share = p->y->at[o] / (double)(p->k * p->k);
    halves_do(0, p->k * p->k, return_share, p);
}

static int pool(const tensor *x, const tensor *y, int k, int stride, tensor *dx, deed *window) {
    if (k < 1 || x->dim[0] != y->dim[0] || x->dim[1] != y->dim[1] ||
        !fits(x->dim[2], k, stride, 0, 1, y->dim[2]) || !fits(x->dim[3], k, stride, 0, 1, y->dim[3]))
        return IMPOSSIBLE;
    tensor out = *y;
    struct pooling p = {x, &out, dx, k, stride, 0, 0};
    if (dx)
        halves_clear(dx);
    halves_do(0, tensor_count(y), window, &p);
    return OK;
}

int max_pool(const tensor *x, int k, int stride, tensor *y) {
    return pool(x, y, k, stride, NULL, take_best);
}

int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx) {
    return pool(x, dy, k, stride, dx, return_to_best);
}

int average_pool(const tensor *x, int k, int stride, tensor *y) {
    return pool(x, y, k, stride, NULL, take_mean);
}

int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx) {
    return pool(dx, dy, k, stride, dx, return_shares);
}
