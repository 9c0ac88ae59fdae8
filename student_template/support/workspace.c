/* Asking cuDNN for workspaces (workspace.h), through its backend interface: a description of the
 * operation goes in, ways to compute it come out, the best first.  Without cuDNN (verbs.mk looks
 * for it) one sentence is all that remains. */
#include "workspace.h"

#ifndef WITH_CUDNN

const char *workspace_find(const struct resnet *net, const struct workspace_order *order,
                           struct workspace *found) {
    (void)net, (void)order, (void)found;
    return "cuDNN 9.8 or later was not found (CUDNN=folder says where it is)";
}

#else

#include <cudnn.h>
#include <stdio.h>
#include <string.h>

enum { DIMENSIONS = 4, WAYS = 64, MADE = 4 * WAYS };

/* --- Descriptors --- */

/* One question to cuDNN.  After the first failure nothing more is asked. */
struct asking {
    cudnnStatus_t status;
    cudnnBackendDescriptor_t made[MADE]; /* to be destroyed */
    int count;
};

static cudnnBackendDescriptor_t create(struct asking *a, cudnnBackendDescriptorType_t type) {
    cudnnBackendDescriptor_t made = NULL;
    if (a->status == CUDNN_STATUS_SUCCESS)
        a->status = a->count < MADE ? cudnnBackendCreateDescriptor(type, &made)
                                    : CUDNN_STATUS_INTERNAL_ERROR;
    if (made)
        a->made[a->count++] = made;
    return made;
}

static void destroy_all(struct asking *a) {
    while (a->count > 0)
        cudnnBackendDestroyDescriptor(a->made[--a->count]);
}

static void set(struct asking *a, cudnnBackendDescriptor_t d, cudnnBackendAttributeName_t name,
                cudnnBackendAttributeType_t type, int64_t count, const void *values) {
    if (a->status == CUDNN_STATUS_SUCCESS)
        a->status = cudnnBackendSetAttribute(d, name, type, count, values);
}

static void set_descriptor(struct asking *a, cudnnBackendDescriptor_t d,
                           cudnnBackendAttributeName_t name, cudnnBackendDescriptor_t value) {
    set(a, d, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value);
}

static cudnnBackendDescriptor_t finalize(struct asking *a, cudnnBackendDescriptor_t d) {
    if (a->status == CUDNN_STATUS_SUCCESS)
        a->status = cudnnBackendFinalize(d);
    return d;
}

/* --- The card --- */

/* cuDNN wants all of these; on convolutions' ways only the capability and what it brings with it
 * (shared memory, blocks, threads) has an influence.  Clocks, caches and versions have none. */
