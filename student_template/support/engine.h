/* A device that runs training steps: the CPU, or a GPU.  Both take the planner's list of operations
 * and one piece of memory of exactly the planned size.  Knows steps; nothing of epochs, files of
 * images or reports. */
#ifndef ENGINE_H
#define ENGINE_H

#include "trouble.h"
#include "work.h"

struct engine;

struct engine_facts {
    char name[96], driver[32], libraries[64]; /* "NVIDIA L4", "550.54.15", "cuDNN 9.19.0" */
    char bus[32];                             /* where a GPU is plugged in: "0000:17:00.0" */
    bool gpu;
    int major, minor, multiprocessors;
    int64_t total_bytes;
};

enum engine_mode {
    ENGINE_TRAIN,   /* forward, backward, update */
    ENGINE_GATHER,  /* forward, backward */
    ENGINE_EVALUATE /* forward with the running statistics, and the loss */
};

/* What one kind of device can do; engine_cpu and engine_cuda are all there are.  A false or NULL
 * comes with a trouble, after which only `close` may be called. */
struct engine_class {
    const char *name;
    /* Finds and opens the device: a context, its libraries, no memory for tensors. */
    struct engine *(*open)(struct trouble *t);
    /* Bytes of scratch that all operations of this network share; -1 with a trouble.  At most
     * `most`, where the device has a choice. */
    int64_t (*workspace)(struct engine *e, const struct resnet *net, int64_t batch,
                         enum numbers numbers, int64_t most, struct trouble *t);
    /* Takes order->arena->bytes, once, and binds the step to it.  The order and what it points to
     * must stay; the memory's contents are arbitrary. */
    bool (*prepare)(struct engine *e, const struct work_order *order, struct trouble *t);
    /* Bytes of a tensor that stays, from the host and to it; waits for what runs. */
    bool (*write)(struct engine *e, int tensor, const void *bytes, int64_t count,
                  struct trouble *t);
    bool (*read)(struct engine *e, int tensor, void *bytes, int64_t count, struct trouble *t);
    /* Where the host puts the next step's records; waits until it is free. */
    unsigned char *(*stage)(struct engine *e, struct trouble *t);
    /* Starts a step on the staged records; may return before it is done. */
    bool (*run)(struct engine *e, enum engine_mode mode, const struct step_settings *settings,
                struct trouble *t);
    /* The result of the oldest step that was run and not yet waited for; at most two may be. */
    bool (*wait)(struct engine *e, struct step_result *result, struct trouble *t);
    /* Bytes in use on the whole device and free, as the device itself says; may be NULL. */
    bool (*memory)(struct engine *e, int64_t *used, int64_t *left, struct trouble *t);
    /* Gives everything back, also after a trouble. */
    void (*close)(struct engine *e);
};

/* What every engine begins with. */
struct engine {
    const struct engine_class *class;
    struct engine_facts facts;
    int64_t granted; /* bytes of the one allocation for tensors, as the device counts them; 0: none
                        yet */
};

extern const struct engine_class engine_cpu, engine_cuda;

/* Lets an open engine_cpu have no more than this, which is then its total: what a smaller machine
 * would do.  Before it is prepared. */
void engine_cpu_limit(struct engine *e, int64_t bytes);

#endif
