/* Scratch memory that cuDNN's convolutions take, asked of cuDNN itself: since version 9.8 it plans
 * for a card that is only described, so that neither a card nor its driver is needed.  Knows which
 * convolutions a network has and passes on what cuDNN prefers; computes nothing itself. */
#ifndef WORKSPACE_H
#define WORKSPACE_H

#include "cards.h"
#include "resnet.h"

enum workspace_layout { WORKSPACE_NCHW, WORKSPACE_NHWC };

struct workspace_order {
    const struct card *card;
    int64_t batch;
    int width; /* bytes of a number: 4, or 2: bfloat16, on older cards than those with it float16 */
    enum workspace_layout layout;
    int64_t most; /* bytes that one convolution may take; INT64_MAX: whatever it prefers */
    bool trainer; /* as ours works: floats stay floats, some passes add, and weight gradients of 16
                     bits are kept aside until they are widened */
};

struct workspace {
    int64_t bytes; /* the largest of all convolutions: forward, back to the input, weights */
    int layer;     /* whose it is */
    int refused;   /* for how many there is no way within `most` */
};

/* NULL when cuDNN answered; else a sentence (static) that says why not: the program was built
 * without it, or it knows no such card.  Takes some tenths of a second and 400 MB. */
const char *workspace_find(const struct resnet *net, const struct workspace_order *order,
                           struct workspace *found);

#endif
