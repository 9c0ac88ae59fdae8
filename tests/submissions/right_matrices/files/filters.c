#include "sparse.h"

#include <stdlib.h>

void averaging_filter(tensor *w) {
    long count = tensor_count(w);
    clear(w->at, count);
    sparse *mean = sparse_new();
    for (long i = 0; i < count; i++)
        sparse_put(mean, i, 0, 1.0 / (double)count);
    sparse_times(mean, (const double[]){1}, w->at);
    sparse_free(mean);
}

/* (1 -2 1)' (0 1 0) + (0 1 0)' (1 -2 1). */
void laplacian_filter(tensor *w) {
    static const double second[3] = {1, -2, 1}, here[3] = {0, 1, 0};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            w->at[3 * i + j] = second[i] * here[j] + here[i] * second[j];
}

void filter_image(const tensor *image, const tensor *w, tensor *y) {
    int kh = w->dim[0], kw = w->dim[1];
    struct layer l = {1, 1, {image->dim[0], y->dim[0], kh, 1, (kh - 1) / 2, 1, EDGE_MIRROR_TWICE},
                      {image->dim[1], y->dim[1], kw, 1, (kw - 1) / 2, 1, EDGE_MIRROR_TWICE}};
    double *turned = malloc(sizeof(double) * (size_t)(kh * kw));
    for (int i = 0; i < kh * kw; i++)
        turned[i] = w->at[kh * kw - 1 - i];
    sparse *m = layer_by_filter(&l, turned);
    clear(y->at, tensor_count(y));
    sparse_times(m, image->at, y->at);
    sparse_free(m);
    free(turned);
}
