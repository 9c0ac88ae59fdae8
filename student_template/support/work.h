/* One operation of a training step (step.h) with all that computing it takes: shapes, and where the
 * tensors lie.  What computes it, on a CPU or a GPU, gets this and nothing else.
 *
 * How tensors lie in memory, the last index running fastest:
 *   images, outputs, deltas  (batch, height, width, channels), in the width of `numbers`
 *   weights of convolutions  (out, kernel, kernel, in); gradients, copies and Adam's states alike
 *   weights of the linear layer  (out, in), then its biases (out)
 *   weights of norms         factors (channels), then biases (channels)
 *   states                   momentum: as the weights; Adam: all means, then all mean squares
 *   running statistics       means (channels), variances (channels), then int64_t batches seen
 *   moments                  means (channels), then 1 / sqrt(variance + NORM_EPSILON) (channels)
 *   choices                  (batch, height, width, channels) of the output, a byte each: the place
 *                            in the window, row * kernel + column
 *   records                  (2, batch, record): as files have them, double-buffered; a record is
 *                            the label, a byte, and bytes (channels, height, width)
 *   labels                   (batch), int64_t; one outside of the classes is no image: it adds to
 *                            neither the loss nor the hits
 *   loss                     struct step_result
 *   settings                 struct step_settings
 * Numbers of activations and of copies are floats or, with NUMBERS_BF16, bfloat16; all else is
 * floats. */
#ifndef WORK_H
#define WORK_H

#include "arena.h"
#include "step.h"

/* How products are computed: all in floats; with TF32's 10 bits of mantissa on tensor cores;
 * everything stored and multiplied in bfloat16, and summed in floats. */
enum numbers { NUMBERS_FP32, NUMBERS_TF32, NUMBERS_BF16 };

/* Of PyTorch's BatchNorm2d. */
#define NORM_EPSILON  1e-5F
#define NORM_MOMENTUM 0.1F

struct map {
    int channels, height, width;
};

struct work {
    enum operation_kind kind;
    const struct layer *layer; /* NULL: loading */
    int64_t batch;
    struct map read, put; /* of one image: what the layer reads and puts out; loading: a record's
                             and an image */
    enum numbers numbers;
    enum step_optimiser optimiser;
    bool again, adds;     /* of struct operation */
    bool gathers;         /* gradients of weights are added to what is there; an update leaves 0 */
    bool evaluates;       /* norms use the running statistics and leave them as they are */
    int half;             /* loading: of the records, 0 or 1 */
    void *at[STEP_ROLES]; /* where each tensor lies, or NULL */
    int64_t bytes[STEP_ROLES];
};

/* What the images and settings of a training are, besides the step. */
struct work_order {
    const struct resnet *net;
    const struct step *step;
    const struct arena *arena;
    int64_t batch;
    enum numbers numbers;
    enum step_optimiser optimiser;
    bool gathers;
    struct map record;
};

/* Operation `i` of the step, in an arena that lies at `base`. */
struct work work_bind(const struct work_order *order, int i, void *base);

/* Loading resizes as PyTorch's interpolate(mode="bilinear", align_corners=False) does, records of
 * one channel standing for all three, and then takes (pixel / 255 - mean) / deviation. */
extern const float image_means[3], image_deviations[3];

#endif
