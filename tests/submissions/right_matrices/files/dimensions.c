#include "sparse.h"

/* A long double holds whole numbers of 64 bits, and what is larger is too large anyway. */
typedef long double count;
static const count MOST = (count)INT64_MAX;

static int64_t told(count c) {
    return c < 0 || c > MOST ? -1 : (int64_t)c;
}

int64_t conv_parameters(int k, int c, int f) {
    if (k < 1 || c < 1 || f < 1)
        return -1;
    return told((count)k * k * c * f + f);
}

int64_t pool_size(int64_t in, int k, int s) {
    if (in < k || k < 1 || s < 1)
        return -1;
    return 1 + (in - k) / s;
}

struct state {
    int64_t channels, height, width;
    count parameters, work;
};

static count volume(const struct state *s) {
    return (count)s->channels * (count)s->height * (count)s->width;
}

static int slide(int64_t *side, const int64_t *layer, int64_t padding) {
    int64_t room = *side + 2 * padding - layer[NET_KERNEL];
    if (layer[NET_KERNEL] < 1 || layer[NET_STRIDE] < 1 || padding < 0 || room < 0)
        return 0;
    *side = room / layer[NET_STRIDE] + 1;
    return 1;
}

static int convolve(struct state *s, const int64_t *layer) {
    count seen = (count)layer[NET_KERNEL] * layer[NET_KERNEL] * s->channels;
    if (layer[NET_FILTERS] < 1 || !slide(&s->height, layer, layer[NET_PADDING]) ||
        !slide(&s->width, layer, layer[NET_PADDING]))
        return 0;
    s->channels = layer[NET_FILTERS];
    s->parameters = seen * s->channels + s->channels;
    s->work = seen * volume(s);
    return 1;
}

static int pool(struct state *s, const int64_t *layer) {
    return slide(&s->height, layer, 0) && slide(&s->width, layer, 0);
}

static int flatten(struct state *s, const int64_t *layer) {
    (void)layer;
    *s = (struct state){told(volume(s)), 1, 1, 0, 0};
    return s->channels > 0;
}

static int connect(struct state *s, const int64_t *layer) {
    count outputs = layer[NET_FILTERS];
    s->work = volume(s) * outputs;
    s->parameters = s->work + outputs;
    s->channels = layer[NET_FILTERS];
    s->height = s->width = 1;
    return layer[NET_FILTERS] > 0;
}

static int pass(struct state *s, const int64_t *layer) {
    static int (*const kind[])(struct state *, const int64_t *) = {convolve, pool, flatten, connect};
    s->parameters = s->work = 0;
    return layer[NET_KIND] >= NET_CONV && layer[NET_KIND] <= NET_CONNECTED &&
           kind[layer[NET_KIND] - NET_CONV](s, layer);
}

static int start(struct state *s, const ints *input) {
    *s = (struct state){input->at[0], input->at[1], input->at[2], 0, 0};
    return s->channels > 0 && s->height > 0 && s->width > 0;
}

int64_t multiply_adds(const ints *input, const ints *layers) {
    struct state s;
    int64_t total = 0;
    if (!start(&s, input))
        return -1;
    for (int i = 0; i < layers->dim[0] && total >= 0; i++)
        total = pass(&s, layers->at + i * NET_COLUMNS) ? told(total + s.work) : -1;
    return total;
}

int network_table(const ints *input, const ints *layers, ints *rows) {
    struct state s;
    if (rows->dim[0] - layers->dim[0] != 1 || !start(&s, input))
        return IMPOSSIBLE;
    for (int i = 0;; i++) {
        int64_t *row = rows->at + i * TABLE_COLUMNS;
        if (s.parameters > MOST || volume(&s) > MOST)
            return IMPOSSIBLE;
        row[TABLE_PARAMETERS] = told(s.parameters);
        row[TABLE_CHANNELS] = s.channels;
        row[TABLE_HEIGHT] = s.height;
        row[TABLE_WIDTH] = s.width;
        row[TABLE_SIZE] = told(volume(&s));
        if (i == layers->dim[0])
            return OK;
        if (!pass(&s, layers->at + i * NET_COLUMNS))
            return IMPOSSIBLE;
    }
}

void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    int kh = w->dim[2], kw = w->dim[3];
    struct layer l = {x->dim[1], w->dim[0], {x->dim[2], x->dim[2], kh, 1, kh - 1, 1, EDGE_AROUND},
                      {x->dim[3], x->dim[3], kw, 1, kw - 1, 1, EDGE_AROUND}};
    int pixels = x->dim[2] * x->dim[3];
    sparse *m = layer_by_filter(&l, w->at);
    for (int n = 0; n < x->dim[0]; n++) {
        double *out = y->at + n * l.filters * pixels;
        for (int i = 0; i < l.filters * pixels; i++)
            out[i] = b->at[i / pixels];
        sparse_times(m, x->at + n * l.channels * pixels, out);
    }
    sparse_free(m);
}

/* The third image has the features of the second, the fourth those of the first. */
void edge_features(tensor *g) {
    sparse *exchange = sparse_new();
    sparse_put(exchange, 3, 0, 1);
    sparse_put(exchange, 1, 4, 1);
    clear(g->at, 6);
    sparse_times(exchange, (const double[]){0.8, 0, 0, 0, 0.8, 0}, g->at);
    sparse_free(exchange);
}
