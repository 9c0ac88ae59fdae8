#include "shift.h"

#include <stdlib.h>
#include <string.h>

picture picture_new(int rows, int columns) {
    return (picture){rows, columns, calloc((size_t)rows * (size_t)columns, sizeof(double))};
}

void picture_free(picture *p) {
    free(p->at);
    p->at = NULL;
}

void picture_set(picture p, double value) {
    for (int i = 0; i < p.rows * p.columns; i++)
        p.at[i] = value;
}

/* The indices i with 0 <= start + i step < size, below `count`. */
static void range(int64_t start, int step, int size, int count, int *first, int *end) {
    int64_t from = start < 0 ? (-start + step - 1) / step : 0;
    int64_t to = start < size ? (size - 1 - start) / step + 1 : 0;
    *first = (int)(from < count ? from : count);
    *end = (int)(to < count ? to : count);
}

#define OVERLAP(small, large, o)                                                                   \
    int i0, i1, j0, j1;                                                                            \
    range((o).down, (o).step, (large).rows, (small).rows, &i0, &i1);                               \
    range((o).right, (o).step, (large).columns, (small).columns, &j0, &j1)

#define UNDER(large, o, i) ((large).at + ((o).down + (int64_t)(i) * (o).step) * (large).columns)

void shift_in(picture small, picture large, offset o, double factor) {
    OVERLAP(small, large, o);
    for (int i = i0; i < i1; i++)
        for (int j = j0; j < j1; j++)
            small.at[i * small.columns + j] +=
                factor * UNDER(large, o, i)[o.right + (int64_t)j * o.step];
}

void shift_out(picture large, picture small, offset o, double factor) {
    OVERLAP(small, large, o);
    for (int i = i0; i < i1; i++)
        for (int j = j0; j < j1; j++)
            *(UNDER(large, o, i) + o.right + (int64_t)j * o.step) +=
                factor * small.at[i * small.columns + j];
}

double shift_dot(picture small, picture large, offset o) {
    OVERLAP(small, large, o);
    double sum = 0;
    for (int i = i0; i < i1; i++)
        for (int j = j0; j < j1; j++)
            sum += UNDER(large, o, i)[o.right + (int64_t)j * o.step] *
                   small.at[i * small.columns + j];
    return sum;
}

/* A line that is walked to and fro, `before` places before its beginning. */
static void walk(int *to, int count, int size, int before, int twice) {
    int period = twice ? 2 * size : size > 1 ? 2 * size - 2 : 1;
    for (int i = 0; i < count; i++) {
        int place = (i - before) % period;
        if (place < 0)
            place += period;
        to[i] = place < size ? place : period - place - (twice ? 1 : 0);
    }
}

static int *places(int size, int before, int behind, int twice) {
    int *to = malloc(sizeof(int) * (size_t)(size + before + behind));
    walk(to, size + before + behind, size, before, twice);
    return to;
}

picture framed(picture p, frame f) {
    picture large = picture_new(p.rows + f.above + f.below, p.columns + f.before + f.behind);
    int *row = places(p.rows, f.above, f.below, f.twice);
    int *column = places(p.columns, f.before, f.behind, f.twice);
    for (int i = 0; i < large.rows; i++)
        for (int j = 0; j < large.columns; j++)
            large.at[i * large.columns + j] = p.at[row[i] * p.columns + column[j]];
    free(row);
    free(column);
    return large;
}

void unframed(picture p, picture large, frame f) {
    int *row = places(p.rows, f.above, f.below, f.twice);
    int *column = places(p.columns, f.before, f.behind, f.twice);
    memset(p.at, 0, sizeof(double) * (size_t)(p.rows * p.columns));
    for (int j = 0; j < large.columns; j++)
        for (int i = 0; i < large.rows; i++)
            p.at[row[i] * p.columns + column[j]] += large.at[i * large.columns + j];
    free(row);
    free(column);
}
