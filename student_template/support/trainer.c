/* Plans a training, and runs its epochs on an engine (trainer.h).  Steps are staged while the one
 * before still runs. */
#include "trainer.h"

#include "draws.h"
#include "trainer_weights.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 20, PIXELS_MOST = 1 << 12, IN_FLIGHT = 2, NO_IMAGE = 255 };
/* Purposes of random numbers beyond those of the layers' weights: one an epoch. */
enum { PURPOSE_EPOCHS = 1 << 20 };

static const double momentum = 0.9, mean_decay = 0.9, square_decay = 0.999, epsilon = 1e-8;

struct trainer {
    struct engine *engine;
    struct trainer_order order;
    struct resnet net;
    struct step_plan plan;
    struct step *step;
    struct arena arena;
    struct work_order work;
    int64_t record; /* bytes */
    int epochs;     /* begun */
    /* Of the decays, to the power of the updates so far. */
    double mean_power, square_power;
};

/* --- Planning --- */

static const char *find_mistake(const struct trainer_order *o) {
    const struct map *m = &o->record;
    if (o->batch < 1 || o->batch > MOST)
        return "a batch has from 1 to 1048576 images";
    if (o->parts < 1 || o->parts > MOST)
        return "an update has from 1 to 1048576 batches";
    if (o->parts > 1 && o->step.levers & STEP_FUSED_UPDATE)
        return "an update inside the backward pass would forget the batches before it";
    if (o->numbers > NUMBERS_BF16)
        return "numbers are of fp32, tf32 or bf16";
    if (o->step.optimiser >= STEP_OPTIMISERS)
        return "there is no such optimiser";
    if (o->most_workspace < 0)
        return "a workspace has no less than 0 bytes";
    if ((m->channels != 1 && m->channels != 3) || m->height < 1 || m->height > PIXELS_MOST ||
        m->width < 1 || m->width > PIXELS_MOST)
        return "images have 1 or 3 channels, and from 1 to 4096 pixels a side";
    return NULL;
}

static bool plan_step(struct trainer *t, struct trouble *trouble) {
    const struct trainer_order *o = &t->order;
    const char *mistake = find_mistake(o);
    if (mistake)
        return trouble_tell(trouble, TROUBLE_PLAN, "%s", mistake);
    if (!resnet_make(&o->network, &t->net))
        return trouble_tell(trouble, TROUBLE_PLAN,
                            "such a network is impossible: blocks %d, %d, %d, %d of width %d for "
                            "images of %d x %d and %d classes",
                            o->network.blocks[0], o->network.blocks[1], o->network.blocks[2],
                            o->network.blocks[3], o->network.width, o->network.height,
                            o->network.width_pixels, o->network.classes);
    struct engine *e = t->engine;
    int64_t workspace =
        e->class->workspace(e, &t->net, o->batch, o->numbers, o->most_workspace, trouble);
    if (workspace < 0)
        return false;
    t->record = 1 + (int64_t)o->record.channels * o->record.height * o->record.width;
    t->plan = o->step;
    t->plan.width = o->numbers == NUMBERS_BF16 ? 2 : 4;
    t->plan.accumulates = o->parts > 1;
    t->plan.workspace = workspace;
    t->plan.record = t->record;
    t->step = step_make(&t->net, &t->plan);
    if (!t->step)
        return trouble_tell(trouble, TROUBLE_NO_MEMORY, "this machine has no memory for planning");
    return true;
}

/* What is larger than the whole device is not laid out to the end: checking takes memory, too. */
static bool plan_memory(struct trainer *t, struct trouble *trouble) {
    int64_t total = t->engine->facts.total_bytes;
    if (!arena_lay_out(t->step, t->order.batch, &t->arena))
        return trouble_tell(trouble, TROUBLE_NO_MEMORY,
                            "this machine has no memory for planning, or the step takes more than "
                            "63 bits can count");
    if (total > 0 && t->arena.bytes > total) {
        trouble->asked = t->arena.bytes;
        trouble->left = total;
        return trouble_tell(trouble, TROUBLE_NO_MEMORY,
                            "a step of %" PRId64 " images takes %" PRId64
                            " bytes; the whole device has %" PRId64,
                            t->order.batch, t->arena.bytes, total);
    }
    const char *mistake = arena_check(t->step, t->order.batch, &t->arena);
    return !mistake ||
           trouble_tell(trouble, TROUBLE_PLAN, "the layout of memory is wrong: %s", mistake);
}

