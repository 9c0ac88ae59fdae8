/* The fake GPU (fake.h). */
#include "fake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { POISON = 0xff, DRIVER = 13000, OLD_DRIVER = 11040 }; /* floats of POISON are not numbers */

struct block {
    unsigned char *at;
    int64_t bytes;
    bool pinned;
    struct block *next;
};
enum job_kind { JOB_RUN, JOB_MARK, JOB_AFTER, JOB_GRAPH };
struct job {
    enum job_kind kind;
    fake_job *run;
    void *argument;
    bool breaks;
    int mark;
    uint64_t serial; /* of the mark */
    struct gpu_graph *graph;
    struct job *next;
};
struct queue {
    struct job *first, *last;
};
struct gpu_graph {
    struct queue jobs;
    struct gpu_graph *next;
};
struct gpu {
    struct gpu_facts facts;
    struct trouble trouble;
    struct block *blocks;
    struct queue streams[GPU_STREAMS];
    struct gpu_graph *graphs, *recording;
    uint64_t put[GPU_MARKS], passed[GPU_MARKS], serial, random;
    int64_t total;
};

struct fake fake;

void fake_reset(void) {
    fake = (struct fake){0};
}

const char *fake_order_name(enum fake_order order) {
    static const char *const names[FAKE_ORDERS] = {"lazy", "eager copies", "eager work", "random"};
    return names[order];
}

/* A mistake of whoever calls, not of a device. */
static void complain(const char *what) {
    fprintf(stderr, "the fake GPU was told to %s\n", what);
    abort();
}

/* --- Troubles --- */

bool gpu_failed(struct gpu *g, enum trouble_kind kind, const char *format, ...) {
    char words[sizeof g->trouble.words];
    va_list more;
    va_start(more, format);
    vsnprintf(words, sizeof words, format, more);
    va_end(more);
    return trouble_tell(&g->trouble, kind, "%s", words);
}

void gpu_report(struct gpu *g, const char *who, int cuda_error) {
    if (cuda_error)
        gpu_failed(g, TROUBLE_DEVICE, "%s: error %d", who, cuda_error);
}

const struct trouble *gpu_trouble(struct gpu *g) {
    return g->trouble.kind == TROUBLE_NONE ? NULL : &g->trouble;
}

/* Whether the device still takes calls. */
static bool asked(struct gpu *g) {
    if (gpu_trouble(g))
        return false;
    if (++fake.calls == fake.lose_at)
        return gpu_failed(g, TROUBLE_LOST, "the GPU was lost (at call %d)", fake.calls);
    return true;
}

/* --- Queues --- */

static struct job *add(struct queue *q, struct job job) {
    struct job *made = malloc(sizeof *made);
    if (!made)
        abort();
    *made = job;
    if (q->last)
        q->last->next = made;
    else
        q->first = made;
    return q->last = made;
}

static void drop(struct queue *q) {
    struct job *first = q->first;
    q->first = first->next;
    q->last = q->first ? q->last : NULL;
    free(first->argument);
    free(first);
}

static void perform(struct gpu *g, const struct job *job) {
    if (job->breaks)
        gpu_failed(g, TROUBLE_DEVICE, "a kernel: it broke");
    else if (!gpu_trouble(g) && !fake.only_addresses)
        job->run(job->argument);
}

/* The next job of a stream; false when there is none, or when it waits for a mark. */
static bool advance(struct gpu *g, enum gpu_stream s) {
    struct job *job = g->streams[s].first;
    if (!job || (job->kind == JOB_AFTER && g->passed[job->mark] < job->serial))
        return false;
    if (job->kind == JOB_RUN)
        perform(g, job);
    else if (job->kind == JOB_MARK)
        g->passed[job->mark] = job->serial;
    else if (job->kind == JOB_GRAPH)
        for (const struct job *j = job->graph->jobs.first; j; j = j->next)
            perform(g, j);
    drop(&g->streams[s]);
    return true;
}

static uint64_t draw(struct gpu *g) {
    g->random ^= g->random << 13;
    g->random ^= g->random >> 7;
    g->random ^= g->random << 17;
    return g->random >> 16;
}

