/* Numeric gradients by central differences (expect.h).  Knows steps and values; what is computed
 * between two steps is the test's business.  One loop at a time: its state is here. */
#include "expect.h"

#include <math.h>

enum { STEPS = 4 };

/* coarse up, coarse down, fine up, fine down */
static const double FACTOR[STEPS] = {1, -1, 0.5, -0.5};

static struct {
    struct gradient result;
    const tensor *x;
    double value[STEPS];
    double original; /* of the element that is nudged */
    double largest;  /* |value| seen */
} now;

/* A power of two, so that x + h and x - h are exact for numbers of moderate length. */
static double step_size(double x) {
    int exponent;
    frexp(x, &exponent);
    return exponent > 10 ? ldexp(1, exponent - 20) : ldexp(1, -10);
}

struct nudge nudge_begin(tensor *x) {
    now.result.coarse = tensor_like(x);
    now.result.fine = tensor_like(x);
    now.result.rounding = 0;
    now.x = x;
    now.largest = 0;
    return (struct nudge){.value = NAN, .x = x, .element = 0, .step = -1};
}

static void finish_element(const struct nudge *n) {
    double h = step_size(now.original);
    now.result.coarse->at[n->element] = (now.value[0] - now.value[1]) / (2 * h);
    now.result.fine->at[n->element] = (now.value[2] - now.value[3]) / h;
    n->x->at[n->element] = now.original;
}

bool nudge_next(struct nudge *n) {
    if (n->step >= 0) {
        now.value[n->step] = n->value;
        now.largest = fmax(now.largest, fabs(n->value));
    }
    if (n->step == STEPS - 1) {
        finish_element(n);
        n->element++;
        n->step = -1;
    }
    if (n->element == tensor_count(n->x))
        return false;
    n->step++;
    if (n->step == 0)
        now.original = n->x->at[n->element];
    n->x->at[n->element] = now.original + FACTOR[n->step] * step_size(now.original);
    n->value = NAN;
    return true;
}

/* The value may cancel to almost nothing while its terms are large.  Their size shows in
 * sum |x| |gradient|, which does not cancel, so the larger of the two stands for it. */
struct gradient nudge_result(void) {
    double terms = 0;
    const tensor *fine = now.result.fine;
    for (int64_t i = 0, n = tensor_count(fine); i < n; i++)
        terms += fabs(fine->at[i]) * fabs(now.x->at[i]);
    now.result.rounding = EXPECT_ROOM * EXPECT_UNIT * fmax(now.largest, terms) / ldexp(1, -11);
    return now.result;
}
