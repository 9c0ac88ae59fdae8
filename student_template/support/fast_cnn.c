/* The fast CNN: picture by picture forward and backward while everything lies in the nearest cache,
 * then one step for the batch.  Refuses to know where in a buffer a number lies: fast_stage.c. */
#include "fast_stage.h"

#include <string.h>

struct cnn {
    struct model base;
    struct fast_stage stages[MODEL_LAYERS];
    int stage_count;
    int weights[MODEL_LAYERS], biases[MODEL_LAYERS]; /* where those of a stage begin in w */
    int head, head_bias, count; /* the linear layer: classes x features, and its biases */
    float *w, *v, *g, *features, *d_features, no_bias[FAST_FILTERS];
};

static int features_of(const struct cnn *net) {
    return net->stages[net->stage_count - 1].out_channels;
}

/* --- Memory --- */

static struct model *make(const struct model_plan *plan, int batch) {
    (void)batch;
    struct cnn *net = fast_make(&fast_cnn, plan, sizeof *net);
    if (!net)
        return NULL;
    struct model *m = &net->base;
    net->stage_count = plan->depth;
    for (int i = 0; i < net->stage_count; i++) {
        struct fast_stage *s = &net->stages[i];
        fast_stage_make(m, s, &m->layers[i], i == plan->depth / 2 - 1, i ? s - 1 : NULL);
        net->weights[i] = net->count;
        net->biases[i] = net->count + fast_stage_weights(s);
        net->count = net->biases[i] + s->out_channels;
    }
    net->head = fast_round_up(net->count, FAST_LANES);
    net->head_bias = net->head + plan->classes * features_of(net);
    net->count = fast_round_up(net->head_bias + plan->classes, FAST_LANES);
    net->w = fast_floats(m, net->count);
    net->v = fast_floats(m, net->count);
    net->g = fast_floats(m, net->count);
    net->features = fast_floats(m, features_of(net));
    net->d_features = fast_floats(m, features_of(net));
    return m;
}

/* --- Parameters --- */

static float *parameter(const struct model *m, int layer, int n) {
    const struct cnn *net = (const struct cnn *)m;
    const struct model_layer *l = &m->layers[layer];
    int k = l->kernel, fan_in = l->inputs * k * k, weights = l->outputs * fan_in;
    bool head = layer == net->stage_count;
    if (n >= weights)
        return net->w + (head ? net->head_bias : net->biases[layer]) + n - weights;
    int f = n / fan_in, at = n % fan_in;
    if (head)
        return net->w + net->head + (ptrdiff_t)f * features_of(net) + at;
    return net->w + net->weights[layer] +
           fast_stage_weight(&net->stages[layer], f, at / (k * k), at / k % k, at % k);
}

static void flip(struct cnn *net) {
    for (int i = 1; i < net->stage_count; i++)
        fast_stage_flip(&net->stages[i], net->w + net->weights[i]);
}

static void renew(struct model *m) {
    struct cnn *net = (struct cnn *)m;
    memset(net->v, 0, sizeof *net->v * (size_t)net->count);
    flip(net);
}

/* --- Forward --- */

/* Of three filters, in w or in g. */
static float *weights_of(const struct cnn *net, float *numbers, int stage, int filter) {
    return numbers + net->weights[stage] + fast_stage_weight(&net->stages[stage], filter, 0, 0, 0);
}

static void stage_forward(struct cnn *net, int i, const float *source) {
    const struct fast_loops *loops = net->base.loops;
    struct fast_stage *s = &net->stages[i];
    for (int c = 0; c < s->in_channels; c++) {
        const float *from = source + (ptrdiff_t)c * s->source_plane;
        float *to = s->in + (ptrdiff_t)c * s->in_plane;
        for (int n = 0; n < s->in_plane; n++)
            to[n] = from[s->gather[n]];
    }
    for (int f = 0; f < s->out_channels; f += FAST_FILTERS)
        loops->correlate(&s->window, s->in, weights_of(net, net->w, i, f),
                         net->w + net->biases[i] + f, true,
                         fast_channel(s->out, f, s->window.vectors));
    if (s->pooled)
        loops->pool(net->base.plan.pool, s->out, s->out_channels * s->result_vectors, s->result);
}

static float positions_of(const struct fast_stage *s) {
    return (float)(s->layer.out_height * s->layer.out_width);
}

static float *head_weights(const struct cnn *net, float *numbers, int class) {
    return numbers + net->head + (ptrdiff_t) class * features_of(net);
}

static void forward(struct cnn *net, const float *pixels, float *z) {
    for (int i = 0; i < net->stage_count; i++)
        stage_forward(net, i, i ? net->stages[i - 1].result : pixels);
    const struct fast_stage *last = &net->stages[net->stage_count - 1];
    int vectors = last->window.vectors;
    for (int f = 0; f < last->out_channels; f++)
        net->features[f] =
            net->base.loops->sum(fast_channel(last->out, f, vectors), vectors) / positions_of(last);
    for (int c = 0; c < net->base.plan.classes; c++) {
        const float *w = head_weights(net, net->w, c);
        z[c] = net->w[net->head_bias + c];
        for (int f = 0; f < last->out_channels; f++)
            z[c] = __builtin_fmaf(w[f], net->features[f], z[c]);
    }
}

