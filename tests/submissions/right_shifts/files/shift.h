#pragma once
#include "homework.h"

/* A picture: rows x columns numbers. */
typedef struct {
    int rows, columns;
    double *at;
} picture;

static inline picture plane_of(const tensor *t, int p) {
    int size = t->dim[2] * t->dim[3];
    return (picture){t->dim[2], t->dim[3], t->at + (int64_t)p * size};
}

/* A picture of zeros, to be freed with picture_free. */
picture picture_new(int rows, int columns);
void picture_free(picture *p);
void picture_set(picture p, double value);

/* Where the smaller picture lies in the larger one: its pixel (i, j) at (down + i step, right + j
 * step).  What falls outside is nothing. */
typedef struct {
    int64_t down, right;
    int step;
} offset;

/* small += factor * what lies under it. */
void shift_in(picture small, picture large, offset o, double factor);
/* large += factor * what lies on it. */
void shift_out(picture large, picture small, offset o, double factor);
/* The sum of the products of what lies on one another. */
double shift_dot(picture small, picture large, offset o);

/* What lies beyond the edge: `twice` repeats the outermost pixel. */
typedef struct {
    int above, below, before, behind, twice;
} frame;
picture framed(picture p, frame f);
/* The transpose of framed: p = the sum of what lies in all the places that showed a pixel. */
void unframed(picture p, picture large, frame f);
