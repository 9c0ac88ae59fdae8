#include "shift.h"

#include <stdbool.h>

void averaging_filter(tensor *w) {
    picture_set((picture){w->dim[0], w->dim[1], w->at}, 1.0 / ((double)w->dim[0] * w->dim[1]));
}

/* The picture, shifted by one pixel each way, minus four times itself. */
void laplacian_filter(tensor *w) {
    picture to = {3, 3, w->at};
    double one = 1;
    picture dot = {1, 1, &one};
    picture_set(to, 0);
    for (int there = 0; there <= 2; there += 2) {
        shift_out(to, dot, (offset){there, 1, 1}, 1);
        shift_out(to, dot, (offset){1, there, 1}, 1);
    }
    shift_out(to, dot, (offset){1, 1, 1}, -4);
}

/* w[u][v] = w[u][0] * (w[0][v] / w[0][0])? */
static bool separable(const tensor *w) {
    bool yes = w->at[0] != 0;
    for (int i = 0; i < w->dim[0] * w->dim[1]; i++)
        yes = yes && w->at[i] * w->at[0] ==
                         w->at[i / w->dim[1] * w->dim[1]] * w->at[i % w->dim[1]];
    return yes;
}

void filter_image(const tensor *image, const tensor *w, tensor *y) {
    int kh = w->dim[0], kw = w->dim[1];
    frame f = {kh - 1 - kh / 2, kh / 2, kw - 1 - kw / 2, kw / 2, 1};
    picture out = {y->dim[0], y->dim[1], y->at};
    picture wide = framed((picture){image->dim[0], image->dim[1], image->at}, f);
    picture_set(out, 0);
    if (separable(w)) {
        picture tall = picture_new(wide.rows, out.columns);
        for (int v = 0; v < kw; v++)
            shift_in(tall, wide, (offset){0, kw - 1 - v, 1}, w->at[v] / w->at[0]);
        for (int u = 0; u < kh; u++)
            shift_in(out, tall, (offset){kh - 1 - u, 0, 1}, w->at[u * kw]);
        picture_free(&tall);
    } else {
        for (int i = 0; i < kh * kw; i++)
            shift_in(out, wide, (offset){kh - 1 - i / kw, kw - 1 - i % kw, 1}, w->at[i]);
    }
    picture_free(&wide);
}
