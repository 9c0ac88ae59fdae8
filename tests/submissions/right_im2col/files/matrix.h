/* Plain matrices, row-major, and the windows of an image as the columns of one. */
#ifndef MATRIX_H
#define MATRIX_H

#include "homework.h"

/* c (rows x columns) = or += a (rows x inner) b (inner x columns); a or b may be transposed. */
void matrix_multiply(int rows, int columns, int inner, const double *a, int a_transposed,
                     const double *b, int b_transposed, double *c, int add);

struct windows {
    int channels, height, width; /* of one image */
    int rows, columns;           /* of a window */
    int stride, padding, dilation;
    int down, across; /* how many windows */
};

/* One row for each element of a window, one column for each window. */
void windows_take(const struct windows *g, const double *image, double *matrix);
/* The transpose: adds each element of the matrix to the pixel that it was taken from. */
void windows_put(const struct windows *g, const double *matrix, double *image);

#endif
