/* Replaying PyTorch's eager mode (eager.h).  In the forward pass the convolution's output and the
 * normalisation's are both kept, ReLU and the sum around a block work in place, and what no
 * backward function asked for goes when the block's function returns.  In the backward pass a
 * function's results are allocated while all that it reads still lives. */
#include "eager.h"

#include <stdlib.h>

enum { NUMBER = 4, INDEX = 8, LABEL = 8 };

struct replay {
    const struct resnet *net;
    const struct eager_plan *plan;
    int64_t live, peak;
};

/* --- Bytes --- */

static int64_t rounded(const struct replay *r, int64_t bytes) {
    return (bytes + r->plan->rounding - 1) / r->plan->rounding * r->plan->rounding;
}

static void hold(struct replay *r, int64_t bytes) {
    r->live += rounded(r, bytes);
    if (r->live > r->peak)
        r->peak = r->live;
}

static void release(struct replay *r, int64_t bytes) {
    r->live -= rounded(r, bytes);
}

/* Of a layer's output for the whole batch; of the images for RESNET_IMAGE. */
static int64_t output_bytes(const struct replay *r, int layer) {
    const struct resnet *n = r->net;
    int64_t numbers = layer == RESNET_IMAGE ? (int64_t)n->channels * n->height * n->width
                                            : resnet_layer_outputs(n, layer);
    return numbers * r->plan->width * r->plan->batch;
}

/* Calls `act` for each parameter tensor of a layer: weights, then biases. */
static void each_parameter(struct replay *r, int layer, void (*act)(struct replay *, int64_t)) {
    const struct layer *l = &r->net->layers[layer];
    int64_t count = resnet_layer_parameters(r->net, layer);
    int64_t biases = l->kind == LAYER_NORM || l->kind == LAYER_LINEAR ? l->channels : 0;
    if (count > 0)
        act(r, (count - biases) * NUMBER);
    if (biases > 0)
        act(r, biases * NUMBER);
}

static void each_parameter_of_all(struct replay *r, void (*act)(struct replay *, int64_t)) {
    for (int i = 0; i < r->net->layer_count; i++)
        each_parameter(r, i, act);
}

/* Mean and deviation, as kept for the backward pass or as running statistics. */
static void hold_pair(struct replay *r, int layer, void (*act)(struct replay *, int64_t)) {
    act(r, (int64_t)r->net->layers[layer].channels * NUMBER);
    act(r, (int64_t)r->net->layers[layer].channels * NUMBER);
}

/* A convolution or a normalisation on the way around a block's main branch. */
static bool is_shortcut(const struct resnet *net, int layer) {
    const struct layer *l = &net->layers[layer];
    const struct layer *norm = l->kind == LAYER_CONV ? &net->layers[layer + 1] : l;
    return l->block >= 0 && !norm->relu;
}

/* --- Forward --- */

static void forward(struct replay *r, int layer) {
    const struct layer *l = &r->net->layers[layer];
    hold(r, output_bytes(r, layer));
    if (l->kind == LAYER_NORM)
        hold_pair(r, layer, hold);
    if (l->kind == LAYER_MAX_POOL)
        hold(r, resnet_layer_outputs(r->net, layer) * INDEX * r->plan->batch);
    /* The shortcut's normalised output was added in place, and nobody needs it any more. */
    if (l->other >= 0 && is_shortcut(r->net, l->other))
        release(r, output_bytes(r, l->other));
}

/* --- Backward: on entry the gradient of the layer's output lives, on return that of its input ---
 */

static void norm_backward(struct replay *r, int layer, bool gradient_is_shared) {
    hold(r, output_bytes(r, layer));
    each_parameter(r, layer, hold);
    if (!gradient_is_shared)
        release(r, output_bytes(r, layer));
    release(r, output_bytes(r, r->net->layers[layer].input)); /* what the convolution put out */
    hold_pair(r, layer, release);
}

static void conv_backward(struct replay *r, int layer) {
    const struct layer *l = &r->net->layers[layer];
    if (l->input != RESNET_IMAGE)
        hold(r, output_bytes(r, l->input));
    each_parameter(r, layer, hold);
    if (r->plan->weights_twice) {
        each_parameter(r, layer, hold);
        each_parameter(r, layer, release);
    }
    release(r, output_bytes(r, layer)); /* the gradient that came */
}

/* The gradient that came, and the output, which a convolution had read too. */
static void gradient_through_relu(struct replay *r, int layer) {
    hold(r, output_bytes(r, layer));
    release(r, output_bytes(r, layer));
    release(r, output_bytes(r, layer));
}

/* What autograd recorded last runs first: a shortcut of its own before the main branch.  Then a
 * gradient of the block's input waits until the main branch adds its own to it, in place. */
