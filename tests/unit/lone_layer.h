/* One layer alone with memory for each of its tensors, of exactly their sizes, for tests of single
 * operations; the same numbers in double beside it. */
#ifndef LONE_LAYER_H
#define LONE_LAYER_H

#include "cpu_work.h"
#include "draws.h"
#include "plain_layer.h"

struct shape_of_layer {
    enum layer_kind kind;
    int batch, channels, height, width, outputs, kernel, stride, padding;
    bool relu, other;
};

/* Of the running test. */
extern struct plain_layer plain;
extern struct work work;
extern struct trouble trouble;
extern struct draws draws;

/* All tensors of a forward pass; inputs drawn, the rest NaN. */
void lone_make(const struct shape_of_layer *s);
void lone_free(void);
/* Runs an operation on it; fails the test where that says no. */
void lone_run(enum operation_kind kind);

/* In -1 ... 1, exact in float; owned by the caller. */
double *lone_doubles(int64_t count);
/* Memory of a role, nothing but NaN, or the given numbers. */
float *lone_give(enum step_role role, int64_t count, const double *numbers);
int64_t lone_read_count(void);
int64_t lone_weight_count(void);

/* Fails unless each number is within `room` of the largest, or of 1. */
void lone_expect(const char *what, const float *got, const double *want, int64_t count,
                 double room);

#endif
