#include "loops.h"

#include <string.h>

/* A product is tried in long double first: what is too large there is too large. */
static int64_t mul(int64_t a, int64_t b) {
    long double p = (long double)a * (long double)b;
    return a <= 0 || b <= 0 || p > (long double)INT64_MAX ? -1 : a * b;
}

static int64_t sum(int64_t a, int64_t b) {
    return a < 0 || b < 0 || (uint64_t)a + (uint64_t)b > INT64_MAX ? -1 : a + b;
}

int64_t conv_parameters(int k, int c, int f) {
    return k < 1 ? -1 : sum(mul(mul(mul(f, c), k), k), f);
}

int64_t pool_size(int64_t in, int k, int s) {
    if (k < 1 || s < 1)
        return -1;
    return in >= k ? (in - k) / s + 1 : -1;
}

typedef struct {
    int64_t n[3], params, madds;
} map;

#define VOLUME(m) mul(mul((m).n[0], (m).n[1]), (m).n[2])

static map wrong(void) {
    map m = {{-1, -1, -1}, -1, -1};
    return m;
}

static map after_window(map m, const int64_t *r) {
    int conv = r[0] == NET_CONV;
    int64_t pad = conv ? r[4] : 0, weights = mul(mul(r[2], r[2]), m.n[0]);
    if (r[2] < 1 || r[3] < 1 || pad < 0 || (conv && r[1] < 1))
        return wrong();
    for (int d = 1; d < 3; d++) {
        int64_t room = sum(m.n[d], 2 * pad) - r[2];
        if (room < 0)
            return wrong();
        m.n[d] = room / r[3] + 1;
    }
    m.params = m.madds = 0;
    if (conv) {
        m.n[0] = r[1];
        m.params = sum(mul(weights, r[1]), r[1]);
        m.madds = mul(VOLUME(m), weights);
    }
    return m;
}

static map after_row(map m, const int64_t *r) {
    int64_t all = VOLUME(m);
    map flat = {{all, 1, 1}, 0, 0};
    map full = {{r[1], 1, 1}, sum(mul(all, r[1]), r[1]), mul(all, r[1])};
    switch (r[0]) {
    case NET_CONV: /* fall through */
    case NET_POOL:
        return after_window(m, r);
    case NET_FLATTEN:
        return all < 0 ? wrong() : flat;
    case NET_CONNECTED:
        return r[1] < 1 ? wrong() : full;
    }
    return wrong();
}

#define FIRST(input)                                                                               \
    { {(input)->at[0], (input)->at[1], (input)->at[2]}, 0, 0 }
#define GOOD(m) ((m).n[0] > 0 && (m).n[1] > 0 && (m).n[2] > 0)

int64_t multiply_adds(const ints *input, const ints *layers) {
    map m = FIRST(input);
    int64_t total = 0;
    UPTO(i, layers->dim[0]) {
        if (GOOD(m))
            m = after_row(m, layers->at + i * NET_COLUMNS);
        if (!GOOD(m))
            return -1;
        total = sum(total, m.madds);
    }
    return total;
}

int network_table(const ints *input, const ints *layers, ints *rows) {
    map m = FIRST(input);
    if (rows->dim[0] != layers->dim[0] + 1)
        return IMPOSSIBLE;
    UPTO(i, rows->dim[0]) {
        if (i > 0)
            m = after_row(m, layers->at + (i - 1) * NET_COLUMNS);
        if (!GOOD(m) || VOLUME(m) < 0 || m.params < 0)
            return IMPOSSIBLE;
        int64_t row[TABLE_COLUMNS] = {m.params, m.n[0], m.n[1], m.n[2], VOLUME(m)};
        memcpy(rows->at + i * TABLE_COLUMNS, row, sizeof row);
    }
    return OK;
}

/* Each pixel goes to the outputs up to K - 1 places below and to the right, around the torus. */
void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    int kh = w->dim[2], kw = w->dim[3], height = x->dim[2], width = x->dim[3];
    ZERO(y);
    UPTO(n, x->dim[0]) UPTO(c, x->dim[1]) UPTO(i, height) UPTO(j, width) {
        double pixel = PLANE(x, n, c)[i * width + j];
        UPTO(f, w->dim[0]) UPTO(u, kh) UPTO(v, kw) {
            int row = (i + kh - 1 - u) % height, column = (j + kw - 1 - v) % width;
            PLANE(y, n, f)[row * width + column] += pixel * PLANE(w, f, c)[u * kw + v];
        }
    }
    UPTO(n, x->dim[0]) UPTO(f, w->dim[0]) UPTO(i, height * width)
        PLANE(y, n, f)[i] += b->at[f];
}

void edge_features(tensor *g) {
    memset(g->at, 0, 6 * sizeof *g->at);
    g->at[1] = g->at[3] = 4.0 / 5;
}
