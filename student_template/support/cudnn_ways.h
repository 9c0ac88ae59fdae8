/* Ways that cuDNN has for the three passes of a convolution, through its backend interface: a
 * description of the operation goes in, plans to compute it come out, the best first.  For a device
 * at hand or, since version 9.8, for one that is only described.  Built where cuDNN is (verbs.mk).
 */
#ifndef CUDNN_WAYS_H
#define CUDNN_WAYS_H

#include "cards.h"
#include "resnet.h"

#include <cudnn.h>
#include <stdbool.h>

enum cudnn_pass { CUDNN_FORWARD, CUDNN_TO_WEIGHTS, CUDNN_TO_INPUT, CUDNN_PASSES };

struct cudnn_convolution {
    int64_t batch;
    int channels, height, width;             /* what it reads */
    int out_channels, out_height, out_width; /* what it puts out */
    int kernel, stride, padding;
    cudnnDataType_t type; /* of all three tensors; sums are floats */
    bool channels_last;   /* NHWC, else NCHW; weights alike */
};

/* A layer's, but for the type; NHWC. */
struct cudnn_convolution cudnn_convolution_of(const struct resnet *net, int layer, int64_t batch);
/* Whether two have the same plans. */
bool cudnn_same_shape(const struct cudnn_convolution *a, const struct cudnn_convolution *b);

/* cuDNN gives weight gradients of 16 bits only; what trains in bfloat16 keeps them aside, in front
 * of the scratch, before it widens them.  Bytes, with what alignment adds. */
int64_t cudnn_weights_aside(const struct cudnn_convolution *c);

/* Names of the tensors in a plan. */
enum { CUDNN_READ = 1, CUDNN_WEIGHTS, CUDNN_PUT };

struct cudnn_device {
    cudnnHandle_t handle;          /* of the device at hand, or NULL: */
    cudnnBackendDescriptor_t card; /* cudnn_describe_card's */
};
/* A card that is not at hand; destroyed by cudnnBackendDestroyDescriptor.  NULL when cuDNN does not
 * take the description. */
cudnnBackendDescriptor_t cudnn_describe_card(const struct card *card);

struct cudnn_terms {
    bool adds;    /* to what stands in the tensor that is put out */
    bool strict;  /* in floats throughout: not on tensor cores, which round them */
    int64_t most; /* bytes of scratch */
};

struct cudnn_way {
    cudnnBackendDescriptor_t plan; /* to be destroyed by cudnnBackendDestroyDescriptor */
    int64_t bytes;                 /* of scratch */
};

/* The first way that cuDNN proposes within these terms; false when there is none. */
bool cudnn_find_way(const struct cudnn_device *device, const struct cudnn_convolution *c,
                    enum cudnn_pass pass, const struct cudnn_terms *terms, struct cudnn_way *way);

#endif
