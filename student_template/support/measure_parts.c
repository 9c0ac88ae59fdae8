/* Measuring one piece in this process (measure.h): opens the device, looks at its memory at every
 * moment, trains as the piece says.  Knows what the three parts of the notebook do; not which
 * process this is, nor what becomes of the record. */
#include "measure_meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct doing {
    const struct measure_options *o;
    const struct measure_record *device;
    const struct measure_piece *p;
    struct measure_record *r;
    struct meter *meter;
    struct engine *engine;
    struct trainer *trainer;
    struct images images;
    measure_watch *watch;
    void *context;
    int epoch;
    double began; /* when the epoch, or what counts of it, did */
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void look(struct doing *d, enum measure_moment moment) {
    d->r->at[moment] = meter_look(d->meter, d->engine);
}

/* --- What there is --- */

static bool open_engine(struct doing *d, const struct engine_class *class) {
    d->engine = class->open(&d->r->trouble);
    if (d->engine)
        d->r->facts = d->engine->facts;
    return d->engine != NULL;
}

static bool open_images(struct doing *d) {
    if (!images_open(d->o->data, &d->images, &d->r->trouble))
        return false;
    snprintf(d->r->data, sizeof d->r->data, "%s", d->images.name);
    d->r->map = d->images.map;
    d->r->training_images = d->images.count[IMAGES_TRAINING];
    d->r->test_images = d->images.count[IMAGES_TEST];
    return true;
}

static void find_device(struct doing *d) {
    bool open = !d->o->cpu && open_engine(d, &engine_cuda);
    if (!open && (d->o->cpu || d->r->trouble.kind == TROUBLE_NO_DEVICE)) {
        snprintf(d->r->no_gpu, sizeof d->r->no_gpu, "%s",
                 d->o->cpu ? "the CPU was asked for" : d->r->trouble.words);
        d->r->trouble = (struct trouble){TROUBLE_NONE, 0, 0, ""};
        open = open_engine(d, &engine_cpu);
    }
    int64_t used;
    if (open && !d->engine->facts.gpu && d->o->numbers_chosen && d->o->numbers != NUMBERS_FP32)
        open = trouble_tell(&d->r->trouble, TROUBLE_PLAN,
                            "PRECISION: without a GPU it can only be fp32");
    if (open && d->engine->class->memory)
        d->engine->class->memory(d->engine, &used, &d->r->left, &d->r->trouble);
    if (open)
        open_images(d);
}

/* --- The network, loaded and not trained --- */

/* The weights and what comes with them lie behind each other, as a framework loads them; nothing
 * else has a place of its own, since no step will run. */
