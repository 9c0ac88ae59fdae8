/* Replaying PyTorch's eager mode (eager.h).  In the forward pass the convolution's output and the
 * normalisation's are both kept, ReLU and the sum around a block work in place, and what no
 * backward function asked for goes when the block's function returns.  In the backward pass a
 * function's results are allocated while all that it reads still lives. */
#include "eager.h"

#include <stdlib.h>

enum { FULL = 4, HALF = 2, INDEX = 8, LABEL = 8 };

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

/* Of a number in a map or a product. */
static int map_width(const struct replay *r) {
    return r->plan->autocast ? HALF : r->plan->width;
}

/* Of a layer's output for the whole batch; for RESNET_IMAGE of the images that the first
 * convolution reads. */
static int64_t output_bytes(const struct replay *r, int layer) {
    const struct resnet *n = r->net;
    int64_t numbers = layer == RESNET_IMAGE ? (int64_t)n->channels * n->height * n->width
                                            : resnet_layer_outputs(n, layer);
    return numbers * map_width(r) * r->plan->batch;
}

/* Of what a softmax works with, which autocast leaves in 32 bits. */
static int64_t loss_bytes(const struct replay *r) {
    return (int64_t)r->net->classes * r->plan->width * r->plan->batch;
}

static int64_t bias_count(const struct resnet *net, int layer) {
    const struct layer *l = &net->layers[layer];
    return l->kind == LAYER_NORM || l->kind == LAYER_LINEAR ? l->channels : 0;
}

static int64_t weight_count(const struct resnet *net, int layer) {
    return resnet_layer_parameters(net, layer) - bias_count(net, layer);
}

/* Calls `act` for each parameter tensor of a layer: weights, then biases. */
static void each_parameter(struct replay *r, int layer, int width,
                           void (*act)(struct replay *, int64_t)) {
    if (weight_count(r->net, layer) > 0)
        act(r, weight_count(r->net, layer) * width);
    if (bias_count(r->net, layer) > 0)
        act(r, bias_count(r->net, layer) * width);
}

static void hold_all_parameters(struct replay *r) {
    for (int i = 0; i < r->net->layer_count; i++)
        each_parameter(r, i, r->plan->width, hold);
}

/* Mean and deviation, as kept for the backward pass or as running statistics.  With autocast a norm
 * reads 16-bit maps with weights of 32 bits, and these stay in 32, on CUDA as on a CPU; of a model
 * in 16 bits a CPU would keep 16.  CUDA differs in nothing else but oneDNN and in Adam's update. */
static void each_moment(struct replay *r, int layer, void (*act)(struct replay *, int64_t)) {
    act(r, (int64_t)r->net->layers[layer].channels * FULL);
    act(r, (int64_t)r->net->layers[layer].channels * FULL);
}

/* A convolution or a normalisation on the way around a block's main branch. */
static bool is_shortcut(const struct resnet *net, int layer) {
    const struct layer *l = &net->layers[layer];
    const struct layer *norm = l->kind == LAYER_CONV ? &net->layers[layer + 1] : l;
    return l->block >= 0 && !norm->relu;
}

static bool is_product(const struct layer *l) {
    return l->kind == LAYER_CONV || l->kind == LAYER_LINEAR;
}

/* --- Forward --- */

static void forward(struct replay *r, int layer) {
    const struct layer *l = &r->net->layers[layer];
    if (r->plan->autocast && l->input == RESNET_IMAGE)
        hold(r, output_bytes(r, RESNET_IMAGE));
    if (r->plan->autocast && is_product(l))
        each_parameter(r, layer, HALF, hold);
    hold(r, output_bytes(r, layer));
    if (l->kind == LAYER_NORM)
        each_moment(r, layer, hold);
    if (l->kind == LAYER_MAX_POOL)
        hold(r, resnet_layer_outputs(r->net, layer) * INDEX * r->plan->batch);
    /* The shortcut's normalised output was added in place, and nobody needs it any more. */
    if (l->other >= 0 && is_shortcut(r->net, l->other))
        release(r, output_bytes(r, l->other));
}

/* Only the softmax's logarithms stay.  Autocast's context ends here, and with it the cache of its
 * copies: what no backward function has saved goes. */
