#include "halves.h"

#include <math.h>
#include <stdlib.h>

/* --- Which filter? --- */

/* The columns of the equations, with the right-hand side behind them: `columns` of `rows` numbers.
 */
struct system {
    double *at;
    int rows, columns;
    const double *pivot; /* a column of length 1 */
};

static double *column_of(const struct system *s, int64_t c) {
    return s->at + c * s->rows;
}

struct pair {
    double *a;
    const double *b;
    double factor;
};

static void subtract(int64_t i, void *context) {
    const struct pair *p = context;
    p->a[i] -= p->factor * p->b[i];
}

static void project_out(int64_t c, void *context) {
    const struct system *s = context;
    double *column = column_of(s, c);
    struct pair p = {column, s->pivot, halves_dot(s->rows, s->pivot, 1, column, 1)};
    halves_do(0, s->rows, subtract, &p);
}

static double length(const double *a, int rows) {
    return sqrt(halves_dot(rows, a, 1, a, 1));
}

static void divide(int64_t i, void *context) {
    const struct pair *p = context;
    p->a[i] = p->b[i] / p->factor;
}

/* Takes the direction of the first column out of all others, and so on, until one is left.  False
 * when a column was a mixture of those before it. */
static bool orthogonalise(struct system s, const double *lengths) {
    if (s.columns == 1)
        return length(s.at, s.rows) > 1e-9 * *lengths;
    double before = length(s.at, s.rows);
    struct pair scaled = {s.at, s.at, before};
    if (before <= 1e-9 * *lengths)
        return false;
    halves_do(0, s.rows, divide, &scaled);
    s.pivot = s.at;
    halves_do(1, s.columns, project_out, &s);
    struct system rest = {s.at + s.rows, s.rows, s.columns - 1, NULL};
    return orthogonalise(rest, lengths + 1);
}

/* What the last column keeps of its own when all others have been taken out of it tells the last
 * unknown: y's share of it, divided by its own.  Then it moves to the other side. */
static int peel(const double *original, const double *lengths, double y_length, int rows,
                int unknowns, double *y, double *w) {
    if (unknowns == 0)
        return length(y, rows) <= 1e-9 * y_length ? OK : IMPOSSIBLE;
    double *units = malloc(sizeof(double) * (size_t)(rows * unknowns));
    const double *last = original + (int64_t)rows * (unknowns - 1);
    double *own = units + (int64_t)rows * (unknowns - 1);
    struct pair copy = {units, original, 1};
    halves_do(0, (int64_t)rows * unknowns, divide, &copy);
    bool independent = orthogonalise((struct system){units, rows, unknowns, NULL}, lengths);
    if (independent) {
        w[unknowns - 1] = halves_dot(rows, own, 1, y, 1) / halves_dot(rows, own, 1, last, 1);
        struct pair move = {y, last, w[unknowns - 1]};
        halves_do(0, rows, subtract, &move);
    }
    free(units);
    return independent ? peel(original, lengths, y_length, rows, unknowns - 1, y, w) : IMPOSSIBLE;
}

struct filling {
    const tensor *x;
    double *columns, *lengths;
    int rows;
};

static void fill(int64_t i, void *context) {
    const struct filling *f = context;
    f->columns[i] = f->x->at[i % f->rows + i / f->rows];
}

static void measure(int64_t c, void *context) {
    const struct filling *f = context;
    f->lengths[c] = length(f->columns + c * f->rows, f->rows);
}

int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    int rows = y->dim[0], size = w->dim[0];
    if (rows + size - 1 != x->dim[0] || rows < size)
        return IMPOSSIBLE;
    double *room = malloc(sizeof(double) * (size_t)(rows * (size + 1) + size));
    struct filling f = {x, room, room + rows * (size + 1), rows};
    halves_do(0, (int64_t)rows * size, fill, &f);
    halves_do(0, size, measure, &f);
    double *rest = room + rows * size;
    struct pair copy = {rest, y->at, 1};
    halves_do(0, rows, divide, &copy);
    int status = peel(room, f.lengths, length(y->at, rows), rows, size, rest, w->at);
    free(room);
    return status;
}

/* --- Transposed convolution --- */

struct picture {
    const tensor *x, *w;
    tensor *y;
    int64_t stride, padding, n, f, row, column;
};

static bool fits(int64_t in, int64_t k, int64_t s, int64_t p, int64_t out) {
    return s >= 1 && p >= 0 && (in - 1) * s - 2 * p + k == out;
}

static double term_of(int64_t e, const void *context) {
    const struct picture *p = context;
    int64_t kw = p->w->dim[3], kh = p->w->dim[2], c = e / kw / kh;
    int64_t down = p->row + p->padding - e / kw % kh, right = p->column + p->padding - e % kw;
    if (down < 0 || right < 0 || down % p->stride || right % p->stride ||
        down / p->stride >= p->x->dim[2] || right / p->stride >= p->x->dim[3])
        return 0;
    return p->x->at[((p->n * p->x->dim[1] + c) * p->x->dim[2] + down / p->stride) * p->x->dim[3] +
                    right / p->stride] *
           p->w->at[(c * p->w->dim[1] + p->f) * kh * kw + e % (kh * kw)];
}

static void make_output(int64_t o, void *context) {
    struct picture *p = context;
    p->column = o % p->y->dim[3];
    p->row = o / p->y->dim[3] % p->y->dim[2];
    p->f = o / p->y->dim[3] / p->y->dim[2] % p->y->dim[1];
    p->n = o / p->y->dim[3] / p->y->dim[2] / p->y->dim[1];
    p->y->at[o] =
        halves_sum(0, (int64_t)p->w->dim[0] * p->w->dim[2] * p->w->dim[3], term_of, p);
}

int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (x->dim[1] != w->dim[0] || x->dim[0] != y->dim[0] || w->dim[1] != y->dim[1] ||
        !fits(x->dim[2], w->dim[2], stride, padding, y->dim[2]) ||
        !fits(x->dim[3], w->dim[3], stride, padding, y->dim[3]))
        return IMPOSSIBLE;
    struct picture p = {x, w, y, stride, padding, 0, 0, 0, 0};
    halves_do(0, tensor_count(y), make_output, &p);
    return OK;
}

struct line {
    const tensor *x, *w;
    tensor *y;
    int64_t stride, padding, place;
};

static double line_term(int64_t i, const void *context) {
    const struct line *l = context;
    int64_t h = l->place + l->padding - i * l->stride;
    return h < 0 || h >= l->w->dim[0] ? 0 : l->x->at[i] * l->w->at[h];
}

static void make_place(int64_t o, void *context) {
    struct line *l = context;
    l->place = o;
    l->y->at[o] = halves_sum(0, l->x->dim[0], line_term, l);
}

int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (!fits(x->dim[0], w->dim[0], stride, padding, y->dim[0]))
        return IMPOSSIBLE;
    struct line l = {x, w, y, stride, padding, 0};
    halves_do(0, y->dim[0], make_place, &l);
    return OK;
}