static void lay_out_weights(const struct step *s, struct arena *a) {
    a->bytes = 0;
    for (int i = 0; i < s->tensor_count; i++) {
        const struct step_tensor *t = &s->tensors[i];
        bool loaded = t->kind == STEP_WEIGHTS || t->kind == STEP_RUNNING;
        int64_t bytes = step_bytes(t, 1);
        a->offset[i] = loaded ? a->bytes : 0;
        if (loaded)
            a->bytes += (bytes + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
    }
}

static bool load_network(struct doing *d, const struct trainer_order *asked,
                         const struct resnet *net) {
    struct trouble *t = &d->r->trouble;
    struct step_plan plan = asked->step;
    plan.width = asked->numbers == NUMBERS_BF16 ? 2 : 4;
    plan.record = 1 + (int64_t)asked->record.channels * asked->record.height * asked->record.width;
    plan.workspace = d->engine->class->workspace(d->engine, net, asked->batch, asked->numbers,
                                                 asked->most_workspace, t);
    struct step *s = plan.workspace < 0 ? NULL : step_make(net, &plan);
    struct arena arena = {0, s ? calloc((size_t)s->tensor_count, sizeof *arena.offset) : NULL};
    bool done = false;
    if (arena.offset) {
        lay_out_weights(s, &arena);
        d->r->planned = arena.bytes;
        struct work_order order = {
            net,          s, &arena, asked->batch, asked->numbers, asked->step.optimiser, false,
            asked->record};
        done = d->engine->class->prepare(d->engine, &order, t);
        d->r->granted = d->engine->granted;
        look(d, MOMENT_LOADED);
        d->engine->class->close(d->engine); /* while what it was bound to is there */
        d->engine = NULL;
    } else {
        trouble_tell(t, TROUBLE_PLAN, "there is no memory for planning");
    }
    arena_free(&arena);
    step_free(s);
    return done;
}

static bool measure_context(struct doing *d, const struct trainer_order *order) {
    struct resnet *net = malloc(sizeof *net);
    bool done = net && resnet_make(&order->network, net);
    if (!done)
        trouble_tell(&d->r->trouble, TROUBLE_PLAN, "there is no such network");
    if (done) {
        d->r->parameters = resnet_parameter_count(net);
        done = load_network(d, order, net);
    }
    free(net);
    return done;
}

/* --- Training --- */

static bool after_step(void *context, const struct trainer_sums *sums) {
    struct doing *d = context;
    const struct measure_piece *p = d->p;
    int64_t steps = p->images / p->batch;
    if (d->epoch == 0 && sums->steps == 1)
        look(d, MOMENT_FIRST);
    if (p->kind == MEASURE_SPEED && sums->steps == MEASURE_WARM)
        d->began = now();
    int epochs = p->epochs > 0 ? p->epochs : 1;
    d->watch(d->context,
             (d->epoch + (double)sums->steps / (double)(steps > 0 ? steps : 1)) / epochs);
    return true;
}

static bool train_epoch(struct doing *d, struct trainer_sums *sums) {
    const struct measure_piece *p = d->p;
    d->began = now();
    bool done = trainer_epoch(d->trainer, &d->images, p->images, p->rate, after_step, d, sums,
                              &d->r->trouble);
    d->r->seconds += now() - d->began;
    if (!done)
        return false;
    d->r->steps += sums->steps - (p->kind == MEASURE_SPEED ? MEASURE_WARM : 0);
    d->r->images = d->r->steps * p->batch;
    look(d, MOMENT_STEADY);
    return true;
}

static bool train_epochs(struct doing *d) {
    for (d->epoch = 0; d->epoch < d->p->epochs; d->epoch++) {
        struct trainer_sums training, tests = {0};
        if (!train_epoch(d, &training) ||
            (d->p->tests > 0 && !trainer_evaluate(d->trainer, &d->images, &tests, &d->r->trouble)))
            return false;
        d->r->at[MOMENT_PEAK] = meter_peak(d->meter, d->engine);
        d->r->epochs[d->r->epoch_count++] = (struct measure_epoch){
            d->r->seconds, training.last_loss, (double)training.hits / (double)training.images,
            tests.images > 0 ? (double)tests.hits / (double)tests.images : 0,
            d->r->at[MOMENT_PEAK].seen};
    }
    return true;
}

/* Batches larger than the data set see its images again: for memory and speed they are as good. */
static bool repeat_images(struct images *images, int64_t count) {
    int64_t had = images->count[IMAGES_TRAINING];
    if (count <= had)
        return true;
    unsigned char *more =
        realloc(images->records[IMAGES_TRAINING], (size_t)(count * images->record));
    if (!more)
        return false;
    images->records[IMAGES_TRAINING] = more;
    for (int64_t i = had; i < count; i++)
        memcpy(more + i * images->record, more + (i - had) * images->record,
               (size_t)images->record);
    images->count[IMAGES_TRAINING] = count;
    return true;
}

/* Before anything is looked at: images are no part of what a training takes. */
static bool ready_images(struct doing *d) {
    if (!open_images(d))
        return false;
    if (d->p->kind != MEASURE_BATCH && !repeat_images(&d->images, d->p->images))
        return trouble_tell(&d->r->trouble, TROUBLE_DATA, "there is no memory for %lld images",
                            (long long)d->p->images);
    if (d->images.count[IMAGES_TEST] > d->p->tests)
        d->images.count[IMAGES_TEST] = d->p->tests;
    return true;
}

static bool train(struct doing *d, const struct trainer_order *order) {
    struct trainer_sums sums;
    struct trouble *t = &d->r->trouble;
    d->trainer = trainer_open(d->engine, order, t);
    d->r->granted = d->engine->granted;
    if (!d->trainer)
        return false;
    d->r->planned = trainer_planned(d->trainer);
    trainer_peak(d->trainer, d->r->by_kind);
    d->r->parameters = resnet_parameter_count(trainer_network(d->trainer));
    look(d, MOMENT_LOADED);
    return d->p->kind == MEASURE_BATCH ? train_epochs(d) : train_epoch(d, &sums);
}

static void measure_piece(struct doing *d) {
    const struct trainer_order order = measure_order(d->o, d->device, d->p);
    if (d->p->kind != MEASURE_CONTEXT && !ready_images(d))
        return;
    look(d, MOMENT_BEFORE);
    d->r->outside = meter_outside(d->meter);
    if (!open_engine(d, d->device->facts.gpu ? &engine_cuda : &engine_cpu))
        return;
    look(d, MOMENT_OPENED);
    int64_t used;
    if (d->engine->class->memory)
        d->engine->class->memory(d->engine, &used, &d->r->left, &d->r->trouble);
    if (d->p->kind == MEASURE_CONTEXT) {
        measure_context(d, &order);
        return;
    }
    meter_watch(d->meter);
    train(d, &order);
    d->r->at[MOMENT_PEAK] = meter_peak(d->meter, d->engine);
}

void measure_do(const struct measure_options *o, const struct measure_record *device,
                const struct measure_piece *p, measure_watch *watch, void *context,
                struct measure_record *record) {
    struct doing d = {
        .o = o, .device = device, .p = p, .r = record, .watch = watch, .context = context};
    memset(record, 0, sizeof *record);
    snprintf(record->name, sizeof record->name, "%s", p->name);
    d.meter = meter_open(device && device->facts.gpu ? device->facts.bus : NULL);
    if (!d.meter)
        trouble_tell(&record->trouble, TROUBLE_PLAN, "there is no memory for measuring");
    else if (!device)
        find_device(&d);
    else
        measure_piece(&d);
    if (device)
        measure_settings(o, device, p, record->settings);
    trainer_close(d.trainer);
    if (d.engine)
        d.engine->class->close(d.engine);
    images_free(&d.images);
    if (d.meter)
        meter_close(d.meter);
}