static void loss_forward(struct replay *r, int last) {
    if (r->plan->autocast)
        hold(r, loss_bytes(r));
    hold(r, loss_bytes(r));
    hold(r, r->plan->width); /* the loss, and the weight of all labels together */
    hold(r, r->plan->width);
    release(r, output_bytes(r, last));
    if (r->plan->autocast) {
        release(r, loss_bytes(r));
        release(r, bias_count(r->net, last) * HALF);
    }
}

/* --- Backward: on entry the gradient of the layer's output lives, on return that of its input ---
 */

static void loss_backward(struct replay *r, int last) {
    hold(r, loss_bytes(r));
    hold(r, loss_bytes(r));
    release(r, loss_bytes(r));
    release(r, loss_bytes(r)); /* the logarithms */
    if (r->plan->autocast) {
        hold(r, output_bytes(r, last));
        release(r, loss_bytes(r));
    }
}

static void norm_backward(struct replay *r, int layer, bool gradient_is_shared) {
    hold(r, output_bytes(r, layer));
    each_parameter(r, layer, r->plan->width, hold);
    if (!gradient_is_shared)
        release(r, output_bytes(r, layer));
    release(r, output_bytes(r, r->net->layers[layer].input)); /* what the convolution put out */
    each_moment(r, layer, release);
}

/* On a single thread PyTorch takes something else for 1 x 1 convolutions of small batches. */
static bool uses_onednn(const struct replay *r, int layer) {
    const struct layer *l = &r->net->layers[layer];
    bool easy = l->kernel == 1 && l->stride == 1 && r->plan->batch < 16 && map_width(r) == FULL;
    return r->plan->onednn && l->kind == LAYER_CONV && !easy;
}

/* oneDNN wants what it reads in layouts of its own, and in those its results come (where there is
 * AVX-512, channels last).  A gradient of an input goes through two copies before it is as PyTorch
 * wants it. */
static void onednn_input(struct replay *r, int layer) {
    int64_t input = output_bytes(r, r->net->layers[layer].input);
    hold(r, output_bytes(r, layer));
    each_parameter(r, layer, map_width(r), hold);
    hold(r, input);
    each_parameter(r, layer, map_width(r), release);
    release(r, output_bytes(r, layer));
    hold(r, input);
    hold(r, input);
    for (int i = 0; i < 3; i++)
        release(r, input);
}

/* That of a weight through one; where it has 16 bits, it is summed up in 32 first. */
static void onednn_weights(struct replay *r, int layer) {
    int64_t input = output_bytes(r, r->net->layers[layer].input);
    hold(r, output_bytes(r, layer));
    hold(r, input);
    each_parameter(r, layer, map_width(r), hold);
    if (map_width(r) == HALF) {
        each_parameter(r, layer, FULL, hold);
        each_parameter(r, layer, FULL, release);
    }
    release(r, input);
    release(r, output_bytes(r, layer));
    each_parameter(r, layer, map_width(r), hold);
    each_parameter(r, layer, map_width(r), release);
    each_parameter(r, layer, map_width(r), release);
}

static bool begins_block(const struct resnet *net, int layer) {
    return net->layers[layer].block >= 0 &&
           net->layers[layer - 1].block != net->layers[layer].block;
}

/* Of a convolution or the linear layer.  What it read goes with it where no ReLU keeps that, too;
 * a shortcut has run before. */
static void product_backward(struct replay *r, int layer) {
    const struct layer *l = &r->net->layers[layer];
    bool inner = l->input != RESNET_IMAGE, onednn = uses_onednn(r, layer);
    bool kept = inner ? r->net->layers[l->input].kind == LAYER_NORM : !r->plan->autocast;
    if (onednn && inner)
        onednn_input(r, layer);
    if (inner)
        hold(r, output_bytes(r, l->input));
    if (onednn)
        onednn_weights(r, layer);
    each_parameter(r, layer, map_width(r), hold);
    release(r, output_bytes(r, layer)); /* the gradient that came */
    if (!kept && !is_shortcut(r->net, layer))
        release(r, output_bytes(r, l->input));
    if (begins_block(r->net, layer)) /* both ways' gradients were added up in place */
        release(r, output_bytes(r, l->input));
    if (r->plan->autocast) {
        release(r, weight_count(r->net, layer) * HALF);
        each_parameter(r, layer, FULL, hold);
        each_parameter(r, layer, HALF, release);
    }
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
        product_backward(r, r->net->layers[other].input);
    }
    norm_backward(r, layer, !own);
}

