/* Everything of a training step on a GPU but products: loading, norms with what they add and their
 * ReLU, pooling, the mean, loss, updates.  Starts kernels on GPU_WORK and does not wait. */
#ifndef KERNELS_H
#define KERNELS_H

#include "gpu.h"
#include "work.h"

/* Scratch for sums over a batch, the most that any layer of the network takes. */
int64_t kernels_workspace(const struct resnet *net, int64_t batch);
/* Of products, which libraries compute before, only what these leave: the linear layer's biases are
 * added to its outputs and their gradients summed over the batch; convolutions' weight gradients of
 * 16 bits, which lie at the front of ROLE_WORKSPACE, go as floats to ROLE_GRADIENT.  Troubles are
 * the device's (gpu_trouble). */
void kernels_run(struct gpu *g, const struct work *w);

#endif
