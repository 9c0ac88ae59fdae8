/* The layers of a plan, their numbers and what they cost.  Knows no way of computing them. */
#include "model.h"

#include "draws.h"

#include <math.h>
#include <string.h>

enum { MLP_HIDDEN1 = 50, MLP_HIDDEN2 = 10 };
enum { PURPOSE_PARAMETERS = 2 };

/* --- Layers --- */

static int mlp_layers(const struct model_plan *plan, struct model_layer *layers) {
    const int sizes[] = {plan->height * plan->width, MLP_HIDDEN1, MLP_HIDDEN2, plan->classes};
    static const char *names[] = {"linear1", "linear2", "linear3"};
    for (int i = 0; i < 3; i++)
        layers[i] = (struct model_layer){names[i], sizes[i + 1], sizes[i], 1, 0, 1, 1, 1, 1};
    return 3;
}

static int cnn_layers(const struct model_plan *plan, struct model_layer *layers) {
    static const char *names[] = {"conv1", "conv2", "conv3", "conv4"};
    if ((plan->depth != 2 && plan->depth != 4) || plan->kernel < 1 || plan->filters < 1)
        return -1;
    int height = plan->height, width = plan->width, padding = (plan->kernel - 1) / 2;
    for (int i = 0; i < plan->depth; i++) {
        if (padding >= height || padding >= width)
            return -1;
        int out_height = height + 2 * padding - plan->kernel + 1;
        int out_width = width + 2 * padding - plan->kernel + 1;
        if (out_height < 1 || out_width < 1)
            return -1;
        layers[i] = (struct model_layer){names[i],     plan->filters, i ? plan->filters : 1,
                                         plan->kernel, padding,       height,
                                         width,        out_height,    out_width};
        bool pooled = i == plan->depth / 2 - 1;
        height = pooled ? out_height / 2 : out_height;
        width = pooled ? out_width / 2 : out_width;
    }
    layers[plan->depth] =
        (struct model_layer){"linear1", plan->classes, plan->filters, 1, 0, 1, 1, 1, 1};
    return plan->depth + 1;
}

int model_layers(const struct model_plan *plan, struct model_layer layers[MODEL_LAYERS]) {
    if (plan->height < 1 || plan->width < 1 || plan->classes < 1 || plan->classes > MODEL_CLASSES)
        return -1;
    return plan->kind == MODEL_MLP ? mlp_layers(plan, layers) : cnn_layers(plan, layers);
}

static int64_t fan_in(const struct model_layer *l) {
    return (int64_t)l->inputs * l->kernel * l->kernel;
}

/* --- Counts --- */

int64_t model_parameter_count(const struct model_plan *plan) {
    struct model_layer layers[MODEL_LAYERS];
    int count = model_layers(plan, layers);
    int64_t sum = count < 0 ? -1 : 0;
    for (int i = 0; i < count; i++)
        sum += layers[i].outputs * (fan_in(&layers[i]) + 1);
    return sum;
}

/* A layer multiplies as often for its outputs as for the gradient of its weights and for that of
 * its input, which the first layer has no use for. */
int64_t model_multiply_adds(const struct model_plan *plan) {
    struct model_layer layers[MODEL_LAYERS];
    int count = model_layers(plan, layers);
    int64_t sum = count < 0 ? -1 : 0;
    for (int i = 0; i < count; i++) {
        const struct model_layer *l = &layers[i];
        sum += (i ? 3 : 2) * fan_in(l) * l->outputs * l->out_height * l->out_width;
    }
    return sum;
}

int64_t model_find(const struct model_plan *plan, const char *name, int64_t *count) {
    struct model_layer layers[MODEL_LAYERS];
    int layer_count = model_layers(plan, layers);
    int64_t offset = 0;
    for (int i = 0; i < layer_count; i++) {
        int64_t weights = layers[i].outputs * fan_in(&layers[i]);
        size_t length = strlen(layers[i].name);
        bool named = strncmp(name, layers[i].name, length) == 0;
        if (named && strcmp(name + length, ".weight") == 0) {
            *count = weights;
            return offset;
        }
        if (named && strcmp(name + length, ".bias") == 0) {
            *count = layers[i].outputs;
            return offset + weights;
        }
        offset += weights + layers[i].outputs;
    }
    return -1;
}

/* --- First numbers --- */

void model_initialise(const struct model_plan *plan, uint64_t seed, double *parameters) {
    struct model_layer layers[MODEL_LAYERS];
    int count = model_layers(plan, layers);
    struct draws draws = draws_from(seed, PURPOSE_PARAMETERS);
    for (int i = 0; i < count; i++) {
        double bound = 1 / sqrt((double)fan_in(&layers[i]));
        for (int64_t n = layers[i].outputs * (fan_in(&layers[i]) + 1); n > 0; n--)
            *parameters++ = draws_uniform(&draws, -bound, bound);
    }
}
