/* Small networks with all that a step takes (stepping.h). */
#include "stepping.h"

#include "draws.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WEIGHT_SEED = 61, RECORD_SEED = 62 };

const struct resnet_plan stepping_basic = {{1, 1, 1, 1}, false, 8, 7, 40, 36},
                         stepping_bottleneck = {{1, 1, 1, 1}, true, 8, 7, 40, 36};

void stepping_make(struct stepping *s, const struct resnet_plan *network,
                   const struct step_plan *plan, int64_t batch) {
    s->plan = *plan;
    ck_assert(resnet_make(network, &s->net));
    s->plan.width = sizeof(float);
    s->plan.record = 1 + (int64_t)s->net.channels * s->net.height * s->net.width;
    struct trouble t = {0};
    struct engine *e = engine_cpu.open(&t);
    ck_assert_ptr_nonnull(e);
    if (!s->plan.workspace)
        s->plan.workspace = e->class->workspace(e, &s->net, batch, NUMBERS_FP32, INT64_MAX, &t);
    e->class->close(e);
    s->step = step_make(&s->net, &s->plan);
    ck_assert_ptr_nonnull(s->step);
    ck_assert(arena_lay_out(s->step, batch, &s->arena));
    s->order = (struct work_order){.net = &s->net,
                                   .step = s->step,
                                   .arena = &s->arena,
                                   .batch = batch,
                                   .numbers = NUMBERS_FP32,
                                   .optimiser = s->plan.optimiser,
                                   .gathers = s->plan.accumulates,
                                   .record = {s->net.channels, s->net.height, s->net.width}};
}

void stepping_free(struct stepping *s) {
    step_free(s->step);
    arena_free(&s->arena);
}

/* --- First numbers --- */

static void draw_weights(const struct resnet *net, int layer, int64_t count, float *to) {
    struct draws d = draws_from(WEIGHT_SEED, (uint64_t)layer);
    bool norm = net->layers[layer].kind == LAYER_NORM;
    double bound = sqrt(3 * (double)net->layers[layer].channels / (double)count);
    for (int64_t i = 0; i < count; i++)
        to[i] = (float)(norm ? draws_uniform(&d, 0, i < count / 2 ? 1 : 0.2)
                             : draws_uniform(&d, -bound, bound));
}

/* What a tensor that stays holds before the first step. */
static void begin_tensor(const struct stepping *s, const struct step_tensor *t, float *to) {
    memset(to, 0, (size_t)t->fixed);
    if (t->kind == STEP_WEIGHTS)
        draw_weights(&s->net, t->layer, t->fixed / (int64_t)sizeof *to, to);
    const int channels = t->layer < 0 ? 0 : s->net.layers[t->layer].channels;
    for (int c = 0; t->kind == STEP_RUNNING && c < channels; c++)
        to[channels + c] = 1;
}

void stepping_begin(const struct stepping *s, struct engine *e, void *memory) {
    for (int i = 0; i < s->step->tensor_count; i++) {
        const struct step_tensor *t = &s->step->tensors[i];
        if (!t->stays || t->kind == STEP_BATCH || t->kind == STEP_WORKSPACE)
            continue;
        struct trouble trouble = {0};
        float *numbers = malloc((size_t)t->fixed);
        begin_tensor(s, t, numbers);
        if (e)
            ck_assert_msg(e->class->write(e, i, numbers, t->fixed, &trouble), "%s", trouble.words);
        else
            memcpy((char *)memory + s->arena.offset[i], numbers, (size_t)t->fixed);
        free(numbers);
    }
}

void stepping_records(const struct stepping *s, int step, int64_t first, unsigned char *records) {
    for (int64_t n = 0; n < s->order.batch; n++) {
        struct draws d = draws_from(RECORD_SEED, (uint64_t)(1000 * step + first + n));
        *records++ = (unsigned char)draws_below(&d, s->net.classes);
        for (int64_t i = 1; i < s->plan.record; i++)
            *records++ = (unsigned char)draws_below(&d, 256);
    }
}

/* --- What is left behind --- */

struct numbers_read stepping_read(const struct stepping *s, struct engine *e, unsigned kinds) {
    struct numbers_read all = {0, NULL};
    for (int i = 0; i < s->step->tensor_count; i++) {
        const struct step_tensor *t = &s->step->tensors[i];
        if (!(kinds & 1U << t->kind))
            continue;
        struct trouble trouble = {0};
        int64_t count = t->fixed / (int64_t)sizeof(float);
        all.at = realloc(all.at, (size_t)(all.count + count) * sizeof *all.at);
        ck_assert_msg(e->class->read(e, i, all.at + all.count, t->fixed, &trouble), "%s",
                      trouble.words);
        all.count += count;
    }
    ck_assert_int_gt(all.count, 0);
    return all;
}

double stepping_distance(struct numbers_read a, struct numbers_read b) {
    double largest = 0, distance = 0;
    ck_assert_int_eq(a.count, b.count);
    for (int64_t i = 0; i < a.count; i++) {
        largest = fmax(largest, fabs((double)a.at[i]));
        distance = fmax(distance, fabs((double)a.at[i] - b.at[i]));
        if (isnan(a.at[i]) || isnan(b.at[i]))
            return INFINITY;
    }
    return distance / largest;
}
