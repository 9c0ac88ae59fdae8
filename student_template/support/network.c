/* The networks of problem 6 computed by the functions that the homework asks for, in double.  A
 * network is a list of layers between values; this file holds the values and says in which order
 * the functions are called, and computes nothing itself.  Refuses to know data and studies.
 *
 * Outputs are filled with NaN before each call, as everywhere in the homework: a function that
 * refuses, or is not written yet, makes a loss of NaN and nothing worse. */
#include "homework.h"
#include "inputs.h"
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS_MOST = 11 /* of the deep CNN */, WINDOW = 2 };
enum { WEIGHT, BIAS, PARAMETERS };

struct layer {
    const struct operation *operation;
    struct parameter {
        tensor value, gradient, velocity;
    } parameter[PARAMETERS]; /* without numbers where a layer has none */
};

struct operation {
    void (*forward)(const struct layer *l, const tensor *x, tensor *y);
    void (*backward)(struct layer *l, const tensor *x, const tensor *dy, tensor *dx);
};

struct value {
    tensor at, gradient;
};

struct model {
    int batch, layer_count;
    struct layer layers[LAYERS_MOST];
    struct value values[LAYERS_MOST + 1]; /* layer i makes values[i + 1] from values[i] */
    ints labels;
};

/* --- The layers --- */

static void convolve(const struct layer *l, const tensor *x, tensor *y) {
    reflect_conv2d(x, &l->parameter[WEIGHT].value, &l->parameter[BIAS].value, y);
}
static void convolve_back(struct layer *l, const tensor *x, const tensor *dy, tensor *dx) {
    reflect_conv2d_backward(x, &l->parameter[WEIGHT].value, dy, dx, &l->parameter[WEIGHT].gradient,
                            &l->parameter[BIAS].gradient);
}
static void connect(const struct layer *l, const tensor *x, tensor *y) {
    linear(x, &l->parameter[WEIGHT].value, &l->parameter[BIAS].value, y);
}
static void connect_back(struct layer *l, const tensor *x, const tensor *dy, tensor *dx) {
    linear_backward(x, &l->parameter[WEIGHT].value, dy, dx, &l->parameter[WEIGHT].gradient,
                    &l->parameter[BIAS].gradient);
}
static void rectify(const struct layer *l, const tensor *x, tensor *y) {
    (void)l;
    relu(x, y);
}
static void rectify_back(struct layer *l, const tensor *x, const tensor *dy, tensor *dx) {
    (void)l;
    relu_backward(x, dy, dx);
}
static void take_largest(const struct layer *l, const tensor *x, tensor *y) {
    (void)l;
    max_pool(x, WINDOW, WINDOW, y);
}
static void take_largest_back(struct layer *l, const tensor *x, const tensor *dy, tensor *dx) {
    (void)l;
    max_pool_backward(x, dy, WINDOW, WINDOW, dx);
}
static void take_mean(const struct layer *l, const tensor *x, tensor *y) {
    (void)l;
    average_pool(x, WINDOW, WINDOW, y);
}
static void take_mean_back(struct layer *l, const tensor *x, const tensor *dy, tensor *dx) {
    (void)l, (void)x;
    average_pool_backward(dy, WINDOW, WINDOW, dx);
}
static void take_global_mean(const struct layer *l, const tensor *x, tensor *y) {
    (void)l;
    global_average(x, y);
}
static void take_global_mean_back(struct layer *l, const tensor *x, const tensor *dy, tensor *dx) {
    (void)l, (void)x;
    global_average_backward(dy, dx);
}

static const struct operation CONVOLUTION = {convolve, convolve_back};
static const struct operation LINEAR = {connect, connect_back};
static const struct operation RELU = {rectify, rectify_back};
static const struct operation POOL[] = {[MODEL_MAX_POOL] = {take_largest, take_largest_back},
                                        [MODEL_AVERAGE_POOL] = {take_mean, take_mean_back}};
static const struct operation GLOBAL_AVERAGE = {take_global_mean, take_global_mean_back};

/* --- Memory --- */

static void *get_memory(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory) {
        fprintf(stderr, "out of memory: cannot make a network\n");
        exit(2);
    }
    return memory;
}

static tensor make_tensor(shape s) {
    tensor t = {.rank = s.rank};
    memcpy(t.dim, s.dim, sizeof t.dim);
    t.at = get_memory((size_t)tensor_count(&t), sizeof *t.at);
    return t;
}

static void add_value(struct model *m, shape s) {
    m->values[m->layer_count] = (struct value){make_tensor(s), make_tensor(s)};
}

static void add_layer(struct model *m, const struct operation *operation, shape y) {
    m->layers[m->layer_count++].operation = operation;
    add_value(m, y);
}

/* To the newest layer. */
static void add_parameters(struct model *m, shape weight) {
    struct layer *l = &m->layers[m->layer_count - 1];
    const shape shapes[PARAMETERS] = {weight, SHAPE(weight.dim[0])};
    for (int i = 0; i < PARAMETERS; i++)
        l->parameter[i] = (struct parameter){make_tensor(shapes[i]), make_tensor(shapes[i]),
                                             make_tensor(shapes[i])};
}

static void release(struct model *m) {
    for (int i = 0; i <= m->layer_count; i++) {
        free(m->values[i].at.at);
        free(m->values[i].gradient.at);
    }
    for (int i = 0; i < m->layer_count; i++)
        for (int j = 0; j < PARAMETERS; j++) {
            free(m->layers[i].parameter[j].value.at);
            free(m->layers[i].parameter[j].gradient.at);
            free(m->layers[i].parameter[j].velocity.at);
        }
    free(m->labels.at);
    free(m);
}

/* --- Building --- */

