/* 7. Memory on a GPU
 *
 * Write these functions; problems/7-gpu-memory.md says what each has to do.
 * Keep their names and parameters; functions of your own are welcome.
 * What still returns as it does here counts as not started. */
#include "homework.h"

#include <math.h>

/* The numbers that a ResNet learns.  -1 when a stage has less than one block, when there is less than
 * one class, or when the count does not fit.
 *   blocks (stages)    the number of blocks of each
 *   bottleneck         1: bottleneck blocks, 0: basic ones */
int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    (void)blocks, (void)bottleneck, (void)classes;
    return INT64_MIN;
}

/* The bytes of the parameters alone.  -1 when a number is below 0, when width is below 1, or when
 * the answer does not fit. */
int64_t model_bytes(int64_t parameters, int width) {
    (void)parameters, (void)width;
    return INT64_MIN;
}

/* What the optimiser keeps in addition.  -1 where model_bytes is -1, whatever the optimiser; for an
 * optimiser that is none of these; and when the answer does not fit. */
int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    (void)parameters, (void)width, (void)kind;
    return INT64_MIN;
}

/* The bytes that a training step keeps for its backward pass.  -1 when a number of channels, a
 * height or a width of a map is below 1; for an unknown kind; when a layer does not read what the
 * one before it puts out; when a layer changes what it cannot (a normalisation and a ReLU the shape,
 * a pooling the channels; a connected layer puts out 1 by 1; everything else may have any size);
 * when batch or width is below 1; and when the answer does not fit.
 *   layers (L, KEPT_COLUMNS) */
int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    (void)layers, (void)batch, (void)width;
    return INT64_MIN;
}

/* Weights, gradients, the optimiser's numbers, and what is saved for a batch, of which an image takes
 * `saved_per_image` bytes.  -1 when a number is below 0, when batch or width is below 1, for an
 * unknown optimiser, and when the answer does not fit. */
int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind) {
    (void)parameters, (void)saved_per_image, (void)batch, (void)width, (void)kind;
    return INT64_MIN;
}

/* The largest batch whose peak is at most `budget` bytes; 0 when not even one image fits into the
 * budget.  -1 when budget or parameters are below 0; when saved_per_image or width is below 1; for an
 * unknown optimiser; and when what a training takes before its first image does not fit into an
 * int64_t. */
int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width,
                      int kind) {
    (void)budget, (void)parameters, (void)saved_per_image, (void)width, (void)kind;
    return INT64_MIN;
}

/* The most bytes that are taken at the same time.  -1 when a tensor is taken that is already there;
 * when one is given back that is not there, or with other bytes than it took; for 0 bytes; and when
 * the answer does not fit.  A tensor may stay, and may be taken again when it was given back.
 *   events (L, EVENT_COLUMNS) */
int64_t schedule_peak(const ints *events) {
    (void)events;
    return INT64_MIN;
}