static void block_end_backward(struct replay *r, int layer) {
    int other = r->net->layers[layer].other;
    bool own = is_shortcut(r->net, other);
    gradient_through_relu(r, layer);
    if (own) {
        norm_backward(r, other, true);
        conv_backward(r, r->net->layers[other].input);
    }
    norm_backward(r, layer, !own);
}

static bool begins_block(const struct resnet *net, int layer) {
    return net->layers[layer].block >= 0 &&
           net->layers[layer - 1].block != net->layers[layer].block;
}

static void backward(struct replay *r, int layer) {
    const struct layer *l = &r->net->layers[layer];
    if (is_shortcut(r->net, layer))
        return;
    if (l->kind == LAYER_NORM && l->other != RESNET_NONE) {
        block_end_backward(r, layer);
    } else if (l->kind == LAYER_NORM) {
        gradient_through_relu(r, layer);
        norm_backward(r, layer, false);
    } else if (l->kind == LAYER_CONV) {
        conv_backward(r, layer);
        if (begins_block(r->net, layer))
            release(r, output_bytes(r, l->input));
    } else {
        hold(r, output_bytes(r, l->input));
        each_parameter(r, layer, hold);
        release(r, output_bytes(r, layer)); /* the gradient that came, and the output */
        release(r, output_bytes(r, layer));
        if (l->kind == LAYER_MAX_POOL)
            release(r, resnet_layer_outputs(r->net, layer) * INDEX * r->plan->batch);
    }
}

/* --- The whole step --- */

static void hold_lasting(struct replay *r) {
    each_parameter_of_all(r, hold);
    for (int i = 0; i < r->net->layer_count; i++)
        if (r->net->layers[i].kind == LAYER_NORM) {
            hold_pair(r, i, hold);
            hold(r, INDEX);
        }
    for (int i = r->plan->first_step ? STEP_SGD : (int)r->plan->optimiser; i > 0; i--)
        each_parameter_of_all(r, hold);
    if (r->plan->keeps_gradients && !r->plan->first_step)
        each_parameter_of_all(r, hold);
}

/* Bytes of the largest tensor of weights. */
static int64_t largest_weights(const struct resnet *net) {
    int64_t most = 0;
    for (int i = 0; i < net->layer_count; i++) {
        int64_t bytes = resnet_layer_parameters(net, i) * NUMBER;
        most = bytes > most ? bytes : most;
    }
    return most;
}

/* After the backward pass little is left but weights and gradients; at small batches this is the
 * peak. */
static void hold_update(struct replay *r) {
    for (int i = r->plan->first_step ? (int)r->plan->optimiser : 0; i > 0; i--)
        each_parameter_of_all(r, hold);
    if (r->plan->optimiser == STEP_ADAM && r->plan->foreach)
        each_parameter_of_all(r, hold); /* the roots of the second moments */
    if (r->plan->optimiser == STEP_ADAM && !r->plan->foreach)
        for (int i = 0; i < 2; i++) /* one weight after the other: a root, and a quotient of it */
            hold(r, largest_weights(r->net));
}

int64_t eager_peak(const struct resnet *net, const struct eager_plan *plan) {
    struct replay r = {net, plan, 0, 0};
    int64_t fixed, per_image;
    eager_saved(net, plan->width, &fixed, &per_image);
    if (plan->batch < 0 || plan->batch > INT64_MAX / 8 / per_image) /* of all moments together */
        return -1;
    int last = net->layer_count - 1;
    hold_lasting(&r);
    hold(&r, output_bytes(&r, RESNET_IMAGE));
    hold(&r, LABEL * plan->batch);
    for (int i = 0; i <= last; i++)
        forward(&r, i);
    hold(&r, output_bytes(&r, last)); /* the logarithm of the softmax */
    hold(&r, output_bytes(&r, last)); /* and the gradient */
    for (int i = last; i >= 0; i--)
        backward(&r, i);
    hold_update(&r);
    return r.peak;
}

void eager_saved(const struct resnet *net, int width, int64_t *fixed, int64_t *per_image) {
    *fixed = NUMBER; /* the loss's total weight */
    *per_image = (int64_t)net->channels * net->height * net->width * width + LABEL;
    for (int i = 0; i < net->layer_count; i++) {
        const struct layer *l = &net->layers[i];
        int64_t outputs = resnet_layer_outputs(net, i);
        if (l->kind == LAYER_NORM)
            *fixed += 2 * (int64_t)l->channels * NUMBER;
        if (l->kind != LAYER_NORM || l->relu) /* of the linear layer: the loss's logarithms */
            *per_image += outputs * width;
        if (l->kind == LAYER_MAX_POOL)
            *per_image += outputs * INDEX;
    }
}
