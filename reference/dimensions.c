/* Problem 2: how large the maps of a network are and what its layers cost, counted in 64 bits and
 * refused where that is too few; and a convolution on a torus.  Knows nothing of what weights are
 * worth. */
#include "homework.h"

#include <stdbool.h>

/* --- Counting --- */

/* a * b, or -1 when one of them is below 1 or the product does not fit into 63 bits: so -1 goes
 * through every later product, too. */
static int64_t times(int64_t a, int64_t b) {
    return a < 1 || b < 1 || a > INT64_MAX / b ? -1 : a * b;
}

static int64_t plus(int64_t a, int64_t b) {
    return a < 0 || b < 0 || a > INT64_MAX - b ? -1 : a + b;
}

/* Weights and biases of a layer whose every output channel looks at `seen` numbers. */
static int64_t count_parameters(int64_t seen, int64_t outputs) {
    return plus(times(seen, outputs), outputs);
}

/* How many places a window has. */
static int64_t count_places(int64_t in, int64_t size, int64_t stride) {
    if (in < 1 || size < 1 || stride < 1 || size > in)
        return -1;
    return (in - size) / stride + 1;
}

/* Sheet 2(a). */
int64_t conv_parameters(int k, int c, int f) {
    return count_parameters(times(times(k, k), c), f);
}

/* Sheet 2(b). */
int64_t pool_size(int64_t in, int k, int s) {
    return count_places(in, k, s);
}

/* --- Layers --- */

/* What a layer hands to the next one; impossible when one of the three is below 1. */
struct map {
    int64_t channels, height, width;
};

struct cost {
    int64_t parameters, products; /* -1: more than 63 bits hold */
};

static int64_t count_numbers(const struct map *m) {
    return times(times(m->channels, m->height), m->width);
}

static int64_t padded(int64_t in, int64_t padding) {
    return in < 1 || padding < 0 || padding > (INT64_MAX - in) / 2 ? -1 : in + 2 * padding;
}

static struct cost convolve(struct map *m, const int64_t *layer) {
    int64_t kernel = layer[NET_KERNEL], stride = layer[NET_STRIDE], padding = layer[NET_PADDING];
    int64_t seen = times(times(kernel, kernel), m->channels);
    m->channels = layer[NET_FILTERS];
    m->height = count_places(padded(m->height, padding), kernel, stride);
    m->width = count_places(padded(m->width, padding), kernel, stride);
    return (struct cost){count_parameters(seen, m->channels), times(seen, count_numbers(m))};
}

static struct cost pool(struct map *m, const int64_t *layer) {
    m->height = count_places(m->height, layer[NET_KERNEL], layer[NET_STRIDE]);
    m->width = count_places(m->width, layer[NET_KERNEL], layer[NET_STRIDE]);
    return (struct cost){0, 0};
}

static struct cost flatten(struct map *m, const int64_t *layer) {
    (void)layer;
    *m = (struct map){count_numbers(m), 1, 1};
    return (struct cost){0, 0};
}

static struct cost join_all(struct map *m, const int64_t *layer) {
    int64_t seen = count_numbers(m), outputs = layer[NET_FILTERS];
    *m = (struct map){outputs, 1, 1};
    return (struct cost){count_parameters(seen, outputs), times(seen, outputs)};
}

static bool is_possible(const struct map *m) {
    return m->channels >= 1 && m->height >= 1 && m->width >= 1;
}

/* Turns the map before row `row` of the layers into the one behind it; false when there is none. */
static bool pass(struct map *m, const ints *layers, int row, struct cost *cost) {
    static struct cost (*const kinds[])(struct map *, const int64_t *) = {
        [NET_CONV] = convolve,
        [NET_POOL] = pool,
        [NET_FLATTEN] = flatten,
        [NET_CONNECTED] = join_all,
    };
    const int64_t *layer = layers->at + (int64_t)row * NET_COLUMNS;
    if (!is_possible(m) || layer[NET_KIND] < NET_CONV || layer[NET_KIND] > NET_CONNECTED)
        return false;
    *cost = kinds[layer[NET_KIND]](m, layer);
    return is_possible(m);
}

