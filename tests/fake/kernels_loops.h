/* Kernels on the host: the insides of the real ones in loops over blocks and, from barrier to
 * barrier, over threads. */
#ifndef KERNELS_LOOPS_H
#define KERNELS_LOOPS_H

#include "kernels_plan.h"

/* Blocks, and between barriers threads, in falling order: nothing may depend on it. */
extern bool kernels_loops_backwards;

/* Runs a `struct launch`; where grids are larger than CUDA allows, the program ends. */
void kernels_loops_launch(const void *launch);
/* All launches of an operation, at once. */
void kernels_loops_run(const struct work *w);

#endif
