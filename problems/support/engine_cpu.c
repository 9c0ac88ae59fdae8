/* The CPU as a device that runs training steps (engine.h): always there, in floats, one operation
 * after the other.  A step is done when `run` returns; its result waits to be asked for. */
#include "cpu_work.h"
#include "engine.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RESULTS = 2 };

struct engine_of_cpu {
    struct engine engine; /* first */
    const struct work_order *order;
    void *memory;
    struct work *works; /* one an operation */
    int half;           /* of the records, where the next step's are put */
    int waiting;        /* results, the oldest first */
    struct step_result results[RESULTS];
};

static struct engine_of_cpu *of_cpu(struct engine *e) {
    return (struct engine_of_cpu *)e;
}

/* --- Opening --- */

/* As Linux tells it; elsewhere it is just a CPU. */
static void find_name(char *name, size_t room) {
    FILE *info = fopen("/proc/cpuinfo", "r");
    char line[256];
    snprintf(name, room, "CPU");
    while (info && fgets(line, sizeof line, info)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon) {
            snprintf(name, room, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
            break;
        }
    }
    if (info)
        fclose(info);
}

/* "OpenBLAS 0.3.21": the first two words of what it says of itself. */
static void find_library(char *name, size_t room) {
    const char *said = openblas_get_config();
    size_t length = strcspn(said, " ");
    length += said[length] ? 1 + strcspn(said + length + 1, " ") : 0;
    snprintf(name, room, "%.*s", (int)length, said);
}

static struct engine *cpu_open(struct trouble *t) {
    struct engine_of_cpu *c = calloc(1, sizeof *c);
    if (!c) {
        trouble_tell(t, TROUBLE_NO_MEMORY, "there is no memory to begin with");
        return NULL;
    }
    struct engine_facts *f = &c->engine.facts;
    c->engine.class = &engine_cpu;
    find_name(f->name, sizeof f->name);
    find_library(f->libraries, sizeof f->libraries);
    f->multiprocessors = (int)sysconf(_SC_NPROCESSORS_ONLN);
    f->total_bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    return &c->engine;
}

static void cpu_close(struct engine *e) {
    struct engine_of_cpu *c = of_cpu(e);
    free(c->memory);
    free(c->works);
    free(c);
}

void engine_cpu_limit(struct engine *e, int64_t bytes) {
    e->facts.total_bytes = bytes;
}

/* --- Preparing --- */

static bool is_possible(enum numbers numbers, struct trouble *t) {
    return numbers == NUMBERS_FP32 ||
           trouble_tell(t, TROUBLE_PLAN, "the CPU computes in fp32 only");
}

static int64_t cpu_workspace(struct engine *e, const struct resnet *net, int64_t batch,
                             enum numbers numbers, int64_t most, struct trouble *t) {
    (void)e;
    return is_possible(numbers, t) ? cpu_work_scratch(net, batch, most) : -1;
}

/* Memory that was promised and is not there would only be missed when it is touched, and then the
 * kernel ends the process: what is there is asked first. */
static bool take_memory(struct engine_of_cpu *c, int64_t bytes, struct trouble *t) {
    struct engine *e = &c->engine;
    if (bytes > e->facts.total_bytes ||
        posix_memalign(&c->memory, ARENA_ALIGNMENT, (size_t)bytes) != 0) {
        c->memory = NULL;
        if (t->kind == TROUBLE_NONE) {
            t->asked = bytes;
            t->left = e->facts.total_bytes;
        }
        return trouble_tell(t, TROUBLE_NO_MEMORY, "%lld bytes were asked for, of %lld",
                            (long long)bytes, (long long)e->facts.total_bytes);
    }
    e->granted = bytes;
    return true;
}

/* When it first multiplies, OpenBLAS takes this much (of addresses: most is never touched), and
 * where there is no such room asks for it for ever.  So that is found out before. */
static bool find_blas_room(struct trouble *t) {
    const int64_t bytes = (int64_t)144 << 20;
    void *volatile room = malloc((size_t)bytes); /* volatile: or the pair is optimised away */
    if (!room) {
        if (t->kind == TROUBLE_NONE)
            t->asked = bytes;
        return trouble_tell(t, TROUBLE_NO_MEMORY,
                            "OpenBLAS needs %lld bytes to work with, which are not there",
                            (long long)bytes);
    }
    free(room);
    return true;
}

