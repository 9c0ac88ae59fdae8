/* Comparing a device with the CPU, operation by operation (lockstep.h). */
#include "lockstep.h"

#include "cpu_work.h"
#include "draws.h"
#include "kernels.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 71, FLOAT = 4, NARROW = 2, COUNTER = 8 };

#define BIT(role) (1U << ROLE_##role)
/* Numbers in the width of activations; bytes and structs, which are none; all else is floats. */
static const unsigned narrow = BIT(INPUT) | BIT(OTHER) | BIT(OUTPUT) | BIT(DELTA) |
                               BIT(DELTA_INPUT) | BIT(COPY),
                      raw = BIT(RECORDS) | BIT(LABELS) | BIT(SETTINGS) | BIT(LOSS) | BIT(CHOICES);

/* --- Widths --- */

static uint16_t to_narrow(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16); /* to the nearest, then even */
}

static float to_wide(uint16_t value) {
    const uint32_t bits = (uint32_t)value << 16;
    float wide;
    memcpy(&wide, &bits, sizeof wide);
    return wide;
}

static bool is_narrow(const struct lockstep *l, int role) {
    return l->order.numbers == NUMBERS_BF16 && narrow >> role & 1;
}

/* What the device stores of the CPU's numbers is what both go on with. */
static void pack(const struct lockstep *l, int role, int64_t bytes, float *truth, void *to) {
    uint16_t *out = to;
    if (!is_narrow(l, role)) {
        memcpy(to, truth, (size_t)bytes);
        return;
    }
    for (int64_t i = 0; i < bytes / NARROW; i++) {
        out[i] = to_narrow(truth[i]);
        truth[i] = to_wide(out[i]);
    }
}

static float *unpack(const struct lockstep *l, int role, int64_t bytes, const void *from) {
    float *out = malloc((size_t)bytes * FLOAT / NARROW);
    ck_assert_ptr_nonnull(out);
    if (!is_narrow(l, role))
        memcpy(out, from, (size_t)bytes);
    for (int64_t i = 0; is_narrow(l, role) && i < bytes / NARROW; i++)
        out[i] = to_wide(((const uint16_t *)from)[i]);
    return out;
}

/* --- Opening --- */

static void expect_well(struct lockstep *l) {
    const struct trouble *t = gpu_trouble(l->gpu);
    ck_assert_msg(!t, "%s", t ? t->words : "");
}

static int64_t record_bytes(const struct map *m) {
    return 1 + (int64_t)m->channels * m->height * m->width;
}

static void fill_batch(struct lockstep *l, const struct operation *o, struct draws *d) {
    const int64_t record = record_bytes(&l->order.record);
    if (o->kind == OPERATION_LOSS)
        *(struct step_settings *)l->truth[o->tensor[ROLE_SETTINGS]] = (struct step_settings){
            0.05F, 0.9F, 0.9F, 0.99F, 1e-6F, 0.19F, 0.02F, 1 / (float)l->order.batch};
    unsigned char *records = o->kind == OPERATION_LOAD ? l->truth[o->tensor[ROLE_RECORDS]] : NULL;
    for (int64_t i = 0; records && i < 2 * l->order.batch * record; i++)
        records[i] = (unsigned char)draws_below(d, i % record ? 256 : l->net.classes);
}

/* Weights of about the size that keeps sums of products at 1; what is a mean of squares or a
 * variance is positive. */
static void fill_layer(struct lockstep *l, int tensor, struct draws *d) {
    const struct step_tensor *t = &l->step->tensors[tensor];
    const int channels = l->net.layers[t->layer].channels;
    const int64_t width = t->kind == STEP_COPY && l->order.numbers == NUMBERS_BF16 ? NARROW : FLOAT,
                  count = t->fixed / width;
    const bool weighs = t->kind == STEP_WEIGHTS || t->kind == STEP_COPY;
    const double high = weighs ? sqrt(3.0 * channels / (double)count) : 0.1,
                 low = t->kind == STEP_STATE || t->kind == STEP_RUNNING ? 0.01 : -high;
    float *to = l->truth[tensor];
    for (int64_t i = 0; i < count; i++)
        to[i] = (float)draws_uniform(d, low, high);
    if (t->kind == STEP_RUNNING)
        memcpy(&to[2 * channels], &(const int64_t){3}, COUNTER);
}

static void fill(struct lockstep *l) {
    struct draws d = draws_from(SEED, 0);
    for (int i = 0; i < l->step->tensor_count; i++)
        if (l->step->tensors[i].stays && l->step->tensors[i].layer >= 0)
            fill_layer(l, i, &d);
    for (int i = 0; i < l->step->operation_count; i++)
        fill_batch(l, &l->step->operations[i], &d);
}

