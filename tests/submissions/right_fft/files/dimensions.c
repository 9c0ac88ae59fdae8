#include "spectrum.h"

#include "homework.h"

#include <stdlib.h>

/* --- Counting with one value that stands for "too many" and stays what it is --- */

typedef uint64_t count;
static const count TOO_MANY = UINT64_MAX, MOST = INT64_MAX;

static count times(count a, count b) {
    if (a == TOO_MANY || b == TOO_MANY)
        return TOO_MANY;
    return b != 0 && a > MOST / b ? TOO_MANY : a * b;
}

static count plus(count a, count b) {
    return a > MOST || b > MOST || a + b > MOST ? TOO_MANY : a + b;
}

static int64_t answer(count c) {
    return c == TOO_MANY ? -1 : (int64_t)c;
}

int64_t conv_parameters(int k, int c, int f) {
    if (k < 1 || c < 1 || f < 1)
        return -1;
    count side = (count)k, channels = (count)c, filters = (count)f;
    return answer(times(filters, plus(times(times(side, side), channels), 1)));
}

int64_t pool_size(int64_t in, int k, int s) {
    if (k < 1 || s < 1 || in < k)
        return -1;
    int64_t last = in - k; /* the furthest place of a window's corner */
    return (last - last % s) / s + 1;
}

/* --- Networks --- */

struct volume {
    count channels, height, width;
};

static count numbers(struct volume v) {
    return times(times(v.channels, v.height), v.width);
}

/* 0 where there is no place. */
static count places(count in, int64_t kernel, int64_t stride, int64_t padding) {
    if (kernel < 1 || stride < 1 || padding < 0)
        return 0;
    count room = in + 2 * (count)padding;
    return room < (count)kernel ? 0 : (room - (count)kernel) / (count)stride + 1;
}

/* What the layer sees for one output, and how many outputs it has in one place; what comes out. */
static int pass(const int64_t *layer, struct volume *v, count *seen, count *places_here) {
    struct volume in = *v;
    int64_t kind = layer[NET_KIND], k = layer[NET_KERNEL], s = layer[NET_STRIDE];
    *seen = 0;
    *places_here = 1;
    if (kind == NET_CONV || kind == NET_POOL) {
        int64_t p = kind == NET_CONV ? layer[NET_PADDING] : 0;
        v->height = places(in.height, k, s, p);
        v->width = places(in.width, k, s, p);
        if (v->height == 0 || v->width == 0)
            return 0;
    } else if (kind == NET_FLATTEN || kind == NET_CONNECTED) {
        *v = (struct volume){numbers(in), 1, 1};
    } else {
        return 0;
    }
    if (kind == NET_CONV || kind == NET_CONNECTED) {
        if (layer[NET_FILTERS] < 1)
            return 0;
        v->channels = (count)layer[NET_FILTERS];
        *seen = kind == NET_CONV ? times(times((count)k, (count)k), in.channels) : numbers(in);
        *places_here = times(v->height, v->width);
    }
    return v->channels != TOO_MANY;
}

static int start(const ints *input, struct volume *v) {
    if (input->at[0] < 1 || input->at[1] < 1 || input->at[2] < 1)
        return 0;
    *v = (struct volume){(count)input->at[0], (count)input->at[1], (count)input->at[2]};
    return 1;
}

int64_t multiply_adds(const ints *input, const ints *layers) {
    struct volume v;
    count total = 0, seen, here;
    if (!start(input, &v))
        return -1;
    for (int i = 0; i < layers->dim[0]; i++) {
        if (!pass(layers->at + i * NET_COLUMNS, &v, &seen, &here))
            return -1;
        if (seen > 0)
            total = plus(total, times(times(v.channels, here), seen));
    }
    return answer(total);
}

int network_table(const ints *input, const ints *layers, ints *rows) {
    struct volume v;
    count parameters = 0, seen, here;
    if (!start(input, &v) || rows->dim[0] - 1 != layers->dim[0])
        return IMPOSSIBLE;
    for (int i = 0; i < rows->dim[0]; i++) {
        if (i > 0) {
            if (!pass(layers->at + (i - 1) * NET_COLUMNS, &v, &seen, &here))
                return IMPOSSIBLE;
            parameters = seen > 0 ? times(v.channels, plus(seen, 1)) : 0;
        }
        if (numbers(v) == TOO_MANY || parameters == TOO_MANY)
            return IMPOSSIBLE;
        const count row[TABLE_COLUMNS] = {parameters, v.channels, v.height, v.width, numbers(v)};
        for (int j = 0; j < TABLE_COLUMNS; j++)
            rows->at[i * TABLE_COLUMNS + j] = (int64_t)row[j];
    }
    return OK;
}

/* --- On a torus: the image is laid out until the filter has room, and correlated --- */

void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    int channels = x->dim[1], filters = w->dim[0], height = x->dim[2], width = x->dim[3];
    int kh = w->dim[2], kw = w->dim[3];
    for (int p = 0; p < x->dim[0] * filters; p++) {
        int n = p / filters, f = p % filters;
        struct plane sum = plane_new(height, width);
        for (int c = 0; c < channels; c++) {
            struct plane torus = plane_new(height + kh - 1L, width + kw - 1L);
            struct plane filter = {kh, kw, w->at + (f * channels + c) * kh * kw};
            const double *image = x->at + (n * channels + c) * height * width;
            for (int i = torus.rows - 1, row = height - 1; i >= 0; i--, row = (row ? row : height) - 1)
                for (int j = torus.columns - 1, column = width - 1; j >= 0;
                     j--, column = (column ? column : width) - 1)
                    torus.at[i * torus.columns + j] = image[row * width + column];
            plane_correlate(&torus, &filter, &sum);
            free(torus.at);
        }
        for (int i = 0; i < height * width; i++)
            y->at[p * height * width + i] = sum.at[i] + b->at[f];
        free(sum.at);
    }
}

void edge_features(tensor *g) {
    const double g1[3] = {0.8, 0, 0}, g2[3] = {0, 0.8, 0};
    for (int i = 0; i < 3; i++) {
        g->at[0 * 3 + i] = g2[i]; /* x3 is x2, moved */
        g->at[1 * 3 + i] = g1[i]; /* x4 is x1, moved */
    }
}
