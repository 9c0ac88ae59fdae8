#include "shift.h"

#include <stdbool.h>

/* A number of at most 63 bits, or the knowledge that there is none. */
typedef struct {
    uint64_t is;
    bool lost;
} number;

static number just(int64_t i) {
    return (number){(uint64_t)i, i < 1};
}

/* By halves of 32 bits, as on paper. */
static number times(number a, number b) {
    uint64_t high = (a.is >> 32) * (b.is >> 32), low = (a.is & 0xffffffff) * (b.is & 0xffffffff);
    uint64_t middle = (a.is >> 32) * (b.is & 0xffffffff), other = (a.is & 0xffffffff) * (b.is >> 32);
    bool lost = a.lost || b.lost || high > 0 || middle >> 31 || other >> 31;
    if (lost)
        return (number){0, true};
    uint64_t sum = ((middle + other) << 32) + low;
    lost = (middle + other) >> 31 || sum >> 63 || sum < low;
    return (number){sum, lost};
}

static number plus(number a, number b) {
    number sum = {a.is + b.is, a.lost || b.lost};
    sum.lost = sum.lost || sum.is >> 63;
    return sum;
}

static int64_t told(number a) {
    return a.lost ? -1 : (int64_t)a.is;
}

int64_t conv_parameters(int k, int c, int f) {
    number weights = times(times(just(k), just(k)), times(just(c), just(f)));
    return told(plus(weights, just(f)));
}

int64_t pool_size(int64_t in, int k, int s) {
    int64_t size = k < 1 || s < 1 || k > in ? -1 : 0;
    return size < 0 ? size : (in - k) / s + 1;
}

typedef struct {
    number c, h, w, parameters, work;
} state;

static const number NOTHING = {0, false}, LOST = {0, true}, ONE = {1, false};

static number windows(number in, const int64_t *l, bool pads) {
    int64_t padding = pads ? l[NET_PADDING] : 0;
    if (in.lost || l[NET_KERNEL] < 1 || l[NET_STRIDE] < 1 || padding < 0)
        return LOST;
    int64_t room = (int64_t)in.is + 2 * padding - l[NET_KERNEL];
    return room < 0 ? LOST : just(room / l[NET_STRIDE] + 1);
}

static number all_of(const state *s) {
    return times(s->c, times(s->h, s->w));
}

static void learn(state *s, number seen, number outputs) {
    s->c = outputs;
    s->parameters = plus(times(seen, outputs), outputs);
    s->work = times(seen, all_of(s));
}

static bool go(state *s, const int64_t *l) {
    number seen = all_of(s);
    s->parameters = s->work = NOTHING;
    switch (l[NET_KIND]) {
    case NET_CONV:
        seen = times(times(just(l[NET_KERNEL]), just(l[NET_KERNEL])), s->c);
        /* fall through */
    case NET_POOL:
        s->h = windows(s->h, l, l[NET_KIND] == NET_CONV);
        s->w = windows(s->w, l, l[NET_KIND] == NET_CONV);
        break;
    case NET_FLATTEN:
    case NET_CONNECTED:
        s->h = s->w = ONE;
        s->c = seen;
        break;
    default:
        return false;
    }
    if (l[NET_KIND] == NET_CONV || l[NET_KIND] == NET_CONNECTED)
        learn(s, seen, just(l[NET_FILTERS]));
    return !s->c.lost && !s->h.lost && !s->w.lost;
}

static bool start(state *s, const ints *input) {
    *s = (state){just(input->at[0]), just(input->at[1]), just(input->at[2]), NOTHING, NOTHING};
    return !s->c.lost && !s->h.lost && !s->w.lost;
}

int64_t multiply_adds(const ints *input, const ints *layers) {
    state s;
    number sum = NOTHING;
    sum.lost = !start(&s, input);
    for (int i = 0; i < layers->dim[0]; i++) {
        sum.lost = sum.lost || !go(&s, layers->at + i * NET_COLUMNS);
        sum = plus(sum, s.work);
    }
    return told(sum);
}

int network_table(const ints *input, const ints *layers, ints *rows) {
    state s;
    bool good = rows->dim[0] == layers->dim[0] + 1 && start(&s, input);
    for (int i = 0; good && i < rows->dim[0]; i++) {
        good = i == 0 || go(&s, layers->at + (i - 1) * NET_COLUMNS);
        const number row[TABLE_COLUMNS] = {s.parameters, s.c, s.h, s.w, all_of(&s)};
        for (int j = 0; j < TABLE_COLUMNS; j++) {
            good = good && !row[j].lost;
            rows->at[i * TABLE_COLUMNS + j] = told(row[j]);
        }
    }
    return good ? OK : IMPOSSIBLE;
}

/* On a torus a shifted picture falls into four pieces. */
static void shift_around(picture to, picture from, int down, int right, double factor) {
    down = (down % from.rows + from.rows) % from.rows;
    right = (right % from.columns + from.columns) % from.columns;
    for (int piece = 0; piece < 4; piece++)
        shift_in(to, from,
                 (offset){down - piece / 2 * from.rows, right - piece % 2 * from.columns, 1},
                 factor);
}

void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    int kh = w->dim[2], kw = w->dim[3], channels = w->dim[1], filters = w->dim[0];
    for (int p = 0; p < x->dim[0] * filters; p++) {
        picture_set(plane_of(y, p), b->at[p % filters]);
        for (int c = 0; c < channels; c++)
            for (int e = 0; e < kh * kw; e++)
                shift_around(plane_of(y, p), plane_of(x, p / filters * channels + c),
                             e / kw - (kh - 1), e % kw - (kw - 1),
                             plane_of(w, p % filters * channels + c).at[e]);
    }
}

void edge_features(tensor *g) {
    picture_set((picture){2, 3, g->at}, 0);
    g->at[0 + 1] = 0.8; /* vertical, like x2 */
    g->at[3 + 0] = 0.8; /* horizontal, like x1 */
}
