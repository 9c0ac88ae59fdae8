/* Asking cuDNN (cudnn_ways.h). */
#include "cudnn_ways.h"

#include <stdio.h>

enum { DIMENSIONS = 4, WAYS = 64, NOTES = 16, MADE = 4 * WAYS };

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

/* All but one, which the caller wants to have. */
static void destroy_all(struct asking *a, cudnnBackendDescriptor_t but) {
    while (a->count > 0)
        if (a->made[--a->count] != but)
            cudnnBackendDestroyDescriptor(a->made[a->count]);
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

/* --- The device --- */

/* cuDNN wants all of these; on convolutions' ways only the capability and what it brings with it
 * (shared memory, blocks, threads) has an influence.  Clocks, caches and versions have none. */
cudnnBackendDescriptor_t cudnn_describe_card(const struct card *card) {
    struct card_limits limits = card_limits(card);
    struct asking a = {.count = 0};
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
    cudnnBackendDescriptor_t d = create(&a, CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    set(&a, d, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, length, text);
    finalize(&a, d);
    destroy_all(&a, a.status == CUDNN_STATUS_SUCCESS ? d : NULL);
    return a.status == CUDNN_STATUS_SUCCESS ? d : NULL;
}

/* --- A convolution --- */

struct cudnn_convolution cudnn_convolution_of(const struct resnet *net, int layer, int64_t batch) {
    const struct layer *l = &net->layers[layer];
    struct cudnn_convolution c = {.batch = batch,
                                  .out_channels = l->channels,
                                  .out_height = l->height,
                                  .out_width = l->width,
                                  .kernel = l->kernel,
                                  .stride = l->stride,
                                  .padding = l->padding,
                                  .channels_last = true};
    resnet_input(net, layer, &c.channels, &c.height, &c.width);
    return c;
}

int64_t cudnn_weights_aside(const struct cudnn_convolution *c) {
    enum { WIDTH = 2, ALIGNMENT = 256 };
    int64_t bytes = (int64_t)WIDTH * c->channels * c->out_channels * c->kernel * c->kernel;
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

bool cudnn_same_shape(const struct cudnn_convolution *a, const struct cudnn_convolution *b) {
    return a->batch == b->batch && a->channels == b->channels && a->height == b->height &&
           a->width == b->width && a->out_channels == b->out_channels && a->kernel == b->kernel &&
           a->stride == b->stride && a->padding == b->padding && a->type == b->type &&
           a->channels_last == b->channels_last;
}

static cudnnBackendDescriptor_t describe_tensor(struct asking *a, int64_t name,
                                                const struct cudnn_convolution *c, int64_t count,
                                                int64_t channels, int64_t height, int64_t width) {
    const int64_t sizes[DIMENSIONS] = {count, channels, height, width}, alignment = 16;
    const int64_t image = channels * height * width;
    const int64_t strides[][DIMENSIONS] = {{image, height * width, width, 1},
                                           {image, 1, channels * width, channels}};
    cudnnBackendDescriptor_t d = create(a, CUDNN_BACKEND_TENSOR_DESCRIPTOR);
    set(a, d, CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &c->type);
    set(a, d, CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, DIMENSIONS, sizes);
    set(a, d, CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, DIMENSIONS, strides[c->channels_last]);
    set(a, d, CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1, &name);
    set(a, d, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, 1, &alignment);
    return finalize(a, d);
}

static cudnnBackendDescriptor_t describe_window(struct asking *a,
                                                const struct cudnn_convolution *c) {
    const cudnnDataType_t sums = CUDNN_DATA_FLOAT;
    const cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
    const int64_t directions = 2, dilation[] = {1, 1}, stride[] = {c->stride, c->stride},
                  padding[] = {c->padding, c->padding};
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

/* The three passes: the same three tensors, another of them put out. */
static const struct pass {
    cudnnBackendDescriptorType_t type;
    cudnnBackendAttributeName_t input, weights, output, window, alpha, beta;
} passes[CUDNN_PASSES] = {
    [CUDNN_FORWARD] = {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR, FORWARD(X),
                       FORWARD(W), FORWARD(Y), FORWARD(CONV_DESC), FORWARD(ALPHA), FORWARD(BETA)},
    [CUDNN_TO_WEIGHTS] = {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR, FILTER(X),
                          FILTER(DW), FILTER(DY), FILTER(CONV_DESC), FILTER(ALPHA), FILTER(BETA)},
    [CUDNN_TO_INPUT] = {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR, INPUT(DX),
                        INPUT(W), INPUT(DY), INPUT(CONV_DESC), INPUT(ALPHA), INPUT(BETA)},
};

static cudnnBackendDescriptor_t describe_pass(struct asking *a, const struct cudnn_device *device,
                                              const struct cudnn_convolution *c,
                                              const struct pass *pass, bool adds) {
    const float one = 1, kept = adds ? 1 : 0;
    cudnnBackendDescriptor_t x = describe_tensor(a, CUDNN_READ, c, c->batch, c->channels, c->height,
                                                 c->width),
                             w = describe_tensor(a, CUDNN_WEIGHTS, c, c->out_channels, c->channels,
                                                 c->kernel, c->kernel),
                             y = describe_tensor(a, CUDNN_PUT, c, c->batch, c->out_channels,
                                                 c->out_height, c->out_width),
                             window = describe_window(a, c), d = create(a, pass->type);
    set_descriptor(a, d, pass->input, x);
    set_descriptor(a, d, pass->weights, w);
    set_descriptor(a, d, pass->output, y);
    set_descriptor(a, d, pass->window, window);
    set(a, d, pass->alpha, CUDNN_TYPE_FLOAT, 1, &one);
    set(a, d, pass->beta, CUDNN_TYPE_FLOAT, 1, &kept);
    cudnnBackendDescriptor_t operation = finalize(a, d),
                             graph = create(a, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
    set_descriptor(a, graph, CUDNN_ATTR_OPERATIONGRAPH_OPS, operation);
    if (device->handle)
        set(a, graph, CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, 1, &device->handle);
    return finalize(a, graph);
}

/* --- Ways to compute it --- */

/* Whether a way keeps floats as they are: what is said of its engine. */
static bool is_strict(cudnnBackendDescriptor_t way) {
    struct asking a = {.count = 0};
    cudnnBackendNumericalNote_t notes[NOTES];
    int64_t count = 0;
    cudnnBackendDescriptor_t engine = create(&a, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
    if (a.status == CUDNN_STATUS_SUCCESS)
        a.status = cudnnBackendGetAttribute(way, CUDNN_ATTR_ENGINECFG_ENGINE,
                                            CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &count, &engine);
    if (a.status == CUDNN_STATUS_SUCCESS)
        a.status = cudnnBackendGetAttribute(engine, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
                                            CUDNN_TYPE_NUMERICAL_NOTE, NOTES, &count, notes);
    bool strict = a.status == CUDNN_STATUS_SUCCESS;
    for (int64_t i = 0; strict && i < count && i < NOTES; i++)
        strict = notes[i] != CUDNN_NUMERICAL_NOTE_TENSOR_CORE &&
                 notes[i] != CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS &&
                 notes[i] != CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION;
    destroy_all(&a, NULL);
    return strict;
}

/* False when it is no way for this device after all, or takes too much. */
static bool make_plan(const struct cudnn_device *device, cudnnBackendDescriptor_t proposal,
                      const struct cudnn_terms *terms, struct cudnn_way *way) {
    struct asking a = {.count = 0};
    int64_t count;
    if (terms->strict && !is_strict(proposal))
        return false;
    way->plan = create(&a, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    set_descriptor(&a, way->plan, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, proposal);
    if (device->handle)
        set(&a, way->plan, CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, 1, &device->handle);
    else
        set_descriptor(&a, way->plan, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, device->card);
    finalize(&a, way->plan);
    if (a.status == CUDNN_STATUS_SUCCESS)
        a.status = cudnnBackendGetAttribute(way->plan, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE,
                                            CUDNN_TYPE_INT64, 1, &count, &way->bytes);
    bool good = a.status == CUDNN_STATUS_SUCCESS && way->bytes <= terms->most;
    destroy_all(&a, good ? way->plan : NULL);
    return good;
}

static bool find_in_mode(struct asking *a, const struct cudnn_device *device,
                         cudnnBackendDescriptor_t graph, cudnnBackendHeurMode_t mode,
                         const struct cudnn_terms *terms, struct cudnn_way *way) {
    cudnnBackendDescriptor_t ways[WAYS], d = create(a, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    set_descriptor(a, d, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
    set(a, d, CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1, &mode);
    if (!device->handle)
        set_descriptor(a, d, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, device->card);
    finalize(a, d);
    int64_t count = 0;
    bool found = false;
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
    for (int64_t i = 0; a->status == CUDNN_STATUS_SUCCESS && i < count && !found; i++)
        found = make_plan(device, ways[i], terms, way);
    return found;
}

bool cudnn_find_way(const struct cudnn_device *device, const struct cudnn_convolution *c,
                    enum cudnn_pass pass, const struct cudnn_terms *terms, struct cudnn_way *way) {
    static const cudnnBackendHeurMode_t modes[] = {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK};
    bool found = false;
    for (size_t i = 0; i < sizeof modes / sizeof *modes && !found; i++) {
        struct asking a = {.count = 0};
        cudnnBackendDescriptor_t graph = describe_pass(&a, device, c, &passes[pass], terms->adds);
        found = find_in_mode(&a, device, graph, modes[i], terms, way);
        destroy_all(&a, NULL);
    }
    return found;
}
