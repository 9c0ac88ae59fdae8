/* Which calls golden data may ask for, and how each is made of the reference. */
#ifndef ORACLES_OPERATIONS_H
#define ORACLES_OPERATIONS_H

#include "golden.h"

struct golden_operation {
    const char *call;
    void (*run)(const struct golden *g); /* calls the reference and compares */
};

/* Each ends with an operation that has no call. */
extern const struct golden_operation picture_operations[];     /* problem 1 */
extern const struct golden_operation dimension_operations[];   /* problem 2 */
extern const struct golden_operation convolution_operations[]; /* problems 3 to 5 */
extern const struct golden_operation layer_operations[]; /* problem 6: layers, loss, optimisers */
extern const struct golden_operation training_operations[]; /* problem 6: pictures and networks */
extern const struct golden_operation memory_operations[];   /* problem 7, and the planner */
extern const struct golden_operation step_operations[];     /* the trainer's CPU */

#endif
