/* Training steps on a GPU (engine.h): one piece of memory for all tensors, two pinned buffers for
 * images that arrive, and the step as a graph.  Asks gpu.h for memory and order, kernels.h and
 * products.h for arithmetic; knows neither CUDA nor what an operation computes.
 *
 * Two streams, and two halves of everything that passes between host and device.  A step takes
 * half 0 or 1, the next one the other:
 *   GPU_COPY   its images go to their half of the records, while the former step computes (mark
 *              ARRIVED: now the host may put others where they were)
 *   GPU_WORK   its settings go to the device; its images are loaded, after they arrived; the step;
 *              its result goes to the host (mark DONE)
 * A step begins only when the one before the former one was waited for, so that whatever had its
 * half is done with it.  Settings lie twice on the host and once on the device: sent on GPU_WORK,
 * they arrive behind the last operation of the former step that reads them. */
#include "engine.h"
#include "kernels.h"
#include "nvml.h"
#include "products.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HALVES = 2, MODES = ENGINE_EVALUATE + 1, PIECE = 1 << 20 };
/* Steps of each mode that run launch by launch: the first ones load kernels, which a recording may
 * not do. */
enum { WARM_UP = 2 };
enum { ARRIVED, DONE = ARRIVED + HALVES, MARKS = DONE + HALVES };
_Static_assert((int)MARKS <= (int)GPU_MARKS, "gpu.h has too few marks");

/* On the host, pinned. */
struct staging {
    struct step_settings settings[HALVES];
    struct step_result results[HALVES];
    char piece[PIECE]; /* of a tensor that is written or read */
    unsigned char records[];
};

struct cuda_engine {
    struct engine base;
    struct gpu *gpu;
    struct products *products;
    const struct work_order *order;
    char *arena;
    struct staging *staging;
    struct work *works; /* one an operation */
    int records, settings, loss;
    int64_t record_bytes;    /* of a batch */
    int64_t started, waited; /* steps */
    struct {
        int runs;
        struct gpu_graph *graph;
    } modes[MODES];
};

static struct cuda_engine *of(struct engine *e) {
    return (struct cuda_engine *)e;
}

/* Whether the device is well; else its trouble is the caller's. */
static bool sound(struct cuda_engine *c, struct trouble *t) {
    const struct trouble *found = gpu_trouble(c->gpu);
    if (found && t->kind == TROUBLE_NONE)
        *t = *found;
    return !found;
}

/* --- The device --- */

static void close_cuda(struct engine *e) {
    struct cuda_engine *c = of(e);
    if (!c)
        return;
    if (c->gpu)
        gpu_finish(c->gpu); /* plans hold the code of what may still run */
    if (c->products)
        products_close(c->products);
    gpu_close(c->gpu);
    free(c->works);
    free(c);
}

static void set_facts(struct cuda_engine *c) {
    const struct gpu_facts *g = gpu_facts(c->gpu);
    struct engine_facts *f = &c->base.facts;
    struct nvml *n = nvml_open(g->bus);
    const char *driver = n ? nvml_driver(n) : "";
    snprintf(f->name, sizeof f->name, "%s", g->name);
    snprintf(f->bus, sizeof f->bus, "%s", g->bus);
    snprintf(f->libraries, sizeof f->libraries, "%s", products_version(c->products));
    if (*driver)
        snprintf(f->driver, sizeof f->driver, "%s", driver);
    else
        snprintf(f->driver, sizeof f->driver, "for CUDA %d.%d", g->driver / 1000,
                 g->driver % 1000 / 10);
    nvml_close(n);
    f->gpu = true;
    f->major = g->major;
    f->minor = g->minor;
    f->multiprocessors = g->multiprocessors;
    f->total_bytes = g->total_bytes;
}

static struct engine *open_cuda(struct trouble *t) {
    struct cuda_engine *c = calloc(1, sizeof *c);
    if (!c) {
        trouble_tell(t, TROUBLE_NO_MEMORY, "the host has no memory left");
        return NULL;
    }
    c->base.class = &engine_cuda;
    c->gpu = gpu_open(t);
    c->products = c->gpu ? products_open(c->gpu) : NULL;
    if (c->products) {
        set_facts(c);
        return &c->base;
    }
    if (c->gpu)
        sound(c, t);
    close_cuda(&c->base);
    return NULL;
}

