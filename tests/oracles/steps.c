/* Golden training steps: ResNets on the CPU's engine against PyTorch's, from weights and images
 * that both sides draw (steps.py). */
#include "operations.h"

#include "cpu_work.h"
#include "draws.h"
#include "engine.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double ROOM_IMAGE = 1e-6, ROOM_FIRST_LOSS = 2e-6, ROOM_FIRST_RUNNING = 5e-6;

/* What floats may do to the rest depends on the depth.  ResNet-18's gradients are 1e-6 from
 * PyTorch's float64.  ResNet-152's are 3e-3 from it, for one output next to 0 that falls to the
 * other side of its ReLU: weights that differ by 1e-7 do the same to the same tensors in PyTorch's
 * float64, or nothing (then 3e-6), and PyTorch's float32 is 4e-3 off.  Changes are differences of
 * weights that are much larger, and get a wider room. */
struct rooms {
    double gradients, losses, running, changes;
};
static const struct rooms SHALLOW = {1e-5, 1e-6, 5e-6, 1e-2}, DEEP = {2e-2, 2e-4, 1e-3, 5e-2};

enum { PROBES = 2, WEIGHTS = 1, IMAGES = 2, SIGNS = 3 }; /* the latter: seeds */

struct learning {
    struct resnet net;
    struct step *step;
    struct arena arena;
    struct work_order order;
    struct engine *engine;
    struct trouble trouble;
    struct step_settings settings;
};

/* --- What is drawn --- */

static uint64_t purpose(const char *name) {
    uint64_t number = 0;
    for (const char *c = name; *c; c++)
        number = number * 31 + (unsigned char)*c;
    return number;
}

static float uniform(struct draws *d) {
    return ((float)(draws_bits(d) >> 48) - 0x1p15F) * 0x1p-15F;
}

/* The largest power of two whose square is at most 6 / terms. */
static float bound(int64_t terms) {
    int k = 0;
    while (INT64_C(6) << 2 * k < terms)
        k++;
    return ldexpf(1, -k);
}

static void draw_weights(const struct layer *l, int64_t count, float *to) {
    struct draws d = draws_from(WEIGHTS, purpose(l->name));
    int64_t plain = l->kind == LAYER_CONV ? count : count - l->channels; /* without biases */
    float most = bound(plain / l->channels);
    for (int64_t i = 0; i < count; i++) {
        float u = uniform(&d);
        if (i >= plain)
            to[i] = u / 8;
        else if (l->kind == LAYER_NORM)
            to[i] = (l->other == RESNET_NONE ? 1 : 0x1p-4F) * (1 + u / 4);
        else
            to[i] = u * most;
    }
}

static void draw_records(const struct work_order *o, int step, unsigned char *records) {
    int64_t count = (int64_t)o->net->channels * o->net->height * o->net->width;
    for (int64_t n = 0; n < o->batch; n++) {
        struct draws d = draws_from(IMAGES, (uint64_t)(o->batch * step + n));
        *records++ = (unsigned char)((draws_bits(&d) >> 56) % (uint64_t)o->net->classes);
        for (int64_t i = 0; i < count; i++)
            *records++ = (unsigned char)(draws_bits(&d) >> 56);
    }
}

/* --- A network on an engine --- */

static void expect(struct learning *l, bool done) {
    ck_assert_msg(done, "%s", l->trouble.words);
}

static float *make_first(const struct learning *l, const struct step_tensor *t) {
    const struct layer *layer = &l->net.layers[t->layer];
    float *numbers = calloc(1, (size_t)t->fixed);
    if (t->kind == STEP_WEIGHTS)
        draw_weights(layer, t->fixed / (int64_t)sizeof *numbers, numbers);
    for (int c = 0; t->kind == STEP_RUNNING && c < layer->channels; c++)
        numbers[layer->channels + c] = 1;
    return numbers;
}

static void write_first(struct learning *l) {
    for (int i = 0; i < l->step->tensor_count; i++) {
        const struct step_tensor *t = &l->step->tensors[i];
        if (!t->stays || t->layer < 0)
            continue;
        float *numbers = make_first(l, t);
        expect(l, l->engine->class->write(l->engine, i, numbers, t->fixed, &l->trouble));
        free(numbers);
    }
}

