/* Which kernels an operation is, over how many blocks, and on what: all that is to be decided
 * before one is started.  Knows nothing of how they are started. */
#ifndef KERNELS_PLAN_H
#define KERNELS_PLAN_H

#include "kernel_ends.h"
#include "kernel_norms.h"
#include "kernel_pools.h"
#include "kernel_products.h"

enum kernel {
    KERNEL_LOAD,
    KERNEL_NORM_MOMENTS, /* sums of chunks */
    KERNEL_NORM_MOMENTS_END,
    KERNEL_NORM,
    KERNEL_NORM_SUMS,
    KERNEL_NORM_SUMS_END,
    KERNEL_NORM_BACK,
    KERNEL_MAX,
    KERNEL_MAX_BACK,
    KERNEL_MEAN,
    KERNEL_MEAN_BACK,
    KERNEL_LOSS,
    KERNEL_UPDATE,
    KERNEL_BIAS,
    KERNEL_BIAS_BACK,
    KERNEL_WIDEN
};

struct launch {
    enum kernel kernel;
    int64_t blocks, chunks; /* a grid's x and y; every block has BLOCK_THREADS threads */
    int bytes, lanes;
    union {
        struct load_task load;
        struct norm_task norm;
        struct pool_task pool;
        struct loss_task loss;
        struct update_task update;
        struct bias_task bias;
        struct widen_task widen;
    } task;
};

enum { KERNELS_LAUNCHES = 3 };

/* The launches of an operation, at most KERNELS_LAUNCHES, in order; returns how many.  Of products
 * only what libraries leave (kernels.h); none where images arrive ready for use. */
int kernels_plan(const struct work *w, struct launch *launches);

#endif