static int64_t find_workspace(struct engine *e, const struct resnet *net, int64_t batch,
                              enum numbers numbers, int64_t most, struct trouble *t) {
    struct cuda_engine *c = of(e);
    int64_t products = products_plan(c->products, net, batch, numbers, most),
            kernels = kernels_workspace(net, batch);
    if (!sound(c, t) || products < 0)
        return -1;
    return products > kernels ? products : kernels;
}

static bool tell_memory(struct engine *e, int64_t *used, int64_t *left, struct trouble *t) {
    int64_t total;
    gpu_memory(of(e)->gpu, left, &total);
    *used = total - *left;
    return sound(of(e), t);
}

/* --- Memory --- */

/* What passes between host and device, by its part in the operations. */
static bool find_tensors(struct cuda_engine *c, struct trouble *t) {
    const struct step *s = c->order->step;
    c->records = c->settings = c->loss = -1;
    for (int i = 0; i < s->operation_count; i++) {
        const struct operation *o = &s->operations[i];
        if (o->kind == OPERATION_LOAD)
            c->records = o->tensor[ROLE_RECORDS];
        if (o->kind == OPERATION_LOSS) {
            c->settings = o->tensor[ROLE_SETTINGS];
            c->loss = o->tensor[ROLE_LOSS];
        }
    }
    return (c->records >= 0 && c->settings >= 0 && c->loss >= 0) ||
           trouble_tell(t, TROUBLE_PLAN, "the step has no place where images arrive");
}

static bool bind(struct cuda_engine *c, struct trouble *t) {
    int count = c->order->step->operation_count;
    c->works = calloc((size_t)count + 1, sizeof *c->works);
    if (!c->works)
        return trouble_tell(t, TROUBLE_NO_MEMORY, "the host has no memory left");
    for (int i = 0; i < count; i++)
        c->works[i] = work_bind(c->order, i, c->arena);
    return true;
}

static bool prepare(struct engine *e, const struct work_order *order, struct trouble *t) {
    struct cuda_engine *c = of(e);
    if (c->order)
        return trouble_tell(t, TROUBLE_PLAN, "the memory of this device was taken before");
    c->order = order;
    if (!find_tensors(c, t))
        return false;
    c->record_bytes = step_bytes(&order->step->tensors[c->records], order->batch) / HALVES;
    c->arena = gpu_allocate(c->gpu, order->arena->bytes);
    c->base.granted = c->arena ? order->arena->bytes : 0;
    c->staging = gpu_pin(c->gpu, (int64_t)sizeof *c->staging + HALVES * c->record_bytes);
    return sound(c, t) && bind(c, t);
}

/* Nothing else is between steps what it was. */
static bool can_pass(const struct cuda_engine *c, int tensor, int64_t count, struct trouble *t) {
    const struct step_tensor *s = &c->order->step->tensors[tensor];
    return (s->stays && count <= step_bytes(s, c->order->batch)) ||
           trouble_tell(t, TROUBLE_PLAN, "tensor %d does not stay, or has no %lld bytes", tensor,
                        (long long)count);
}

static char *place(const struct cuda_engine *c, int tensor) {
    return c->arena + c->order->arena->offset[tensor];
}

static bool write_tensor(struct engine *e, int tensor, const void *bytes, int64_t count,
                         struct trouble *t) {
    struct cuda_engine *c = of(e);
    if (!can_pass(c, tensor, count, t))
        return false;
    gpu_finish(c->gpu);
    for (int64_t at = 0; at < count && sound(c, t); at += PIECE) {
        int64_t now = count - at < PIECE ? count - at : PIECE;
        memcpy(c->staging->piece, (const char *)bytes + at, (size_t)now);
        gpu_send(c->gpu, GPU_WORK, place(c, tensor) + at, c->staging->piece, now);
        gpu_finish(c->gpu);
    }
    return sound(c, t);
}

static bool read_tensor(struct engine *e, int tensor, void *bytes, int64_t count,
                        struct trouble *t) {
    struct cuda_engine *c = of(e);
    if (!can_pass(c, tensor, count, t))
        return false;
    gpu_finish(c->gpu);
    for (int64_t at = 0; at < count && sound(c, t); at += PIECE) {
        int64_t now = count - at < PIECE ? count - at : PIECE;
        gpu_fetch(c->gpu, GPU_WORK, c->staging->piece, place(c, tensor) + at, now);
        gpu_finish(c->gpu);
        if (sound(c, t))
            memcpy((char *)bytes + at, c->staging->piece, (size_t)now);
    }
    return sound(c, t);
}

