/* The layers of a ResNet (resnet.h): the stem, four stages of residual blocks, and the head. */
#include "resnet.h"

#include <stdio.h>
#include <string.h>

enum { IMAGE_CHANNELS = 3, EXPANSION = 4 };

/* --- Which networks there are --- */

static const struct {
    int depth, blocks[RESNET_STAGES];
    bool bottleneck;
} known[] = {{18, {2, 2, 2, 2}, false},
             {34, {3, 4, 6, 3}, false},
             {50, {3, 4, 6, 3}, true},
             {101, {3, 4, 23, 3}, true},
             {152, {3, 8, 36, 3}, true}};

bool resnet_find(int depth, struct resnet_plan *plan) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].depth == depth) {
            *plan = (struct resnet_plan){.bottleneck = known[i].bottleneck,
                                         .width = 64,
                                         .classes = 10,
                                         .height = 224,
                                         .width_pixels = 224};
            memcpy(plan->blocks, known[i].blocks, sizeof plan->blocks);
            return true;
        }
    return false;
}

/* --- Sizes --- */

void resnet_input(const struct resnet *net, int layer, int *channels, int *height, int *width) {
    int input = net->layers[layer].input;
    bool image = input == RESNET_IMAGE;
    *channels = image ? net->channels : net->layers[input].channels;
    *height = image ? net->height : net->layers[input].height;
    *width = image ? net->width : net->layers[input].width;
}

int64_t resnet_layer_outputs(const struct resnet *net, int layer) {
    const struct layer *l = &net->layers[layer];
    return (int64_t)l->channels * l->height * l->width;
}

/* What one output of a convolution or a linear layer is a sum of. */
static int64_t terms(const struct resnet *net, int layer) {
    int channels, height, width;
    resnet_input(net, layer, &channels, &height, &width);
    return (int64_t)channels * net->layers[layer].kernel * net->layers[layer].kernel;
}

int64_t resnet_layer_parameters(const struct resnet *net, int layer) {
    const struct layer *l = &net->layers[layer];
    switch (l->kind) {
    case LAYER_CONV:
        return l->channels * terms(net, layer);
    case LAYER_NORM:
        return 2 * (int64_t)l->channels;
    case LAYER_LINEAR:
        return l->channels * (terms(net, layer) + 1);
    case LAYER_MAX_POOL:
    case LAYER_MEAN:
        break;
    }
    return 0;
}

int64_t resnet_parameter_count(const struct resnet *net) {
    int64_t sum = 0;
    for (int i = 0; i < net->layer_count; i++)
        sum += resnet_layer_parameters(net, i);
    return sum;
}

int64_t resnet_layer_multiply_adds(const struct resnet *net, int layer) {
    enum layer_kind kind = net->layers[layer].kind;
    bool sums = kind == LAYER_CONV || kind == LAYER_LINEAR;
    return sums ? resnet_layer_outputs(net, layer) * terms(net, layer) : 0;
}

/* --- Building one --- */

struct building {
    struct resnet *net;
    int block;
    bool possible;
};

static int shrink(int size, const struct layer *l) {
    return (size + 2 * l->padding - l->kernel) / l->stride + 1;
}

/* Appends a layer whose output has the size that follows from its input; returns its number. */
static int add(struct building *b, struct layer l, const char *prefix, const char *name) {
    int number = b->net->layer_count, channels, height, width;
    if (!b->possible || number == RESNET_LAYERS) {
        b->possible = false;
        return 0;
    }
    snprintf(l.name, sizeof l.name, "%s%s", prefix, name);
    l.block = b->block;
    b->net->layers[number] = l;
    b->net->layer_count++;
    resnet_input(b->net, number, &channels, &height, &width);
    struct layer *made = &b->net->layers[number];
    if (made->channels == 0)
        made->channels = channels;
    made->height = l.kind == LAYER_MEAN || l.kind == LAYER_LINEAR ? 1 : shrink(height, &l);
    made->width = l.kind == LAYER_MEAN || l.kind == LAYER_LINEAR ? 1 : shrink(width, &l);
    b->possible = height + 2 * l.padding >= l.kernel && width + 2 * l.padding >= l.kernel;
    return number;
}

