/* One function of the homework as data: what crosses in a call.  A suite never calls a student's
 * function itself; it calls a generated wrapper (calls.c) that hands function number and arguments
 * to call_perform.  What happens then is decided when the program is linked: on a laptop the
 * function is called directly (public/direct.c); in the judge the call crosses into a sandboxed
 * worker, or goes to the reference or a mutant (judge/call.c). */
#ifndef GRADUS_CALL_H
#define GRADUS_CALL_H

#include "tensor.h"

#include <stddef.h>
#include <string.h>

enum { CALL_PARAMETERS = 12, CALL_TENSORS = 8 };

enum call_kind {
    CALL_VOID, /* only as a result */
    CALL_INT,
    CALL_INT64,
    CALL_DOUBLE, /* the four kinds so far may be results */
    CALL_TENSOR_IN,
    CALL_INTS_IN,
    CALL_TENSOR_OUT, /* filled with call_unwritten() before the call */
    CALL_INTS_OUT,   /* filled with INT64_MIN before the call */
    CALL_TENSOR_INOUT,
    CALL_INTS_INOUT /* updated in place */
};

struct call_parameter {
    const char *name;
    enum call_kind kind;
};

struct call_function {
    const char *name;
    int problem; /* the number of the problem whose document declares it */
    enum call_kind result;
    int count; /* of parameters */
    struct call_parameter parameter[CALL_PARAMETERS];
};

union call_value {
    int64_t integer; /* CALL_INT, CALL_INT64 */
    double real;
    const tensor *tensor_in;
    const ints *ints_in;
    tensor *tensor; /* out and in place */
    ints *ints;
};

/* Calls one function with unpacked arguments. */
typedef void call_thunk(const union call_value *argument, union call_value *result);

/* Generated: every function of the homework, numbered alike in all four tables. */
extern const struct call_function call_functions[];
extern const int call_function_count;
extern call_thunk *const student_thunks[]; /* dispatch.c, compiled beside the student's code */

union call_value call_perform(int function, const union call_value *argument);

/* What an output holds before the call: a signalling NaN.  Adding to it makes another, quiet NaN of
 * it, so that "never written" and "added to before it was cleared" can be told apart. */
#define CALL_UNWRITTEN 0x7ff4000000000182u
static inline double call_unwritten(void) {
    const uint64_t bits = CALL_UNWRITTEN;
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}
static inline int call_is_unwritten(const double *number) {
    uint64_t bits;
    memcpy(&bits, number, sizeof bits);
    return bits == CALL_UNWRITTEN;
}

static inline int call_is_tensor(enum call_kind kind) {
    return kind == CALL_TENSOR_IN || kind == CALL_TENSOR_OUT || kind == CALL_TENSOR_INOUT;
}
static inline int call_is_ints(enum call_kind kind) {
    return kind == CALL_INTS_IN || kind == CALL_INTS_OUT || kind == CALL_INTS_INOUT;
}
static inline int call_is_input(enum call_kind kind) {
    return kind == CALL_TENSOR_IN || kind == CALL_INTS_IN;
}

#endif
