/* A GPU made of host memory (gpu.h): it has as much as it was told, poisons what it hands out,
 * fails when told to, and queues what is started.  A queue runs when somebody waits for it, in an
 * order that respects the marks and nothing else: whoever forgot one reads poison, or old numbers.
 */
#ifndef FAKE_H
#define FAKE_H

#include "cards.h"
#include "gpu.h"

enum fake_order {
    FAKE_LAZY,       /* nothing runs before it must */
    FAKE_EAGER_COPY, /* copies on GPU_COPY run as soon as marks allow, all else late */
    FAKE_EAGER_WORK, /* the other way round */
    FAKE_RANDOM,     /* by `seed` */
    FAKE_ORDERS
};

extern struct fake {
    /* Set before gpu_open. */
    const char *card;    /* of cards.h: its memory, context and capability; NULL: a small one */
    int64_t memory;      /* free bytes; 0: the card's without its context */
    bool only_addresses; /* memory is reserved and never touched */
    enum trouble_kind closed; /* gpu_open fails for this reason */
    bool products_closed;     /* products_open fails */
    enum fake_order order;
    uint64_t seed;
    /* The n-th of these fails, from 1; 0: none. */
    int full_at;  /* allocation or pinning: no memory */
    int break_at; /* what is started: an error of the device */
    int lose_at;  /* call of gpu.h: the device is gone */
    /* What came of it. */
    int devices, libraries; /* open */
    int64_t bytes, peak, pinned;
    int allocations, starts, calls, recorded, replayed;
} fake;

/* Nothing set, nothing counted. */
void fake_reset(void);
const char *fake_order_name(enum fake_order order);

/* Queues a function with a copy of its argument, as a kernel is launched. */
typedef void fake_job(const void *argument);
void fake_start(struct gpu *g, enum gpu_stream s, fake_job *job, const void *argument,
                size_t bytes);

#endif