static void make_step(struct lockstep *l, struct step_plan plan) {
    const int64_t most = 32 << 20, batch = l->order.batch;
    int64_t products = products_plan(l->products, &l->net, batch, l->order.numbers, most),
            kernels = kernels_workspace(&l->net, batch);
    expect_well(l);
    plan.width = l->order.numbers == NUMBERS_BF16 ? NARROW : FLOAT;
    plan.workspace = products > kernels ? products : kernels;
    plan.record = record_bytes(&l->order.record);
    l->order.step = l->step = step_make(&l->net, &plan);
    ck_assert(l->step && arena_lay_out(l->step, batch, &l->arena));
    l->scratch_bytes = cpu_work_scratch(&l->net, batch, most);
    ck_assert_ptr_nonnull(l->scratch = malloc((size_t)l->scratch_bytes + 1));
}

static void take_memory(struct lockstep *l) {
    int64_t most = 0;
    ck_assert_ptr_nonnull(l->truth = calloc((size_t)l->step->tensor_count, sizeof *l->truth));
    for (int i = 0; i < l->step->tensor_count; i++) {
        int64_t bytes = step_bytes(&l->step->tensors[i], l->order.batch);
        ck_assert_ptr_nonnull(l->truth[i] = calloc((size_t)bytes + 1, FLOAT / NARROW));
        most = bytes > most ? bytes : most;
    }
    l->device = gpu_allocate(l->gpu, l->arena.bytes);
    l->pinned = gpu_pin(l->gpu, most);
    expect_well(l);
}

void lockstep_open(struct lockstep *l, const struct resnet_plan *network,
                   const struct step_plan *plan, int64_t batch, enum numbers numbers) {
    struct trouble t = {TROUBLE_NONE};
    *l = (struct lockstep){.gpu = gpu_open(&t)};
    ck_assert_msg(l->gpu, "%s", t.words);
    l->products = products_open(l->gpu);
    expect_well(l);
    ck_assert(resnet_make(network, &l->net));
    l->order = (struct work_order){.net = &l->net,
                                   .arena = &l->arena,
                                   .batch = batch,
                                   .numbers = numbers,
                                   .optimiser = plan->optimiser,
                                   .gathers = plan->accumulates,
                                   .record = {3, 32, 32}};
    make_step(l, *plan);
    take_memory(l);
    fill(l);
}

void lockstep_close(struct lockstep *l) {
    for (int i = 0; i < l->step->tensor_count; i++)
        free(l->truth[i]);
    free(l->truth);
    free(l->scratch);
    products_close(l->products);
    gpu_close(l->gpu);
    step_free(l->step);
    arena_free(&l->arena);
}

/* --- Both sides of an operation --- */

static bool multiplies(const struct work *w) {
    return w->layer && (w->layer->kind == LAYER_CONV || w->layer->kind == LAYER_LINEAR) &&
           w->kind != OPERATION_LOSS && w->kind != OPERATION_UPDATE;
}

/* The CPU knows no copies: products take the copy for the weights, and an update's is theirs. */
static void run_on_cpu(struct lockstep *l, const struct operation *o, struct work w) {
    struct trouble t = {TROUBLE_NONE};
    for (int role = 0; role < STEP_ROLES; role++)
        if (o->tensor[role] >= 0) {
            w.at[role] = l->truth[o->tensor[role]];
            w.bytes[role] *= is_narrow(l, role) ? FLOAT / NARROW : 1;
        }
    void *copy = w.at[ROLE_COPY];
    if (copy && w.kind != OPERATION_UPDATE) {
        w.at[ROLE_WEIGHTS] = copy;
        w.bytes[ROLE_WEIGHTS] = w.bytes[ROLE_COPY];
    }
    w.at[ROLE_COPY] = NULL;
    w.at[ROLE_WORKSPACE] = l->scratch;
    w.bytes[ROLE_WORKSPACE] = l->scratch_bytes;
    w.numbers = NUMBERS_FP32;
    ck_assert_msg(cpu_work(&w, &t), "%s", t.words);
    if (copy && w.kind == OPERATION_UPDATE)
        memcpy(copy, w.at[ROLE_WEIGHTS], (size_t)w.bytes[ROLE_COPY]);
}

static void run_on_device(struct lockstep *l, const struct operation *o, const struct work *w,
                          unsigned reads) {
    for (int role = 0; role < STEP_ROLES; role++)
        if (reads >> role & 1 && w->at[role]) {
            pack(l, role, w->bytes[role], l->truth[o->tensor[role]], l->pinned);
            gpu_send(l->gpu, GPU_WORK, w->at[role], l->pinned, w->bytes[role]);
            gpu_finish(l->gpu);
        }
    if (multiplies(w))
        products_run(l->products, w);
    else
        kernels_run(l->gpu, w);
    gpu_finish(l->gpu);
    expect_well(l);
}

/* --- Comparing --- */

