/* Making up operations, and comparing what came of them (twins.h). */
#include "twins.h"

#include "draws.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum fill { POISON, NUMBERS, POSITIVE, BYTES };

/* A tensor of both: `count` numbers, then `rest` bytes. */
struct content {
    enum fill fill;
    int64_t count, rest;
    bool narrows;
};

static void *make_room(int64_t bytes) {
    void *room;
    ck_assert_int_eq(posix_memalign(&room, ARENA_ALIGNMENT, (size_t)bytes), 0);
    return memset(room, 0xff, (size_t)bytes);
}

/* Sixteenths, which bfloat16 holds, so that there are equal ones and zeros. */
static float draw(struct draws *d, enum fill fill) {
    return fill == POSITIVE ? (float)(draws_below(d, 24) + 8) / 16
                            : (float)(draws_below(d, 96) - 40) / 16;
}

static void add(struct twins *t, struct draws *d, enum step_role role, struct content c) {
    bool narrow = c.narrows && t->numbers.numbers == NUMBERS_BF16;
    int64_t wide = c.count * (int64_t)sizeof(float), bytes = narrow ? wide / 2 : wide;
    unsigned char *floats = make_room(wide + c.rest), *numbers = make_room(bytes + c.rest);
    for (int64_t i = 0; i < c.count && c.fill != POISON; i++) {
        float number = draw(d, c.fill);
        memcpy(floats + i * 4, &number, sizeof number);
    }
    for (int64_t i = wide; i < wide + c.rest && c.fill != POISON; i++)
        floats[i] = (unsigned char)(c.fill == BYTES ? draws_below(d, 256) : 0);
    for (int64_t i = 0; narrow && i < c.count; i++)
        memcpy(numbers + i * 2, floats + i * 4 + 2, 2);
    memcpy(numbers + (narrow ? bytes : 0), floats + (narrow ? wide : 0),
           (size_t)(c.rest + (narrow ? 0 : wide)));
    t->floats.at[role] = floats;
    t->floats.bytes[role] = wide + c.rest;
    t->numbers.at[role] = numbers;
    t->numbers.bytes[role] = bytes + c.rest;
    t->counted[role] = c.count;
    t->narrows[role] = narrow;
}

/* Numbers in the width of activations, or floats. */
static void add_narrow(struct twins *t, struct draws *d, enum step_role role, enum fill fill,
                       int64_t count) {
    add(t, d, role, (struct content){fill, count, 0, true});
}
static void add_floats(struct twins *t, struct draws *d, enum step_role role, enum fill fill,
                       int64_t count) {
    add(t, d, role, (struct content){fill, count, 0, false});
}
static void add_bytes(struct twins *t, struct draws *d, enum step_role role, enum fill fill,
                      int64_t count) {
    add(t, d, role, (struct content){fill, 0, count, false});
}

/* --- Layers --- */

static void add_moments(struct twins *t, struct draws *d, int channels, bool known) {
    add_floats(t, d, ROLE_MOMENTS, known ? POSITIVE : POISON, 2 * (int64_t)channels);
}

static void add_norm(struct twins *t, struct draws *d, const struct twins_order *o) {
    int64_t channels = o->read.channels, all = o->batch * channels * o->read.height * o->read.width;
    add_narrow(t, d, ROLE_INPUT, NUMBERS, all);
    add_floats(t, d, ROLE_WEIGHTS, NUMBERS, 2 * channels);
    add_moments(t, d, o->read.channels, o->again || o->kind == OPERATION_BACKWARD);
    if (o->kind == OPERATION_FORWARD) {
        if (o->other)
            add_narrow(t, d, ROLE_OTHER, NUMBERS, all);
        if (!o->again)
            add(t, d, ROLE_RUNNING, (struct content){POSITIVE, 2 * channels, 8, false});
        add_narrow(t, d, ROLE_OUTPUT, POISON, all);
        return;
    }
    add_floats(t, d, ROLE_GRADIENT, o->gathers ? NUMBERS : POISON, 2 * channels);
    add_narrow(t, d, ROLE_DELTA, NUMBERS, all);
    if (o->other) {
        add_narrow(t, d, ROLE_OUTPUT, NUMBERS, all);
        add_narrow(t, d, ROLE_DELTA_INPUT, POISON, all);
        return;
    }
    t->floats.at[ROLE_DELTA_INPUT] = t->floats.at[ROLE_DELTA];
    t->numbers.at[ROLE_DELTA_INPUT] = t->numbers.at[ROLE_DELTA];
}