static const int *top(const struct model *m) {
    return m->values[m->layer_count].at.dim;
}

static void add_convolution(struct model *m, const struct model_layer *l) {
    add_layer(m, &CONVOLUTION, SHAPE(m->batch, l->outputs, l->out_height, l->out_width));
    add_parameters(m, SHAPE(l->outputs, l->inputs, l->kernel, l->kernel));
}

static void add_linear(struct model *m, const struct model_layer *l) {
    add_layer(m, &LINEAR, SHAPE(m->batch, l->outputs));
    add_parameters(m, SHAPE(l->outputs, l->inputs));
}

static void build_cnn(struct model *m, const struct model_plan *plan, const struct model_layer *l) {
    add_value(m, SHAPE(m->batch, 1, plan->height, plan->width));
    for (int i = 0; i < plan->depth; i++) {
        if (i == plan->depth / 2)
            add_layer(m, &POOL[plan->pool], SHAPE(m->batch, l[i].inputs, l[i].height, l[i].width));
        add_convolution(m, &l[i]);
        add_layer(m, &RELU, shape_of(4, top(m)));
    }
    add_layer(m, &GLOBAL_AVERAGE, SHAPE(m->batch, plan->filters));
    add_linear(m, &l[plan->depth]);
}

static void build_mlp(struct model *m, const struct model_layer *l, int count) {
    add_value(m, SHAPE(m->batch, l[0].inputs));
    for (int i = 0; i < count; i++) {
        if (i > 0)
            add_layer(m, &RELU, shape_of(2, top(m)));
        add_linear(m, &l[i]);
    }
}

static struct model *make(const struct model_plan *plan, int batch) {
    struct model_layer layers[MODEL_LAYERS];
    int count = model_layers(plan, layers);
    if (batch < 1 || count < 0)
        return NULL;
    struct model *m = get_memory(1, sizeof *m);
    m->batch = batch;
    if (plan->kind == MODEL_CNN)
        build_cnn(m, plan, layers);
    else
        build_mlp(m, layers, count);
    m->labels = (ints){.rank = 1, .dim = {batch, 1, 1, 1}};
    m->labels.at = get_memory((size_t)batch, sizeof *m->labels.at);
    return m;
}

/* --- Parameters --- */

static void read_parameters(const struct model *m, double *parameters) {
    for (int i = 0; i < m->layer_count; i++)
        for (int j = 0; j < PARAMETERS; j++) {
            const tensor *t = &m->layers[i].parameter[j].value;
            for (int64_t k = 0; k < tensor_count(t); k++)
                *parameters++ = t->at[k];
        }
}

static void write_parameters(struct model *m, const double *parameters) {
    for (int i = 0; i < m->layer_count; i++)
        for (int j = 0; j < PARAMETERS; j++) {
            struct parameter *p = &m->layers[i].parameter[j];
            for (int64_t k = 0; k < tensor_count(&p->value); k++) {
                p->value.at[k] = *parameters++;
                p->velocity.at[k] = 0;
            }
        }
}

/* --- Computing --- */

/* For an output that is about to be written. */
static tensor *blank(tensor *t) {
    for (int64_t i = 0, n = tensor_count(t); i < n; i++)
        t->at[i] = (double)NAN;
    return t;
}

/* A smaller batch takes the first rows of each tensor. */
static void forward(struct model *m, const float *pixels, int count) {
    for (int i = 0; i <= m->layer_count; i++)
        m->values[i].at.dim[0] = m->values[i].gradient.dim[0] = count;
    tensor *input = &m->values[0].at;
    for (int64_t i = 0, n = tensor_count(input); i < n; i++)
        input->at[i] = (double)pixels[i];
    for (int i = 0; i < m->layer_count; i++)
        m->layers[i].operation->forward(&m->layers[i], &m->values[i].at,
                                        blank(&m->values[i + 1].at));
}

static void backward(struct model *m, int i) {
    struct layer *l = &m->layers[i];
    for (int j = 0; j < PARAMETERS; j++)
        blank(&l->parameter[j].gradient);
    l->operation->backward(l, &m->values[i].at, &m->values[i + 1].gradient,
                           blank(&m->values[i].gradient));
}

static double step(struct model *m, const float *pixels, const int *labels, int count, double rate,
                   double momentum, bool head_only) {
    struct value *last = &m->values[m->layer_count];
    forward(m, pixels, count);
    m->labels.dim[0] = count;
    for (int i = 0; i < count; i++)
        m->labels.at[i] = labels[i];
    double loss = softmax_cross_entropy(&last->at, &m->labels, blank(&last->gradient));
    int first = head_only ? m->layer_count - 1 : 0;
    for (int i = m->layer_count - 1; i >= first; i--)
        backward(m, i);
    for (int i = first; i < m->layer_count; i++)
        for (int j = 0; j < PARAMETERS; j++) {
            struct parameter *p = &m->layers[i].parameter[j];
            if (p->value.at)
                momentum_step(&p->value, &p->velocity, &p->gradient, rate, momentum);
        }
    return loss;
}

static void compute_scores(struct model *m, const float *pixels, int count, float *scores) {
    const tensor *input = &m->values[0].at, *output = &m->values[m->layer_count].at;
    while (count > 0) {
        int rows = count < m->batch ? count : m->batch;
        forward(m, pixels, rows);
        for (int64_t i = 0, n = tensor_count(output); i < n; i++)
            *scores++ = (float)output->at[i];
        pixels += tensor_count(input);
        count -= rows;
    }
}

const struct model_engine layers_engine = {.name = "layers",
                                           .make = make,
                                           .release = release,
                                           .read = read_parameters,
                                           .write = write_parameters,
                                           .step = step,
                                           .scores = compute_scores};