struct trainer *trainer_open(struct engine *e, const struct trainer_order *order,
                             struct trouble *trouble) {
    struct trainer *t = calloc(1, sizeof *t);
    if (!t) {
        trouble_tell(trouble, TROUBLE_NO_MEMORY, "this machine has no memory for planning");
        return NULL;
    }
    t->engine = e;
    t->order = *order;
    t->mean_power = t->square_power = 1;
    bool planned = plan_step(t, trouble) && plan_memory(t, trouble);
    t->work = (struct work_order){.net = &t->net,
                                  .step = t->step,
                                  .arena = &t->arena,
                                  .batch = order->batch,
                                  .numbers = order->numbers,
                                  .optimiser = order->step.optimiser,
                                  .gathers = order->parts > 1,
                                  .record = order->record};
    if (!planned || !e->class->prepare(e, &t->work, trouble) ||
        !trainer_weights_write(e, &t->net, t->step, order->seed, trouble)) {
        trainer_close(t);
        return NULL;
    }
    return t;
}

void trainer_close(struct trainer *t) {
    if (!t)
        return;
    arena_free(&t->arena);
    step_free(t->step);
    free(t);
}

int64_t trainer_planned(const struct trainer *t) {
    return t->arena.bytes;
}

int64_t trainer_peak(const struct trainer *t, int64_t *by_kind) {
    return step_peak(t->step, t->order.batch, NULL, by_kind);
}

const struct resnet *trainer_network(const struct trainer *t) {
    return &t->net;
}

/* --- Steps --- */

/* One pass over images. */
struct pass {
    struct trainer *trainer;
    const struct images *images;
    int part;
    const int *order; /* which image comes when; NULL: as they are */
    int64_t count;    /* images */
    int64_t steps, started, finished;
    float rate;
    trainer_watch *watch;
    void *context;
    double loss; /* sum over images */
    struct trainer_sums *sums;
};

static int64_t images_of(const struct pass *p, int64_t step) {
    int64_t batch = p->trainer->order.batch, left = p->count - step * batch;
    return left < batch ? left : batch;
}

static void fill(const struct pass *p, unsigned char *staged) {
    const struct trainer *t = p->trainer;
    int64_t first = p->started * t->order.batch, count = images_of(p, p->started);
    const unsigned char *records = p->images->records[p->part];
    memset(staged + count * t->record, 0, (size_t)((t->order.batch - count) * t->record));
    for (int64_t i = 0; i < count; i++) {
        int64_t image = p->order ? p->order[first + i] : first + i;
        memcpy(staged + i * t->record, records + image * t->record, (size_t)t->record);
    }
    for (int64_t i = count; i < t->order.batch; i++)
        staged[i * t->record] = NO_IMAGE;
}

static struct step_settings make_settings(const struct trainer *t, float rate) {
    double images = (double)(t->order.batch * t->order.parts);
    return (struct step_settings){.rate = rate,
                                  .momentum = (float)momentum,
                                  .mean_decay = (float)mean_decay,
                                  .square_decay = (float)square_decay,
                                  .epsilon = (float)epsilon,
                                  .mean_correction = (float)(1 - t->mean_power),
                                  .square_correction = (float)(1 - t->square_power),
                                  .share = (float)(1 / images)};
}

static bool start(struct pass *p, struct trouble *trouble) {
    struct trainer *t = p->trainer;
    struct engine *e = t->engine;
    unsigned char *staged = e->class->stage(e, trouble);
    if (!staged)
        return false;
    fill(p, staged);
    enum engine_mode mode = ENGINE_EVALUATE;
    if (p->part == IMAGES_TRAINING)
        mode = (p->started + 1) % t->order.parts == 0 ? ENGINE_TRAIN : ENGINE_GATHER;
    if (mode == ENGINE_TRAIN) {
        t->mean_power *= mean_decay;
        t->square_power *= square_decay;
    }
    struct step_settings settings = make_settings(t, p->rate);
    p->started++;
    return e->class->run(e, mode, &settings, trouble);
}

static bool tell_not_finite(const struct pass *p, struct trouble *trouble) {
    int epoch = p->trainer->epochs;
    if (p->part == IMAGES_TEST)
        return trouble_tell(trouble, TROUBLE_NOT_FINITE,
                            "the loss of the test images after epoch %d is not finite", epoch);
    return trouble_tell(trouble, TROUBLE_NOT_FINITE,
                        "the loss is not finite any more in epoch %d, step %" PRId64
                        ", at the learning rate %g: a smaller one may help",
                        epoch, p->finished, (double)p->rate);
}

