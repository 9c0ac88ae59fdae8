/* Which calls golden data may ask for, and how each is made of the reference. */
#ifndef ORACLES_OPERATIONS_H
#define ORACLES_OPERATIONS_H

#include "golden.h"

struct operation {
    const char *call;
    void (*run)(const struct golden *g); /* calls the reference and compares */
};

/* Each ends with an operation that has no call. */
extern const struct operation picture_operations[];     /* problem 1 */
extern const struct operation dimension_operations[];   /* problem 2 */
extern const struct operation convolution_operations[]; /* problems 3 to 5 */
extern const struct operation layer_operations[];       /* problem 6: layers, loss, optimisers */
extern const struct operation training_operations[];    /* problem 6: pictures and networks */
extern const struct operation memory_operations[];      /* problem 7, and the planner */

#endif
