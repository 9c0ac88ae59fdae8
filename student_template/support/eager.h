/* What PyTorch's eager mode takes for the same training step, so that reports from the Python
 * notebook can be judged: a replay of its allocations and releases in the order of autograd, for
 * torchvision's ResNets.  Knows live bytes; nothing of the caching allocator's segments, of
 * workspaces or contexts, which reports list on their own. */
#ifndef EAGER_H
#define EAGER_H

#include "step.h"

struct eager_plan {
    enum step_optimiser optimiser;
    int width;     /* bytes of a number: 4; 2 for a model that was converted as a whole */
    bool autocast; /* with 4: convolutions, the linear layer and all maps in 16 bits, of copies of
                      the weights that the backward pass keeps; gradients arrive in 16 bits */
    int64_t batch;
    int rounding;    /* of every allocation: 512 on CUDA; 1 counts bare bytes */
    bool first_step; /* before the optimiser has made its state, which happens after the peak */
    bool keeps_gradients; /* zero_grad(set_to_none=False): they live through the forward pass */
    bool foreach;         /* the optimiser works on all weights at once: CUDA's default */
    bool onednn; /* on one thread of a CPU: convolutions copy into other layouts and back */
};

/* What autograd keeps for the backward pass, the batch included: fixed, and per image. */
void eager_saved(const struct resnet *net, bool autocast, int64_t *fixed, int64_t *per_image);
/* The most bytes that live at the same time during a step; -1 when that leaves 63 bits. */
int64_t eager_peak(const struct resnet *net, const struct eager_plan *plan);

#endif
