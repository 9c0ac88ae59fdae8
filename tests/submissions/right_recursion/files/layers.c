#include "halves.h"

#include <math.h>

static const double ONE = 1;

/* --- Fully connected --- */

struct plain {
    const tensor *x, *w, *b, *dy;
    tensor *y, *dx, *dw, *db;
};

static void connect(int64_t i, void *context) {
    const struct plain *l = context;
    int64_t inputs = l->w->dim[1], outputs = l->w->dim[0], n = i / outputs, o = i % outputs;
    l->y->at[i] =
        l->b->at[o] + halves_dot(inputs, l->x->at + n * inputs, 1, l->w->at + o * inputs, 1);
}

void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    struct plain l = {.x = x, .w = w, .b = b, .y = y};
    halves_do(0, tensor_count(y), connect, &l);
}

static void connect_dx(int64_t i, void *context) {
    const struct plain *l = context;
    int64_t inputs = l->w->dim[1], outputs = l->w->dim[0], n = i / inputs;
    l->dx->at[i] =
        halves_dot(outputs, l->dy->at + n * outputs, 1, l->w->at + i % inputs, inputs);
}

static void connect_dw(int64_t i, void *context) {
    const struct plain *l = context;
    int64_t inputs = l->w->dim[1], outputs = l->w->dim[0], o = i / inputs;
    l->dw->at[i] =
        halves_dot(l->x->dim[0], l->dy->at + o, outputs, l->x->at + i % inputs, inputs);
}

static void connect_db(int64_t o, void *context) {
    const struct plain *l = context;
    l->db->at[o] = halves_dot(l->x->dim[0], l->dy->at + o, l->w->dim[0], &ONE, 0);
}

void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    struct plain l = {.x = x, .w = w, .dy = dy, .dx = dx, .dw = dw, .db = db};
    halves_do(0, tensor_count(dx), connect_dx, &l);
    halves_do(0, tensor_count(dw), connect_dw, &l);
    halves_do(0, tensor_count(db), connect_db, &l);
}

/* --- ReLU and means --- */

struct pair {
    const double *x, *dy;
    double *to;
    int64_t pixels;
};

static void rectify(int64_t i, void *context) {
    const struct pair *p = context;
    p->to[i] = p->x[i] > 0 ? p->dy[i] : 0;
}

void relu(const tensor *x, tensor *y) {
    struct pair p = {x->at, x->at, y->at, 0};
    halves_do(0, tensor_count(x), rectify, &p);
}

void relu_backward(const tensor *x, const tensor *dy, tensor *dx) {
    struct pair p = {x->at, dy->at, dx->at, 0};
    halves_do(0, tensor_count(x), rectify, &p);
}

static void take_mean(int64_t i, void *context) {
    const struct pair *p = context;
    p->to[i] = halves_dot(p->pixels, p->x + i * p->pixels, 1, &ONE, 0) / (double)p->pixels;
}

void global_average(const tensor *x, tensor *y) {
    struct pair p = {x->at, NULL, y->at, (int64_t)x->dim[2] * x->dim[3]};
    halves_do(0, tensor_count(y), take_mean, &p);
}

static void give_share(int64_t i, void *context) {
    const struct pair *p = context;
    p->to[i] = p->dy[i / p->pixels] / (double)p->pixels;
}

void global_average_backward(const tensor *dy, tensor *dx) {
    struct pair p = {NULL, dy->at, dx->at, (int64_t)dx->dim[2] * dx->dim[3]};
    halves_do(0, tensor_count(dx), give_share, &p);
}

/* --- Loss --- */

struct scores {
    const double *score;
    int classes;
    double most, sum;
    const tensor *z;
    const ints *labels;
    tensor *dz;
};

static double largest(const double *a, int count) {
    return count == 1 ? *a : fmax(largest(a, count / 2), largest(a + count / 2, count - count / 2));
}

static double power(int64_t c, const void *context) {
    const struct scores *s = context;
    return exp(s->score[c] - s->most);
}

static double surprise(int64_t n, const void *context) {
    struct scores s = *(const struct scores *)context;
    s.score = s.z->at + n * s.classes;
    s.most = largest(s.score, s.classes);
    return log(halves_sum(0, s.classes, power, &s)) + (s.most - s.score[s.labels->at[n]]);
}

