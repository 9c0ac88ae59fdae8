/* Judges what a test demands (expect.h).  Knows numbers and bounds; not who reads the finding. */
#include "expect.h"

#include "finding.h"

#include "call.h"

#include <math.h>

static double allow_sum(double terms, double magnitude) {
    return EXPECT_ROOM * EXPECT_UNIT * log2(terms > 2 ? terms : 2) * magnitude;
}

/* --- Scalars --- */

void expect_int_at(struct expect_place p, int64_t got, int64_t want) {
    finding_expecting(&p, NULL);
    if (got == want)
        return;
    finding_report(&(struct finding){.kind = got == INT64_MIN ? FINDING_UNFINISHED : FINDING_INT,
                                     .place = p,
                                     .got = (double)got,
                                     .want = (double)want,
                                     .got_integer = got,
                                     .want_integer = want});
}

void expect_status_at(struct expect_place p, int got, int want) {
    finding_expecting(&p, NULL);
    if (got == want)
        return;
    finding_report(
        &(struct finding){.kind = got == UNFINISHED ? FINDING_UNFINISHED : FINDING_STATUS,
                          .place = p,
                          .got = got,
                          .want = want,
                          .got_integer = got,
                          .want_integer = want});
}

/* The NaN that a skeleton returns, or an output nobody wrote.  One that was computed, such as that
 * of inf / inf, has another sign on x86; on other machines it may be taken for these. */
static bool is_unfinished(double got) {
    return call_is_unwritten(&got) || (isnan(got) && !signbit(got));
}

void expect_real_at(struct expect_place p, double got, double want, double magnitude) {
    finding_expecting(&p, NULL);
    double allowed = EXPECT_ROOM * EXPECT_UNIT * fmax(magnitude, fabs(want));
    double error = fabs(got - want);
    finding_measure(FINDING_REAL, error, allowed);
    if (got == want || (isfinite(want) && isfinite(allowed) && error <= allowed))
        return;
    finding_report(
        &(struct finding){.kind = is_unfinished(got) ? FINDING_UNFINISHED : FINDING_REAL,
                          .place = p,
                          .got = got,
                          .want = want,
                          .allowed = allowed,
                          .worst_absolute = isfinite(error) ? error : 0,
                          .worst_relative = isfinite(error) && want != 0 ? error / fabs(want) : 0});
}

static _Noreturn void report_property(struct expect_place p, const char *sentence) {
    finding_report(&(struct finding){.kind = FINDING_PROPERTY, .place = p, .sentence = sentence});
}

void expect_true_at(struct expect_place p, bool holds, const char *sentence) {
    finding_expecting(&p, NULL);
    if (!holds)
        report_property(p, sentence);
}

/* --- Before tensors are compared --- */

static void require_shape(struct expect_place p, int64_t got, int64_t want) {
    if (got != want)
        finding_report(&(struct finding){.kind = FINDING_SHAPE,
                                         .place = p,
                                         .got = (double)got,
                                         .want = (double)want,
                                         .got_integer = got,
                                         .want_integer = want});
}

static void require_touched(struct expect_place p, const tensor *got) {
    int64_t count = tensor_count(got);
    for (int64_t i = 0; i < count; i++)
        if (!call_is_unwritten(&got->at[i]))
            return;
    finding_report(&(struct finding){
        .kind = FINDING_UNTOUCHED, .place = p, .bad = count, .total = count, .got_tensor = got});
}

/* --- Tensors --- */

static void locate(struct finding *f, int64_t element, int rank, const int *dim) {
    f->rank = rank;
    for (int i = rank - 1; i >= 0; i--) {
        f->index[i] = (int)(element % dim[i]);
        element /= dim[i];
    }
}

/* Adds one wrong number to what is known; the first one is the one to be shown. */
static void add_bad(struct finding *f, int64_t element, double got, double want, double allowed) {
    if (f->bad++ == 0) {
        f->got = got;
        f->want = want;
        f->allowed = allowed;
        locate(f, element, f->got_tensor->rank, f->got_tensor->dim);
    }
    double error = fabs(got - want);
    if (!isfinite(error))
        return;
    f->worst_absolute = fmax(f->worst_absolute, error);
    if (want != 0)
        f->worst_relative = fmax(f->worst_relative, error / fabs(want));
}

static void judge_values(struct expect_place p, const tensor *got, const tensor *want,
                         double allowed) {
    require_touched(p, got);
    struct finding f = {.kind = FINDING_VALUES,
                        .place = p,
                        .total = tensor_count(got),
                        .got_tensor = got,
                        .want_tensor = want};
    for (int64_t i = 0; i < f.total; i++) {
        double g = got->at[i], w = want->at[i];
        finding_measure(FINDING_VALUES, fabs(g - w), allowed);
        bool good = g == w || fabs(g - w) <= allowed; /* infinities only equal themselves */
        if (!good)
            add_bad(&f, i, g, w, allowed);
    }
    if (f.bad > 0)
        finding_report(&f);
}

static double largest_finite(const tensor *t) {
    double largest = 0;
    for (int64_t i = 0, n = tensor_count(t); i < n; i++)
        if (isfinite(t->at[i]))
            largest = fmax(largest, fabs(t->at[i]));
    return largest;
}

void expect_tensor_at(struct expect_place p, const tensor *got, size_t count, const double *want) {
    require_shape(p, tensor_count(got), (int64_t)count);
    tensor wanted = *got;
    wanted.at = (double *)want; /* only read: the header alone has no const form */
    finding_expecting(&p, &wanted);
    judge_values(p, got, &wanted, allow_sum((double)count, largest_finite(&wanted)));
}

