/* How a training step comes about (step.h).  Forward, every layer once; backward, in reverse.  An
 * output that the levers do not keep ends with its last reader in the forward pass; whoever needs
 * it later recalls it: its own inputs are recalled first, and it is computed again. */
#include "step.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER = 4, LABEL = 8, COUNTER = 8, NONE = -1 };

const char *step_kind_name(enum step_kind kind) {
    static const char *const names[STEP_KINDS] = {
        "weights", "16-bit copies",    "running statistics", "optimiser", "gradients", "batch",
        "outputs", "batch statistics", "pool choices",       "deltas",    "workspace"};
    return names[kind];
}

struct building {
    const struct resnet *net;
    const struct step_plan *plan;
    struct step *step;
    int tensor_room, operation_room;
    bool failed, backward;
    int images, labels, workspace;
    int weights[RESNET_LAYERS], copies[RESNET_LAYERS], states[RESNET_LAYERS],
        running[RESNET_LAYERS], gradients[RESNET_LAYERS], outputs[RESNET_LAYERS],
        moments[RESNET_LAYERS], choices[RESNET_LAYERS], deltas[RESNET_LAYERS];
};

/* --- Tensors and operations --- */

static bool make_room(void **at, int count, int *room, size_t size) {
    enum { FIRST = 1024 };
    if (count < *room)
        return true;
    int more = *room ? 2 * *room : FIRST;
    void *larger = realloc(*at, (size_t)more * size);
    if (!larger)
        return false;
    *at = larger;
    *room = more;
    return true;
}

static int add_tensor(struct building *b, struct step_tensor t) {
    struct step *s = b->step;
    void *at = s->tensors;
    if (b->failed || !make_room(&at, s->tensor_count, &b->tensor_room, sizeof t)) {
        b->failed = true;
        return 0;
    }
    s->tensors = at;
    t.first = t.last = NONE;
    s->tensors[s->tensor_count] = t;
    return s->tensor_count++;
}

static int add_output(struct building *b, enum step_kind kind, int layer) {
    return add_tensor(
        b, (struct step_tensor){.kind = kind,
                                .layer = layer,
                                .again = b->backward && kind == STEP_OUTPUT,
                                .per_image = resnet_layer_outputs(b->net, layer) * b->plan->width});
}

/* Tensors of NONE are left out. */
static void add_operation(struct building *b, struct operation o, const int *touched, int count) {
    struct step *s = b->step;
    void *at = s->operations;
    if (b->failed || !make_room(&at, s->operation_count, &b->operation_room, sizeof o)) {
        b->failed = true;
        return;
    }
    s->operations = at;
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (touched[i] == NONE)
            continue;
        struct step_tensor *t = &s->tensors[touched[i]];
        o.touched[kept++] = touched[i];
        if (t->first == NONE)
            t->first = s->operation_count;
        t->last = s->operation_count;
    }
    if (kept < STEP_TOUCHED)
        o.touched[kept] = NONE;
    s->operations[s->operation_count++] = o;
}

#define TOUCH(b, operation, ...)                                                                   \
    add_operation((b), operation, (const int[]){__VA_ARGS__},                                      \
                  (int)(sizeof((const int[]){__VA_ARGS__}) / sizeof(int)))

/* --- What stays --- */

static bool multiplies(const struct layer *l) {
    return l->kind == LAYER_CONV || l->kind == LAYER_LINEAR;
}

static void add_lasting(struct building *b, int layer) {
    static const int states[STEP_OPTIMISERS] = {0, 1, 2};
    const struct layer *l = &b->net->layers[layer];
    int64_t count = resnet_layer_parameters(b->net, layer);
    struct step_tensor lasting = {.layer = layer, .stays = true};
    int *const all[] = {b->weights, b->copies, b->states, b->running, b->gradients};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        all[i][layer] = NONE;
    if (count == 0)
        return;
    lasting.kind = STEP_WEIGHTS;
    lasting.fixed = count * NUMBER;
    b->weights[layer] = add_tensor(b, lasting);
    lasting.kind = STEP_STATE;
    lasting.fixed = count * NUMBER * states[b->plan->optimiser];
    if (lasting.fixed > 0)
        b->states[layer] = add_tensor(b, lasting);
    lasting.kind = STEP_COPY;
    lasting.fixed = count * b->plan->width;
    if (b->plan->width < NUMBER && multiplies(l))
        b->copies[layer] = add_tensor(b, lasting);
    lasting.kind = STEP_RUNNING;
    lasting.fixed = count * NUMBER + COUNTER;
    if (l->kind == LAYER_NORM)
        b->running[layer] = add_tensor(b, lasting);
}