static void differentiate(int64_t i, void *context) {
    struct scores s = *(struct scores *)context;
    int64_t n = i / s.classes, c = i % s.classes;
    s.score = s.z->at + n * s.classes;
    s.most = largest(s.score, s.classes);
    double p = power(c, &s) / halves_sum(0, s.classes, power, &s);
    s.dz->at[i] = (c == s.labels->at[n] ? p - 1 : p) / s.z->dim[0];
}

double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    struct scores s = {NULL, z->dim[1], 0, 0, z, labels, dz};
    halves_do(0, tensor_count(z), differentiate, &s);
    return halves_sum(0, z->dim[0], surprise, &s) / z->dim[0];
}

/* --- A mirrored border: whatever lies outside lies inside, after a reflection --- */

struct layer {
    const tensor *x, *w, *b, *dy;
    tensor *y, *dx, *dw, *db;
    int64_t top, left;
    int64_t a, c, i, j;
};

static int64_t reflect(int64_t i, int64_t size) {
    return i < 0 ? reflect(-i, size) : i < size ? i : reflect(2 * size - 2 - i, size);
}

static bool fits(const tensor *x, const tensor *w, const tensor *y) {
    int top = (w->dim[2] - 1) / 2, left = (w->dim[3] - 1) / 2;
    return x->dim[1] == w->dim[1] && x->dim[0] == y->dim[0] && y->dim[1] == w->dim[0] &&
           top < x->dim[2] && left < x->dim[3] &&
           y->dim[2] == x->dim[2] + 2 * top - w->dim[2] + 1 &&
           y->dim[3] == x->dim[3] + 2 * left - w->dim[3] + 1;
}

/* Element (u, v) below output (i, j) of channel c of image n. */
static const double *below(const struct layer *l, int64_t n, int64_t c, int64_t i, int64_t j) {
    int64_t row = reflect(i - l->top, l->x->dim[2]), column = reflect(j - l->left, l->x->dim[3]);
    return l->x->at + ((n * l->x->dim[1] + c) * l->x->dim[2] + row) * l->x->dim[3] + column;
}

static double row_dot(const struct layer *l, int64_t row, const double *filter, int64_t from,
                      int64_t to) {
    if (to - from == 1)
        return filter[from] * *below(l, l->a / l->w->dim[0], row, l->i, l->j + from);
    int64_t middle = (from + to) / 2;
    return row_dot(l, row, filter, from, middle) + row_dot(l, row, filter, middle, to);
}

/* Rows of the filter, of all channels. */
static double see_row(int64_t r, const void *context) {
    struct layer l = *(const struct layer *)context;
    int64_t kh = l.w->dim[2], kw = l.w->dim[3], f = l.a % l.w->dim[0];
    l.i += r % kh;
    return row_dot(&l, r / kh, l.w->at + (f * l.w->dim[1] * kh + r) * kw, 0, kw);
}

static void see(int64_t o, void *context) {
    struct layer *l = context;
    l->j = o % l->y->dim[3];
    l->i = o / l->y->dim[3] % l->y->dim[2];
    l->a = o / l->y->dim[3] / l->y->dim[2];
    l->y->at[o] = l->b->at[l->a % l->w->dim[0]] +
                  halves_sum(0, (int64_t)l->w->dim[1] * l->w->dim[2], see_row, l);
}

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    if (!fits(x, w, y) || b->dim[0] != w->dim[0])
        return IMPOSSIBLE;
    struct layer l = {.x = x, .w = w, .b = b, .y = y};
    l.top = (w->dim[2] - 1) / 2;
    l.left = (w->dim[3] - 1) / 2;
    halves_do(0, tensor_count(y), see, &l);
    return OK;
}

/* dw: image by image, row by row. */
static double meet_row(int64_t r, const void *context) {
    const struct layer *l = context;
    int64_t height = l->dy->dim[2], width = l->dy->dim[3], n = r / height, i = r % height;
    const double *g = l->dy->at + ((n * l->dy->dim[1] + l->a) * height + i) * width;
    const double *x = below(l, n, l->c, i + l->i, l->left); /* the row itself */
    int64_t shift = l->j - l->left;
    int64_t from = shift < 0 ? -shift : 0;
    int64_t to = shift > 0 ? l->x->dim[3] - shift : l->x->dim[3];
    to = to > width ? width : to;
    double sum = to > from ? halves_dot(to - from, g + from, 1, x + from + shift, 1) : 0;
    /* Beyond the left end of the row it runs backwards, and so beyond the right end. */
    if (from > 0)
        sum += halves_dot(from > width ? width : from, g, 1, x - shift, -1);
    if (to < width && to >= from)
        sum += halves_dot(width - to, g + to, 1, x + 2 * (l->x->dim[3] - 1) - to - shift, -1);
    return sum;
}

