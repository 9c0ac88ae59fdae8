/* A plan for people: the ledger of one step, what PyTorch would take for it, and the largest
 * batches that a card holds.  Knows words and units; computes
 * nothing. */
#ifndef PLAN_PRINT_H
#define PLAN_PRINT_H

#include "plan.h"

#include <stdio.h>

/* Where the bytes of this plan go; on a card, if `card` is not NULL, also how much of it is left.
 */
void plan_print_ledger(FILE *out, const struct plan_order *order, const struct plan *plan,
                       const struct card *card);
/* The largest batch by lever. */
void plan_print_largest(FILE *out, const struct plan_order *order, const struct card *card);
/* The levers of STEP_..., by name; NULL behind the last. */
extern const struct plan_lever {
    const char *name, *what;
    unsigned bit;
} plan_levers[];

#endif
