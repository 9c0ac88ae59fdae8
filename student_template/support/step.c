/* How a training step comes about (step.h).  Forward, every layer once; backward, in reverse.  An
 * output that the levers do not keep ends with its last reader in the forward pass; whoever needs
 * it later recalls it: its own input is recalled first, and it is computed again.  (What a norm
 * adds never is: its sum ends a block, and is kept.) */
#include "step.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER = 4, LABEL = 8, COUNTER = 8, NONE = -1 }; /* bytes */

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
    int images, records, labels, settings, loss, workspace;
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

static struct operation begin(enum operation_kind kind, int layer) {
    struct operation o = {.kind = kind, .layer = layer};
    for (int i = 0; i < STEP_ROLES; i++)
        o.tensor[i] = NONE;
    return o;
}

static void add_operation(struct building *b, struct operation o) {
    struct step *s = b->step;
    void *at = s->operations;
    if (b->failed || !make_room(&at, s->operation_count, &b->operation_room, sizeof o)) {
        b->failed = true;
        return;
    }
    s->operations = at;
    for (int i = 0; i < STEP_ROLES; i++) {
        if (o.tensor[i] == NONE)
            continue;
        struct step_tensor *t = &s->tensors[o.tensor[i]];
        if (t->first == NONE)
            t->first = s->operation_count;
        t->last = s->operation_count;
    }
    s->operations[s->operation_count++] = o;
}

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

/* What a layer computes with: a product with the copy, where there is one. */
static void set_weights(const struct building *b, int layer, struct operation *o) {
    o->tensor[b->copies[layer] != NONE ? ROLE_COPY : ROLE_WEIGHTS] =
        b->copies[layer] != NONE ? b->copies[layer] : b->weights[layer];
}

/* --- Forward --- */

static int output_of(const struct building *b, int layer) {
    return layer == RESNET_IMAGE ? b->images : layer == RESNET_NONE ? NONE : b->outputs[layer];
}

static void forward(struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    struct operation o = begin(OPERATION_FORWARD, layer);
    o.again = b->backward;
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
    o.tensor[ROLE_INPUT] = output_of(b, l->input);
    o.tensor[ROLE_OTHER] = output_of(b, l->other);
    set_weights(b, layer, &o);
    o.tensor[ROLE_RUNNING] = b->backward ? NONE : b->running[layer];
    o.tensor[ROLE_MOMENTS] = b->moments[layer];
    o.tensor[ROLE_CHOICES] = b->choices[layer];
    o.tensor[ROLE_WORKSPACE] = l->kind == LAYER_CONV || l->kind == LAYER_NORM ? b->workspace : NONE;
    o.tensor[ROLE_OUTPUT] = b->outputs[layer] = add_output(b, STEP_OUTPUT, layer);
    add_operation(b, o);
}

/* --- Backward --- */

/* What the levers leave in memory until the backward pass wants it. */
static bool keeps(const struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    unsigned levers = b->plan->levers;
    if (l->block < 0 || l->other != RESNET_NONE) /* outside of blocks, and their last output */
        return true;
    if (levers & STEP_CHECKPOINT)
        return false;
    if (l->kind == LAYER_NORM)
        return !(levers & STEP_RENORMALISE);
    const struct layer *norm = l + 1;
    bool projects = l->kernel == 1 && (norm->other != RESNET_NONE || !norm->relu);
    return !(projects && levers & STEP_REPROJECT);
}

/* The output of a layer, computed again where nothing kept it. */
static int recall(struct building *b, int layer) {
    if (layer == RESNET_IMAGE)
        return b->images;
    if (!b->step->tensors[b->outputs[layer]].again && !keeps(b, layer)) {
        recall(b, b->net->layers[layer].input);
        forward(b, layer);
    }
    return b->outputs[layer];
}

