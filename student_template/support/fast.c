/* Our own way of computing the models: float32, quick, and bit for bit the same everywhere. Chooses
 * the loops for the processor and the network for the plan.  No threads, no library. */
#include "fast.h"

#include "exact.h"

#include <stdlib.h>
#include <string.h>

/* --- Which loops --- */

/* FAST_PLAIN leaves the processor's abilities unused: tests compare the bits of both. */
const struct fast_loops *fast_choose(void) {
#if (defined(__x86_64__) || defined(__i386__)) && !defined(FAST_PLAIN)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &fast_avx2;
#endif
    return &fast_plain;
}

/* --- Memory --- */

static void *zeros(size_t bytes) {
    void *memory;
    if (posix_memalign(&memory, 64, bytes ? bytes : 64) != 0)
        abort();
    memset(memory, 0, bytes);
    return memory;
}

void *fast_make(const struct fast_network *network, const struct model_plan *plan, size_t size) {
    struct model_layer layers[MODEL_LAYERS];
    int count = model_layers(plan, layers);
    if (count < 0)
        return NULL;
    struct model *m = zeros(size);
    *m = (struct model){
        .network = network, .plan = *plan, .loops = fast_choose(), .layer_count = count};
    memcpy(m->layers, layers, sizeof layers);
    return m;
}

void *fast_memory(struct model *m, int64_t count, size_t size) {
    if (m->owned_count == FAST_OWNED)
        abort();
    return m->owned[m->owned_count++] = zeros((size_t)count * size);
}

float *fast_floats(struct model *m, int64_t count) {
    return fast_memory(m, count, sizeof(float));
}

int fast_round_up(int count, int multiple) {
    return (count + multiple - 1) / multiple * multiple;
}

/* --- The end of a network --- */

double fast_loss(float *z, int classes, int label, int count) {
    double highest = z[0], sum = 0, power[MODEL_CLASSES];
    for (int i = 1; i < classes; i++)
        if (z[i] > highest)
            highest = z[i];
    for (int i = 0; i < classes; i++)
        sum += power[i] = exact_exp(z[i] - highest);
    double loss = exact_log(sum) - (z[label] - highest);
    for (int i = 0; i < classes; i++)
        z[i] = (float)((power[i] / sum - (i == label)) / count);
    return loss;
}

/* --- The engine --- */

static struct model *make(const struct model_plan *plan, int batch) {
    return (plan->kind == MODEL_MLP ? fast_mlp : fast_cnn).make(plan, batch);
}

static void release(struct model *m) {
    if (!m)
        return;
    for (int i = 0; i < m->owned_count; i++)
        free(m->owned[i]);
    free(m);
}

static int numbers_of(const struct model_layer *l) {
    return l->outputs * (l->inputs * l->kernel * l->kernel + 1);
}

static void read_parameters(const struct model *m, double *parameters) {
    for (int layer = 0; layer < m->layer_count; layer++)
        for (int n = 0; n < numbers_of(&m->layers[layer]); n++) {
            float x = *m->network->parameter(m, layer, n);
            /* One NaN for all: their bits depend on the machine. */
            *parameters++ = isnan(x) ? (double)NAN : (double)x;
        }
}

static void write_parameters(struct model *m, const double *parameters) {
    for (int layer = 0; layer < m->layer_count; layer++)
        for (int n = 0; n < numbers_of(&m->layers[layer]); n++)
            *m->network->parameter(m, layer, n) = (float)*parameters++;
    m->network->renew(m);
}

static double step(struct model *m, const float *pixels, const int *labels, int count, double rate,
                   double momentum, bool head_only) {
    return m->network->step(m, pixels, labels, count, rate, momentum, head_only);
}

static void scores(struct model *m, const float *pixels, int count, float *scores) {
    m->network->scores(m, pixels, count, scores);
}

const struct model_engine fast_engine = {"fast",           make, release, read_parameters,
                                         write_parameters, step, scores};
