/* ResNets as a list of layers (He et al., arXiv 1512.03385; a bottleneck's stride lies in its 3 x 3
 * convolution, as in torchvision): what each layer reads, what comes out, and what it learns. Knows
 * sizes of one image; nothing of batches, bytes or training. */
#ifndef RESNET_H
#define RESNET_H

#include <stdbool.h>
#include <stdint.h>

enum layer_kind {
    LAYER_CONV,     /* without bias */
    LAYER_NORM,     /* batch normalisation; then adds `other` and applies ReLU where it says so */
    LAYER_MAX_POOL, /* padding counts as minus infinity */
    LAYER_MEAN,     /* over height and width */
    LAYER_LINEAR    /* with bias */
};

struct layer {
    enum layer_kind kind;
    char name[48]; /* as PyTorch calls it: "layer3.7.conv2" */
    int input;     /* whose output it reads: the number of a layer, or RESNET_IMAGE */
    int other;     /* LAYER_NORM: whose output it adds, or RESNET_NONE */
    bool relu;
    int channels, height, width; /* of its output */
    int kernel, stride, padding;
    int block; /* the residual block that it belongs to, from 0; -1 outside of them */
};

enum { RESNET_IMAGE = -1, RESNET_NONE = -2, RESNET_STAGES = 4, RESNET_LAYERS = 1024 };

struct resnet {
    int channels, height, width, classes; /* of an image; what it is told apart into */
    int layer_count, block_count;
    struct layer layers[RESNET_LAYERS]; /* in the order in which they run */
};

/* What the network is made of. */
struct resnet_plan {
    int blocks[RESNET_STAGES]; /* residual blocks of each stage, at least one */
    bool bottleneck; /* 1 x 1, 3 x 3, 1 x 1 with four times the channels; else 3 x 3 twice */
    int width;       /* channels of the stem and the first stage: 64 */
    int classes;
    int height, width_pixels; /* of an image of three channels: 224 */
};

/* 18, 34, 50, 101 or 152 for 10 classes and images of 224 x 224; false for another depth. */
bool resnet_find(int depth, struct resnet_plan *plan);
/* False when the plan is impossible: no blocks, too many layers, images too small. */
bool resnet_make(const struct resnet_plan *plan, struct resnet *net);

/* The channels, height and width that a layer reads; of `input`. */
void resnet_input(const struct resnet *net, int layer, int *channels, int *height, int *width);
/* Numbers that the layer learns: weights and, of norms and the last layer, biases. */
int64_t resnet_layer_parameters(const struct resnet *net, int layer);
int64_t resnet_parameter_count(const struct resnet *net);
/* Numbers in one image's output of a layer, and multiplications of its forward pass. */
int64_t resnet_layer_outputs(const struct resnet *net, int layer);
int64_t resnet_layer_multiply_adds(const struct resnet *net, int layer);

#endif