/* A convolution and its normalisation; returns the latter's number. */
static int add_pair(struct building *b, struct layer conv, struct layer norm, const char *prefix,
                    const char *number) {
    char name[2][16];
    bool downsample = strcmp(number, "downsample") == 0;
    snprintf(name[0], sizeof name[0], downsample ? "%s.0" : "conv%s", number);
    snprintf(name[1], sizeof name[1], downsample ? "%s.1" : "bn%s", number);
    conv.kind = LAYER_CONV;
    conv.other = RESNET_NONE;
    conv.padding = conv.kernel / 2;
    norm.kind = LAYER_NORM;
    norm.input = add(b, conv, prefix, name[0]);
    norm.kernel = norm.stride = 1;
    return add(b, norm, prefix, name[1]);
}

/* Its convolutions and the shortcut around them; returns the number of its last layer. */
static int add_block(struct building *b, int input, int channels, int stride, bool bottleneck,
                     const char *prefix) {
    const struct layer *before = &b->net->layers[input];
    int outputs = bottleneck ? EXPANSION * channels : channels;
    bool reshapes = stride != 1 || before->channels != outputs;
    const struct layer plain = {.other = RESNET_NONE, .relu = true};
    int at = input;
    if (bottleneck)
        at =
            add_pair(b, (struct layer){.input = at, .channels = channels, .kernel = 1, .stride = 1},
                     plain, prefix, "1");
    at = add_pair(b,
                  (struct layer){.input = at, .channels = channels, .kernel = 3, .stride = stride},
                  plain, prefix, bottleneck ? "2" : "1");
    int shortcut = input;
    if (reshapes)
        shortcut = add_pair(
            b, (struct layer){.input = input, .channels = outputs, .kernel = 1, .stride = stride},
            (struct layer){.other = RESNET_NONE}, prefix, "downsample");
    return add_pair(
        b,
        (struct layer){.input = at, .channels = outputs, .kernel = bottleneck ? 1 : 3, .stride = 1},
        (struct layer){.other = shortcut, .relu = true}, prefix, bottleneck ? "3" : "2");
}

static int add_stages(struct building *b, const struct resnet_plan *plan, int at) {
    for (int stage = 0, channels = plan->width; stage < RESNET_STAGES; stage++, channels *= 2)
        for (int i = 0; i < plan->blocks[stage] && b->possible; i++) {
            char prefix[32];
            snprintf(prefix, sizeof prefix, "layer%d.%d.", stage + 1, i);
            b->block = b->net->block_count++;
            at = add_block(b, at, channels, stage > 0 && i == 0 ? 2 : 1, plan->bottleneck, prefix);
        }
    b->block = -1;
    return at;
}

static bool plausible(const struct resnet_plan *plan) {
    enum { MOST = 1 << 12 };
    bool holds = plan->width > 0 && plan->width <= MOST && plan->classes > 0 &&
                 plan->classes <= MOST && plan->height > 0 && plan->height <= MOST &&
                 plan->width_pixels > 0 && plan->width_pixels <= MOST;
    for (int i = 0; i < RESNET_STAGES; i++)
        holds = holds && plan->blocks[i] > 0 && plan->blocks[i] < RESNET_LAYERS;
    return holds;
}

bool resnet_make(const struct resnet_plan *plan, struct resnet *net) {
    if (!plausible(plan))
        return false;
    net->channels = IMAGE_CHANNELS;
    net->height = plan->height;
    net->width = plan->width_pixels;
    net->classes = plan->classes;
    net->layer_count = net->block_count = 0;
    struct building b = {net, -1, true};
    int at = add_pair(
        &b,
        (struct layer){.input = RESNET_IMAGE, .channels = plan->width, .kernel = 7, .stride = 2},
        (struct layer){.other = RESNET_NONE, .relu = true}, "", "1");
    at = add(&b,
             (struct layer){.kind = LAYER_MAX_POOL,
                            .input = at,
                            .other = RESNET_NONE,
                            .kernel = 3,
                            .stride = 2,
                            .padding = 1},
             "", "maxpool");
    at = add_stages(&b, plan, at);
    at = add(&b, (struct layer){.kind = LAYER_MEAN, .input = at, .other = RESNET_NONE, .stride = 1},
             "", "avgpool");
    add(&b,
        (struct layer){.kind = LAYER_LINEAR,
                       .input = at,
                       .other = RESNET_NONE,
                       .channels = plan->classes,
                       .kernel = 1,
                       .stride = 1},
        "", "fc");
    return b.possible;
}