/* What a product is computed with. */
static int factor(const struct building *b, int layer) {
    return b->copies[layer] != NONE ? b->copies[layer] : b->weights[layer];
}

/* --- Forward --- */

static int output_of(struct building *b, int layer) {
    return layer == RESNET_IMAGE ? b->images : layer == RESNET_NONE ? NONE : b->outputs[layer];
}

static void forward(struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    struct operation o = {OPERATION_FORWARD, layer, b->backward, false, {0}};
    int in = output_of(b, l->input), other = output_of(b, l->other);
    if (!b->backward && l->kind == LAYER_NORM)
        b->moments[layer] =
            add_tensor(b, (struct step_tensor){.kind = STEP_MOMENTS,
                                               .layer = layer,
                                               .fixed = 2 * (int64_t)l->channels * NUMBER});
    if (!b->backward && l->kind == LAYER_MAX_POOL)
        b->choices[layer] =
            add_tensor(b, (struct step_tensor){.kind = STEP_CHOICES,
                                               .layer = layer,
                                               .per_image = resnet_layer_outputs(b->net, layer)});
    int out = add_output(b, STEP_OUTPUT, layer);
    TOUCH(b, o, in, other, factor(b, layer), b->backward ? NONE : b->running[layer],
          b->moments[layer], b->choices[layer], l->kind == LAYER_CONV ? b->workspace : NONE, out);
    b->outputs[layer] = out;
}

/* --- Backward --- */

/* What the levers leave in memory until the backward pass wants it. */
static bool keeps(const struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    unsigned levers = b->plan->levers;
    bool boundary = l->block < 0 || (l->kind == LAYER_NORM && l->other != RESNET_NONE);
    bool projects = l->kind == LAYER_CONV && l->kernel == 1 && (layer + 1 < b->net->layer_count) &&
                    !b->net->layers[layer + 1].relu;
    bool joins =
        l->kind == LAYER_CONV && l->kernel == 1 && b->net->layers[layer + 1].other != RESNET_NONE;
    if (boundary)
        return l->kind != LAYER_NORM || l->block >= 0 || !(levers & STEP_RENORMALISE);
    if (levers & STEP_CHECKPOINT)
        return false;
    if (l->kind == LAYER_NORM)
        return !(levers & STEP_RENORMALISE);
    return !((projects || joins) && levers & STEP_REPROJECT);
}

/* The output of a layer, computed again where nothing kept it. */
static int recall(struct building *b, int layer) {
    if (layer == RESNET_IMAGE || layer == RESNET_NONE)
        return output_of(b, layer);
    const struct step_tensor *t = &b->step->tensors[b->outputs[layer]];
    if (!t->again && !keeps(b, layer)) {
        const struct layer *l = &b->net->layers[layer];
        recall(b, l->input);
        recall(b, l->other);
        forward(b, layer);
    }
    return b->outputs[layer];
}

static void update(struct building *b, int layer) {
    struct operation o = {OPERATION_UPDATE, layer, false, false, {0}};
    if (b->weights[layer] != NONE)
        TOUCH(b, o, b->weights[layer], b->copies[layer], b->states[layer], b->gradients[layer]);
}

static int add_gradient(struct building *b, int layer) {
    return b->gradients[layer] = add_tensor(
               b, (struct step_tensor){.kind = STEP_GRADIENT,
                                       .layer = layer,
                                       .fixed = resnet_layer_parameters(b->net, layer) * NUMBER,
                                       .stays = b->plan->accumulates});
}

/* A norm turns the gradient of its output into that of its input, in place; where it adds, the
 * gradient behind the ReLU goes on to `other`, and the input's is another tensor. */
static void norm_backward(struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    struct operation o = {OPERATION_BACKWARD, layer, false, false, {0}};
    int delta = b->deltas[layer], before = delta, seen = NONE;
    int read = recall(b, l->input);
    if (l->other != RESNET_NONE) {
        seen = recall(b, layer); /* where the ReLU was at work */
        before = add_output(b, STEP_DELTA, layer);
        b->deltas[l->other] = delta;
    }
    TOUCH(b, o, delta, before, read, seen, b->moments[layer], b->weights[layer],
          add_gradient(b, layer));
    b->deltas[l->input] = before;
}

static void product_backward(struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    struct operation gradient = {OPERATION_WEIGHT_GRADIENT, layer, false, false, {0}},
                     back = {OPERATION_BACKWARD, layer, false, false, {0}};
    int read = recall(b, l->input), scratch = l->kind == LAYER_CONV ? b->workspace : NONE;
    TOUCH(b, gradient, b->deltas[layer], read, add_gradient(b, layer), scratch);
    if (l->input == RESNET_IMAGE)
        return;
    back.adds = b->deltas[l->input] != NONE;
    if (!back.adds)
        b->deltas[l->input] = add_output(b, STEP_DELTA, l->input);
    TOUCH(b, back, b->deltas[layer], factor(b, layer), b->deltas[l->input], scratch);
}

