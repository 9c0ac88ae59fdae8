/* The types that a homework's functions exchange with their caller.  Row-major: the last dimension
 * runs fastest.  The caller owns every tensor, and an output already has the right shape. */
#ifndef GRADUS_TENSOR_H
#define GRADUS_TENSOR_H

#include <stdint.h>

enum { TENSOR_RANK = 4 };

typedef struct tensor {
    int rank;             /* 0 to TENSOR_RANK */
    int dim[TENSOR_RANK]; /* each at least 1; unused ones are 1 */
    double *at;           /* dim[0] * ... * dim[rank - 1] numbers */
} tensor;

typedef struct ints {
    int rank;
    int dim[TENSOR_RANK];
    int64_t *at;
} ints;

/* What a function that can fail returns. */
enum {
    OK = 0,
    IMPOSSIBLE = 1, /* these shapes or numbers have no answer */
    UNFINISHED = 2  /* not written yet */
};

static inline int64_t tensor_count(const tensor *t) {
    return (int64_t)t->dim[0] * t->dim[1] * t->dim[2] * t->dim[3];
}

static inline int64_t ints_count(const ints *t) {
    return (int64_t)t->dim[0] * t->dim[1] * t->dim[2] * t->dim[3];
}

#endif
