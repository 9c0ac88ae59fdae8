/* Asking cuDNN for workspaces (workspace.h): every shape of a network once, through cudnn_ways.h.
 * Without cuDNN (verbs.mk looks for it) one sentence is all that remains. */
#include "workspace.h"

#ifndef WITH_CUDNN

const char *workspace_find(const struct resnet *net, const struct workspace_order *order,
                           struct workspace *found) {
    (void)net, (void)order, (void)found;
    return "cuDNN 9.8 or later was not found (CUDNN=folder says where it is)";
}

#else

#include "cudnn_ways.h"

static struct cudnn_convolution describe(const struct resnet *net, int layer,
                                         const struct workspace_order *order) {
    struct cudnn_convolution c = cudnn_convolution_of(net, layer, order->batch);
    c.channels_last = order->layout == WORKSPACE_NHWC;
    c.type = order->width == 4         ? CUDNN_DATA_FLOAT
             : order->card->major >= 8 ? CUDNN_DATA_BFLOAT16
                                       : CUDNN_DATA_HALF;
    return c;
}

/* A network repeats itself: whether an earlier convolution has the same shapes. */
static bool seen(const struct resnet *net, int layer) {
    struct cudnn_convolution this = cudnn_convolution_of(net, layer, 1);
    for (int i = 0; i < layer; i++) {
        struct cudnn_convolution that = cudnn_convolution_of(net, i, 1);
        if (net->layers[i].kind == LAYER_CONV && cudnn_same_shape(&this, &that))
            return true;
    }
    return false;
}

/* What one pass takes, or -1. */
static int64_t ask(const struct cudnn_device *card, const struct cudnn_convolution *c,
                   enum cudnn_pass pass, bool adds, const struct workspace_order *order) {
    bool widens = order->trainer && pass == CUDNN_TO_WEIGHTS && order->width < 4;
    int64_t aside = widens ? cudnn_weights_aside(c) : 0;
    struct cudnn_terms terms = {
        .adds = adds, .strict = order->trainer && order->width == 4, .most = order->most - aside};
    struct cudnn_way way;
    if (!cudnn_find_way(card, c, pass, &terms, &way))
        return -1;
    cudnnBackendDestroyDescriptor(way.plan);
    return way.bytes + aside;
}

const char *workspace_find(const struct resnet *net, const struct workspace_order *order,
                           struct workspace *found) {
    struct cudnn_device card = {.card = cudnn_describe_card(order->card)};
    int answers = 0;
    *found = (struct workspace){0};
    for (int i = 0; i < net->layer_count && card.card; i++) {
        if (net->layers[i].kind != LAYER_CONV || seen(net, i))
            continue;
        struct cudnn_convolution c = describe(net, i, order);
        bool first = net->layers[i].input == RESNET_IMAGE;
        for (int pass = 0; pass < (first ? CUDNN_TO_INPUT : CUDNN_PASSES); pass++)
            for (int adds = 0; adds < (order->trainer && pass == CUDNN_TO_INPUT ? 2 : 1); adds++) {
                int64_t bytes = ask(&card, &c, (enum cudnn_pass)pass, adds, order);
                answers += bytes >= 0;
                found->refused += bytes < 0;
                if (bytes > found->bytes) {
                    found->bytes = bytes;
                    found->layer = i;
                }
            }
    }
    if (card.card)
        cudnnBackendDestroyDescriptor(card.card);
    return answers > 0 ? NULL : "this cuDNN has no convolutions for such a card";
}

#endif
