#include "halves.h"

static void give_share(int64_t i, void *context) {
    tensor *w = context;
    w->at[i] = 1.0 / (double)tensor_count(w);
}

void averaging_filter(tensor *w) {
    halves_do(0, tensor_count(w), give_share, w);
}

static void put_laplacian(int64_t i, void *context) {
    ((double *)context)[i] = i == 4 ? -4 : (double)(i & 1);
}

void laplacian_filter(tensor *w) {
    halves_do(0, 9, put_laplacian, w->at);
}

struct view {
    const tensor *image, *w;
    tensor *y;
    int64_t pixel; /* where the filter lies */
};

/* To the mirror and back, until it is inside. */
static int64_t reflect(int64_t i, int64_t size) {
    return i < 0 ? reflect(-1 - i, size) : i < size ? i : reflect(2 * size - 1 - i, size);
}

static double product(int64_t e, const void *context) {
    const struct view *v = context;
    int64_t width = v->image->dim[1], kh = v->w->dim[0], kw = v->w->dim[1];
    int64_t row = reflect(v->pixel / width + kh / 2 - e / kw, v->image->dim[0]);
    int64_t column = reflect(v->pixel % width + kw / 2 - e % kw, width);
    return v->w->at[e] * v->image->at[row * width + column];
}

static void filter_pixel(int64_t i, void *context) {
    struct view *v = context;
    v->pixel = i;
    v->y->at[i] = halves_sum(0, tensor_count(v->w), product, v);
}

void filter_image(const tensor *image, const tensor *w, tensor *y) {
    struct view v = {image, w, y, 0};
    halves_do(0, tensor_count(y), filter_pixel, &v);
}
