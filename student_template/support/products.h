/* The products of a training step on a GPU: convolutions by cuDNN's backend graphs, the linear
 * layer by cuBLASLt; forward, back to the input, and the gradients of weights.  Every shape's plan
 * is made once, before anything runs, and takes no more scratch than it was told. */
#ifndef PRODUCTS_H
#define PRODUCTS_H

#include "gpu.h"
#include "work.h"

struct products;

/* Opens the libraries.  NULL with the device's trouble. */
struct products *products_open(struct gpu *g);
void products_close(struct products *p);
/* "cuDNN 9.19.0" */
const char *products_version(const struct products *p);
/* Makes plans for every product of the network and returns the largest scratch of them, at most
 * `most` bytes; -1 with the device's trouble. */
int64_t products_plan(struct products *p, const struct resnet *net, int64_t batch,
                      enum numbers numbers, int64_t most);
/* Starts one on GPU_WORK.  Troubles are the device's. */
void products_run(struct products *p, const struct work *w);

#endif
