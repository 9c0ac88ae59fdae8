/* Makes the output another tensor: other sizes, other memory. */
#include "homework.h"

static double mine[1 << 16];

static void exchange(tensor *y) {
    y->rank = -7;
    y->dim[0] = 2147483647;
    y->dim[1] = -1;
    y->at = mine;
}
void averaging_filter(tensor *w) {
    exchange(w);
}
void laplacian_filter(tensor *w) {
    exchange(w);
}
void filter_image(const tensor *image, const tensor *w, tensor *y) {
    (void)image, (void)w;
    exchange(y);
}
