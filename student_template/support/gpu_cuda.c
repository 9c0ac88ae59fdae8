/* The GPU as CUDA's runtime has it (gpu.h): memory, copies, marks, graphs, and what its errors mean
 * for people.  Everything that was taken stands in a list, so that it can be given back after any
 * failure.  No kernel and no library beside the runtime; knows nothing of networks. */
#include "gpu.h"

#include <cuda_runtime_api.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct block {
    void *at;
    bool pinned;
    struct block *next;
};
struct gpu_graph {
    cudaGraphExec_t ready;
    struct gpu_graph *next;
};

struct gpu {
    struct gpu_facts facts;
    struct trouble trouble;
    cudaStream_t streams[GPU_STREAMS];
    cudaEvent_t marks[GPU_MARKS];
    struct block *blocks;
    struct gpu_graph *graphs;
    bool recording;
};

/* --- Troubles --- */

static const struct meaning {
    cudaError_t error;
    enum trouble_kind kind;
    const char *words; /* NULL: CUDA's own say it well enough */
} meanings[] = {
    {cudaErrorNoDevice, TROUBLE_NO_DEVICE, "there is no GPU that CUDA can use"},
    {cudaErrorStubLibrary, TROUBLE_NO_DEVICE, "the driver found is CUDA's stub for linking"},
    {cudaErrorInsufficientDriver, TROUBLE_OLD_DRIVER, "the driver is too old"},
    {cudaErrorCallRequiresNewerDriver, TROUBLE_OLD_DRIVER, "the driver is too old"},
    {cudaErrorUnsupportedPtxVersion, TROUBLE_OLD_DRIVER, "the driver is too old"},
    {cudaErrorSystemDriverMismatch, TROUBLE_OLD_DRIVER,
     "the driver's library is not of the same version as the driver"},
    {cudaErrorCompatNotSupportedOnDevice, TROUBLE_OLD_DRIVER, "the driver is too old"},
    {cudaErrorDevicesUnavailable, TROUBLE_TAKEN, "another process has the GPU for itself"},
    {cudaErrorDeviceAlreadyInUse, TROUBLE_TAKEN, "another process has the GPU for itself"},
    {cudaErrorMemoryAllocation, TROUBLE_NO_MEMORY, "the GPU's memory is full"},
    {cudaErrorDeviceUninitialized, TROUBLE_LOST, NULL},
    {cudaErrorContextIsDestroyed, TROUBLE_LOST, NULL},
    {cudaErrorECCUncorrectable, TROUBLE_LOST, NULL},
    {cudaErrorNvlinkUncorrectable, TROUBLE_LOST, NULL},
    {cudaErrorContained, TROUBLE_LOST, NULL},
    {cudaErrorIllegalAddress, TROUBLE_LOST, NULL},
    {cudaErrorIllegalInstruction, TROUBLE_LOST, NULL},
    {cudaErrorMisalignedAddress, TROUBLE_LOST, NULL},
    {cudaErrorInvalidAddressSpace, TROUBLE_LOST, NULL},
    {cudaErrorInvalidPc, TROUBLE_LOST, NULL},
    {cudaErrorHardwareStackError, TROUBLE_LOST, NULL},
    {cudaErrorAssert, TROUBLE_LOST, NULL},
    {cudaErrorLaunchFailure, TROUBLE_LOST, NULL},
    {cudaErrorLaunchTimeout, TROUBLE_LOST, NULL},
    {cudaErrorExternalDevice, TROUBLE_LOST, NULL},
    {cudaErrorUnknown, TROUBLE_LOST, NULL},
};

static struct meaning find_meaning(int error) {
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if ((int)meanings[i].error == error)
            return meanings[i];
    return (struct meaning){(cudaError_t)error, TROUBLE_DEVICE, NULL};
}

bool gpu_failed(struct gpu *g, enum trouble_kind kind, const char *format, ...) {
    char words[sizeof g->trouble.words];
    va_list more;
    va_start(more, format);
    vsnprintf(words, sizeof words, format, more);
    va_end(more);
    return trouble_tell(&g->trouble, kind, "%s", words);
}

static void tell_old_driver(struct trouble *t, const char *words, int driver, int runtime) {
    trouble_tell(t, TROUBLE_OLD_DRIVER,
                 "%s: it is for CUDA %d.%d, and this program needs one for CUDA %d.%d or later",
                 words, driver / 1000, driver % 1000 / 10, runtime / 1000, runtime % 1000 / 10);
}