static cudnnBackendDescriptor_t describe_card(struct asking *a, const struct card *card) {
    struct card_limits limits = card_limits(card);
    char text[2048];
    int length = snprintf(
        text, sizeof text,
        "{\"cudnnVersion\":%zu,\"deviceVer\":%d,\"deviceName\":\"%s\",\"totalGlobalMem\":%lld,"
        "\"multiProcessorCount\":%d,\"maxThreadsPerSM\":%d,\"maxCtasPerSM\":%d,"
        "\"maxSharedMemoryPerBlockOptin\":%d,\"maxSharedMemoryPerBlock\":49152,"
        "\"reservedSharedMemoryPerBlock\":1024,\"maxGridSize\":[2147483647,65535,65535],"
        "\"maxBlockSize\":[1024,1024,64],\"regsPerBlock\":65536,\"maxRegistersPerSM\":65536,"
        "\"maxThreadsPerBlock\":1024,\"warpSize\":32,\"pciDeviceId\":0,\"isTccDriver\":0,"
        "\"supportCoopLaunch\":1,\"smClockRateKHz\":1500000,\"memClockRateKHz\":3000000,"
        "\"l2CacheSize\":41943040,\"cudaDeviceId\":0,\"driverVer\":13000}",
        cudnnGetVersion(), 100 * card->major + 10 * card->minor, card->name,
        (long long)card->total_bytes, card->multiprocessors, card->threads, limits.blocks,
        limits.shared_bytes);
    cudnnBackendDescriptor_t d = create(a, CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    set(a, d, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, length, text);
    return finalize(a, d);
}

/* --- A convolution --- */

struct shape {
    int64_t channels, height, width;
};

static cudnnBackendDescriptor_t describe_tensor(struct asking *a, int64_t name,
                                                cudnnDataType_t type, enum workspace_layout layout,
                                                int64_t count, struct shape s) {
    const int64_t sizes[DIMENSIONS] = {count, s.channels, s.height, s.width}, alignment = 16;
    const int64_t image = s.channels * s.height * s.width;
    const int64_t strides[][DIMENSIONS] = {
        [WORKSPACE_NCHW] = {image, s.height * s.width, s.width, 1},
        [WORKSPACE_NHWC] = {image, 1, s.channels * s.width, s.channels}};
    cudnnBackendDescriptor_t d = create(a, CUDNN_BACKEND_TENSOR_DESCRIPTOR);
    set(a, d, CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &type);
    set(a, d, CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, DIMENSIONS, sizes);
    set(a, d, CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, DIMENSIONS, strides[layout]);
    set(a, d, CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1, &name);
    set(a, d, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, 1, &alignment);
    return finalize(a, d);
}

static cudnnBackendDescriptor_t describe_window(struct asking *a, const struct layer *l) {
    const cudnnDataType_t sums = CUDNN_DATA_FLOAT;
    const cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
    const int64_t directions = 2, dilation[] = {1, 1}, stride[] = {l->stride, l->stride},
                  padding[] = {l->padding, l->padding};
    cudnnBackendDescriptor_t d = create(a, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
    set(a, d, CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &sums);
    set(a, d, CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, 1, &mode);
    set(a, d, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, 1, &directions);
    set(a, d, CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, 2, dilation);
    set(a, d, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64, 2, stride);
    set(a, d, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, 2, padding);
    set(a, d, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64, 2, padding);
    return finalize(a, d);
}

#define FORWARD(name) CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_##name
#define INPUT(name)   CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_##name
#define FILTER(name)  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_##name

/* The three passes of a convolution: the same three tensors, another of them put out. */
static const struct pass {
    cudnnBackendDescriptorType_t type;
    cudnnBackendAttributeName_t input, weights, output, window, alpha, beta;
} passes[] = {
    {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR, FORWARD(X), FORWARD(W), FORWARD(Y),
     FORWARD(CONV_DESC), FORWARD(ALPHA), FORWARD(BETA)},
    {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR, FILTER(X), FILTER(DW),
     FILTER(DY), FILTER(CONV_DESC), FILTER(ALPHA), FILTER(BETA)},
    {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR, INPUT(DX), INPUT(W), INPUT(DY),
     INPUT(CONV_DESC), INPUT(ALPHA), INPUT(BETA)},
};
enum { PASSES = sizeof passes / sizeof *passes, TO_THE_INPUT = PASSES - 1 };

static cudnnBackendDescriptor_t describe_pass(struct asking *a, const struct resnet *net, int layer,
                                              const struct workspace_order *order,
                                              const struct pass *pass) {
    const struct layer *l = &net->layers[layer];
    const float one = 1, zero = 0;
    const cudnnDataType_t type = order->width == 4         ? CUDNN_DATA_FLOAT
                                 : order->card->major >= 8 ? CUDNN_DATA_BFLOAT16
                                                           : CUDNN_DATA_HALF;
    int channels, height, width;
    resnet_input(net, layer, &channels, &height, &width);
    const struct shape in = {channels, height, width}, out = {l->channels, l->height, l->width},
                       filter = {channels, l->kernel, l->kernel};
    cudnnBackendDescriptor_t x = describe_tensor(a, 1, type, order->layout, order->batch, in),
                             w = describe_tensor(a, 2, type, order->layout, l->channels, filter),
                             y = describe_tensor(a, 3, type, order->layout, order->batch, out),
                             window = describe_window(a, l), d = create(a, pass->type);
    set_descriptor(a, d, pass->input, x);
    set_descriptor(a, d, pass->weights, w);
    set_descriptor(a, d, pass->output, y);
    set_descriptor(a, d, pass->window, window);
    set(a, d, pass->alpha, CUDNN_TYPE_FLOAT, 1, &one);
    set(a, d, pass->beta, CUDNN_TYPE_FLOAT, 1, &zero);
    cudnnBackendDescriptor_t operation = finalize(a, d),
                             graph = create(a, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
    set_descriptor(a, graph, CUDNN_ATTR_OPERATIONGRAPH_OPS, operation);
    return finalize(a, graph);
}

/* --- Ways to compute it --- */

/* What a way takes, or -1 when it is none for this card after all. */
static int64_t ask_bytes(cudnnBackendDescriptor_t way, cudnnBackendDescriptor_t card) {
    struct asking a = {.count = 0};
    int64_t bytes = -1, count;
    cudnnBackendDescriptor_t plan = create(&a, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    set_descriptor(&a, plan, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, way);
    set_descriptor(&a, plan, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, card);
    finalize(&a, plan);
    if (a.status == CUDNN_STATUS_SUCCESS)
        a.status = cudnnBackendGetAttribute(plan, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE,
                                            CUDNN_TYPE_INT64, 1, &count, &bytes);
    destroy_all(&a);
    return a.status == CUDNN_STATUS_SUCCESS ? bytes : -1;
}

/* The bytes of the first way in this mode that takes no more than `most`, or -1. */
static int64_t ask_mode(struct asking *a, cudnnBackendDescriptor_t graph,
                        cudnnBackendDescriptor_t card, cudnnBackendHeurMode_t mode, int64_t most) {
    cudnnBackendDescriptor_t ways[WAYS], d = create(a, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    set_descriptor(a, d, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
    set(a, d, CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1, &mode);
    set_descriptor(a, d, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, card);
    finalize(a, d);
    int64_t count = 0, bytes = -1;
    if (a->status == CUDNN_STATUS_SUCCESS)
        a->status = cudnnBackendGetAttribute(d, CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                             CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count, NULL);
    if (count > WAYS)
        count = WAYS;
    for (int64_t i = 0; i < count; i++)
        ways[i] = create(a, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
    if (a->status == CUDNN_STATUS_SUCCESS && count > 0)
        a->status = cudnnBackendGetAttribute(d, CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                             CUDNN_TYPE_BACKEND_DESCRIPTOR, count, &count, ways);
    for (int64_t i = 0; a->status == CUDNN_STATUS_SUCCESS && i < count && bytes < 0; i++) {
        bytes = ask_bytes(ways[i], card);
        bytes = bytes > most ? -1 : bytes;
    }
    return bytes;
}

static int64_t ask_pass(const struct resnet *net, int layer, const struct workspace_order *order,
                        cudnnBackendDescriptor_t card, const struct pass *pass) {
    static const cudnnBackendHeurMode_t modes[] = {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK};
    int64_t bytes = -1;
    for (size_t i = 0; i < sizeof modes / sizeof *modes && bytes < 0; i++) {
        struct asking a = {.count = 0};
        cudnnBackendDescriptor_t graph = describe_pass(&a, net, layer, order, pass);
        bytes = ask_mode(&a, graph, card, modes[i], order->most);
        destroy_all(&a);
    }
    return bytes;
}

/* --- All of them --- */

/* A network repeats itself: whether an earlier convolution has the same shapes. */
static bool seen(const struct resnet *net, int layer) {
    const struct layer *l = &net->layers[layer];
    int c[2], h[2], w[2];
    resnet_input(net, layer, &c[0], &h[0], &w[0]);
    for (int i = 0; i < layer; i++) {
        const struct layer *k = &net->layers[i];
        resnet_input(net, i, &c[1], &h[1], &w[1]);
        if (k->kind == LAYER_CONV && c[0] == c[1] && h[0] == h[1] && w[0] == w[1] &&
            k->channels == l->channels && k->kernel == l->kernel && k->stride == l->stride)
            return true;
    }
    return false;
}

const char *workspace_find(const struct resnet *net, const struct workspace_order *order,
                           struct workspace *found) {
    struct asking a = {.count = 0};
    cudnnBackendDescriptor_t card = describe_card(&a, order->card);
    int answers = 0;
    *found = (struct workspace){0};
    for (int i = 0; i < net->layer_count && a.status == CUDNN_STATUS_SUCCESS; i++) {
        if (net->layers[i].kind != LAYER_CONV || seen(net, i))
            continue;
        for (int p = 0; p < PASSES; p++) {
            if (p == TO_THE_INPUT && net->layers[i].input == RESNET_IMAGE)
                continue;
            int64_t bytes = ask_pass(net, i, order, card, &passes[p]);
            answers += bytes >= 0;
            found->refused += bytes < 0;
            if (bytes > found->bytes) {
                found->bytes = bytes;
                found->layer = i;
            }
        }
    }
    destroy_all(&a);
    return answers > 0 ? NULL : "this cuDNN has no convolutions for such a card";
}

#endif
