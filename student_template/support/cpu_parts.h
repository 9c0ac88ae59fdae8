/* What cpu_work.c tells apart, by kind of layer.  All of them are sure to be in floats and to have
 * the scratch that they take.  Inside of cpu_work.h only. */
#ifndef CPU_PARTS_H
#define CPU_PARTS_H

#include "work.h"

/* Pixels of all images that a layer puts out. */
static inline int64_t cpu_pixels(const struct work *w) {
    return w->batch * w->put.height * w->put.width;
}
/* Numbers that one output of a convolution is a sum of, and whether they lie side by side in its
 * input already. */
static inline int64_t cpu_patch(const struct layer *l, int channels) {
    return (int64_t)l->kernel * l->kernel * channels;
}
static inline bool cpu_is_direct(const struct layer *l) {
    return l->kernel == 1 && l->stride == 1 && l->padding == 0;
}

void cpu_load(const struct work *w);
void cpu_loss(const struct work *w);
void cpu_convolve(const struct work *w);
void cpu_convolve_back(const struct work *w);
void cpu_convolve_gradient(const struct work *w);
void cpu_linear(const struct work *w);
void cpu_linear_back(const struct work *w);
void cpu_linear_gradient(const struct work *w);
void cpu_norm(const struct work *w);
void cpu_norm_back(const struct work *w);
void cpu_max_pool(const struct work *w);
void cpu_max_pool_back(const struct work *w);
void cpu_mean(const struct work *w);
void cpu_mean_back(const struct work *w);
void cpu_update(const struct work *w);

#endif