static bool cpu_prepare(struct engine *e, const struct work_order *order, struct trouble *t) {
    struct engine_of_cpu *c = of_cpu(e);
    const int count = order->step->operation_count;
    if (!is_possible(order->numbers, t))
        return false;
    if (c->memory)
        return trouble_tell(t, TROUBLE_PLAN, "this engine is prepared already");
    c->works = malloc((size_t)count * sizeof *c->works);
    if (!c->works)
        return trouble_tell(t, TROUBLE_NO_MEMORY, "there is no memory to begin with");
    if (!take_memory(c, order->arena->bytes, t) || !find_blas_room(t))
        return false;
    c->order = order;
    for (int i = 0; i < count; i++)
        c->works[i] = work_bind(order, i, c->memory);
    return true;
}

/* --- Between steps --- */

static void *find_tensor(struct engine_of_cpu *c, int tensor, int64_t count, struct trouble *t) {
    const struct work_order *o = c->order;
    const struct step_tensor *s = &o->step->tensors[tensor];
    if (!s->stays || count > step_bytes(s, o->batch)) {
        trouble_tell(t, TROUBLE_PLAN, "tensor %d does not stay, or has no %lld bytes", tensor,
                     (long long)count);
        return NULL;
    }
    return (char *)c->memory + o->arena->offset[tensor];
}

static bool cpu_write(struct engine *e, int tensor, const void *bytes, int64_t count,
                      struct trouble *t) {
    void *to = find_tensor(of_cpu(e), tensor, count, t);
    if (to)
        memcpy(to, bytes, (size_t)count);
    return to != NULL;
}

static bool cpu_read(struct engine *e, int tensor, void *bytes, int64_t count, struct trouble *t) {
    const void *from = find_tensor(of_cpu(e), tensor, count, t);
    if (from)
        memcpy(bytes, from, (size_t)count);
    return from != NULL;
}

static unsigned char *cpu_stage(struct engine *e, struct trouble *t) {
    struct engine_of_cpu *c = of_cpu(e);
    const struct work *load = &c->works[0];
    unsigned char *records = load->at[ROLE_RECORDS];
    if (!records) {
        trouble_tell(t, TROUBLE_PLAN, "this step takes no records");
        return NULL;
    }
    return records + c->half * (load->bytes[ROLE_RECORDS] / 2);
}

/* --- Steps --- */

static bool belongs(enum engine_mode mode, const struct operation *o, bool *over) {
    if (mode == ENGINE_EVALUATE)
        *over = o->kind == OPERATION_LOSS;
    return mode == ENGINE_TRAIN || o->kind != OPERATION_UPDATE;
}

static bool run_operation(struct engine_of_cpu *c, int i, enum engine_mode mode,
                          const struct step_settings *settings, struct trouble *t) {
    struct work w = c->works[i];
    w.evaluates = mode == ENGINE_EVALUATE;
    w.half = c->half;
    if (w.at[ROLE_SETTINGS])
        memcpy(w.at[ROLE_SETTINGS], settings, sizeof *settings);
    if (!cpu_work(&w, t))
        return false;
    if (w.kind == OPERATION_LOSS)
        memcpy(&c->results[c->waiting], w.at[ROLE_LOSS], sizeof *c->results);
    return true;
}

static bool cpu_run(struct engine *e, enum engine_mode mode, const struct step_settings *settings,
                    struct trouble *t) {
    struct engine_of_cpu *c = of_cpu(e);
    const struct step *s = c->order->step;
    if (c->waiting == RESULTS)
        return trouble_tell(t, TROUBLE_PLAN, "two results wait to be asked for");
    bool over = false;
    for (int i = 0; i < s->operation_count && !over; i++)
        if (belongs(mode, &s->operations[i], &over) && !run_operation(c, i, mode, settings, t))
            return false;
    c->waiting++;
    c->half = !c->half;
    return true;
}

static bool cpu_wait(struct engine *e, struct step_result *result, struct trouble *t) {
    struct engine_of_cpu *c = of_cpu(e);
    if (c->waiting == 0)
        return trouble_tell(t, TROUBLE_PLAN, "no step was run that could be waited for");
    *result = c->results[0];
    c->results[0] = c->results[1];
    c->waiting--;
    return true;
}

static bool cpu_memory(struct engine *e, int64_t *used, int64_t *left, struct trouble *t) {
    (void)t;
    *used = e->granted;
    *left = e->facts.total_bytes - e->granted;
    return true;
}

const struct engine_class engine_cpu = {.name = "CPU",
                                        .open = cpu_open,
                                        .workspace = cpu_workspace,
                                        .prepare = cpu_prepare,
                                        .write = cpu_write,
                                        .read = cpu_read,
                                        .stage = cpu_stage,
                                        .run = cpu_run,
                                        .wait = cpu_wait,
                                        .memory = cpu_memory,
                                        .close = cpu_close};
