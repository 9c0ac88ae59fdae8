/* 3. Transposed convolution
 *
 * Write these functions; problems/3-transposed-convolution.md says what each has to do.
 * Keep their names and parameters; functions of your own are welcome.
 * What still returns as it does here counts as not started. */
#include "homework.h"

#include <math.h>

/* The filter w that makes the output y from the signal x: y[i] = sum over h of x[i + h] w[h].
 *   x (L)    the signal
 *   y (M)    what came out
 *   w (K)    is assigned
 * IMPOSSIBLE unless M is L - K + 1 and exactly one filter fits. */
int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    (void)x, (void)y, (void)w;
    return UNFINISHED;
}

/* Transposed convolution: y[i S + h - P] collects x[i] w[h].
 *   x (L)    the signal
 *   w (K)    the filter, not flipped
 *   y (O)    is assigned; O must be (L - 1) stride - 2 padding + K */
int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    (void)x, (void)w, (void)stride, (void)padding, (void)y;
    return UNFINISHED;
}

/* Transposed convolution of a batch.
 *   x (N, C, H, W)      the images
 *   w (C, F, KH, KW)    a filter for each pair of channels, not flipped
 *   y (N, F, OH, OW)    is assigned; OH must be (H - 1) stride - 2 padding + KH, and OW alike */
int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    (void)x, (void)w, (void)stride, (void)padding, (void)y;
    return UNFINISHED;
}
