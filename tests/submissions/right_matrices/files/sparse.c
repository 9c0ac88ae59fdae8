#include "sparse.h"

#include <stdlib.h>

struct entry {
    int row, column;
    double value;
};

struct sparse {
    long count, room;
    struct entry *entries;
};

sparse *sparse_new(void) {
    return calloc(1, sizeof(sparse));
}

void sparse_free(sparse *m) {
    free(m->entries);
    free(m);
}

void sparse_put(sparse *m, long row, long column, double value) {
    if (m->count == m->room) {
        m->room = 2 * m->room + 64;
        m->entries = realloc(m->entries, (size_t)m->room * sizeof *m->entries);
        if (!m->entries)
            abort();
    }
    m->entries[m->count++] = (struct entry){(int)row, (int)column, value};
}

void sparse_times(const sparse *m, const double *x, double *y) {
    for (const struct entry *e = m->entries, *end = e + m->count; e < end; e++)
        y[e->row] += e->value * x[e->column];
}

void sparse_transposed_times(const sparse *m, const double *y, double *x) {
    for (const struct entry *e = m->entries, *end = e + m->count; e < end; e++)
        x[e->column] += e->value * y[e->row];
}

void clear(double *at, long count) {
    while (count-- > 0)
        *at++ = 0;
}

long axis_place(const struct axis *a, long window, long element) {
    long place = window * a->stride + element * a->dilation - a->padding;
    while (place < 0 || place >= a->size) {
        switch (a->edge) {
        case EDGE_NOTHING:
            return -1;
        case EDGE_MIRROR:
            place = place < 0 ? -place : 2L * a->size - 2 - place;
            break;
        case EDGE_MIRROR_TWICE:
            place = place < 0 ? -1 - place : 2L * a->size - 1 - place;
            break;
        case EDGE_AROUND:
            place += place < 0 ? a->size : -a->size;
            break;
        }
    }
    return place;
}

/* Calls go through here for both matrices: element e of the window at output (i, j) sees pixel p. */
static sparse *build(const struct layer *l, const double *filter, const double *picture) {
    sparse *m = sparse_new();
    long kernel = (long)l->down.elements * l->along.elements;
    long pixels = (long)l->down.size * l->along.size, out = (long)l->down.count * l->along.count;
    for (long o = 0; o < out; o++)
        for (long e = 0; e < kernel; e++) {
            long row = axis_place(&l->down, o / l->along.count, e / l->along.elements);
            long column = axis_place(&l->along, o % l->along.count, e % l->along.elements);
            if (row < 0 || column < 0)
                continue;
            long p = row * l->along.size + column;
            for (int c = 0; c < l->channels; c++) {
                for (int f = 0; filter && f < l->filters; f++)
                    sparse_put(m, f * out + o, c * pixels + p,
                               filter[(f * l->channels + c) * kernel + e]);
                if (picture)
                    sparse_put(m, o, c * kernel + e, picture[c * pixels + p]);
            }
        }
    return m;
}

sparse *layer_by_filter(const struct layer *l, const double *filter) {
    return build(l, filter, NULL);
}

sparse *layer_by_picture(const struct layer *l, const double *picture) {
    return build(l, NULL, picture);
}