void expect_same_at(struct expect_place p, const tensor *got, const tensor *want) {
    require_shape(p, tensor_count(got), tensor_count(want));
    finding_expecting(&p, want);
    judge_values(p, got, want, 0);
}

void expect_sums_at(struct expect_place p, const tensor *got, const tensor *want, double terms,
                    const tensor *magnitude) {
    require_shape(p, tensor_count(got), tensor_count(want));
    require_shape(p, tensor_count(magnitude), tensor_count(want));
    finding_expecting(&p, want);
    require_touched(p, got);
    double largest = largest_finite(magnitude), allowed = allow_sum(terms, largest);
    /* What is wanted may be the student's too; infinity would agree with any infinity. */
    if (!(tensor_largest(want) <= largest + allowed))
        report_property(p,
                        "what this is compared with is finite, and no larger than the sum of all "
                        "|terms|");
    judge_values(p, got, want, allowed);
}

void expect_ints_at(struct expect_place p, const ints *got, size_t count, const int64_t *want) {
    require_shape(p, ints_count(got), (int64_t)count);
    finding_expecting(&p, NULL);
    ints wanted = *got;
    wanted.at = (int64_t *)want; /* only read */
    struct finding f = {.kind = FINDING_VALUES,
                        .place = p,
                        .total = (int64_t)count,
                        .got_ints = got,
                        .want_ints = &wanted};
    int64_t untouched = 0;
    for (int64_t i = 0; i < f.total; i++) {
        untouched += got->at[i] == INT64_MIN;
        double error = fabs((double)got->at[i] - (double)want[i]);
        if (got->at[i] == want[i])
            continue;
        if (f.bad++ == 0) {
            f.got = (double)got->at[i];
            f.want = (double)want[i];
            f.got_integer = got->at[i];
            f.want_integer = want[i];
            locate(&f, i, got->rank, got->dim);
        }
        f.worst_absolute = fmax(f.worst_absolute, error);
    }
    if (untouched == f.total)
        f.kind = FINDING_UNTOUCHED;
    if (f.bad > 0)
        finding_report(&f);
}

/* --- Adjoints --- */

void expect_adjoint_at(struct expect_place p, const char *jx_expression, const tensor *jx,
                       const tensor *v, const tensor *x, const tensor *jtv, double terms) {
    require_shape(p, tensor_count(jx), tensor_count(v));
    require_shape(p, tensor_count(jtv), tensor_count(x));
    finding_expecting(&p, NULL);
    require_touched((struct expect_place){p.file, jx_expression, p.line}, jx);
    require_touched(p, jtv);
    double scale = 0;
    for (int64_t i = 0, n = tensor_count(jx); i < n; i++)
        scale += fabs(jx->at[i]) * fabs(v->at[i]);
    if (scale == 0)
        report_property(p, "the output that is differentiated is not all zeros");
    /* x and jtv do not enter the scale: huge numbers in jtv must not widen what is allowed. */
    double want = tensor_dot(jx, v), got = tensor_dot(x, jtv);
    double allowed = allow_sum(terms * (double)tensor_count(jx), scale);
    finding_measure(FINDING_ADJOINT, fabs(got - want), allowed);
    if (isfinite(scale) && fabs(got - want) <= allowed)
        return;
    finding_report(&(struct finding){.kind = FINDING_ADJOINT,
                                     .place = p,
                                     .got = got,
                                     .want = want,
                                     .allowed = allowed,
                                     .got_tensor = jtv});
}

/* --- Numeric gradients --- */

/* Error terms fall with the square of the step, so a third of the change from coarse to fine is
 * what is left of fine's error; a tenth of the change is granted for higher powers.  Equivalent to:
 * the error of `got` falls by a factor between 3.3 and 5.3. */
static double extrapolate(double coarse, double fine) {
    return fine + (fine - coarse) / 3;
}

void expect_gradient_at(struct expect_place p, const tensor *got, struct gradient numeric) {
    require_shape(p, tensor_count(got), tensor_count(numeric.fine));
    if (isnan(tensor_largest(numeric.fine)))
        report_property(p,
                        "the value is a number at every nudge (NaN comes from an output that was "
                        "not written)");
    tensor *want = tensor_like(got);
    for (int64_t i = 0, n = tensor_count(got); i < n; i++)
        want->at[i] = extrapolate(numeric.coarse->at[i], numeric.fine->at[i]);
    finding_expecting(&p, want);
    require_touched(p, got);
    /* A value that rounding could explain as a constant is followed by a gradient of zeros. */
    if (!(numeric.rounding < 1e-3 * tensor_largest(numeric.fine)))
        report_property(p, "the value depends on this input by more than rounding explains");
    struct finding f = {.kind = FINDING_GRADIENT,
                        .place = p,
                        .total = tensor_count(got),
                        .got_tensor = got,
                        .want_tensor = want};
    for (int64_t i = 0; i < f.total; i++) {
        double change = fabs(numeric.coarse->at[i] - numeric.fine->at[i]);
        double allowed = numeric.rounding + change / 10;
        finding_measure(FINDING_GRADIENT, fabs(got->at[i] - want->at[i]), allowed);
        if (!isfinite(allowed) || !(fabs(got->at[i] - want->at[i]) <= allowed))
            add_bad(&f, i, got->at[i], want->at[i], allowed);
    }
    if (f.bad > 0)
        finding_report(&f);
}

/* --- Partial credit --- */

void award(int share, int of) {
    finding_award(share, of);
}
