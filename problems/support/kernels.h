/* Everything of a training step on a GPU but products: loading, norms with what they add and their
 * ReLU, pooling, the mean, loss, updates.  Starts kernels on GPU_WORK and does not wait. */
#ifndef KERNELS_H
#define KERNELS_H

#include "gpu.h"
#include "work.h"

/* Scratch for sums over a batch, the most that any layer of the network takes. */
int64_t kernels_workspace(const struct resnet *net, int64_t batch);
/* Troubles are the device's (gpu_trouble). */
void kernels_run(struct gpu *g, const struct work *w);

/* What is left of products: the linear layer's biases, which are added to its outputs or, of its
 * gradients, summed over the batch; and weight gradients of 16 bits, which become floats in
 * ROLE_GRADIENT, added when the work gathers. */
void kernels_bias(struct gpu *g, const struct work *w);
void kernels_widen(struct gpu *g, const struct work *w, const void *narrow);

#endif
