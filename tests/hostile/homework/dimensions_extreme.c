/* The largest and the smallest numbers there are, as counts; a table that claims to be larger. */
#include "homework.h"

#include <limits.h>
#include <math.h>

int64_t conv_parameters(int k, int c, int f) {
    (void)k, (void)c, (void)f;
    return INT64_MAX;
}
int64_t pool_size(int64_t in, int k, int s) {
    (void)in, (void)k, (void)s;
    return -INT64_MAX;
}
int64_t multiply_adds(const ints *input, const ints *layers) {
    (void)input, (void)layers;
    return INT64_MIN;
}
int network_table(const ints *input, const ints *layers, ints *rows) {
    (void)input, (void)layers;
    rows->at[0] = INT64_MAX;
    rows->dim[0] = rows->dim[1] = INT_MAX;
    rows->rank = INT_MAX;
    return INT_MIN;
}
void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    (void)w, (void)b;
    for (int64_t i = 0; i < (int64_t)x->dim[0] * y->dim[1] * x->dim[2] * x->dim[3]; i++)
        y->at[i] = i % 2 ? INFINITY : -INFINITY;
}
void edge_features(tensor *g) {
    for (int i = 0; i < 6; i++)
        g->at[i] = nan("");
}
