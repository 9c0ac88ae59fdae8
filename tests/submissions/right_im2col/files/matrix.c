#include "matrix.h"

void matrix_multiply(int rows, int columns, int inner, const double *a, int a_transposed,
                     const double *b, int b_transposed, double *c, int add) {
    if (!add)
        for (int i = 0; i < rows * columns; i++)
            c[i] = 0;
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < inner; k++) {
            double left = a_transposed ? a[k * rows + i] : a[i * inner + k];
            for (int j = 0; j < columns; j++)
                c[i * columns + j] += left * (b_transposed ? b[j * inner + k] : b[k * columns + j]);
        }
}

/* The pixel below an element of a window, or -1. */
static long pixel_of(const struct windows *g, int element, int window) {
    int v = element % g->columns, u = element / g->columns % g->rows;
    int c = element / g->columns / g->rows;
    long row = (long)(window / g->across) * g->stride + (long)u * g->dilation - g->padding;
    long column = (long)(window % g->across) * g->stride + (long)v * g->dilation - g->padding;
    if (row < 0 || column < 0 || row >= g->height || column >= g->width)
        return -1;
    return (c * (long)g->height + row) * g->width + column;
}

void windows_take(const struct windows *g, const double *image, double *matrix) {
    int elements = g->channels * g->rows * g->columns, windows = g->down * g->across;
    for (int e = 0; e < elements; e++)
        for (int i = 0; i < windows; i++) {
            long pixel = pixel_of(g, e, i);
            matrix[e * windows + i] = pixel < 0 ? 0 : image[pixel];
        }
}

void windows_put(const struct windows *g, const double *matrix, double *image) {
    int elements = g->channels * g->rows * g->columns, windows = g->down * g->across;
    for (int e = 0; e < elements; e++)
        for (int i = 0; i < windows; i++) {
            long pixel = pixel_of(g, e, i);
            if (pixel >= 0)
                image[pixel] += matrix[e * windows + i];
        }
}
