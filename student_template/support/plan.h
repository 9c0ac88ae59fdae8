/* Planning a training step on a card: a ledger of where the bytes go, the largest batch that fits,
 * and when what lives.  Everything comes from the step's list of operations (step.h); this file
 * only asks it.  Knows no card by name and prints nothing. */
#ifndef PLAN_H
#define PLAN_H

#include "cards.h"
#include "step.h"

struct plan_order {
    int depth; /* of the ResNet */
    int64_t batch;
    struct step_plan step;
    int64_t micro_batch; /* with accumulation: what goes through at once; 0: the whole batch */
};

struct plan_line {
    enum step_kind kind;
    int64_t bytes; /* at the moment of the peak */
};

struct plan {
    struct resnet net;
    int64_t live_peak;  /* the most that lives at once */
    int64_t arena;      /* what one allocation takes that holds it: alignment and gaps included */
    int peak_operation; /* when */
    int peak_layer;     /* at which layer, or -1 */
    struct plan_line lines[STEP_KINDS];
    int line_count; /* the largest first, without those of 0 bytes */
};

/* NULL when it could be made; else a sentence that says what is wrong with the order. */
const char *plan_make(const struct plan_order *order, struct plan *plan);
/* The largest batch whose arena fits into `budget` bytes: 0 when not even one image does, -1 when
 * the order is wrong.  Takes some milliseconds. */
int64_t plan_largest_batch(const struct plan_order *order, int64_t budget);
/* What lives during an operation. */
struct plan_moment {
    struct operation operation;
    int64_t bytes[STEP_KINDS];
};
/* Every operation of the step, in order.  Owned by the caller (free); NULL when the order is wrong
 * or there is no memory. */
struct plan_moment *plan_timeline(const struct plan_order *order, int *count);

#endif
