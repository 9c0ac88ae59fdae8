/* One layer of a network by the plainest loops in double, and the gradient of a sum of its outputs
 * by central differences: what an operation in floats is compared with.  Channels run fastest. */
#ifndef PLAIN_LAYER_H
#define PLAIN_LAYER_H

#include "work.h"

struct plain_layer {
    struct layer layer;
    int64_t batch;
    struct map read, put;
    double *input, *other, *weights; /* `other` and `weights` may be NULL */
    const double *probe;             /* one an output: the sum is of probe * output */
};

void plain_forward(const struct plain_layer *p, double *output);
/* The gradient of that sum by one number of those above, which is back at its value afterwards. */
double plain_slope(const struct plain_layer *p, double *number);

int64_t plain_outputs(const struct plain_layer *p);

#endif
