#include "room.h"

#include <string.h>

void averaging_filter(tensor *w)
{
    int i, n;

    n = w->dim[0] * w->dim[1];
    for (i = 0; i < n; i++)
        w->at[i] = 1.0 / n;
}

void laplacian_filter(tensor *w)
{
    static double weights[3][3] = {{0, 1, 0}, {1, -4, 1}, {0, 1, 0}};

    memcpy(w->at, weights, sizeof weights);
}

void filter_image(const tensor *image, const tensor *w, tensor *y)
{
    int i, kh, kw, h, l, above, before;
    double *turned, *large;

    kh = w->dim[0], kw = w->dim[1], h = image->dim[0], l = image->dim[1];
    above = (kh - 1) / 2;
    before = (kw - 1) / 2;
    turned = room(ROOM_A, (long)kh * kw);
    large = room(ROOM_B, (long)(h + kh) * (l + kw));
    for (i = 0; i < kh * kw; i++)
        turned[kh * kw - 1 - i] = w->at[i];
    border_lay(BORDER_MIRROR_TWICE, image->at, h, l, above, kh - 1 - above, before, kw - 1 - before,
               large);
    for (i = 0; i < h * l; i++)
        y->at[i] = 0.0;
    plane_add(large, l + kw - 1, turned, kh, kw, 1, 1, y->at, h, l);
}