static void plain_backward(struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    struct operation o = {OPERATION_BACKWARD, layer, false, false, {0}};
    b->deltas[l->input] = add_output(b, STEP_DELTA, l->input);
    TOUCH(b, o, b->deltas[layer], b->choices[layer], b->deltas[l->input]);
}

static void backward(struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    if (l->kind == LAYER_NORM)
        norm_backward(b, layer);
    else if (multiplies(l))
        product_backward(b, layer);
    else
        plain_backward(b, layer);
    if (b->plan->levers & STEP_FUSED_UPDATE)
        update(b, layer);
}

/* --- The whole step --- */

static void add_batch(struct building *b) {
    const struct resnet *n = b->net;
    int64_t image = (int64_t)n->channels * n->height * n->width * b->plan->width;
    b->images = add_tensor(b, (struct step_tensor){STEP_BATCH, NONE, false, 0, image, false, 0, 0});
    b->labels = add_tensor(b, (struct step_tensor){STEP_BATCH, NONE, false, 0, LABEL, false, 0, 0});
    struct step_tensor workspace = {.kind = STEP_WORKSPACE,
                                    .layer = NONE,
                                    .fixed = b->plan->workspace_fixed,
                                    .per_image = b->plan->workspace_per_image,
                                    .stays = true};
    b->workspace = workspace.fixed || workspace.per_image ? add_tensor(b, workspace) : NONE;
}

static void build(struct building *b) {
    const struct resnet *n = b->net;
    int last = n->layer_count - 1;
    add_batch(b);
    for (int i = 0; i < n->layer_count; i++) {
        b->moments[i] = b->choices[i] = b->deltas[i] = NONE;
        add_lasting(b, i);
    }
    struct operation load = {OPERATION_LOAD, NONE, false, false, {0}};
    TOUCH(b, load, b->images, b->labels);
    for (int i = 0; i <= last; i++)
        forward(b, i);
    b->backward = true;
    b->deltas[last] = add_output(b, STEP_DELTA, last);
    struct operation loss = {OPERATION_LOSS, last, false, false, {0}};
    TOUCH(b, loss, b->outputs[last], b->labels, b->deltas[last]);
    for (int i = last; i >= 0; i--)
        backward(b, i);
    for (int i = 0; i <= last && !(b->plan->levers & STEP_FUSED_UPDATE); i++)
        update(b, i);
}

struct step *step_make(const struct resnet *net, const struct step_plan *plan) {
    struct building *b = calloc(1, sizeof *b);
    struct step *s = calloc(1, sizeof *s);
    if (!b || !s) {
        free(b);
        free(s);
        return NULL;
    }
    *b = (struct building){.net = net, .plan = plan, .step = s};
    build(b);
    bool failed = b->failed;
    free(b);
    if (failed) {
        step_free(s);
        return NULL;
    }
    return s;
}

void step_free(struct step *s) {
    if (s) {
        free(s->tensors);
        free(s->operations);
    }
    free(s);
}

/* --- Bytes --- */

int64_t step_bytes(const struct step_tensor *t, int64_t batch) {
    return t->fixed + t->per_image * batch;
}

int64_t step_peak(const struct step *s, int64_t batch, int *operation, int64_t *sums) {
    int64_t *change = calloc((size_t)s->operation_count + 1, sizeof *change), always = 0;
    int at = 0;
    if (!change)
        return -1;
    for (int i = 0; i < s->tensor_count; i++) {
        const struct step_tensor *t = &s->tensors[i];
        if (t->stays) {
            always += step_bytes(t, batch);
        } else if (t->first >= 0) {
            change[t->first] += step_bytes(t, batch);
            change[t->last + 1] -= step_bytes(t, batch);
        }
    }
    int64_t live = always, most = -1;
    for (int i = 0; i < s->operation_count; i++) {
        live += change[i];
        if (live > most) {
            most = live;
            at = i;
        }
    }
    free(change);
    if (operation)
        *operation = at;
    if (sums)
        memset(sums, 0, STEP_KINDS * sizeof *sums);
    for (int i = 0; sums && i < s->tensor_count; i++) {
        const struct step_tensor *t = &s->tensors[i];
        if (t->stays || (t->first >= 0 && t->first <= at && t->last >= at))
            sums[t->kind] += step_bytes(t, batch);
    }
    return most;
}
