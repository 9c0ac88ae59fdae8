/* Matrices as lists of entries, in any order; entries for the same place add up. */
#ifndef SPARSE_H
#define SPARSE_H

#include "homework.h"

typedef struct sparse sparse;

sparse *sparse_new(void);
void sparse_free(sparse *m);
void sparse_put(sparse *m, long row, long column, double value);
/* y += m x, x += m' y. */
void sparse_times(const sparse *m, const double *x, double *y);
void sparse_transposed_times(const sparse *m, const double *y, double *x);

void clear(double *at, long count);

/* Where the windows of one direction lie: number i of `count` has its element u over place
 * i * stride + u * dilation - padding of `size`.  What is there when that is outside: */
enum edge { EDGE_NOTHING, EDGE_MIRROR, EDGE_MIRROR_TWICE, EDGE_AROUND };
struct axis {
    int size, count, elements, stride, padding, dilation;
    enum edge edge;
};
/* -1 where there is nothing. */
long axis_place(const struct axis *a, long window, long element);

/* One picture of `channels` planes, filters (filters, channels, elements ...): the matrix from the
 * numbers of the picture to those of the output. */
struct layer {
    int channels, filters;
    struct axis down, along;
};
sparse *layer_by_filter(const struct layer *l, const double *filter);
/* The matrix from the numbers of one filter to one output plane. */
sparse *layer_by_picture(const struct layer *l, const double *picture);

#endif
