/* What a test can demand.  The first demand that is not met ends the test with a finding.
 *
 * Sums of n products in double are judged normwise: |got - want| <= 64 u log2(n) M, where
 * u = 2^-53 and M is the largest, over the outputs, of the sum of the |terms|.  That bound is met
 * by every sane order of summation, an FFT included, and missed by any wrong term of whole-number
 * inputs (GRADING.md has the measured distances).  `terms` is n; `magnitude` holds the sums of
 * |terms|: call the reference with tensor_absolute(...) of every input to get it.  Where `want` is
 * the student's own, it is judged too: no sum is larger than that of its |terms|. */
#ifndef GRADUS_EXPECT_H
#define GRADUS_EXPECT_H

#include "inputs.h"

#include <stdbool.h>

/* u, the relative error of one rounding, and the 64 of the bounds. */
#define EXPECT_UNIT 0x1p-53
enum { EXPECT_ROOM = 64 };

struct expect_place {
    const char *file, *expression; /* where the demand stands, and the text that is judged */
    int line;
};
/* Takes the text itself: inside an argument of its own, calls.h would already have replaced the
 * functions' names. */
#define EXPECT_HERE(expression) ((struct expect_place){__FILE__, expression, __LINE__})

/* Counts, sizes, statuses: equal or wrong. */
#define expect_int(got, want)    expect_int_at(EXPECT_HERE(#got), (got), (want))
#define expect_status(got, want) expect_status_at(EXPECT_HERE(#got), (got), (want))
/* A scalar in double; `magnitude` > 0 is the size of what was added up to get it.  Allowed is
 * 64 u max(magnitude, |want|). */
#define expect_real(got, want, magnitude)                                                          \
    expect_real_at(EXPECT_HERE(#got), (got), (want), (magnitude))
/* A property, with the sentence that a student reads when it does not hold. */
#define expect_true(condition, sentence)                                                           \
    expect_true_at(EXPECT_HERE(#condition), (condition), (sentence))

/* The numbers written in the test, within the bound for a sum of as many terms as there are
 * numbers, of the largest one's size. */
#define expect_tensor(got, ...)                                                                    \
    expect_tensor_at(EXPECT_HERE(#got), (got), sizeof((double[]){__VA_ARGS__}) / sizeof(double),   \
                     (double[]){__VA_ARGS__})
#define expect_ints(got, ...)                                                                      \
    expect_ints_at(EXPECT_HERE(#got), (got), sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t),   \
                   (int64_t[]){__VA_ARGS__})
/* Routing: every number the same (NaN is never the same). */
#define expect_same(got, want) expect_same_at(EXPECT_HERE(#got), (got), (want))
#define expect_sums(got, want, terms, magnitude)                                                   \
    expect_sums_at(EXPECT_HERE(#got), (got), (want), (terms), (magnitude))

/* <Jx, v> = <x, J'v>; the error is measured against sum |Jx||v|, which cannot cancel, with the
 * bound for all the products that make the inner product.  A Jx of zeros alone is refused: it would
 * fit any J'v of zeros. */
#define expect_adjoint(jx, v, x, jtv, terms)                                                       \
    expect_adjoint_at(EXPECT_HERE(#jtv), #jx, (jx), (v), (x), (jtv), (terms))

void expect_int_at(struct expect_place p, int64_t got, int64_t want);
void expect_status_at(struct expect_place p, int got, int want);
void expect_real_at(struct expect_place p, double got, double want, double magnitude);
void expect_true_at(struct expect_place p, bool holds, const char *sentence);
void expect_tensor_at(struct expect_place p, const tensor *got, size_t count, const double *want);
void expect_ints_at(struct expect_place p, const ints *got, size_t count, const int64_t *want);
void expect_same_at(struct expect_place p, const tensor *got, const tensor *want);
void expect_sums_at(struct expect_place p, const tensor *got, const tensor *want, double terms,
                    const tensor *magnitude);
void expect_adjoint_at(struct expect_place p, const char *jx_expression, const tensor *jx,
                       const tensor *v, const tensor *x, const tensor *jtv, double terms);

/* Numeric gradient of a scalar with respect to x, by central differences at two step sizes, 2^-10
 * and half of it (2^-20 |x| where that is more): powers of two, so that whole-number inputs stay
 * exact.
 *
 *     for (struct nudge n = nudge_begin(x); nudge_next(&n);) {
 *         scale(x, y);                      // x is nudged; it is itself again when the loop ends
 *         n.value = tensor_dot(y, dy);
 *     }
 *     expect_gradient(dx, nudge_result());
 *
 * A gradient is right when its error falls about fourfold as the step halves, or already lies below
 * the rounding bound (always so for functions up to quadratic).  x must be farther than a step from
 * kinks.  Values that do not depend on x, or too little to be told from rounding, are refused: any
 * gradient of zeros would fit them. */
struct nudge {
    double value; /* set by the body */
    tensor *x;
    int64_t element;
    int step;
};
struct nudge nudge_begin(tensor *x);
bool nudge_next(struct nudge *n);
struct gradient {
    tensor *coarse, *fine;
    double rounding; /* what rounding alone may add, from the largest |value| seen */
};
struct gradient nudge_result(void);
#define expect_gradient(got, numeric) expect_gradient_at(EXPECT_HERE(#got), (got), (numeric))
void expect_gradient_at(struct expect_place p, const tensor *got, struct gradient numeric);

/* Partial credit: the test earns at most points * share / of, unless it fails later on. */
void award(int share, int of);

#endif