/* How far two rows may be apart, relative to their length.  Floats: 50,000 of them, about the most
 * that a sum has here, added in whatever order, are off by sqrt(50,000) * 2^-24 = 1.3e-5 on
 * average. TF32 cuts both factors of a product to 11 bits, 2^-11 = 5e-4 of each; fewer remain in a
 * sum of many.  bfloat16 rounds what is stored to 2^-9 = 2e-3, also a weight gradient before it is
 * added to another. */
static double tolerance(const struct lockstep *l, int role, bool product) {
    if (l->order.numbers == NUMBERS_BF16 && (product || is_narrow(l, role)))
        return 1e-2;
    return l->order.numbers == NUMBERS_TF32 && product ? 2e-3 : 3e-5;
}

/* Between the farthest rows; one that is nearly 0 is measured against the others. */
static double distance(const float *a, const float *b, int64_t rows, int64_t count) {
    double sum = 0, most = 0;
    for (int64_t i = 0; i < rows * count; i++)
        sum += (double)b[i] * b[i];
    for (int64_t row = 0; row < rows; row++) {
        double apart = 0, length = 0;
        for (int64_t i = row * count; i < (row + 1) * count; i++) {
            apart += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
            length += (double)b[i] * b[i];
        }
        apart = apart == 0 ? 0 : sqrt(apart) / (sqrt(length) + 0.01 * sqrt(sum / (double)rows));
        most = apart > most || isnan(apart) ? apart : most;
    }
    return most;
}

/* A row is what belongs to an image, to a filter, or to all channels of a norm. */
static int64_t count_rows(const struct lockstep *l, const struct step_tensor *t) {
    if (t->per_image > 0)
        return l->order.batch;
    const struct layer *layer = &l->net.layers[t->layer];
    return layer->kind == LAYER_CONV ? layer->channels : layer->kind == LAYER_NORM ? 2 : 1;
}

static void compare_loss(const void *device, const void *truth, const char *where) {
    struct step_result got, want;
    memcpy(&got, device, sizeof got);
    memcpy(&want, truth, sizeof want);
    ck_assert_msg(fabsf(got.loss - want.loss) <= 3e-5F * fabsf(want.loss),
                  "%s: a loss of %g, not %g", where, got.loss, want.loss);
    ck_assert_msg(got.hits == want.hits, "%s: %d hits, not %d", where, got.hits, want.hits);
}

static void compare(struct lockstep *l, const struct work *w, int role, int tensor,
                    const char *where) {
    const struct step_tensor *t = &l->step->tensors[tensor];
    const float *want = l->truth[tensor];
    gpu_fetch(l->gpu, GPU_WORK, l->pinned, w->at[role], w->bytes[role]);
    gpu_finish(l->gpu);
    expect_well(l);
    if (role == ROLE_LOSS) {
        compare_loss(l->pinned, want, where);
        return;
    }
    if (raw >> role & 1) {
        ck_assert_msg(memcmp(l->pinned, want, (size_t)w->bytes[role]) == 0,
                      "%s: other bytes of role %d", where, role);
        return;
    }
    const int64_t counter = t->kind == STEP_RUNNING ? COUNTER : 0, rows = count_rows(l, t),
                  count = (w->bytes[role] - counter) / (is_narrow(l, role) ? NARROW : FLOAT);
    const double allowed = tolerance(l, role, multiplies(w));
    float *got = unpack(l, role, w->bytes[role], l->pinned);
    double apart = distance(got, want, rows, count / rows);
    ck_assert_msg(apart <= allowed, "%s, role %d: %.2g apart, not %.2g", where, role, apart,
                  allowed);
    ck_assert_msg(memcmp(got + count, want + count, (size_t)counter) == 0,
                  "%s: another number of batches", where);
    free(got);
}

void lockstep_run(struct lockstep *l, int operation, bool evaluates) {
    static const char *const numbers[] = {"fp32", "TF32", "bf16"};
    const struct operation *o = &l->step->operations[operation];
    struct work w = work_bind(&l->order, operation, l->device);
    unsigned reads = step_reads(o), writes = step_writes(o) & ~BIT(WORKSPACE);
    char where[128];
    snprintf(where, sizeof where, "operation %d of kind %d (%s) in %s", operation, (int)o->kind,
             w.layer ? w.layer->name : "images", numbers[l->order.numbers]);
    w.evaluates = evaluates;
    w.half = operation % 2;
    if (l->order.gathers) {
        reads |= BIT(GRADIENT);
        writes |= o->kind == OPERATION_UPDATE ? BIT(GRADIENT) : 0;
    }
    writes &= evaluates ? ~(BIT(RUNNING) | BIT(MOMENTS)) : ~0U;
    run_on_device(l, o, &w, reads);
    run_on_cpu(l, o, w);
    for (int role = 0; role < STEP_ROLES; role++)
        if (writes >> role & 1)
            compare(l, &w, role, o->tensor[role], where);
}
