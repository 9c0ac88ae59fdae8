/* The fast MLP, a batch at a time.  Numbers of inputs and outputs are padded with zeros, and so are
 * batches: what is padded stays zero through every step.  The gradient of a weight matrix is never
 * stored: its step is taken where it is computed. */
#include "fast.h"

#include <string.h>

struct dense {
    int inputs, outputs; /* padded */
    float *w, *v;        /* outputs x inputs */
    float *bias, *bias_v, *bias_g;
    float *x, *dx; /* images x inputs */
    float *z, *dz; /* images x outputs */
};

struct mlp {
    struct model base;
    int images; /* that fit */
    struct dense dense[MODEL_LAYERS];
};

/* --- Memory --- */

static struct model *make(const struct model_plan *plan, int batch) {
    struct mlp *net = fast_make(&fast_mlp, plan, sizeof *net);
    if (!net)
        return NULL;
    struct model *m = &net->base;
    net->images = fast_round_up(batch, FAST_IMAGES);
    for (int i = 0; i < m->layer_count; i++) {
        struct dense *d = &net->dense[i];
        d->inputs = fast_round_up(m->layers[i].inputs, FAST_INPUTS);
        d->outputs = fast_round_up(m->layers[i].outputs, FAST_OUTPUTS);
        int64_t numbers = (int64_t)d->outputs * d->inputs;
        int biases = fast_round_up(d->outputs, FAST_LANES);
        d->w = fast_floats(m, numbers);
        d->v = fast_floats(m, numbers);
        d->bias = fast_floats(m, biases);
        d->bias_v = fast_floats(m, biases);
        d->bias_g = fast_floats(m, biases);
        d->x = fast_floats(m, (int64_t)net->images * d->inputs);
        d->dx = fast_floats(m, (int64_t)net->images * d->inputs);
        d->z = fast_floats(m, (int64_t)net->images * d->outputs);
        d->dz = fast_floats(m, (int64_t)net->images * d->outputs);
    }
    return m;
}

/* --- Parameters --- */

static float *parameter(const struct model *m, int layer, int n) {
    const struct dense *d = &((const struct mlp *)m)->dense[layer];
    int inputs = m->layers[layer].inputs, weights = m->layers[layer].outputs * inputs;
    return n < weights ? &d->w[n / inputs * d->inputs + n % inputs] : &d->bias[n - weights];
}

static void renew(struct model *m) {
    for (int i = 0; i < m->layer_count; i++) {
        struct dense *d = &((struct mlp *)m)->dense[i];
        memset(d->v, 0, sizeof *d->v * (size_t)d->outputs * (size_t)d->inputs);
        memset(d->bias_v, 0, sizeof *d->bias_v * (size_t)d->outputs);
    }
}

/* --- Forward --- */

/* Up to `images` pictures; rows of x behind them keep what they held, and nobody reads their z. */
static void forward(struct mlp *net, const float *pixels, int count) {
    int pixel_count = net->base.layers[0].inputs, last = net->base.layer_count - 1;
    for (int n = 0; n < count; n++)
        memcpy(net->dense[0].x + (ptrdiff_t)n * net->dense[0].inputs,
               pixels + (ptrdiff_t)n * pixel_count, sizeof *pixels * (size_t)pixel_count);
    for (int i = 0; i <= last; i++) {
        struct dense *d = &net->dense[i];
        net->base.loops->dense(d->x, d->w, fast_round_up(count, FAST_IMAGES), d->inputs, d->outputs,
                               d->z);
        for (int n = 0; n < count; n++)
            for (int o = 0; o < d->outputs; o++) {
                float z = d->z[n * d->outputs + o] += d->bias[o];
                if (i < last)
                    net->dense[i + 1].x[n * net->dense[i + 1].inputs + o] = z < 0 ? 0 : z;
            }
    }
}

static void scores(struct model *m, const float *pixels, int count, float *scores) {
    struct mlp *net = (struct mlp *)m;
    const struct dense *last = &net->dense[m->layer_count - 1];
    for (int first = 0; first < count; first += net->images) {
        int now = count - first < net->images ? count - first : net->images;
        forward(net, pixels + (ptrdiff_t)first * m->layers[0].inputs, now);
        for (int n = 0; n < now; n++)
            memcpy(scores + (ptrdiff_t)(first + n) * m->plan.classes,
                   last->z + (ptrdiff_t)n * last->outputs,
                   sizeof *scores * (size_t)m->plan.classes);
    }
}

/* --- A step --- */

static double top_gradient(struct mlp *net, const int *labels, int count) {
    struct dense *top = &net->dense[net->base.layer_count - 1];
    double loss = 0;
    memcpy(top->dz, top->z, sizeof *top->dz * (size_t)(count * top->outputs));
    for (int n = 0; n < count; n++) {
        float *dz = top->dz + (ptrdiff_t)n * top->outputs;
        loss += fast_loss(dz, net->base.plan.classes, labels[n], count);
        for (int o = net->base.plan.classes; o < top->outputs; o++)
            dz[o] = 0;
    }
    return loss / count;
}

/* Through the weights, before they change, and the ReLU below. */
static void input_backward(struct mlp *net, struct dense *d, int count) {
    struct dense *below = d - 1;
    net->base.loops->dense_back(d->dz, d->w, count, d->inputs, d->outputs, d->dx);
    for (int n = 0; n < count; n++)
        for (int o = 0; o < below->outputs; o++) {
            int at = n * d->inputs + o;
            below->dz[n * below->outputs + o] = d->x[at] > 0 ? d->dx[at] : 0;
        }
}

static double step(struct model *m, const float *pixels, const int *labels, int count, double rate,
                   double momentum, bool head_only) {
    struct mlp *net = (struct mlp *)m;
    forward(net, pixels, count);
    double loss = top_gradient(net, labels, count);
    for (int i = m->layer_count - 1; i >= (head_only ? m->layer_count - 1 : 0); i--) {
        struct dense *d = &net->dense[i];
        if (i > 0 && !head_only)
            input_backward(net, d, count);
        memset(d->bias_g, 0, sizeof *d->bias_g * (size_t)d->outputs);
        for (int n = 0; n < count; n++)
            for (int o = 0; o < d->outputs; o++)
                d->bias_g[o] += d->dz[n * d->outputs + o];
        m->loops->dense_step(d->x, d->dz, count, d->inputs, d->outputs, (float)rate,
                             (float)momentum, d->w, d->v);
        m->loops->momentum(d->bias, d->bias_v, d->bias_g, d->outputs, (float)rate, (float)momentum);
    }
    return loss;
}

const struct fast_network fast_mlp = {make, parameter, renew, step, scores};
