/* Where the tensors of a training step lie in one piece of memory: by liveness, so that no two that
 * live at the same time overlap.  Knows sizes, lives and addresses; nothing of what they are for.
 */
#ifndef ARENA_H
#define ARENA_H

#include "step.h"

enum { ARENA_ALIGNMENT = 256 }; /* of every tensor, in bytes: what a GPU's allocations have */

struct arena {
    int64_t bytes;   /* to be granted, once */
    int64_t *offset; /* one a tensor; of one that nothing touches: -1 */
};

/* The largest first, each at the lowest address that is free during its life (Lee et al., arXiv
 * 2001.03288).  False when there is no memory, or when the sum leaves 63 bits. */
bool arena_lay_out(const struct step *s, int64_t batch, struct arena *a);
void arena_free(struct arena *a);

/* Replays the step: marks every tensor's bytes as taken from its first operation on and as free
 * after its last.  NULL when no two meet, all lie inside and are aligned; else a sentence (static).
 * Slow and simple, and independent of how the layout came about. */
const char *arena_check(const struct step *s, int64_t batch, const struct arena *a);

#endif
