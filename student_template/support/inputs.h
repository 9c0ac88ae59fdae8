/* Making the inputs of a test.  Everything made here is freed after the test, and every tensor's
 * last number lies before a page that may not be touched, so that an overrun stops at once.
 * Failing to allocate ends the program: a test without inputs proves nothing. */
#ifndef GRADUS_INPUTS_H
#define GRADUS_INPUTS_H

#include "tensor.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct shape {
    int rank;
    int dim[TENSOR_RANK];
} shape;

/* SHAPE(2, 3): two rows of three. */
#define SHAPE(...) shape_of((int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (int[]){__VA_ARGS__})
shape shape_of(int rank, const int *dim);

tensor *tensor_new(shape s);              /* all NaN: an output that nobody has written */
tensor *tensor_filled(shape s, double v); /* all v */
tensor *tensor_like(const tensor *t);     /* same shape, all NaN */
tensor *tensor_copy(const tensor *t);     /* same shape and numbers */
tensor *tensor_absolute(const tensor *t); /* |t|, for the magnitude of a sum */
tensor *tensor_scaled(const tensor *t, double factor);
tensor *tensor_added(const tensor *a, const tensor *b);
double tensor_dot(const tensor *a, const tensor *b); /* sum of products; same count */
double tensor_largest(const tensor *t);              /* max |t| */

ints *ints_new(shape s); /* all INT64_MIN */

/* tensor_of(SHAPE(2, 2), -1, 2, 3, 1) */
#define tensor_of(s, ...)                                                                          \
    tensor_literal((s), sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})
#define ints_of(s, ...)                                                                            \
    ints_literal((s), sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})
tensor *tensor_literal(shape s, size_t count, const double *values);
ints *ints_literal(shape s, size_t count, const int64_t *values);

/* Random numbers: the same from the same seed on every machine (SplitMix64). */
void random_seed(uint64_t seed); /* done for each test by the runner */
uint64_t random_bits(void);
double random_uniform(void);           /* in [0, 1) */
int random_between(int low, int high); /* both included */
/* A seed that depends on a text too: the test's name, the course's secret. */
uint64_t random_mixed(uint64_t seed, const char *text);
/* Whole numbers in -range ... range, never all alike; a single one is not 0. */
tensor *random_integers(shape s, int range);
tensor *random_signs(shape s);    /* -1 or 1 */
tensor *random_distinct(shape s); /* a permutation of 0, 1, 2, ...: no ties */

void inputs_release(void); /* frees all; done after each test by the runner */

/* Whether the bytes around these numbers (a tensor's or ints' `at`) are as they were made: an
 * overrun too short to reach the guarded page changes them. */
bool inputs_intact(const void *numbers);
/* The numbers in front of or behind whose guarded page an address lies, or NULL.  May be called
 * from a signal handler. */
const void *inputs_guarded(const void *address);

#endif
