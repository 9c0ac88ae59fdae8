/* Makes the tables of fast_stage.h.  A stage that is not pooled computes its output row by row. One
 * that is pooled computes four vectors together, whose lanes are the four numbers under each pooled
 * one: columns are kept apart by parity, in three planes (even ones, odd ones, and the even ones
 * from the second on), so that a tap is one distance for all four. */
#include "fast_stage.h"

struct grid {
    int height, width; /* of the padded input */
    int rows, columns, blocks;
    int stride, plane, parities; /* of the gathered input */
};

static struct grid grid_of(const struct fast_stage *s) {
    const struct model_layer *l = &s->layer;
    struct grid g = {.height = l->height + 2 * l->padding, .width = l->width + 2 * l->padding};
    g.rows = s->pooled ? l->out_height / 2 : l->out_height;
    g.columns = s->pooled ? l->out_width / 2 : l->out_width;
    g.blocks = fast_round_up(g.columns, FAST_LANES) / FAST_LANES;
    g.stride = g.blocks * FAST_LANES + (s->pooled ? l->kernel / 2 : l->kernel - 1);
    g.parities = s->pooled ? 3 : 1;
    g.plane = g.height * g.stride;
    return g;
}

/* --- Forward --- */

static int reflected(int i, int size) {
    int last = size - 1;
    if (i < 0)
        return -i;
    return i <= last ? i : last - (i - last);
}

static int smaller(int a, int b) {
    return a < b ? a : b;
}

/* Lanes beyond the last column read it again: any finite number does, since they never count. */
static void make_gather(struct model *m, struct fast_stage *s, const struct grid *g,
                        int source_stride) {
    const struct model_layer *l = &s->layer;
    s->in_plane = g->parities * g->plane;
    s->gather = fast_memory(m, s->in_plane, sizeof *s->gather);
    s->in = fast_floats(m, (int64_t)s->in_channels * s->in_plane);
    for (int n = 0; n < s->in_plane; n++) {
        int parity = n / g->plane, row = n % g->plane / g->stride, column = n % g->stride;
        column = smaller(s->pooled ? 2 * column + parity : column, g->width - 1);
        s->gather[n] = reflected(row - l->padding, l->height) * source_stride +
                       reflected(column - l->padding, l->width);
    }
}

static void make_taps(struct model *m, struct fast_stage *s, const struct grid *g) {
    int k = s->layer.kernel;
    s->window.tap_count = s->in_channels * k * k;
    s->sum_taps = fast_round_up(s->window.tap_count, FAST_TAPS);
    s->window.taps = fast_memory(m, s->sum_taps, sizeof *s->window.taps);
    for (int t = 0; t < s->window.tap_count; t++) {
        int c = t / (k * k), i = t / k % k, j = t % k;
        int along = s->pooled ? j % 2 * g->plane + j / 2 : j;
        s->window.taps[t] = c * s->in_plane + i * g->stride + along;
    }
    s->sums = fast_floats(m, (int64_t)s->out_channels * s->sum_taps * FAST_LANES);
    s->bias_sums = fast_floats(m, (int64_t)s->out_channels * FAST_LANES);
}

static void make_vectors(struct model *m, struct fast_stage *s, const struct grid *g) {
    struct fast_window *w = &s->window;
    int blocks = g->rows * g->blocks, each = s->pooled ? 4 : 1;
    w->vectors = fast_round_up(blocks * each, FAST_VECTORS);
    w->offsets = fast_memory(m, w->vectors, sizeof *w->offsets);
    w->masks = fast_memory(m, (int64_t)w->vectors * FAST_LANES, sizeof *w->masks);
    for (int v = 0; v < blocks * each; v++) {
        int row = v / each / g->blocks, block = v / each % g->blocks;
        int down = v % each / 2, right = v % each % 2;
        w->offsets[v] =
            (row * (s->pooled ? 2 : 1) + down) * g->stride + right * g->plane + block * FAST_LANES;
        for (int lane = 0; lane < FAST_LANES; lane++)
            w->masks[v * FAST_LANES + lane] = -(block * FAST_LANES + lane < g->columns);
    }
    int64_t numbers = (int64_t)s->out_channels * w->vectors * FAST_LANES;
    s->out = fast_floats(m, numbers);
    s->d_out = fast_floats(m, numbers);
    s->result_vectors = s->pooled ? blocks : w->vectors;
    s->result_stride = g->blocks * FAST_LANES;
    int64_t pooled = (int64_t)s->out_channels * blocks * FAST_LANES;
    s->result = s->pooled ? fast_floats(m, pooled) : s->out;
    s->d_result = s->pooled ? fast_floats(m, pooled) : s->d_out;
}