static void update(struct building *b, int layer) {
    struct operation o = begin(OPERATION_UPDATE, layer);
    o.tensor[ROLE_WEIGHTS] = b->weights[layer];
    o.tensor[ROLE_COPY] = b->copies[layer];
    o.tensor[ROLE_STATE] = b->states[layer];
    o.tensor[ROLE_GRADIENT] = b->gradients[layer];
    o.tensor[ROLE_SETTINGS] = b->settings;
    if (b->weights[layer] != NONE)
        add_operation(b, o);
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
    int delta = b->deltas[layer];
    int read = recall(b, l->input);
    struct operation o = begin(OPERATION_BACKWARD, layer);
    o.tensor[ROLE_INPUT] = read;
    o.tensor[ROLE_MOMENTS] = b->moments[layer];
    o.tensor[ROLE_WEIGHTS] = b->weights[layer];
    o.tensor[ROLE_GRADIENT] = add_gradient(b, layer);
    o.tensor[ROLE_DELTA] = o.tensor[ROLE_DELTA_INPUT] = delta;
    o.tensor[ROLE_WORKSPACE] = b->workspace;
    if (l->other != RESNET_NONE) {
        o.tensor[ROLE_OUTPUT] = b->outputs[layer];
        o.tensor[ROLE_DELTA_INPUT] = add_output(b, STEP_DELTA, l->input);
        b->deltas[l->other] = delta;
    }
    b->deltas[l->input] = o.tensor[ROLE_DELTA_INPUT];
    add_operation(b, o);
}

static void product_backward(struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    int read = recall(b, l->input);
    struct operation o = begin(OPERATION_WEIGHT_GRADIENT, layer),
                     back = begin(OPERATION_BACKWARD, layer);
    o.tensor[ROLE_INPUT] = read;
    o.tensor[ROLE_DELTA] = back.tensor[ROLE_DELTA] = b->deltas[layer];
    o.tensor[ROLE_GRADIENT] = add_gradient(b, layer);
    o.tensor[ROLE_WORKSPACE] = back.tensor[ROLE_WORKSPACE] =
        l->kind == LAYER_CONV ? b->workspace : NONE;
    add_operation(b, o);
    if (l->input == RESNET_IMAGE)
        return;
    back.adds = b->deltas[l->input] != NONE;
    if (!back.adds)
        b->deltas[l->input] = add_output(b, STEP_DELTA, l->input);
    set_weights(b, layer, &back);
    back.tensor[ROLE_DELTA_INPUT] = b->deltas[l->input];
    add_operation(b, back);
}

static void pool_backward(struct building *b, int layer) {
    int input = b->net->layers[layer].input;
    struct operation o = begin(OPERATION_BACKWARD, layer);
    o.tensor[ROLE_CHOICES] = b->choices[layer];
    o.tensor[ROLE_DELTA] = b->deltas[layer];
    o.tensor[ROLE_DELTA_INPUT] = b->deltas[input] = add_output(b, STEP_DELTA, input);
    add_operation(b, o);
}

static void backward(struct building *b, int layer) {
    const struct layer *l = &b->net->layers[layer];
    if (l->kind == LAYER_NORM)
        norm_backward(b, layer);
    else if (multiplies(l))
        product_backward(b, layer);
    else
        pool_backward(b, layer);
    if (b->plan->levers & STEP_FUSED_UPDATE)
        update(b, layer);
}

/* --- The whole step --- */

static void add_batch(struct building *b) {
    const struct resnet *n = b->net;
    struct step_tensor t = {.kind = STEP_BATCH, .layer = NONE};
    t.per_image = (int64_t)n->channels * n->height * n->width * b->plan->width;
    b->images = add_tensor(b, t);
    t.per_image = LABEL;
    b->labels = add_tensor(b, t);
    t.stays = true; /* whoever trains writes and reads these between steps */
    t.per_image = 2 * b->plan->record;
    b->records = t.per_image ? add_tensor(b, t) : NONE;
    t.per_image = 0;
    t.fixed = sizeof(struct step_settings);
    b->settings = add_tensor(b, t);
    t.fixed = sizeof(struct step_result);
    b->loss = add_tensor(b, t);
    t.kind = STEP_WORKSPACE;
    t.fixed = b->plan->workspace;
    b->workspace = t.fixed ? add_tensor(b, t) : NONE;
}

