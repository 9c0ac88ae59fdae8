/* Which pieces a measurement is cut into (measure.h): the numbers of the GPU memory notebook of
 * EECS 182 homework 4, and what a rehearsal makes of them. */
#include "measure.h"

#include "arena.h"

#include <stdio.h>
#include <string.h>

#define MIB ((int64_t)1 << 20)

enum {
    WORKSPACE = 32 << 20, /* the most scratch that convolutions share */
    PART_TWO = 152,       /* the network of the first two parts, */
    SMALL_BATCH = 8,      /* and the batch of the second */
    STEPS = 5,            /* of which the first differs from all others */
    SPEED_STEPS = 20
};

/* What a measurement trains on, and what a rehearsal does with less patience. */
static const struct amount {
    int64_t images, tests;
    int epochs;
} notebook = {4096, 2000, 10}, rehearsal = {1024, 256, 10}, quick = {256, 64, 3};

static const struct row {
    int64_t batch;
    float rate; /* the notebook's */
} rows[] = {{4, 0.0001F}, {16, 0.0004F}, {64, 0.0016F}, {256, 0.0064F}};
enum { ROWS = sizeof rows / sizeof *rows };
/* A small network that begins with random weights learns next to nothing at the notebook's. */
#define REHEARSAL_RATE 20

static bool is_rehearsal(const struct measure_options *o, const struct measure_record *device) {
    return o->cpu || !device->facts.gpu;
}

static struct amount amount_of(const struct measure_options *o,
                               const struct measure_record *device) {
    struct amount a = o->quick ? quick : is_rehearsal(o, device) ? rehearsal : notebook;
    if (o->epochs > 0)
        a.epochs = o->epochs;
    return a;
}

struct measure_scale measure_scale_of(const struct measure_options *o,
                                      const struct measure_record *device) {
    static const struct measure_scale small = {1, 8, 32, 96 * MIB}, none = {0};
    return is_rehearsal(o, device) ? small : none;
}

enum numbers measure_numbers(const struct measure_options *o, const struct measure_record *device) {
    if (o->numbers_chosen)
        return o->numbers;
    return device->facts.gpu && device->facts.major >= 8 ? NUMBERS_TF32 : NUMBERS_FP32;
}

bool measure_network(const struct measure_scale *scale, int depth, struct resnet_plan *plan) {
    if (!resnet_find(depth, plan))
        return false;
    if (scale->blocks == 0)
        return true;
    for (int i = 0; i < RESNET_STAGES; i++)
        plan->blocks[i] = scale->blocks;
    plan->width = scale->width;
    plan->height = plan->width_pixels = scale->pixels;
    return true;
}

/* --- Pieces --- */

/* Steps have a cost of their own, which tells at small batches. */
static double guess_work(const struct measure_record *device, const struct measure_piece *p) {
    const int64_t steps = p->images / p->batch;
    const double deep = p->depth == PART_TWO ? 6 : 1;
    double images = (double)p->images + 0.3 * (double)p->tests;
    return deep * (double)(p->epochs > 0 ? p->epochs : 1) *
           (images + (device->facts.gpu ? 4.0 : 16.0) * (double)steps);
}

static struct measure_piece make_piece(const struct measure_record *device, enum measure_kind kind,
                                       struct measure_piece p) {
    static const char *const optimisers[] = {"sgd", "momentum", "adam"};
    const char *word = kind == MEASURE_CONTEXT     ? "context"
                       : kind == MEASURE_OPTIMISER ? optimisers[p.optimiser]
                       : kind == MEASURE_BATCH     ? "batch"
                       : kind == MEASURE_LARGEST   ? "largest"
                                                   : "speed";
    p.kind = kind;
    p.work = guess_work(device, &p);
    snprintf(p.name, sizeof p.name, "%s-%lld", word, (long long)p.batch);
    return p;
}