static struct learning *begin(const struct golden *g, enum step_optimiser optimiser, bool gathers) {
    struct learning *l = calloc(1, sizeof *l);
    struct resnet_plan plan;
    ck_assert(resnet_find(golden_int(g, "depth"), &plan));
    plan.classes = golden_int(g, "classes");
    plan.height = golden_int(g, "height");
    plan.width_pixels = golden_int(g, "pixels");
    ck_assert(resnet_make(&plan, &l->net));
    int batch = golden_int(g, "batch");
    const struct map record = {l->net.channels, l->net.height, l->net.width};
    const struct step_plan step = {.optimiser = optimiser,
                                   .width = sizeof(float),
                                   .accumulates = gathers,
                                   .workspace = cpu_work_scratch(&l->net, batch, INT64_MAX),
                                   .record =
                                       1 + (int64_t)record.channels * record.height * record.width};
    l->step = step_make(&l->net, &step);
    ck_assert(l->step && arena_lay_out(l->step, batch, &l->arena));
    l->order = (struct work_order){&l->net,      l->step,   &l->arena, batch,
                                   NUMBERS_FP32, optimiser, gathers,   record};
    l->settings.share = 1 / (float)batch;
    l->engine = engine_cpu.open(&l->trouble);
    expect(l, l->engine && l->engine->class->prepare(l->engine, &l->order, &l->trouble));
    write_first(l);
    return l;
}

static void finish(struct learning *l) {
    l->engine->class->close(l->engine);
    step_free(l->step);
    arena_free(&l->arena);
    free(l);
}

static struct step_result run_step(struct learning *l, enum engine_mode mode, int number) {
    const struct engine_class *c = l->engine->class;
    struct step_result result = {0};
    unsigned char *records = c->stage(l->engine, &l->trouble);
    expect(l, records != NULL);
    draw_records(&l->order, number, records);
    expect(l, c->run(l->engine, mode, &l->settings, &l->trouble) &&
                  c->wait(l->engine, &result, &l->trouble));
    return result;
}

/* --- Sums --- */

struct sums {
    const tensor *norms; /* wanted */
    tensor *relative_norms, *products;
    int count;
};

/* Adds a tensor's: its norm, and its products with random signs. */
static void add_sums(struct sums *s, const char *layer, const char *part, int64_t count,
                     const float *numbers) {
    char name[80];
    snprintf(name, sizeof name, "%s.%s", layer, part);
    struct draws d = draws_from(SIGNS, purpose(name));
    ck_assert_int_lt(s->count, tensor_count(s->norms));
    double squares = 0, products[PROBES] = {0}, norm = s->norms->at[s->count];
    for (int64_t i = 0; i < count; i++) {
        const double number = (double)numbers[i];
        uint64_t signs = draws_bits(&d);
        squares += number * number;
        for (int p = 0; p < PROBES; p++)
            products[p] += signs >> (63 - p) & 1 ? -number : number;
    }
    s->relative_norms->at[s->count] = sqrt(squares) / norm;
    for (int p = 0; p < PROBES; p++)
        s->products->at[s->count * PROBES + p] = products[p] / norm;
    s->count++;
}

/* A tensor's sums: of what is read from the engine, or of how far it is from the first weights. */
static void add_tensor(struct sums *s, struct learning *l, int i) {
    const struct step_tensor *t = &l->step->tensors[i];
    const struct layer *layer = &l->net.layers[t->layer];
    bool runs = t->kind == STEP_RUNNING;
    int64_t channels = layer->channels, count = runs ? 2 * channels : t->fixed / 4;
    int64_t plain = layer->kind == LAYER_CONV ? count : count - channels;
    float *numbers = malloc((size_t)t->fixed), *first = make_first(l, t);
    expect(l, l->engine->class->read(l->engine, i, numbers, t->fixed, &l->trouble));
    for (int64_t k = 0; t->kind == STEP_WEIGHTS && k < count; k++)
        numbers[k] -= first[k];
    add_sums(s, layer->name, runs ? "mean" : "weight", plain, numbers);
    if (layer->kind != LAYER_CONV)
        add_sums(s, layer->name, runs ? "variance" : "bias", channels, numbers + plain);
    free(numbers);
    free(first);
}

static void expect_sums(const struct golden *g, struct learning *l, enum step_kind kind,
                        const char *part, double room) {
    char norms[40], relative[40], products[40];
    snprintf(norms, sizeof norms, "%s_norms", part);
    snprintf(relative, sizeof relative, "%s_relative_norms", part);
    snprintf(products, sizeof products, "%s_products", part);
    struct sums s = {golden_tensor(g, norms), golden_output(g, relative),
                     golden_output(g, products), 0};
    for (int layer = 0; layer < l->net.layer_count; layer++)
        for (int i = 0; i < l->step->tensor_count; i++)
            if (l->step->tensors[i].kind == kind && l->step->tensors[i].layer == layer)
                add_tensor(&s, l, i);
    ck_assert_int_eq(s.count, tensor_count(s.norms));
    golden_expect_within(g, relative, s.relative_norms, room);
    golden_expect_within(g, products, s.products, room); /* of the largest, about 3 */
}