static struct map read_input(const ints *input) {
    return (struct map){input->at[INPUT_CHANNELS], input->at[INPUT_HEIGHT], input->at[INPUT_WIDTH]};
}

/* Sheet 2(d).  input (3), layers (L, NET_COLUMNS). */
int64_t multiply_adds(const ints *input, const ints *layers) {
    struct map m = read_input(input);
    int64_t total = 0;
    for (int row = 0; row < layers->dim[0]; row++) {
        struct cost cost;
        if (!pass(&m, layers, row, &cost))
            return -1;
        total = plus(total, cost.products);
    }
    return total;
}

static bool write_row(const struct map *m, int64_t parameters, int64_t *row) {
    row[TABLE_PARAMETERS] = parameters;
    row[TABLE_CHANNELS] = m->channels;
    row[TABLE_HEIGHT] = m->height;
    row[TABLE_WIDTH] = m->width;
    row[TABLE_SIZE] = count_numbers(m);
    return parameters >= 0 && row[TABLE_SIZE] >= 1;
}

/* Sheet 2(e).  input (3), layers (L, NET_COLUMNS), rows (L + 1, TABLE_COLUMNS). */
int network_table(const ints *input, const ints *layers, ints *rows) {
    if (rows->dim[0] != layers->dim[0] + 1)
        return IMPOSSIBLE;
    struct map m = read_input(input);
    if (!write_row(&m, 0, rows->at))
        return IMPOSSIBLE;
    for (int row = 0; row < layers->dim[0]; row++) {
        struct cost cost;
        if (!pass(&m, layers, row, &cost))
            return IMPOSSIBLE;
        if (!write_row(&m, cost.parameters, rows->at + (row + 1) * (int64_t)TABLE_COLUMNS))
            return IMPOSSIBLE;
    }
    return OK;
}

/* --- On a torus --- */

static double *at4(const tensor *t, int a, int b, int c, int d) {
    return &t->at[(((int64_t)a * t->dim[1] + b) * t->dim[2] + c) * t->dim[3] + d];
}

/* The place on a circle of `size` places; % alone keeps the sign. */
static int wrap(int place, int size) {
    int rest = place % size;
    return rest < 0 ? rest + size : rest;
}

/* What filter f sees of image n when its last corner lies at (bottom, right). */
static double look_back(const tensor *x, int n, const tensor *w, int f, int bottom, int right) {
    double sum = 0;
    for (int c = 0; c < w->dim[1]; c++)
        for (int u = 0; u < w->dim[2]; u++)
            for (int v = 0; v < w->dim[3]; v++) {
                int row = wrap(bottom - (w->dim[2] - 1) + u, x->dim[2]);
                int column = wrap(right - (w->dim[3] - 1) + v, x->dim[3]);
                sum += *at4(x, n, c, row, column) * *at4(w, f, c, u, v);
            }
    return sum;
}

/* Sheet 2(f).  x (N, C, H, W), w (F, C, KH, KW), b (F), y (N, F, H, W). */
void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    for (int n = 0; n < y->dim[0]; n++)
        for (int f = 0; f < y->dim[1]; f++)
            for (int i = 0; i < y->dim[2]; i++)
                for (int j = 0; j < y->dim[3]; j++)
                    *at4(y, n, f, i, j) = b->at[f] + look_back(x, n, w, f, i, j);
}

/* Sheet 2(f): the mean over a map does not notice that the image has moved around the torus.  So
 * the third image has the features of the second, the fourth those of the first.  g (2, 3). */
void edge_features(tensor *g) {
    static const double horizontal[3] = {0.8, 0, 0}, vertical[3] = {0, 0.8, 0};
    for (int i = 0; i < 3; i++) {
        g->at[i] = vertical[i];
        g->at[3 + i] = horizontal[i];
    }
}