int measure_list(const struct measure_options *o, const struct measure_record *device,
                 struct measure_piece pieces[MEASURE_PIECES]) {
    const struct amount a = amount_of(o, device);
    int count = 0;
    pieces[count++] =
        make_piece(device, MEASURE_CONTEXT, (struct measure_piece){.depth = PART_TWO, .batch = 1});
    for (int i = 0; i < STEP_OPTIMISERS; i++)
        pieces[count++] = make_piece(device, MEASURE_OPTIMISER,
                                     (struct measure_piece){.depth = PART_TWO,
                                                            .optimiser = (enum step_optimiser)i,
                                                            .batch = SMALL_BATCH,
                                                            .images = (int64_t)STEPS * SMALL_BATCH,
                                                            .rate = 0.001F});
    for (int i = 0; i < ROWS; i++)
        pieces[count++] = make_piece(
            device, MEASURE_BATCH,
            (struct measure_piece){.depth = o->depth,
                                   .optimiser = STEP_MOMENTUM,
                                   .batch = rows[i].batch,
                                   .images = a.images,
                                   .tests = a.tests,
                                   .epochs = a.epochs,
                                   .rate = rows[i].rate *
                                           (is_rehearsal(o, device) ? REHEARSAL_RATE : 1.0F)});
    return count;
}

struct measure_piece measure_attempt(const struct measure_options *o,
                                     const struct measure_record *device, int64_t batch) {
    return make_piece(device, MEASURE_LARGEST,
                      (struct measure_piece){.depth = o->depth,
                                             .optimiser = STEP_MOMENTUM,
                                             .batch = batch,
                                             .images = 3 * batch,
                                             .rate = rows[ROWS - 1].rate});
}

struct measure_piece measure_speed(const struct measure_options *o,
                                   const struct measure_record *device, int64_t batch) {
    struct measure_piece p = {.depth = o->depth,
                              .optimiser = STEP_MOMENTUM,
                              .batch = batch,
                              .images = (MEASURE_WARM + SPEED_STEPS) * batch,
                              .rate = 0.001F};
    return make_piece(device, MEASURE_SPEED, p);
}

void measure_settings(const struct measure_options *o, const struct measure_record *device,
                      const struct measure_piece *p, char settings[MEASURE_SETTINGS]) {
    static const char *const precisions[] = {"fp32", "tf32", "bf16"};
    const struct measure_scale s = measure_scale_of(o, device);
    snprintf(
        settings, MEASURE_SETTINGS,
        "%s: ResNet-%d %d/%d/%d, optimiser %d, %s, levers %u, seed %llu, rate %g, %lld of %lld "
        "%s images, %lld tests, %d epochs; %s, driver %s, %s, at %s, %lld bytes",
        p->name, p->depth, s.blocks, s.width, s.pixels, (int)p->optimiser,
        precisions[measure_numbers(o, device)], o->levers, (unsigned long long)o->seed,
        (double)p->rate, (long long)p->images, (long long)device->training_images, device->data,
        (long long)p->tests, p->epochs, device->facts.name, device->facts.driver,
        device->facts.libraries, device->facts.bus, (long long)device->facts.total_bytes);
}

/* --- Orders --- */

struct trainer_order measure_order(const struct measure_options *o,
                                   const struct measure_record *device,
                                   const struct measure_piece *p) {
    const struct measure_scale scale = measure_scale_of(o, device);
    struct trainer_order order = {.batch = p->batch,
                                  .parts = 1,
                                  .step = {.optimiser = p->optimiser, .levers = o->levers},
                                  .most_workspace = WORKSPACE,
                                  .numbers = measure_numbers(o, device),
                                  .seed = o->seed};
    order.record = device->map;
    measure_network(&scale, p->depth, &order.network);
    return order;
}

static bool fits(const struct step *s, int64_t batch, int64_t budget) {
    struct arena a;
    if (step_peak(s, batch, NULL, NULL) > budget || !arena_lay_out(s, batch, &a))
        return false;
    bool small = a.bytes <= budget;
    arena_free(&a);
    return small;
}

/* A larger batch's arena is larger, but for a few bytes of alignment. */
int64_t measure_largest(const struct trainer_order *order, int64_t budget) {
    enum { MOST = 1 << 20 };
    static struct resnet net;
    struct step_plan plan = order->step;
    int64_t low = 0, high = MOST;
    plan.width = order->numbers == NUMBERS_BF16 ? 2 : 4;
    plan.workspace = order->most_workspace;
    plan.record = 1 + (int64_t)order->record.channels * order->record.height * order->record.width;
    plan.accumulates = order->parts > 1;
    struct step *s = resnet_make(&order->network, &net) ? step_make(&net, &plan) : NULL;
    while (s && low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (fits(s, middle, budget))
            low = middle;
        else
            high = middle - 1;
    }
    step_free(s);
    return low;
}
