/* One training step of a ResNet as a list of operations, and the tensors that these read and write:
 * forward, backward, update.  Everything about memory derives from this list: when a tensor lives
 * is from its first operation to its last.  A backend runs the same list.  Knows kinds and sizes;
 * nothing of addresses, cards or how an operation is computed. */
#ifndef STEP_H
#define STEP_H

#include "resnet.h"

enum step_optimiser { STEP_SGD, STEP_MOMENTUM, STEP_ADAM, STEP_OPTIMISERS };

/* What may be computed again, or earlier, so that less has to be kept. */
enum step_lever {
    STEP_RENORMALISE =
        1, /* outputs of normalisation and ReLU inside of blocks, from what they read */
    STEP_REPROJECT =
        2, /* the last convolution of bottlenecks and those of shortcuts, which are 1 x 1 */
    STEP_CHECKPOINT = 4,  /* everything inside of blocks: only block boundaries are kept */
    STEP_FUSED_UPDATE = 8 /* weights are updated as soon as their gradient is known, which then
                             goes; impossible with accumulation */
};

struct step_plan {
    enum step_optimiser optimiser;
    int width;       /* bytes of a number in activations: 4, or 2 (then weights have a copy of 2) */
    unsigned levers; /* of enum step_lever */
    bool accumulates;  /* several batches before an update: gradients outlive the step, are added
                          to, and are 0 after an update, which only the last batch's step runs.
                          Batch statistics then are those of the small batches */
    int64_t workspace; /* bytes of one scratch area that convolutions and norms share */
    int64_t record;    /* bytes of an image as it arrives, twice in memory, so that the next ones
                          arrive while the step runs; 0: images arrive ready for use */
};

/* What an update and the loss go by; the host sets it for every step. */
struct step_settings {
    float rate;     /* of learning */
    float momentum; /* of STEP_MOMENTUM: velocity = momentum * velocity + gradient */
    float mean_decay, square_decay, epsilon;  /* of STEP_ADAM: beta1, beta2 */
    float mean_correction, square_correction; /* of STEP_ADAM: 1 - beta ^ updates so far */
    float share;                              /* of an image in the loss: 1 / images an update */
};
/* What a step finds out. */
struct step_result {
    float loss;   /* the sum over its images, not weighted */
    int32_t hits; /* images whose largest output is their label's; the first of equal ones counts */
};

enum step_kind {
    STEP_WEIGHTS, /* what is learned, always 4 bytes a number */
    STEP_COPY,    /* of weights, in the width of activations */
    STEP_RUNNING, /* mean and variance for inference, and a counter of 8 bytes */
    STEP_STATE,   /* of the optimiser */
    STEP_GRADIENT,
    STEP_BATCH,   /* the images, their labels and records; settings and results */
    STEP_OUTPUT,  /* of layers */
    STEP_MOMENTS, /* mean and deviation of the batch, 4 bytes a number */
    STEP_CHOICES, /* which input a maximum came from, a byte each */
    STEP_DELTA,   /* the gradient of a layer's output */
    STEP_WORKSPACE,
    STEP_KINDS
};
/* "weights", "optimiser", ...: for people. */
const char *step_kind_name(enum step_kind kind);

struct step_tensor {
    enum step_kind kind;
    int layer;                /* whose it is, or -1 */
    bool again;               /* computed a second time */
    int64_t fixed, per_image; /* bytes: fixed + per_image * batch */
    bool stays;               /* outlives the step */
    int first, last;          /* operations */
};

enum operation_kind {
    OPERATION_LOAD,     /* images and labels arrive */
    OPERATION_FORWARD,  /* of any layer */
    OPERATION_LOSS,     /* softmax cross-entropy, and its gradient */
    OPERATION_BACKWARD, /* to the layer's input; of norms also to `other` and their own weights */
    OPERATION_WEIGHT_GRADIENT, /* of convolutions and the linear layer */
    OPERATION_UPDATE           /* of the layer's weights, with momentum or Adam's state */
};

/* What a tensor is to an operation. */
enum step_role {
    ROLE_INPUT,   /* what the layer reads */
    ROLE_OTHER,   /* what a norm adds */
    ROLE_OUTPUT,  /* what the layer puts out; of norms backward: where their ReLU was at work */
    ROLE_RECORDS, /* images as they arrive */
    ROLE_LABELS,
    ROLE_SETTINGS, /* struct step_settings */
    ROLE_LOSS,     /* struct step_result */
    ROLE_WEIGHTS,  /* where there is a copy, products take that */
    ROLE_COPY,
    ROLE_STATE,
    ROLE_RUNNING,
    ROLE_MOMENTS,
    ROLE_CHOICES,
    ROLE_GRADIENT,    /* of the weights */
    ROLE_DELTA,       /* the gradient of the layer's output */
    ROLE_DELTA_INPUT, /* and of its input: of a norm that adds nothing the same tensor */
    ROLE_WORKSPACE,
    STEP_ROLES
};

struct operation {
    enum operation_kind kind;
    int layer;
    bool again; /* a forward operation, run during the backward pass: what it learns of the batch
                   (moments, running statistics) is known by then and only read */
    bool adds;  /* to what stands in ROLE_DELTA_INPUT (both ways around a block) */
    int tensor[STEP_ROLES]; /* that it reads or writes, or -1 */
};

struct step {
    int tensor_count, operation_count;
    struct step_tensor *tensors;
    struct operation *operations;
};

/* Which roles an operation reads and which it writes, a bit each.  What it does both to, it changes
 * in place: a norm that adds turns ROLE_DELTA into the gradient of `other`. */
unsigned step_reads(const struct operation *o);
unsigned step_writes(const struct operation *o);

/* The list for any batch.  Owned by the caller; NULL when there is no memory. */
struct step *step_make(const struct resnet *net, const struct step_plan *plan);
void step_free(struct step *s);

int64_t step_bytes(const struct step_tensor *t, int64_t batch);
/* The most bytes that live at the same time, and at which operation; sums of that moment by kind
 * where `sums` is not NULL (STEP_KINDS). */
int64_t step_peak(const struct step *s, int64_t batch, int *operation, int64_t *sums);

#endif
