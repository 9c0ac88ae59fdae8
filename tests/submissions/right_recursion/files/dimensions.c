#include "halves.h"

/* a b c ... for a list that ends with 0; -1 when a factor is below 1 or it does not fit. */
static int64_t product(const int64_t *factor) {
    if (*factor == 0)
        return 1;
    int64_t rest = factor[0] < 0 ? -1 : product(factor + 1);
    return rest < 0 || rest > INT64_MAX / *factor ? -1 : rest * *factor;
}

/* A factor of 0 would look like the end of the list. */
static int64_t positive(int64_t a) {
    return a < 1 ? -1 : a;
}

#define PRODUCT(...) product((const int64_t[]){__VA_ARGS__, 0})

static int64_t sum(int64_t a, int64_t b) {
    return a < 0 || b < 0 || INT64_MAX - a < b ? -1 : a + b;
}

int64_t conv_parameters(int k, int c, int f) {
    return sum(PRODUCT(positive(k), positive(k), positive(c), positive(f)), f);
}

int64_t pool_size(int64_t in, int k, int s) {
    return k < 1 || s < 1 || in < k ? -1 : (in - k) / s + 1;
}

struct map {
    int64_t channels, height, width, parameters, work;
};

static int64_t volume(struct map m) {
    return PRODUCT(positive(m.channels), positive(m.height), positive(m.width));
}

static bool possible(struct map m) {
    return m.channels > 0 && m.height > 0 && m.width > 0;
}

static int64_t slide(int64_t in, int64_t k, int64_t s, int64_t p) {
    return k < 1 || s < 1 || p < 0 || in + 2 * p < k ? -1 : (in + 2 * p - k) / s + 1;
}

static struct map convolved(struct map m, int64_t f, int64_t k, int64_t s, int64_t p) {
    struct map out = {positive(f), slide(m.height, k, s, p), slide(m.width, k, s, p), 0, 0};
    out.parameters = sum(PRODUCT(positive(k), positive(k), m.channels, positive(f)), f);
    out.work = PRODUCT(volume(out), positive(k), positive(k), m.channels);
    return out;
}

static struct map connected(struct map m, int64_t f) {
    struct map out = {positive(f), 1, 1, 0, PRODUCT(volume(m), positive(f))};
    out.parameters = sum(out.work, f);
    return out;
}

static struct map behind(struct map m, const int64_t *l) {
    const struct map none = {-1, -1, -1, -1, -1};
    return !possible(m)             ? none
           : *l == NET_CONV         ? convolved(m, l[1], l[2], l[3], l[4])
           : *l == NET_POOL         ? (struct map){m.channels, slide(m.height, l[2], l[3], 0),
                                                   slide(m.width, l[2], l[3], 0), 0, 0}
           : *l == NET_FLATTEN      ? (struct map){volume(m), 1, 1, 0, 0}
           : *l == NET_CONNECTED    ? connected(m, l[1])
                                    : none;
}

static struct map first(const ints *input) {
    return (struct map){input->at[0], input->at[1], input->at[2], 0, 0};
}

/* The work of the first layer and that of the rest. */
static int64_t work(struct map m, const int64_t *layer, int count) {
    if (!possible(m) || m.work < 0)
        return -1;
    return count == 0 ? m.work
                      : sum(m.work, work(behind(m, layer), layer + NET_COLUMNS, count - 1));
}

int64_t multiply_adds(const ints *input, const ints *layers) {
    return work(first(input), layers->at, layers->dim[0]);
}

static int write_table(struct map m, const int64_t *layer, int count, int64_t *row) {
    if (!possible(m) || m.parameters < 0 || volume(m) < 0)
        return IMPOSSIBLE;
    row[0] = m.parameters;
    row[1] = m.channels;
    row[2] = m.height;
    row[3] = m.width;
    row[4] = volume(m);
    return count == 0 ? OK
                      : write_table(behind(m, layer), layer + NET_COLUMNS, count - 1,
                                    row + TABLE_COLUMNS);
}

int network_table(const ints *input, const ints *layers, ints *rows) {
    return rows->dim[0] == layers->dim[0] + 1
               ? write_table(first(input), layers->at, layers->dim[0], rows->at)
               : IMPOSSIBLE;
}

struct torus {
    const tensor *x, *w, *b;
    tensor *y;
    int64_t n, f, i, j; /* the output that is being made */
};

static int64_t around(int64_t place, int64_t size) {
    return place < 0 ? around(place + size, size) : place;
}

static double term_of(int64_t e, const void *context) {
    const struct torus *t = context;
    int64_t kw = t->w->dim[3], kh = t->w->dim[2], c = e / kw / kh;
    int64_t row = around(t->i - (kh - 1) + e / kw % kh, t->x->dim[2]);
    int64_t column = around(t->j - (kw - 1) + e % kw, t->x->dim[3]);
    return t->w->at[t->f * t->x->dim[1] * kh * kw + e] *
           t->x->at[((t->n * t->x->dim[1] + c) * t->x->dim[2] + row) * t->x->dim[3] + column];
}

static void make_output(int64_t o, void *context) {
    struct torus *t = context;
    int64_t width = t->y->dim[3], height = t->y->dim[2], filters = t->y->dim[1];
    t->j = o % width;
    t->i = o / width % height;
    t->f = o / width / height % filters;
    t->n = o / width / height / filters;
    t->y->at[o] = halves_sum(0, tensor_count(t->w) / filters, term_of, t) + t->b->at[t->f];
}

void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    struct torus t = {x, w, b, y, 0, 0, 0, 0};
    halves_do(0, tensor_count(y), make_output, &t);
}

static void put_feature(int64_t i, void *context) {
    ((double *)context)[i] = i == 1 || i == 3 ? 0.8 : 0;
}

void edge_features(tensor *g) {
    halves_do(0, 6, put_feature, g->at);
}