static void start(struct gpu *g, enum gpu_stream s, struct job job) {
    if (g->recording && s == GPU_WORK) {
        if (job.kind != JOB_RUN)
            complain("record more than launches");
        add(&g->recording->jobs, job);
        return;
    }
    add(&g->streams[s], job);
    enum gpu_stream eager = fake.order == FAKE_EAGER_COPY ? GPU_COPY : GPU_WORK;
    while (fake.order != FAKE_LAZY && fake.order != FAKE_RANDOM && advance(g, eager))
        ;
    for (uint64_t some = draw(g) % 4; fake.order == FAKE_RANDOM && some > 0; some--)
        advance(g, draw(g) % GPU_STREAMS);
}

void fake_start(struct gpu *g, enum gpu_stream s, fake_job *job, const void *argument,
                size_t bytes) {
    if (!asked(g))
        return;
    void *copy = malloc(bytes);
    if (!copy)
        abort();
    memcpy(copy, argument, bytes);
    start(g, s,
          (struct job){.kind = JOB_RUN,
                       .run = job,
                       .argument = copy,
                       .breaks = ++fake.starts == fake.break_at});
}

/* Until a stream is empty or, with a serial, until its mark is passed. */
static void run_until(struct gpu *g, enum gpu_stream s, int mark, uint64_t serial) {
    if (g->recording)
        complain("wait while recording");
    while (serial ? g->passed[mark] < serial : g->streams[s].first != NULL) {
        enum gpu_stream other = s == GPU_WORK ? GPU_COPY : GPU_WORK;
        if (fake.order == FAKE_RANDOM && draw(g) % 2 && advance(g, other))
            continue;
        if (!advance(g, s) && !advance(g, other))
            complain("wait for what never comes");
    }
}

/* --- The device --- */

struct gpu *gpu_open(struct trouble *t) {
    static const char *const words[] = {[TROUBLE_NO_DEVICE] = "there is no GPU that CUDA can use",
                                        [TROUBLE_OLD_DRIVER] =
                                            "the driver is too old: it is for CUDA 11.4",
                                        [TROUBLE_TAKEN] = "another process has the GPU for itself"};
    const struct card small = {"fake", 8, 6, 4, 1024, 256 << 20, 0, 0, 0, 0},
                      *card = fake.card ? card_find(fake.card) : &small;
    struct gpu *g = calloc(1, sizeof *g);
    if (!g || !card || (fake.closed != TROUBLE_NONE && !words[fake.closed]))
        abort();
    if (fake.closed != TROUBLE_NONE) {
        trouble_tell(t, fake.closed, "%s", words[fake.closed]);
        free(g);
        return NULL;
    }
    g->facts = (struct gpu_facts){.bus = "0000:17:00.0",
                                  .major = card->major,
                                  .minor = card->minor,
                                  .multiprocessors = card->multiprocessors,
                                  .driver = DRIVER,
                                  .runtime = DRIVER,
                                  .total_bytes = card->total_bytes};
    snprintf(g->facts.name, sizeof g->facts.name, "NVIDIA %s", card->name);
    g->total = fake.memory ? fake.memory : card->total_bytes - card_context_bytes(card);
    g->random = fake.seed * 2 + 1;
    fake.devices++;
    return g;
}

static void free_graph(struct gpu_graph *graph) {
    while (graph && graph->jobs.first)
        drop(&graph->jobs);
    free(graph);
}

void gpu_close(struct gpu *g) {
    if (!g)
        return;
    for (int s = 0; s < GPU_STREAMS; s++)
        while (g->streams[s].first)
            drop(&g->streams[s]);
    for (struct gpu_graph *graph = g->graphs, *next; graph; graph = next) {
        next = graph->next;
        free_graph(graph);
    }
    free_graph(g->recording);
    for (struct block *b = g->blocks, *next; b; b = next) {
        next = b->next;
        *(b->pinned ? &fake.pinned : &fake.bytes) -= b->bytes;
        munmap(b->at, (size_t)b->bytes);
        free(b);
    }
    fake.devices--;
    free(g);
}

const struct gpu_facts *gpu_facts(const struct gpu *g) {
    return &g->facts;
}

void *gpu_stream_handle(struct gpu *g, enum gpu_stream s) {
    return &g->streams[s];
}

/* --- Memory --- */

void gpu_memory(struct gpu *g, int64_t *left, int64_t *total) {
    asked(g);
    *left = g->total - fake.bytes;
    *total = g->facts.total_bytes;
}

