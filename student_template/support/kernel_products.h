/* Insides of kernels: what libraries leave of products - the linear layer's biases, and weight
 * gradients of 16 bits that become floats. */
#ifndef KERNEL_PRODUCTS_H
#define KERNEL_PRODUCTS_H

#include "kernel_numbers.h"

struct bias_task {
    int64_t items, batch;
    int classes;
    bool gathers;
    const void *biases; /* forward: in the width of the outputs */
    void *outputs;      /* to which they are added */
    const void *delta;  /* backward: summed over the batch into */
    float *gradient;
};

/* An output. */
KERNEL void bias_item(const struct bias_task *t, int64_t item, int bytes) {
    struct lanes output = numbers_load(t->outputs, item, bytes, 1);
    output.at[0] += numbers_load(t->biases, item % t->classes, bytes, 1).at[0];
    numbers_store(t->outputs, item, bytes, 1, output);
}

/* A class. */
KERNEL void bias_back_item(const struct bias_task *t, int64_t item, int bytes) {
    float sum = t->gathers ? t->gradient[item] : 0;
    for (int64_t image = 0; image < t->batch; image++)
        sum += numbers_load(t->delta, image * t->classes + item, bytes, 1).at[0];
    t->gradient[item] = sum;
}

struct widen_task {
    int64_t items;
    bool gathers;
    const void *narrow;
    float *gradient;
};

KERNEL void widen_item(const struct widen_task *t, int64_t item, int lanes) {
    struct lanes l = numbers_load(t->narrow, item * lanes, 2, lanes);
    UNROLL
    for (int i = 0; i < lanes; i += 4) {
        struct lanes part = {{0, 0, 0, 0, 0, 0, 0, 0}};
        int count = lanes < 4 ? lanes : 4;
        if (t->gathers)
            part = floats_load(t->gradient, item * lanes + i, count);
        UNROLL
        for (int k = 0; k < count; k++)
            part.at[k] += l.at[i + k];
        numbers_store(t->gradient, item * lanes + i, 4, count, part);
    }
}

#endif
