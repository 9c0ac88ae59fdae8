/* 2. Feature dimensions
 *
 * Write these functions; problems/2-dimensions.md says what each has to do.
 * Keep their names and parameters; functions of your own are welcome.
 * What still returns as it does here counts as not started. */
#include "homework.h"

#include <math.h>

/* The weights and biases of a convolution layer together: f filters of k x k for c channels.  -1
 * when one of the three is below 1, or when the count does not fit. */
int64_t conv_parameters(int k, int c, int f) {
    (void)k, (void)c, (void)f;
    return INT64_MIN;
}

/* The output size of a pooling in one direction, or -1 where there is none: a size or stride below
 * 1, or a window larger than the input. */
int64_t pool_size(int64_t in, int k, int s) {
    (void)in, (void)k, (void)s;
    return INT64_MIN;
}

/* The multiply-adds of one forward pass.  -1 when a layer is impossible or of no known kind, or
 * when the count does not fit.
 *   input (INPUT_NUMBERS)
 *   layers (L, NET_COLUMNS) */
int64_t multiply_adds(const ints *input, const ints *layers) {
    (void)input, (void)layers;
    return INT64_MIN;
}

/* Parameters and map of each layer.  IMPOSSIBLE when a layer is impossible or of no known kind,
 * when a number of the table does not fit, and when the table has another number of rows.
 *   input (INPUT_NUMBERS)
 *   layers (L, NET_COLUMNS)
 *   rows (L + 1, TABLE_COLUMNS)    is assigned: the input, without parameters, then each layer */
int network_table(const ints *input, const ints *layers, ints *rows) {
    (void)input, (void)layers, (void)rows;
    return UNFINISHED;
}

/* Convolution of a batch on a torus, with stride 1.
 *   x (N, C, H, W)      the images
 *   w (F, C, KH, KW)    the filters
 *   b (F)               a bias for each filter
 *   y (N, F, H, W)      is assigned */
void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    (void)x, (void)w, (void)b, (void)y;
}

/* The means that the network makes of the third and the fourth image.
 *   g (2, 3)    is assigned: g3, g4 */
void edge_features(tensor *g) {
    (void)g;
}
