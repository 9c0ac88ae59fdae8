#include "matrix.h"

#include <stdlib.h>

void averaging_filter(tensor *w) {
    double side = 1.0 / w->dim[0], ahead = 1.0 / w->dim[1];
    for (int64_t i = 0; i < tensor_count(w); i++)
        w->at[i] = side * ahead;
}

/* Sum of the two second differences, each the product of a column and a row. */
void laplacian_filter(tensor *w) {
    const double second[3] = {1, -2, 1}, centre[3] = {0, 1, 0};
    matrix_multiply(3, 3, 1, second, 0, centre, 0, w->at, 0);
    matrix_multiply(3, 3, 1, centre, 0, second, 0, w->at, 1);
}

/* Walks from 0 to i, turning round at the walls; the wall's pixel is passed twice. */
static int bounce(int i, int size) {
    while (i < 0 || i >= size)
        i = i < 0 ? -1 - i : 2 * size - 1 - i;
    return i;
}

void filter_image(const tensor *image, const tensor *w, tensor *y) {
    int kh = w->dim[0], kw = w->dim[1], height = image->dim[0], width = image->dim[1];
    struct windows g = {1, height + kh - 1, width + kw - 1, kh, kw, 1, 0, 1, height, width};
    double *wide = malloc(sizeof(double) * (size_t)(g.height * g.width));
    double *turned = malloc(sizeof(double) * (size_t)(kh * kw));
    double *matrix = malloc(sizeof(double) * (size_t)(kh * kw) * (size_t)(height * width));
    for (int i = 0; i < g.height; i++)
        for (int j = 0; j < g.width; j++)
            wide[i * g.width + j] = image->at[bounce(i - (kh - 1) / 2, height) * width +
                                              bounce(j - (kw - 1) / 2, width)];
    for (int i = 0; i < kh * kw; i++)
        turned[i] = w->at[kh * kw - 1 - i];
    windows_take(&g, wide, matrix);
    matrix_multiply(1, height * width, kh * kw, turned, 0, matrix, 0, y->at, 0);
    free(matrix);
    free(turned);
    free(wide);
}
