#include "homework.h"
#include "sum.h"

void averaging_filter(tensor *w) {
    for (int64_t left = tensor_count(w), i = left; i-- > 0;)
        w->at[i] = 1.0 / (double)left;
}

void laplacian_filter(tensor *w) {
    for (int i = 8; i >= 0; i--) {
        int steps = (i / 3 != 1) + (i % 3 != 1); /* from the middle */
        w->at[i] = steps == 0 ? -4 : steps == 1 ? 1 : 0;
    }
}

/* Mirrors at the nearer wall until the place is inside. */
static int inside(int place, int size) {
    if (place < 0)
        return inside(-place - 1, size);
    return place < size ? place : inside(2 * size - place - 1, size);
}

void filter_image(const tensor *image, const tensor *w, tensor *y) {
    int height = image->dim[0], width = image->dim[1], kh = w->dim[0], kw = w->dim[1];
    for (int o = height * width - 1; o >= 0; o--) {
        struct sum sum = {0, 0};
        for (int e = kh * kw - 1; e >= 0; e--) {
            int row = inside(o / width + kh / 2 - e / kw, height);
            int column = inside(o % width + kw / 2 - e % kw, width);
            sum_add(&sum, image->at[row * width + column] * w->at[e]);
        }
        y->at[o] = sum_of(sum);
    }
}