/* Pages of its own: what lies beside it is not there, and poison comes with the first touch. */
static void *take(struct gpu *g, int64_t bytes, bool pinned) {
    if (!asked(g))
        return NULL;
    if (g->recording || bytes <= 0)
        complain(g->recording ? "allocate while recording" : "allocate nothing");
    int64_t left = g->total - fake.bytes;
    if (++fake.allocations == fake.full_at || (!pinned && bytes > left)) {
        gpu_failed(g, TROUBLE_NO_MEMORY, "%lld bytes were asked for, %lld are free",
                   (long long)bytes, (long long)left);
        g->trouble.asked = bytes;
        g->trouble.left = left;
        return NULL;
    }
    struct block *b = malloc(sizeof *b);
    void *at = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!b || at == MAP_FAILED)
        abort();
    if (!fake.only_addresses)
        memset(at, POISON, (size_t)bytes);
    *b = (struct block){at, bytes, pinned, g->blocks};
    g->blocks = b;
    *(pinned ? &fake.pinned : &fake.bytes) += bytes;
    fake.peak = fake.bytes > fake.peak ? fake.bytes : fake.peak;
    return at;
}

void *gpu_allocate(struct gpu *g, int64_t bytes) {
    return take(g, bytes, false);
}

void *gpu_pin(struct gpu *g, int64_t bytes) {
    return take(g, bytes, true);
}

/* --- Copies and order --- */

struct copy {
    void *to;
    const void *from;
    int64_t bytes;
};

static void copy(const void *argument) {
    const struct copy *c = argument;
    memcpy(c->to, c->from, (size_t)c->bytes);
}

static bool holds(const struct gpu *g, const void *at, int64_t bytes, bool pinned) {
    const unsigned char *from = at;
    for (const struct block *b = g->blocks; b; b = b->next)
        if (b->pinned == pinned && from >= b->at && from + bytes <= b->at + b->bytes)
            return true;
    return false;
}

static void start_copy(struct gpu *g, enum gpu_stream s, struct copy c, bool to_device) {
    if (gpu_trouble(g))
        return;
    if (!holds(g, c.to, c.bytes, !to_device) || !holds(g, c.from, c.bytes, to_device))
        complain("copy what was not allocated");
    fake_start(g, s, copy, &c, sizeof c);
}

void gpu_send(struct gpu *g, enum gpu_stream s, void *device, const void *pinned, int64_t bytes) {
    start_copy(g, s, (struct copy){device, pinned, bytes}, true);
}

void gpu_fetch(struct gpu *g, enum gpu_stream s, void *pinned, const void *device, int64_t bytes) {
    start_copy(g, s, (struct copy){pinned, device, bytes}, false);
}

void gpu_mark(struct gpu *g, enum gpu_stream s, int mark) {
    if (asked(g))
        start(g, s,
              (struct job){.kind = JOB_MARK, .mark = mark, .serial = g->put[mark] = ++g->serial});
}

void gpu_after(struct gpu *g, enum gpu_stream s, int mark) {
    if (asked(g))
        start(g, s, (struct job){.kind = JOB_AFTER, .mark = mark, .serial = g->put[mark]});
}

void gpu_wait(struct gpu *g, int mark) {
    if (asked(g) && g->put[mark] > g->passed[mark])
        for (int s = 0; s < GPU_STREAMS; s++)
            for (const struct job *j = g->streams[s].first; j; j = j->next)
                if (j->kind == JOB_MARK && j->serial == g->put[mark]) {
                    run_until(g, s, mark, j->serial);
                    return;
                }
}

void gpu_finish(struct gpu *g) {
    for (int s = 0; s < GPU_STREAMS; s++)
        if (asked(g))
            run_until(g, s, 0, 0);
}

/* --- Graphs --- */

void gpu_record(struct gpu *g) {
    if (!asked(g))
        return;
    if (g->recording)
        complain("record twice");
    g->recording = calloc(1, sizeof *g->recording);
    if (!g->recording)
        abort();
}

struct gpu_graph *gpu_recorded(struct gpu *g) {
    struct gpu_graph *graph = g->recording;
    g->recording = NULL;
    if (!asked(g)) {
        free_graph(graph);
        return NULL;
    }
    if (!graph)
        complain("end a recording that never began");
    fake.recorded++;
    graph->next = g->graphs;
    return g->graphs = graph;
}

void gpu_replay(struct gpu *g, struct gpu_graph *graph) {
    if (!asked(g))
        return;
    fake.replayed++;
    start(g, GPU_WORK, (struct job){.kind = JOB_GRAPH, .graph = graph});
}
