/* A device in step with the CPU: every operation is given the CPU's numbers, and what it makes of
 * them is compared with what the CPU does. */
#ifndef LOCKSTEP_H
#define LOCKSTEP_H

#include "products.h"
#include "work.h"

struct lockstep {
    struct resnet net;
    struct step *step;
    struct arena arena;
    struct work_order order;
    struct gpu *gpu;
    struct products *products;
    char *device, *pinned;
    void **truth; /* every tensor, by the CPU: numbers as floats, whatever their width there */
    void *scratch;
    int64_t scratch_bytes;
};

/* Opens the device and fills everything that stays with random numbers. */
void lockstep_open(struct lockstep *l, const struct resnet_plan *network,
                   const struct step_plan *plan, int64_t batch, enum numbers numbers);
void lockstep_close(struct lockstep *l);
/* One operation on both; fails the test where they differ by more than the numbers explain. */
void lockstep_run(struct lockstep *l, int operation, bool evaluates);

#endif
