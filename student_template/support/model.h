/* The two networks of problem 6, whoever computes them: SimpleCNN and the MLP of the edge-detection
 * notebook, and their variants.  An engine is one way of computing them: `fast_engine` is ours, in
 * float32; `layers_engine` goes through the functions that the homework asks for, in double.
 * Refuses to know data sets and studies. */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum model_kind {
    MODEL_CNN, /* conv 1 -> filters, ReLU, 2 x 2 pool, conv filters -> filters, ReLU, global
                  average, linear; convolutions k x k with reflect padding (k - 1) / 2.  With depth
                  4 two convolutions stand before the pool and two behind it, each with a ReLU. */
    MODEL_MLP  /* height * width -> 50 -> 10 -> classes, ReLU between */
};
enum model_pool { MODEL_MAX_POOL, MODEL_AVERAGE_POOL };

struct model_plan {
    enum model_kind kind;
    int height, width, classes; /* 28, 28, 3 unless a study says otherwise */
    int kernel, filters, depth; /* CNN only: 7, 3, 2 */
    enum model_pool pool;       /* CNN only */
};

/* One layer with parameters: weights (outputs, inputs, kernel, kernel), then biases (outputs).  For
 * a linear layer the kernel and the sizes are 1. */
struct model_layer {
    const char *name;          /* "conv1", ... "linear1", ... */
    int outputs, inputs;       /* channels or numbers */
    int kernel, padding;       /* reflect padding on each side */
    int height, width;         /* of its input, without padding */
    int out_height, out_width; /* of its output, before any pooling */
};
enum { MODEL_LAYERS = 5 /* at most */, MODEL_CLASSES = 5 /* at most */ };

/* The layers in order; returns how many, or -1 when the plan is impossible (a kernel whose padding
 * does not fit the picture, or leaves nothing; a depth other than 2 or 4). */
int model_layers(const struct model_plan *plan, struct model_layer layers[MODEL_LAYERS]);

/* Numbers of the model in PyTorch's order (layer by layer: weight, then bias): 606 for the CNN with
 * k = 7, 39,793 for the MLP.  -1 when the plan is impossible. */
int64_t model_parameter_count(const struct model_plan *plan);
/* Multiplications of one forward and backward pass of one picture; -1 as above. */
int64_t model_multiply_adds(const struct model_plan *plan);
/* PyTorch's default: weights and biases uniform in +-1/sqrt(fan_in), from a seed. */
void model_initialise(const struct model_plan *plan, uint64_t seed, double *parameters);
/* Where the numbers of one layer lie: "conv1.weight", "conv1.bias", "conv2.weight", ...,
 * "linear1.weight", ...; returns the offset and sets `count`, or -1. */
int64_t model_find(const struct model_plan *plan, const char *name, int64_t *count);

struct model; /* of an engine */

struct model_engine {
    const char *name;
    /* For batches of up to `batch` pictures; all parameters 0.  NULL when the plan is impossible.
     */
    struct model *(*make)(const struct model_plan *plan, int batch);
    void (*release)(struct model *m);
    void (*read)(const struct model *m, double *parameters);
    void (*write)(struct model *m, const double *parameters); /* also sets the velocities to 0 */
    /* One step of SGD with momentum (PyTorch's form) on `count` pictures; `head_only` leaves all
     * but the last linear layer as it is.  Returns the mean loss before the step. */
    double (*step)(struct model *m, const float *pixels, const int *labels, int count, double rate,
                   double momentum, bool head_only);
    /* Scores (count x classes) of any number of pictures, before the softmax. */
    void (*scores)(struct model *m, const float *pixels, int count, float *scores);
};

extern const struct model_engine fast_engine;   /* fast.c */
extern const struct model_engine layers_engine; /* network.c */

#endif
