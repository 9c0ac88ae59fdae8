/* A plan for people: the ledger of one step, what PyTorch would take for it, and the largest
 * batches that a card holds.  Knows words and units; computes
 * nothing. */
#ifndef PLAN_PRINT_H
#define PLAN_PRINT_H

#include "plan.h"

#include <stdio.h>

/* Scratch of convolutions on a card, as cuDNN says: of a trainer that asks it to stay below
 * PLAN_WORKSPACE, which the plan counts, and of PyTorch, which takes what cuDNN prefers. */
enum { PLAN_WORKSPACE = 32 << 20 };
struct plan_scratch {
    const char *unknown; /* why cuDNN did not say, or NULL */
    int64_t ours, theirs;
};
struct plan_scratch plan_ask_scratch(const struct plan_order *order, const struct card *card);

/* Where the bytes of this plan go; on a card, if `card` is not NULL, also how much of it is left.
 */
void plan_print_ledger(FILE *out, const struct plan_order *order, const struct plan *plan,
                       const struct card *card, const struct plan_scratch *scratch);
/* The largest batch by lever; with the largest scratch. */
void plan_print_largest(FILE *out, const struct plan_order *order, const struct card *card);
/* The levers of STEP_..., by name; NULL behind the last. */
extern const struct plan_lever {
    const char *name, *what;
    unsigned bit;
} plan_levers[];

#endif