static void meet(int64_t i, void *context) {
    struct layer *l = context;
    l->j = i % l->w->dim[3];
    l->i = i / l->w->dim[3] % l->w->dim[2];
    l->c = i / l->w->dim[3] / l->w->dim[2] % l->w->dim[1];
    l->a = i / l->w->dim[3] / l->w->dim[2] / l->w->dim[1];
    l->dw->at[i] = halves_sum(0, (int64_t)l->dy->dim[0] * l->dy->dim[2], meet_row, l);
}

/* dx: each output sends its gradient to the pixels that it saw, row by row. */
static void send_pixel(const struct layer *l, double g, const double *filter, double *row,
                       int64_t from, int64_t to) {
    if (to - from > 1) {
        int64_t middle = (from + to) / 2;
        send_pixel(l, g, filter, row, from, middle);
        send_pixel(l, g, filter, row, middle, to);
        return;
    }
    row[reflect(l->j + from - l->left, l->x->dim[3])] += g * filter[from];
}

static void send_row(int64_t r, void *context) {
    const struct layer *l = context;
    int64_t kh = l->w->dim[2], kw = l->w->dim[3], f = l->a % l->w->dim[0], c = r / kh;
    int64_t n = l->a / l->w->dim[0], row = reflect(l->i + r % kh - l->top, l->x->dim[2]);
    double g = l->dy->at[(l->a * l->dy->dim[2] + l->i) * l->dy->dim[3] + l->j];
    send_pixel(l, g, l->w->at + (f * l->w->dim[1] * kh + r) * kw,
               l->dx->at + ((n * l->x->dim[1] + c) * l->x->dim[2] + row) * l->x->dim[3], 0, kw);
}

static void send_back(int64_t o, void *context) {
    struct layer *l = context;
    l->j = o % l->dy->dim[3];
    l->i = o / l->dy->dim[3] % l->dy->dim[2];
    l->a = o / l->dy->dim[3] / l->dy->dim[2];
    halves_do(0, (int64_t)l->w->dim[1] * l->w->dim[2], send_row, l);
}

static double map_sum(int64_t n, const void *context) {
    const struct layer *l = context;
    int64_t places = (int64_t)l->dy->dim[2] * l->dy->dim[3];
    return halves_dot(places, l->dy->at + (n * l->dy->dim[1] + l->a) * places, 1, &ONE, 0);
}

static void sum_maps(int64_t f, void *context) {
    struct layer *l = context;
    l->a = f;
    l->db->at[f] = halves_sum(0, l->dy->dim[0], map_sum, l);
}

int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    if (!fits(x, w, dy))
        return IMPOSSIBLE;
    struct layer l = {.x = x, .w = w, .dy = dy, .dx = dx, .dw = dw, .db = db};
    l.top = (w->dim[2] - 1) / 2;
    l.left = (w->dim[3] - 1) / 2;
    halves_clear(dx);
    halves_do(0, tensor_count(dy), send_back, &l);
    halves_do(0, tensor_count(dw), meet, &l);
    halves_do(0, tensor_count(db), sum_maps, &l);
    return OK;
}

/* --- Learning --- */

struct ball {
    double *w, *v, rate, mu;
    const double *g;
};

static void roll(int64_t i, void *context) {
    const struct ball *b = context;
    b->v[i] = b->mu * b->v[i] + b->g[i];
    b->w[i] -= b->rate * b->v[i];
}

void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    struct ball b = {w->at, v->at, rate, mu, g->at};
    halves_do(0, tensor_count(w), roll, &b);
}

static void settle(tensor *s, const double *settings) {
    struct pair p = {settings, settings, s->at, 0}; /* all of them are positive */
    halves_do(0, 3, rectify, &p);
}

void settings_few_images(tensor *s) {
    static const double settings[3] = {300, 0.01, 7};
    settle(s, settings);
}

void settings_shifted_edges(tensor *s) {
    static const double settings[3] = {1500, 0.03, 3};
    settle(s, settings);
}
