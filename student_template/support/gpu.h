/* The little that the trainer asks of a GPU's driver: memory, copies, order between two streams, a
 * recorded row of launches.  A link seam: gpu_cuda.c asks CUDA's runtime; tests put a device in
 * its place that counts, poisons and fails.  After the first failure nothing more is asked of the
 * device: gpu_trouble tells which it was.  Knows nothing of networks. */
#ifndef GPU_H
#define GPU_H

#include "trouble.h"

#include <stddef.h>

struct gpu;

struct gpu_facts {
    char name[96], bus[32];
    int major, minor, multiprocessors;
    int driver, runtime; /* versions of CUDA: 12040 is 12.4 */
    int64_t total_bytes;
};

/* What is started on one of them runs in order; the two run side by side. */
enum gpu_stream { GPU_WORK, GPU_COPY, GPU_STREAMS };

/* The first device (CUDA_VISIBLE_DEVICES chooses another) and a context on it.  NULL with a
 * trouble. */
struct gpu *gpu_open(struct trouble *t);
/* Gives back everything that was allocated and pinned, too. */
void gpu_close(struct gpu *g);
const struct gpu_facts *gpu_facts(const struct gpu *g);
/* The first trouble, or NULL.  Asks for what went wrong asynchronously. */
const struct trouble *gpu_trouble(struct gpu *g);

/* On the device; NULL after a trouble. */
void *gpu_allocate(struct gpu *g, int64_t bytes);
/* On the host, such that copies need not wait; NULL after a trouble. */
void *gpu_pin(struct gpu *g, int64_t bytes);
void gpu_memory(struct gpu *g, int64_t *left, int64_t *total);

/* Copies start on a stream and may still run on return: the host's side must be pinned and stay. */
void gpu_send(struct gpu *g, enum gpu_stream s, void *device, const void *pinned, int64_t bytes);
void gpu_fetch(struct gpu *g, enum gpu_stream s, void *pinned, const void *device, int64_t bytes);
/* Marks: `gpu_mark` puts one behind what is on the stream by now, under a number; `gpu_after` lets
 * a stream wait for it, `gpu_wait` the host.  A mark that was never put is passed at once. */
enum { GPU_MARKS = 8 };
void gpu_mark(struct gpu *g, enum gpu_stream s, int mark);
void gpu_after(struct gpu *g, enum gpu_stream s, int mark);
void gpu_wait(struct gpu *g, int mark);
/* Until everything is done. */
void gpu_finish(struct gpu *g);

/* Records what is started on GPU_WORK between the two instead of running it; NULL after a trouble.
 * Nothing may be allocated in between.  Owned by the device. */
struct gpu_graph;
void gpu_record(struct gpu *g);
struct gpu_graph *gpu_recorded(struct gpu *g);
void gpu_replay(struct gpu *g, struct gpu_graph *graph);

/* For kernels and libraries: CUDA's own stream (cudaStream_t), and where they tell their troubles
 * (CUDA's error number). */
void *gpu_stream_handle(struct gpu *g, enum gpu_stream s);
void gpu_report(struct gpu *g, const char *who, int cuda_error);
bool gpu_failed(struct gpu *g, enum trouble_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