static void tell(struct trouble *t, const struct gpu_facts *f, const char *who, int error) {
    struct meaning m = find_meaning(error);
    const char *theirs = cudaGetErrorString((cudaError_t)error);
    if (m.kind == TROUBLE_OLD_DRIVER && f->driver == 0)
        trouble_tell(t, TROUBLE_NO_DEVICE, "no NVIDIA driver was found here, so there is no GPU");
    else if (m.kind == TROUBLE_OLD_DRIVER)
        tell_old_driver(t, m.words, f->driver, f->runtime);
    else if (m.kind == TROUBLE_LOST)
        trouble_tell(t, m.kind, "the GPU was lost (%s: %s)", who, theirs);
    else if (m.words)
        trouble_tell(t, m.kind, "%s (%s: %s)", m.words, who, theirs);
    else
        trouble_tell(t, m.kind, "%s: %s", who, theirs);
}

void gpu_report(struct gpu *g, const char *who, int cuda_error) {
    if (cuda_error == cudaSuccess)
        return;
    cudaGetLastError(); /* it is told: the next one is another */
    tell(&g->trouble, &g->facts, who, cuda_error);
}

static bool sound(const struct gpu *g) {
    return g->trouble.kind == TROUBLE_NONE;
}

#define ASK(g, function, ...)                                                                      \
    do {                                                                                           \
        if (sound(g))                                                                              \
            gpu_report(g, #function, function(__VA_ARGS__));                                       \
    } while (0)

/* A launch says nothing of what becomes of it: the runtime keeps the error for whoever asks. */
const struct trouble *gpu_trouble(struct gpu *g) {
    if (sound(g))
        gpu_report(g, "a kernel", cudaPeekAtLastError());
    return sound(g) ? NULL : &g->trouble;
}

/* --- The device --- */

static bool choose_device(struct gpu *g) {
    struct gpu_facts *f = &g->facts;
    struct cudaDeviceProp found;
    int count = 0;
    ASK(g, cudaDriverGetVersion, &f->driver);
    ASK(g, cudaRuntimeGetVersion, &f->runtime);
    ASK(g, cudaGetDeviceCount, &count);
    ASK(g, cudaSetDevice, 0);
    ASK(g, cudaFree, NULL); /* the context: before CUDA 12 cudaSetDevice left it for later */
    ASK(g, cudaGetDeviceProperties, &found, 0);
    ASK(g, cudaDeviceGetPCIBusId, f->bus, sizeof f->bus, 0);
    if (!sound(g))
        return false;
    snprintf(f->name, sizeof f->name, "%.*s", (int)sizeof f->name - 1, found.name);
    f->major = found.major;
    f->minor = found.minor;
    f->multiprocessors = found.multiProcessorCount;
    f->total_bytes = (int64_t)found.totalGlobalMem;
    return true;
}

struct gpu *gpu_open(struct trouble *t) {
    struct gpu *g = calloc(1, sizeof *g);
    if (!g) {
        trouble_tell(t, TROUBLE_NO_MEMORY, "the host has no memory left");
        return NULL;
    }
    choose_device(g);
    for (int i = 0; i < GPU_STREAMS; i++)
        ASK(g, cudaStreamCreateWithFlags, &g->streams[i], cudaStreamNonBlocking);
    for (int i = 0; i < GPU_MARKS; i++)
        ASK(g, cudaEventCreateWithFlags, &g->marks[i], cudaEventDisableTiming);
    if (sound(g))
        return g;
    *t = t->kind == TROUBLE_NONE ? g->trouble : *t;
    gpu_close(g);
    return NULL;
}

/* What fails here fails because the device is gone, and with it what was on it. */
void gpu_close(struct gpu *g) {
    if (!g)
        return;
    if (g->recording)
        gpu_recorded(g);
    for (int i = 0; i < GPU_STREAMS; i++)
        if (g->streams[i])
            cudaStreamSynchronize(g->streams[i]);
    for (struct gpu_graph *graph = g->graphs, *next; graph; graph = next) {
        next = graph->next;
        cudaGraphExecDestroy(graph->ready);
        free(graph);
    }
    for (struct block *b = g->blocks, *next; b; b = next) {
        next = b->next;
        if (b->pinned)
            cudaFreeHost(b->at);
        else
            cudaFree(b->at);
        free(b);
    }
    for (int i = 0; i < GPU_MARKS; i++)
        if (g->marks[i])
            cudaEventDestroy(g->marks[i]);
    for (int i = 0; i < GPU_STREAMS; i++)
        if (g->streams[i])
            cudaStreamDestroy(g->streams[i]);
    cudaGetLastError();
    free(g);
}

const struct gpu_facts *gpu_facts(const struct gpu *g) {
    return &g->facts;
}

void *gpu_stream_handle(struct gpu *g, enum gpu_stream s) {
    return (void *)g->streams[s];
}

/* --- Memory --- */

void gpu_memory(struct gpu *g, int64_t *left, int64_t *total) {
    size_t free_bytes = 0, all_bytes = 0;
    ASK(g, cudaMemGetInfo, &free_bytes, &all_bytes);
    *left = (int64_t)free_bytes;
    *total = (int64_t)all_bytes;
}

static void tell_full(struct gpu *g, int64_t bytes, bool pinned) {
    const double mib = 1 << 20;
    int64_t left = 0, total = 0;
    cudaGetLastError();
    if (pinned) {
        gpu_failed(g, TROUBLE_NO_MEMORY, "the host has no %.1f MiB of memory that can be pinned",
                   (double)bytes / mib);
    } else {
        gpu_memory(g, &left, &total);
        gpu_failed(g, TROUBLE_NO_MEMORY,
                   "the GPU's memory is full: %.1f MiB were asked for, %.1f of %.1f MiB are free",
                   (double)bytes / mib, (double)left / mib, (double)total / mib);
    }
    g->trouble.asked = bytes;
    g->trouble.left = left;
}

static void *take(struct gpu *g, int64_t bytes, bool pinned) {
    struct block *b = sound(g) ? malloc(sizeof *b) : NULL;
    if (!b) {
        gpu_failed(g, TROUBLE_NO_MEMORY, "the host has no memory left");
        return NULL;
    }
    *b = (struct block){NULL, pinned, g->blocks};
    cudaError_t error =
        pinned ? cudaMallocHost(&b->at, (size_t)bytes) : cudaMalloc(&b->at, (size_t)bytes);
    if (error == cudaSuccess) {
        g->blocks = b;
        return b->at;
    }
    free(b);
    if (error == cudaErrorMemoryAllocation)
        tell_full(g, bytes, pinned);
    else
        gpu_report(g, pinned ? "cudaMallocHost" : "cudaMalloc", error);
    return NULL;
}

void *gpu_allocate(struct gpu *g, int64_t bytes) {
    return take(g, bytes, false);
}

void *gpu_pin(struct gpu *g, int64_t bytes) {
    return take(g, bytes, true);
}

/* --- Copies and order --- */

void gpu_send(struct gpu *g, enum gpu_stream s, void *device, const void *pinned, int64_t bytes) {
    ASK(g, cudaMemcpyAsync, device, pinned, (size_t)bytes, cudaMemcpyHostToDevice, g->streams[s]);
}

void gpu_fetch(struct gpu *g, enum gpu_stream s, void *pinned, const void *device, int64_t bytes) {
    ASK(g, cudaMemcpyAsync, pinned, device, (size_t)bytes, cudaMemcpyDeviceToHost, g->streams[s]);
}

void gpu_mark(struct gpu *g, enum gpu_stream s, int mark) {
    ASK(g, cudaEventRecord, g->marks[mark], g->streams[s]);
}

void gpu_after(struct gpu *g, enum gpu_stream s, int mark) {
    ASK(g, cudaStreamWaitEvent, g->streams[s], g->marks[mark], 0);
}

void gpu_wait(struct gpu *g, int mark) {
    ASK(g, cudaEventSynchronize, g->marks[mark]);
}

void gpu_finish(struct gpu *g) {
    for (int i = 0; i < GPU_STREAMS; i++)
        ASK(g, cudaStreamSynchronize, g->streams[i]);
}

/* --- Graphs --- */

void gpu_record(struct gpu *g) {
    ASK(g, cudaStreamBeginCapture, g->streams[GPU_WORK], cudaStreamCaptureModeThreadLocal);
    g->recording = sound(g);
}

/* A capture ends also after a trouble: the stream could not be given back else. */
struct gpu_graph *gpu_recorded(struct gpu *g) {
    cudaGraph_t seen = NULL;
    struct gpu_graph *graph = calloc(1, sizeof *graph);
    if (g->recording)
        gpu_report(g, "cudaStreamEndCapture", cudaStreamEndCapture(g->streams[GPU_WORK], &seen));
    g->recording = false;
    if (!graph)
        gpu_failed(g, TROUBLE_NO_MEMORY, "the host has no memory left");
    else
        ASK(g, cudaGraphInstantiateWithFlags, &graph->ready, seen, 0);
    if (seen)
        cudaGraphDestroy(seen);
    if (!graph || !sound(g)) {
        free(graph);
        return NULL;
    }
    graph->next = g->graphs;
    return g->graphs = graph;
}

void gpu_replay(struct gpu *g, struct gpu_graph *graph) {
    ASK(g, cudaGraphLaunch, graph->ready, g->streams[GPU_WORK]);
}
