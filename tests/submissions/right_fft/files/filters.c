#include "spectrum.h"

#include "homework.h"

#include <stdlib.h>

/* Ones, divided by what they add up to. */
void averaging_filter(tensor *w) {
    int64_t count = tensor_count(w);
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        w->at[i] = 1;
        sum += w->at[i];
    }
    for (int64_t i = 0; i < count; i++)
        w->at[i] /= sum;
}

void laplacian_filter(tensor *w) {
    for (int i = 0; i < 9; i++)
        w->at[i] = i % 2;
    w->at[4] = -(w->at[1] + w->at[3] + w->at[5] + w->at[7]);
}

static long mirrored(long place, long size) {
    place %= 2 * size;
    if (place < 0)
        place += 2 * size;
    return place < size ? place : 2 * size - place - 1;
}

/* True convolution is what spectra do anyway. */
void filter_image(const tensor *image, const tensor *w, tensor *y) {
    int kh = w->dim[0], kw = w->dim[1], height = image->dim[0], width = image->dim[1];
    int above = kh - 1 - kh / 2, before = kw - 1 - kw / 2;
    struct plane wide = plane_new(height + kh - 1L, width + kw - 1L);
    struct plane filter = {kh, kw, w->at}, sum = plane_new(wide.rows, wide.columns);
    for (int i = 0; i < wide.rows; i++)
        for (int j = 0; j < wide.columns; j++)
            wide.at[i * wide.columns + j] =
                image->at[mirrored(i - above, height) * width + mirrored(j - before, width)];
    plane_convolve(&wide, &filter, &sum);
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++)
            y->at[i * width + j] = sum.at[(i + kh - 1) * sum.columns + j + kw - 1];
    free(wide.at);
    free(sum.at);
}