static void add_ends(struct building *b, enum operation_kind kind, int last) {
    struct operation o = begin(kind, kind == OPERATION_LOSS ? last : NONE);
    o.tensor[ROLE_LABELS] = b->labels;
    if (kind == OPERATION_LOAD) {
        o.tensor[ROLE_RECORDS] = b->records;
        o.tensor[ROLE_INPUT] = b->images;
    } else {
        o.tensor[ROLE_SETTINGS] = b->settings;
        o.tensor[ROLE_OUTPUT] = b->outputs[last];
        o.tensor[ROLE_LOSS] = b->loss;
        o.tensor[ROLE_DELTA] = b->deltas[last] = add_output(b, STEP_DELTA, last);
    }
    add_operation(b, o);
}

static void build(struct building *b) {
    const struct resnet *n = b->net;
    int last = n->layer_count - 1;
    add_batch(b);
    for (int i = 0; i < n->layer_count; i++) {
        b->moments[i] = b->choices[i] = b->deltas[i] = NONE;
        add_lasting(b, i);
    }
    add_ends(b, OPERATION_LOAD, last);
    for (int i = 0; i <= last; i++)
        forward(b, i);
    b->backward = true;
    add_ends(b, OPERATION_LOSS, last);
    for (int i = last; i >= 0; i--)
        backward(b, i);
    for (int i = 0; i <= last && !(b->plan->levers & STEP_FUSED_UPDATE); i++)
        update(b, i);
}

/* --- Reading and writing --- */

#define BIT(role) (1U << ROLE_##role)

static unsigned present(const struct operation *o, unsigned roles) {
    for (int i = 0; i < STEP_ROLES; i++)
        if (o->tensor[i] == NONE)
            roles &= ~(1U << i);
    return roles;
}

unsigned step_reads(const struct operation *o) {
    static const unsigned reads[] = {
        [OPERATION_LOAD] = BIT(RECORDS),
        [OPERATION_FORWARD] = BIT(INPUT) | BIT(OTHER) | BIT(WEIGHTS) | BIT(COPY) | BIT(RUNNING),
        [OPERATION_LOSS] = BIT(OUTPUT) | BIT(LABELS) | BIT(SETTINGS),
        [OPERATION_BACKWARD] = BIT(INPUT) | BIT(OUTPUT) | BIT(WEIGHTS) | BIT(COPY) | BIT(MOMENTS) |
                               BIT(CHOICES) | BIT(DELTA),
        [OPERATION_WEIGHT_GRADIENT] = BIT(INPUT) | BIT(DELTA),
        [OPERATION_UPDATE] = BIT(WEIGHTS) | BIT(STATE) | BIT(GRADIENT) | BIT(SETTINGS)};
    unsigned roles = reads[o->kind];
    roles |= o->again ? BIT(MOMENTS) : 0;
    roles |= o->adds ? BIT(DELTA_INPUT) : 0;
    return present(o, roles);
}

unsigned step_writes(const struct operation *o) {
    static const unsigned writes[] = {
        [OPERATION_LOAD] = BIT(INPUT) | BIT(LABELS),
        [OPERATION_FORWARD] = BIT(RUNNING) | BIT(CHOICES) | BIT(WORKSPACE) | BIT(OUTPUT),
        [OPERATION_LOSS] = BIT(LOSS) | BIT(DELTA),
        [OPERATION_BACKWARD] = BIT(GRADIENT) | BIT(DELTA_INPUT) | BIT(WORKSPACE),
        [OPERATION_WEIGHT_GRADIENT] = BIT(GRADIENT) | BIT(WORKSPACE),
        [OPERATION_UPDATE] = BIT(WEIGHTS) | BIT(COPY) | BIT(STATE)};
    bool masks = o->kind == OPERATION_BACKWARD && o->tensor[ROLE_OUTPUT] != NONE;
    unsigned roles = writes[o->kind];
    roles |= o->kind == OPERATION_FORWARD && !o->again ? BIT(MOMENTS) : 0;
    roles |= masks ? BIT(DELTA) : 0;
    return present(o, roles);
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