static void make_choices(struct twins *t, struct draws *d, int64_t count) {
    const struct work *w = &t->floats;
    unsigned char *choices = w->at[ROLE_CHOICES];
    for (int64_t i = 0; i < count; i++) {
        int64_t pixel = i / w->put.channels;
        int column = (int)(pixel % w->put.width), row = (int)(pixel / w->put.width % w->put.height);
        int y, x;
        do {
            choices[i] = (unsigned char)draws_below(d, w->layer->kernel * w->layer->kernel);
            y = row * w->layer->stride - w->layer->padding + choices[i] / w->layer->kernel;
            x = column * w->layer->stride - w->layer->padding + choices[i] % w->layer->kernel;
        } while (y < 0 || x < 0 || y >= w->read.height || x >= w->read.width);
    }
    memcpy(t->numbers.at[ROLE_CHOICES], choices, (size_t)count);
}

static void add_pool(struct twins *t, struct draws *d, const struct twins_order *o) {
    const struct map *put = &t->floats.put;
    int64_t read = o->batch * o->read.channels * o->read.height * o->read.width,
            all = o->batch * put->channels * put->height * put->width;
    bool back = o->kind == OPERATION_BACKWARD;
    add_narrow(t, d, back ? ROLE_DELTA_INPUT : ROLE_INPUT, back ? POISON : NUMBERS, read);
    add_narrow(t, d, back ? ROLE_DELTA : ROLE_OUTPUT, back ? NUMBERS : POISON, all);
    if (o->layer == LAYER_MAX_POOL)
        add_bytes(t, d, ROLE_CHOICES, POISON, all);
    if (o->layer == LAYER_MAX_POOL && back)
        make_choices(t, d, all);
}

/* --- Ends --- */

static void add_settings(struct twins *t, struct draws *d) {
    static const struct step_settings settings = {.rate = 0.05F,
                                                  .momentum = 0.9F,
                                                  .mean_decay = 0.9F,
                                                  .square_decay = 0.99F,
                                                  .epsilon = 1e-8F,
                                                  .mean_correction = 0.271F,
                                                  .square_correction = 0.0297F,
                                                  .share = 0.125F};
    add_bytes(t, d, ROLE_SETTINGS, POISON, sizeof settings);
    memcpy(t->floats.at[ROLE_SETTINGS], &settings, sizeof settings);
    memcpy(t->numbers.at[ROLE_SETTINGS], &settings, sizeof settings);
}

static void add_load(struct twins *t, struct draws *d, const struct twins_order *o) {
    int64_t record = 1 + (int64_t)o->read.channels * o->read.height * o->read.width;
    add_bytes(t, d, ROLE_RECORDS, BYTES, 2 * o->batch * record);
    add_narrow(t, d, ROLE_INPUT, POISON, o->batch * 3 * o->put.height * o->put.width);
    add_bytes(t, d, ROLE_LABELS, POISON, o->batch * (int64_t)sizeof(int64_t));
}

static void add_loss(struct twins *t, struct draws *d, const struct twins_order *o) {
    add_settings(t, d);
    add_narrow(t, d, ROLE_OUTPUT, NUMBERS, o->batch * o->count);
    add_narrow(t, d, ROLE_DELTA, POISON, o->batch * o->count);
    add(t, d, ROLE_LOSS, (struct content){POISON, 1, sizeof(int32_t), false});
    add_bytes(t, d, ROLE_LABELS, POISON, o->batch * (int64_t)sizeof(int64_t));
    for (int64_t i = 0; i < o->batch; i++) {
        int64_t label = i % 5 == 3   ? (i % 2 ? -1 : o->count)
                        : i % 7 == 5 ? INT64_C(1) << 40
                                     : draws_below(d, o->count);
        memcpy((char *)t->floats.at[ROLE_LABELS] + 8 * i, &label, sizeof label);
        memcpy((char *)t->numbers.at[ROLE_LABELS] + 8 * i, &label, sizeof label);
    }
}

static void add_update(struct twins *t, struct draws *d, const struct twins_order *o) {
    add_settings(t, d);
    add_floats(t, d, ROLE_WEIGHTS, NUMBERS, o->count);
    add_floats(t, d, ROLE_GRADIENT, NUMBERS, o->count);
    if (o->optimiser != STEP_SGD) /* Adam's squares are never negative */
        add_floats(t, d, ROLE_STATE, POSITIVE, o->count * (o->optimiser == STEP_ADAM ? 2 : 1));
    if (o->numbers == NUMBERS_BF16)
        add_narrow(t, d, ROLE_COPY, POISON, o->count);
}

/* --- Both --- */

