/* One operation of a training step twice, on the same made-up numbers: in floats, as the CPU
 * computes it, and as a GPU has it.  What the operation may only write is poisoned. */
#ifndef TWINS_H
#define TWINS_H

#include "work.h"

struct twins_order {
    enum operation_kind kind;
    enum layer_kind layer; /* but for loading and updates */
    int64_t batch;
    struct map read;
    int kernel, stride, padding; /* of pools */
    struct map put;              /* of loading: the image */
    int count;                   /* of an update: numbers; of the loss: classes */
    enum numbers numbers;
    enum step_optimiser optimiser;
    bool relu, other, again, gathers, evaluates;
};

struct twins {
    struct layer layer;
    struct work floats, numbers; /* `layer` is theirs: twins stay where they were made */
    int64_t counted[STEP_ROLES]; /* how many numbers lead; what follows are bytes */
    bool narrows[STEP_ROLES];
};

void twins_make(struct twins *t, const struct twins_order *order, uint64_t seed);
/* Fails the test where the second differs from the first by more than its width allows. */
void twins_compare(const struct twins *t);
void twins_free(struct twins *t);

#endif