static const float *picture(const struct model *m, const float *pixels, int n) {
    return pixels + (ptrdiff_t)n * m->layers[0].height * m->layers[0].width;
}

static void scores(struct model *m, const float *pixels, int count, float *scores) {
    for (int n = 0; n < count; n++)
        forward((struct cnn *)m, picture(m, pixels, n), scores + (ptrdiff_t)n * m->plan.classes);
}

/* --- Backward --- */

static void head_backward(struct cnn *net, const float *dz) {
    int features = features_of(net);
    memset(net->d_features, 0, sizeof *net->d_features * (size_t)features);
    for (int c = 0; c < net->base.plan.classes; c++) {
        const float *w = head_weights(net, net->w, c);
        float *g = head_weights(net, net->g, c);
        net->g[net->head_bias + c] += dz[c];
        for (int f = 0; f < features; f++) {
            g[f] = __builtin_fmaf(dz[c], net->features[f], g[f]);
            net->d_features[f] = __builtin_fmaf(dz[c], w[f], net->d_features[f]);
        }
    }
}

/* The global average hands every position the same. */
static void average_backward(struct cnn *net) {
    struct fast_stage *last = &net->stages[net->stage_count - 1];
    int vectors = last->window.vectors;
    for (int f = 0; f < last->out_channels; f++)
        net->base.loops->spread(fast_channel(last->out, f, vectors), vectors,
                                net->d_features[f] / positions_of(last),
                                fast_channel(last->d_out, f, vectors));
}

/* From the gradient of this stage's convolution to that of the stage before. */
static void input_backward(struct cnn *net, struct fast_stage *s) {
    const struct fast_loops *loops = net->base.loops;
    struct fast_stage *before = s - 1;
    for (int f = 0; f < s->out_channels; f++) {
        const float *from = fast_channel(s->d_out, f, s->window.vectors);
        float *to = s->spread + (ptrdiff_t)f * s->spread_plane;
        for (int n = 0; n < s->spread_count; n++)
            to[s->spread_to[n]] = from[s->spread_from[n]];
    }
    for (int c = 0; c < s->in_channels; c += FAST_FILTERS)
        loops->correlate(&s->back, s->spread, s->flipped + (ptrdiff_t)c * s->back.tap_count,
                         net->no_bias, false, fast_channel(s->d_padded, c, s->back.vectors));
    int vectors = s->in_channels * before->result_vectors;
    memset(before->d_result, 0, sizeof(float) * FAST_LANES * (size_t)vectors);
    for (int c = 0; c < s->in_channels; c++) {
        const float *from = fast_channel(s->d_padded, c, s->back.vectors);
        float *to = fast_channel(before->d_result, c, before->result_vectors);
        for (int n = 0; n < s->fold_count; n++)
            to[s->fold[n]] += from[n];
    }
    if (before->pooled)
        loops->unpool(net->base.plan.pool, before->out, before->result, before->d_result, vectors,
                      before->d_out);
    else
        loops->rectify_gradient(before->out, vectors, before->d_out);
}

static void backward(struct cnn *net) {
    average_backward(net);
    for (int i = net->stage_count - 1; i >= 0; i--) {
        struct fast_stage *s = &net->stages[i];
        for (int f = 0; f < s->out_channels; f += FAST_FILTERS)
            net->base.loops->correlate_gradient(
                &s->window, s->in, fast_channel(s->d_out, f, s->window.vectors),
                fast_channel(s->sums, f, s->sum_taps), fast_channel(s->bias_sums, f, 1));
        if (i > 0)
            input_backward(net, s);
    }
}

/* --- A step --- */

static void collect(struct cnn *net) {
    for (int i = 0; i < net->stage_count; i++) {
        struct fast_stage *s = &net->stages[i];
        for (int f = 0; f < s->out_channels; f += FAST_FILTERS)
            net->base.loops->sum_lanes(fast_channel(s->sums, f, s->sum_taps),
                                       s->window.tap_count * FAST_FILTERS,
                                       weights_of(net, net->g, i, f));
        net->base.loops->sum_lanes(s->bias_sums, s->out_channels, net->g + net->biases[i]);
        size_t lanes = sizeof(float) * FAST_LANES * (size_t)s->out_channels;
        memset(s->sums, 0, lanes * (size_t)s->sum_taps);
        memset(s->bias_sums, 0, lanes);
    }
}

static double step(struct model *m, const float *pixels, const int *labels, int count, double rate,
                   double momentum, bool head_only) {
    struct cnn *net = (struct cnn *)m;
    double loss = 0;
    memset(net->g, 0, sizeof *net->g * (size_t)net->count);
    for (int n = 0; n < count; n++) {
        float z[MODEL_CLASSES];
        forward(net, picture(m, pixels, n), z);
        loss += fast_loss(z, m->plan.classes, labels[n], count);
        head_backward(net, z);
        if (!head_only)
            backward(net);
    }
    if (!head_only)
        collect(net);
    int first = head_only ? net->head : 0;
    m->loops->momentum(net->w + first, net->v + first, net->g + first, net->count - first,
                       (float)rate, (float)momentum);
    if (!head_only)
        flip(net);
    return loss / count;
}

const struct fast_network fast_cnn = {make, parameter, renew, step, scores};
