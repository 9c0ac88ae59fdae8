/* Random weights, and states that know nothing yet (trainer_weights.h).  Drawn in doubles, a layer
 * from a sequence of its own. */
#include "trainer_weights.h"
#include "draws.h"

#include <stdlib.h>
#include <string.h>

/* --- Drawing --- */

/* Of mean 0 and deviation 1, by the ratio of two uniforms (Kinderman and Monahan; Knuth's algorithm
 * R): what is drawn is one division, so that only accepting it, not its value, depends on a
 * machine's logarithm.  Most need none. */
static double draw_normal(struct draws *d) {
    const double slope = 1.71552776992141359; /* sqrt(8 / e) */
    for (;;) {
        double u = draws_uniform(d, 0, 1), v = draws_uniform(d, -0.5, 0.5);
        if (u <= 0)
            continue;
        double x = slope * v / u;
        if (x * x <= 5 - 5.13610166675096558 * u) /* 4 e^(1/4) */
            return x;
        if (x * x < 1.03696104258356603 / u + 1.4 && x * x <= -4 * log(u)) /* 4 e^(-1.35) */
            return x;
    }
}

static void draw_layer(const struct resnet *net, int layer, uint64_t seed, float *weights) {
    const struct layer *l = &net->layers[layer];
    struct draws d = draws_from(seed, (uint64_t)layer);
    int64_t count = resnet_layer_parameters(net, layer);
    int channels, height, width;
    resnet_input(net, layer, &channels, &height, &width);
    double deviation = sqrt(2.0 / ((double)l->channels * l->kernel * l->kernel));
    double bound = 1 / sqrt((double)channels);
    for (int64_t i = 0; i < count; i++)
        switch (l->kind) {
        case LAYER_CONV:
            weights[i] = (float)(deviation * draw_normal(&d));
            break;
        case LAYER_LINEAR:
            weights[i] = (float)draws_uniform(&d, -bound, bound);
            break;
        default: /* norms: factors, then biases */
            weights[i] = i < l->channels;
        }
}

/* --- Writing --- */

struct filling {
    const struct resnet *net;
    uint64_t seed;
    int layer;      /* whose weights these are */
    float *weights; /* of the largest layer */
    char *bytes;    /* of the largest tensor */
};

/* To the nearest, of two equally near ones the even. */
static uint16_t to_bfloat16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

static void fill(struct filling *f, const struct step_tensor *tensor) {
    memset(f->bytes, 0, (size_t)tensor->fixed);
    if (tensor->kind == STEP_RUNNING)
        for (int i = 0, channels = f->net->layers[tensor->layer].channels; i < channels; i++)
            ((float *)(void *)f->bytes)[channels + i] = 1;
    if (tensor->kind != STEP_WEIGHTS && tensor->kind != STEP_COPY)
        return;
    if (f->layer != tensor->layer)
        draw_layer(f->net, f->layer = tensor->layer, f->seed, f->weights);
    int64_t count = resnet_layer_parameters(f->net, f->layer);
    if (tensor->kind == STEP_WEIGHTS)
        memcpy(f->bytes, f->weights, (size_t)count * sizeof(float));
    else
        for (int64_t i = 0; i < count; i++)
            ((uint16_t *)(void *)f->bytes)[i] = to_bfloat16(f->weights[i]);
}

static bool begins(const struct step_tensor *tensor) {
    return tensor->stays && tensor->kind != STEP_BATCH;
}

bool trainer_weights_write(struct engine *e, const struct resnet *net, const struct step *step,
                           uint64_t seed, struct trouble *t) {
    struct filling f = {.net = net, .seed = seed, .layer = RESNET_NONE};
    int64_t most = 1, most_weights = 1;
    for (int i = 0; i < step->tensor_count; i++)
        if (begins(&step->tensors[i]) && step->tensors[i].fixed > most)
            most = step->tensors[i].fixed;
    for (int i = 0; i < net->layer_count; i++)
        if (resnet_layer_parameters(net, i) > most_weights)
            most_weights = resnet_layer_parameters(net, i);
    f.weights = calloc((size_t)most_weights, sizeof *f.weights);
    f.bytes = malloc((size_t)most);
    bool done = f.weights && f.bytes;
    if (!done)
        trouble_tell(t, TROUBLE_NO_MEMORY, "this machine has no memory for drawing weights");
    for (int i = 0; done && i < step->tensor_count; i++)
        if (begins(&step->tensors[i])) {
            fill(&f, &step->tensors[i]);
            done = e->class->write(e, i, f.bytes, step->tensors[i].fixed, t);
        }
    free(f.weights);
    free(f.bytes);
    return done;
}
