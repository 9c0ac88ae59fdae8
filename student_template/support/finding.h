/* A demand that was not met, as facts; made by expect.c, received by the runner: on a laptop it
 * becomes a message of Check's (public/direct.c), in the judge a verdict (judge/attempt.c). */
#ifndef GRADUS_FINDING_H
#define GRADUS_FINDING_H

#include "call.h"
#include "expect.h"

enum finding_kind {
    FINDING_INT,        /* got, want */
    FINDING_STATUS,     /* got, want: OK, IMPOSSIBLE, UNFINISHED or another number */
    FINDING_REAL,       /* got, want, allowed */
    FINDING_PROPERTY,   /* sentence */
    FINDING_VALUES,     /* tensors: index, got, want, worst, bad of total */
    FINDING_SHAPE,      /* the test itself is wrong: counts do not fit (our fault in the judge) */
    FINDING_ADJOINT,    /* got, want, allowed */
    FINDING_GRADIENT,   /* index, got, want */
    FINDING_UNTOUCHED,  /* every number of an output is still NaN */
    FINDING_UNFINISHED, /* the function says that it is not written yet */
    FINDING_MISSING     /* there is no such function: only the judge can tell */
};

struct finding {
    enum finding_kind kind;
    struct expect_place place;
    const char *sentence;              /* FINDING_PROPERTY, or NULL */
    int rank, index[TENSOR_RANK];      /* of the first bad element */
    int64_t got_integer, want_integer; /* FINDING_INT: a double would round large counts */
    /* The worst errors are those of finite numbers; relative only where `want` is not 0. */
    double got, want, allowed, worst_absolute, worst_relative;
    int64_t bad, total;
    const tensor *got_tensor, *want_tensor; /* or NULL; valid while the finding is handled */
    const ints *got_ints, *want_ints;
};

/* Provided by the runner; does not return. */
_Noreturn void finding_report(const struct finding *f);
/* Provided by the runner: an expectation is about to be judged against `want` (or NULL). Lets
 * `gradus prove` distrust expectations that prove nothing. */
void finding_expecting(const struct expect_place *p, const tensor *want);
/* Provided by the runner: a number is so far from what is wanted, and may be so far.  Lets authors
 * measure the room between right and wrong work. */
void finding_measure(enum finding_kind kind, double error, double allowed);
/* Provided by the runner: the test awarded a share. */
void finding_award(int share, int of);

/* Rows of numbers in brackets, for people: at most `room` - 1 bytes and 12 x 12 numbers of each
 * plane; what is left out is said.  Returns the length. */
size_t print_tensor(char *out, size_t room, const tensor *t);
size_t print_ints(char *out, size_t room, const ints *t);
/* One number as people write it: whole numbers without decimals. */
size_t print_number(char *out, size_t room, double v);
/* One sentence for the facts, such as "dx[0,1,2,0] is 3, expected 5 (4 of 12 numbers are wrong)".
 */
size_t print_finding(char *out, size_t room, const struct finding *f);
/* What was expected and what came, as a tensor or a number; empty where the sentence says it all.
 */
size_t print_expected(char *out, size_t room, const struct finding *f);
size_t print_returned(char *out, size_t room, const struct finding *f);
/* A call as a student would write it, with the tensors below it, line by line. */
size_t print_call(char *out, size_t room, int function, const union call_value *argument);

#endif