/* Waits for the oldest step, and adds up. */
static bool finish(struct pass *p, struct trouble *trouble) {
    struct engine *e = p->trainer->engine;
    struct trainer_sums *sums = p->sums;
    struct step_result result;
    if (!e->class->wait(e, &result, trouble))
        return false;
    int64_t images = images_of(p, p->finished++);
    if (!isfinite(result.loss))
        return tell_not_finite(p, trouble);
    p->loss += (double)result.loss;
    sums->images += images;
    sums->hits += result.hits;
    sums->steps++;
    sums->last_loss = (double)result.loss / (double)images;
    sums->loss = p->loss / (double)sums->images;
    return true;
}

/* Whoever watches may end the pass; an update that has begun is still brought to its end. */
static void ask(struct pass *p) {
    int64_t parts = p->trainer->order.parts;
    if (!p->watch || p->watch(p->context, p->sums))
        return;
    p->watch = NULL;
    int64_t last = (p->started + parts - 1) / parts * parts;
    p->steps = last < p->steps ? last : p->steps;
}

static bool run_pass(struct pass *p, struct trouble *trouble) {
    bool going = true;
    while (going && p->finished < p->steps)
        if (p->started < p->steps && p->started - p->finished < IN_FLIGHT)
            going = start(p, trouble);
        else if ((going = finish(p, trouble)))
            ask(p);
    /* A loss that is not finite is no trouble of the device: what still runs is waited for. */
    struct step_result ignored;
    while (trouble->kind == TROUBLE_NOT_FINITE && p->finished < p->started) {
        struct trouble another = {.kind = TROUBLE_NONE};
        p->finished++;
        if (!p->trainer->engine->class->wait(p->trainer->engine, &ignored, &another))
            break;
    }
    return going;
}

/* --- Epochs --- */

static bool suits(const struct trainer *t, const struct images *images, struct trouble *trouble) {
    const struct map *m = &images->map, *r = &t->order.record;
    if (m->channels != r->channels || m->height != r->height || m->width != r->width)
        return trouble_tell(trouble, TROUBLE_PLAN,
                            "the images of %s have %d x %d x %d numbers; planned were %d x %d x %d",
                            images->name, m->channels, m->height, m->width, r->channels, r->height,
                            r->width);
    if (images->classes > t->net.classes)
        return trouble_tell(trouble, TROUBLE_PLAN,
                            "the images of %s have %d classes; the network tells %d apart",
                            images->name, images->classes, t->net.classes);
    return true;
}

bool trainer_epoch(struct trainer *t, const struct images *images, int64_t count, float rate,
                   trainer_watch *watch, void *context, struct trainer_sums *sums,
                   struct trouble *trouble) {
    *sums = (struct trainer_sums){.loss = 0};
    int64_t has = images->count[IMAGES_TRAINING], update = t->order.batch * t->order.parts;
    if (!suits(t, images, trouble))
        return false;
    if (count > has || count > INT32_MAX)
        return trouble_tell(trouble, TROUBLE_PLAN,
                            "%s has %" PRId64 " training images, not %" PRId64, images->name, has,
                            count);
    if (count < update)
        return trouble_tell(trouble, TROUBLE_PLAN,
                            "an update takes %" PRId64 " images, more than the %" PRId64
                            " to train with",
                            update, count);
    int *order = malloc((size_t)count * sizeof *order);
    if (!order)
        return trouble_tell(trouble, TROUBLE_NO_MEMORY, "this machine has no memory for an order");
    for (int i = 0; i < (int)count; i++)
        order[i] = i;
    struct draws d = draws_from(t->order.seed, (uint64_t)PURPOSE_EPOCHS + (uint64_t)t->epochs++);
    draws_shuffle(&d, order, (int)count);
    struct pass p = {.trainer = t,
                     .images = images,
                     .part = IMAGES_TRAINING,
                     .order = order,
                     .count = count,
                     .steps = count / update * t->order.parts,
                     .rate = rate,
                     .watch = watch,
                     .context = context,
                     .sums = sums};
    bool done = run_pass(&p, trouble);
    free(order);
    return done;
}

bool trainer_evaluate(struct trainer *t, const struct images *images, struct trainer_sums *sums,
                      struct trouble *trouble) {
    *sums = (struct trainer_sums){.loss = 0};
    int64_t count = images->count[IMAGES_TEST];
    struct pass p = {.trainer = t,
                     .images = images,
                     .part = IMAGES_TEST,
                     .count = count,
                     .steps = (count + t->order.batch - 1) / t->order.batch,
                     .sums = sums};
    return suits(t, images, trouble) && run_pass(&p, trouble);
}