/* --- Steps --- */

static int next_half(const struct cuda_engine *c) {
    return (int)(c->started % HALVES);
}

static unsigned char *stage(struct engine *e, struct trouble *t) {
    struct cuda_engine *c = of(e);
    gpu_wait(c->gpu, ARRIVED + next_half(c));
    return sound(c, t) ? c->staging->records + next_half(c) * c->record_bytes : NULL;
}

static void launch(struct cuda_engine *c, struct work w) {
    bool multiplies = w.layer && w.kind != OPERATION_LOSS && w.kind != OPERATION_UPDATE &&
                      (w.layer->kind == LAYER_CONV || w.layer->kind == LAYER_LINEAR);
    if (multiplies)
        products_run(c->products, &w);
    else
        kernels_run(c->gpu, &w);
}

/* Everything behind the loading; an evaluation ends with the loss. */
static void launch_step(struct cuda_engine *c, enum engine_mode mode) {
    bool over = false;
    for (int i = 0; i < c->order->step->operation_count && !over; i++) {
        struct work w = c->works[i];
        w.evaluates = mode == ENGINE_EVALUATE;
        over = w.evaluates && w.kind == OPERATION_LOSS;
        if (w.kind != OPERATION_LOAD && !(mode == ENGINE_GATHER && w.kind == OPERATION_UPDATE))
            launch(c, w);
    }
}

static void compute(struct cuda_engine *c, enum engine_mode mode) {
    if (!c->modes[mode].graph && c->modes[mode].runs >= WARM_UP) {
        gpu_record(c->gpu);
        launch_step(c, mode);
        c->modes[mode].graph = gpu_recorded(c->gpu);
    }
    if (c->modes[mode].graph)
        gpu_replay(c->gpu, c->modes[mode].graph);
    else if (c->modes[mode].runs++ < WARM_UP)
        launch_step(c, mode);
}

static void load(struct cuda_engine *c, int half) {
    for (int i = 0; i < c->order->step->operation_count; i++)
        if (c->works[i].kind == OPERATION_LOAD) {
            struct work w = c->works[i];
            w.half = half;
            launch(c, w);
        }
}

static bool run(struct engine *e, enum engine_mode mode, const struct step_settings *settings,
                struct trouble *t) {
    struct cuda_engine *c = of(e);
    struct staging *s = c->staging;
    int half = next_half(c);
    if (c->started - c->waited >= HALVES)
        return trouble_tell(t, TROUBLE_PLAN, "a third step began before the first was waited for");
    gpu_send(c->gpu, GPU_COPY, place(c, c->records) + half * c->record_bytes,
             s->records + half * c->record_bytes, c->record_bytes);
    gpu_mark(c->gpu, GPU_COPY, ARRIVED + half);
    s->settings[half] = *settings;
    gpu_send(c->gpu, GPU_WORK, place(c, c->settings), &s->settings[half], sizeof *settings);
    gpu_after(c->gpu, GPU_WORK, ARRIVED + half);
    load(c, half);
    compute(c, mode);
    gpu_fetch(c->gpu, GPU_WORK, &s->results[half], place(c, c->loss), sizeof *s->results);
    gpu_mark(c->gpu, GPU_WORK, DONE + half);
    c->started++;
    return sound(c, t);
}

static bool wait_for(struct engine *e, struct step_result *result, struct trouble *t) {
    struct cuda_engine *c = of(e);
    int half = (int)(c->waited % HALVES);
    if (c->waited == c->started)
        return trouble_tell(t, TROUBLE_PLAN, "no step was begun that could be waited for");
    gpu_wait(c->gpu, DONE + half);
    *result = c->staging->results[half];
    c->waited++;
    return sound(c, t);
}

const struct engine_class engine_cuda = {.name = "GPU",
                                         .open = open_cuda,
                                         .workspace = find_workspace,
                                         .prepare = prepare,
                                         .write = write_tensor,
                                         .read = read_tensor,
                                         .stage = stage,
                                         .run = run,
                                         .wait = wait_for,
                                         .memory = tell_memory,
                                         .close = close_cuda};