static struct map put_by(const struct twins_order *o, const struct layer *l) {
    if (o->kind == OPERATION_LOAD)
        return o->put;
    if (o->kind == OPERATION_LOSS)
        return (struct map){o->count, 1, 1};
    if (l->kind == LAYER_MEAN)
        return (struct map){o->read.channels, 1, 1};
    if (l->kind == LAYER_MAX_POOL)
        return (struct map){o->read.channels,
                            (o->read.height + 2 * l->padding - l->kernel) / l->stride + 1,
                            (o->read.width + 2 * l->padding - l->kernel) / l->stride + 1};
    return o->read;
}

void twins_make(struct twins *t, const struct twins_order *o, uint64_t seed) {
    struct draws d = draws_from(seed, 60);
    memset(t, 0, sizeof *t);
    t->layer = (struct layer){.kind = o->layer,
                              .other = o->other ? 0 : RESNET_NONE,
                              .relu = o->relu,
                              .kernel = o->kernel,
                              .stride = o->stride,
                              .padding = o->padding};
    t->floats = (struct work){.kind = o->kind,
                              .layer = o->kind == OPERATION_LOAD ? NULL : &t->layer,
                              .batch = o->batch,
                              .read = o->read,
                              .put = put_by(o, &t->layer),
                              .optimiser = o->optimiser,
                              .again = o->again,
                              .gathers = o->gathers,
                              .evaluates = o->evaluates,
                              .half = o->kind == OPERATION_LOAD};
    t->layer.channels = t->floats.put.channels;
    t->layer.height = t->floats.put.height;
    t->layer.width = t->floats.put.width;
    t->numbers = t->floats;
    t->numbers.numbers = o->numbers;
    if (o->kind == OPERATION_LOAD)
        add_load(t, &d, o);
    else if (o->kind == OPERATION_LOSS)
        add_loss(t, &d, o);
    else if (o->kind == OPERATION_UPDATE)
        add_update(t, &d, o);
    else if (o->layer == LAYER_NORM)
        add_norm(t, &d, o);
    else
        add_pool(t, &d, o);
}

static double number_at(const void *tensor, bool narrow, int64_t i) {
    uint32_t bits = 0;
    float number;
    if (narrow)
        memcpy((char *)&bits + 2, (const char *)tensor + 2 * i, 2);
    else
        memcpy(&bits, (const char *)tensor + 4 * i, 4);
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* Floats that are sums of many lose some bits; a bfloat16 is the nearest of 8 bits. */
static void compare(const struct twins *t, enum step_role role) {
    const void *floats = t->floats.at[role], *numbers = t->numbers.at[role];
    bool narrow = t->narrows[role];
    double most = 0;
    for (int64_t i = 0; i < t->counted[role]; i++) {
        double want = number_at(floats, false, i);
        most = isfinite(want) ? fmax(most, fabs(want)) : most;
    }
    for (int64_t i = 0; i < t->counted[role]; i++) {
        double want = number_at(floats, false, i), got = number_at(numbers, narrow, i);
        double allowed = fabs(want) * (narrow ? 0x1.01p-8 : 2e-6) + 3e-6 * most;
        bool agrees = fabs(want - got) <= allowed || want == got || (isnan(want) && isnan(got));
        if (!agrees) /* an assertion a number would take longer than all else */
            ck_abort_msg("role %d, number %lld: %.9g is not %.9g", (int)role, (long long)i, got,
                         want);
    }
    int64_t wide = 4 * t->counted[role], rest = t->floats.bytes[role] - wide;
    ck_assert_msg(memcmp((const char *)floats + wide,
                         (const char *)numbers + (narrow ? wide / 2 : wide), (size_t)rest) == 0,
                  "role %d: other bytes", (int)role);
}

/* The CPU has no copies of weights; and evaluating, it leaves moments alone. */
void twins_compare(const struct twins *t) {
    for (int role = 0; role < STEP_ROLES; role++)
        if (t->floats.bytes[role] > 0 && role != ROLE_COPY &&
            !(role == ROLE_MOMENTS && t->floats.evaluates))
            compare(t, role);
    for (int64_t i = 0; i < t->counted[ROLE_COPY]; i++) {
        double weight = number_at(t->numbers.at[ROLE_WEIGHTS], false, i);
        if (fabs(number_at(t->numbers.at[ROLE_COPY], true, i) - weight) > 0x1p-8 * fabs(weight))
            ck_abort_msg("copy of number %lld: not the nearest", (long long)i);
    }
}

void twins_free(struct twins *t) {
    for (int role = 0; role < STEP_ROLES; role++)
        if (t->floats.bytes[role] > 0) {
            free(t->floats.at[role]);
            free(t->numbers.at[role]);
        }
}