static void expect_counters(struct learning *l, int64_t steps) {
    for (int i = 0; i < l->step->tensor_count; i++) {
        const struct step_tensor *t = &l->step->tensors[i];
        if (t->kind != STEP_RUNNING)
            continue;
        char *bytes = malloc((size_t)t->fixed);
        int64_t seen;
        expect(l, l->engine->class->read(l->engine, i, bytes, t->fixed, &l->trouble));
        memcpy(&seen, bytes + t->fixed - sizeof seen, sizeof seen);
        free(bytes);
        ck_assert_int_eq(seen, steps);
    }
}

/* --- Operations --- */

static const struct rooms *rooms_of(const struct golden *g) {
    return golden_int(g, "depth") == 18 ? &SHALLOW : &DEEP;
}

static void train(const struct golden *g, struct learning *l, enum engine_mode mode, double room) {
    tensor *losses = golden_output(g, "losses");
    ints *hits = golden_output_ints(g, "hits");
    for (int i = 0; i < tensor_count(losses); i++) {
        l->settings.mean_correction = 1 - powf(l->settings.mean_decay, (float)i + 1);
        l->settings.square_correction = 1 - powf(l->settings.square_decay, (float)i + 1);
        struct step_result r = run_step(l, mode, i);
        losses->at[i] = r.loss;
        hits->at[i] = r.hits;
    }
    golden_expect_within(g, "losses", losses, room);
    golden_expect_ints(g, "hits", hits);
}

static void run_gradients(const struct golden *g) {
    struct learning *l = begin(g, STEP_SGD, true);
    train(g, l, ENGINE_GATHER, ROOM_FIRST_LOSS);
    expect_sums(g, l, STEP_RUNNING, "running", ROOM_FIRST_RUNNING);
    expect_sums(g, l, STEP_GRADIENT, "gradients", rooms_of(g)->gradients);
    finish(l);
}

static void run_training(const struct golden *g) {
    static const char *const names[STEP_OPTIMISERS] = {"sgd", "momentum", "adam"};
    int optimiser = 0;
    while (strcmp(names[optimiser], golden_word(g, "optimiser")))
        ck_assert_int_lt(++optimiser, STEP_OPTIMISERS);
    struct learning *l = begin(g, (enum step_optimiser)optimiser, false);
    l->settings.rate = (float)golden_real(g, "rate");
    if (optimiser == STEP_MOMENTUM)
        l->settings.momentum = (float)golden_real(g, "momentum");
    if (optimiser == STEP_ADAM) {
        l->settings.mean_decay = (float)golden_real(g, "mean_decay");
        l->settings.square_decay = (float)golden_real(g, "square_decay");
        l->settings.epsilon = (float)golden_real(g, "epsilon");
    }
    train(g, l, ENGINE_TRAIN, rooms_of(g)->losses);
    expect_sums(g, l, STEP_RUNNING, "running", rooms_of(g)->running);
    expect_counters(l, golden_int(g, "steps"));
    expect_sums(g, l, STEP_WEIGHTS, "changes", rooms_of(g)->changes);
    finish(l);
}

static void run_image(const struct golden *g) {
    const tensor *pixels = golden_tensor(g, "pixels");
    tensor *image = golden_output(g, "image");
    unsigned char records[1024] = {0};
    float numbers[1024];
    int64_t label = -1, count = tensor_count(image);
    struct trouble t = {0};
    struct work w = {
        .kind = OPERATION_LOAD,
        .batch = 1,
        .read = {pixels->dim[1], pixels->dim[2], pixels->dim[3]},
        .put = {image->dim[3], image->dim[1], image->dim[2]},
        .at = {[ROLE_RECORDS] = records, [ROLE_INPUT] = numbers, [ROLE_LABELS] = &label}};
    records[0] = 7;
    ck_assert_int_le(count, (int64_t)(sizeof numbers / sizeof *numbers));
    for (int64_t i = 0; i < tensor_count(pixels); i++)
        records[1 + i] = (unsigned char)pixels->at[i];
    ck_assert(cpu_work(&w, &t));
    ck_assert_int_eq(label, 7);
    for (int64_t i = 0; i < count; i++)
        image->at[i] = numbers[i];
    golden_expect_within(g, "image", image, ROOM_IMAGE);
}

const struct golden_operation step_operations[] = {
    {"step_image", run_image},
    {"step_gradients", run_gradients},
    {"step_training", run_training},
    {NULL, NULL},
};