static void backward(struct replay *r, int layer) {
    const struct layer *l = &r->net->layers[layer];
    if (is_shortcut(r->net, layer))
        return;
    if (is_product(l)) {
        product_backward(r, layer);
    } else if (l->kind == LAYER_NORM && l->other != RESNET_NONE) {
        block_end_backward(r, layer);
    } else if (l->kind == LAYER_NORM) {
        gradient_through_relu(r, layer);
        norm_backward(r, layer, false);
    } else {
        hold(r, output_bytes(r, l->input));
        release(r, output_bytes(r, layer)); /* the gradient that came */
        if (l->kind == LAYER_MAX_POOL)
            release(r, resnet_layer_outputs(r->net, layer) * INDEX * r->plan->batch);
    }
}

/* --- The whole step --- */

static void hold_lasting(struct replay *r) {
    hold_all_parameters(r);
    for (int i = 0; i < r->net->layer_count; i++)
        if (r->net->layers[i].kind == LAYER_NORM) {
            each_moment(r, i, hold);
            hold(r, INDEX);
        }
    for (int i = r->plan->first_step ? STEP_SGD : (int)r->plan->optimiser; i > 0; i--)
        hold_all_parameters(r);
    if (r->plan->keeps_gradients && !r->plan->first_step)
        hold_all_parameters(r);
}

/* Bytes of the largest tensor of weights. */
static int64_t largest_weights(const struct replay *r) {
    int64_t most = 0;
    for (int i = 0; i < r->net->layer_count; i++) {
        int64_t bytes = weight_count(r->net, i) * r->plan->width;
        most = bytes > most ? bytes : most;
    }
    return most;
}

/* After the backward pass little is left but weights and gradients; at small batches this is the
 * peak. */
static void hold_update(struct replay *r) {
    for (int i = r->plan->first_step ? (int)r->plan->optimiser : 0; i > 0; i--)
        hold_all_parameters(r);
    if (r->plan->optimiser == STEP_ADAM && r->plan->foreach)
        hold_all_parameters(r); /* the roots of the second moments */
    if (r->plan->optimiser == STEP_ADAM && !r->plan->foreach)
        for (int i = 0; i < 2; i++) /* one weight after the other: a root, and a quotient of it */
            hold(r, largest_weights(r));
}

int64_t eager_peak(const struct resnet *net, const struct eager_plan *plan) {
    struct replay r = {net, plan, 0, 0};
    int64_t fixed, per_image;
    eager_saved(net, false, &fixed, &per_image);
    if (plan->batch < 0 || plan->batch > INT64_MAX / 8 / per_image) /* of all moments together */
        return -1;
    int last = net->layer_count - 1;
    hold_lasting(&r);
    hold(&r, (int64_t)net->channels * net->height * net->width * plan->width * plan->batch);
    hold(&r, LABEL * plan->batch);
    for (int i = 0; i <= last; i++)
        forward(&r, i);
    loss_forward(&r, last);
    loss_backward(&r, last);
    for (int i = last; i >= 0; i--)
        backward(&r, i);
    release(&r, plan->width); /* the weight of all labels; the loss stays */
    hold_update(&r);
    return r.peak;
}

void eager_saved(const struct resnet *net, bool autocast, int64_t *fixed, int64_t *per_image) {
    int64_t image = (int64_t)net->channels * net->height * net->width,
            width = autocast ? HALF : FULL;
    *fixed = FULL; /* the loss's total weight */
    *per_image = image * FULL + (autocast ? image * HALF : 0) + LABEL;
    for (int i = 0; i < net->layer_count; i++) {
        const struct layer *l = &net->layers[i];
        int64_t outputs = resnet_layer_outputs(net, i);
        if (l->kind == LAYER_NORM)
            *fixed += 2 * (int64_t)l->channels * FULL;
        if (autocast && is_product(l))
            *fixed += weight_count(net, i) * HALF;
        if (l->kind == LAYER_LINEAR) /* of it the loss's logarithms */
            *per_image += outputs * FULL;
        else if (l->kind != LAYER_NORM || l->relu)
            *per_image += outputs * width;
        if (l->kind == LAYER_MAX_POOL)
            *per_image += outputs * INDEX;
    }
}