/* --- Backward --- */

/* Each number of d_out that counts, to its place between the zeros. */
static void make_spread(struct model *m, struct fast_stage *s, const struct grid *g) {
    int k = s->layer.kernel, lanes = s->window.vectors * FAST_LANES, each = s->pooled ? 2 : 1;
    s->spread_from = fast_memory(m, lanes, sizeof *s->spread_from);
    s->spread_to = fast_memory(m, lanes, sizeof *s->spread_to);
    for (int n = 0; n < lanes; n++) {
        int vector = n / FAST_LANES, block = vector / (each * each);
        if (!s->window.masks[n])
            continue;
        int row = block / g->blocks * each + vector % (each * each) / each;
        int column = (block % g->blocks * FAST_LANES + n % FAST_LANES) * each + vector % each;
        s->spread_from[s->spread_count] = n;
        s->spread_to[s->spread_count++] = (row + k - 1) * g->width + column + k - 1;
    }
}

static void make_back(struct model *m, struct fast_stage *s, const struct grid *g,
                      int result_stride) {
    int k = s->layer.kernel;
    struct fast_window *b = &s->back;
    s->fold_count = g->height * g->width;
    b->vectors = fast_round_up(fast_round_up(s->fold_count, FAST_LANES) / FAST_LANES, FAST_VECTORS);
    b->offsets = fast_memory(m, b->vectors, sizeof *b->offsets);
    for (int v = 0; v < b->vectors; v++)
        b->offsets[v] = v * FAST_LANES;
    s->spread_plane = b->vectors * FAST_LANES + (k - 1) * (g->width + 1);
    s->spread = fast_floats(m, (int64_t)s->out_channels * s->spread_plane);
    s->d_padded = fast_floats(m, (int64_t)s->in_channels * b->vectors * FAST_LANES);
    b->tap_count = s->out_channels * k * k;
    b->taps = fast_memory(m, b->tap_count, sizeof *b->taps);
    for (int t = 0; t < b->tap_count; t++) {
        int f = t / (k * k), i = t / k % k, j = t % k;
        b->taps[t] = f * s->spread_plane + (k - 1 - i) * g->width + (k - 1 - j);
    }
    s->flipped = fast_floats(m, (int64_t)s->in_channels * b->tap_count);
    s->fold = fast_memory(m, s->fold_count, sizeof *s->fold);
    for (int n = 0; n < s->fold_count; n++)
        s->fold[n] = reflected(n / g->width - s->layer.padding, s->layer.height) * result_stride +
                     reflected(n % g->width - s->layer.padding, s->layer.width);
}

/* --- From outside --- */

void fast_stage_make(struct model *m, struct fast_stage *s, const struct model_layer *layer,
                     bool pooled, const struct fast_stage *before) {
    *s = (struct fast_stage){.layer = *layer,
                             .pooled = pooled,
                             .in_channels = before ? before->out_channels : layer->inputs,
                             .out_channels = fast_round_up(layer->outputs, FAST_FILTERS)};
    struct grid g = grid_of(s);
    int stride = before ? before->result_stride : layer->width;
    s->source_plane = before ? before->result_vectors * FAST_LANES : layer->width * layer->height;
    make_gather(m, s, &g, stride);
    make_taps(m, s, &g);
    make_vectors(m, s, &g);
    if (before) {
        make_spread(m, s, &g);
        make_back(m, s, &g, stride);
    }
}

int fast_stage_weights(const struct fast_stage *s) {
    return s->out_channels * s->window.tap_count;
}

int fast_stage_weight(const struct fast_stage *s, int f, int c, int i, int j) {
    int k = s->layer.kernel, tap = (c * k + i) * k + j;
    return (f / FAST_FILTERS * s->window.tap_count + tap) * FAST_FILTERS + f % FAST_FILTERS;
}

void fast_stage_flip(struct fast_stage *s, const float *weights) {
    int k = s->layer.kernel, taps = s->back.tap_count;
    for (int c = 0; c < s->in_channels; c++)
        for (int t = 0; t < taps; t++)
            s->flipped[(c / FAST_FILTERS * taps + t) * FAST_FILTERS + c % FAST_FILTERS] =
                weights[fast_stage_weight(s, t / (k * k), c, t / k % k, t % k)];
}
