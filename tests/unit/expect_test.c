/* Demands on both sides of their limits, and the sentences about them. */
#include "unit.h"

#include "public/finding.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* --- A runner that catches the finding --- */

static jmp_buf back;
static struct finding caught;
static bool found;
static int demands;
static double wanted; /* the first number that the last demand wants */

_Noreturn void finding_report(const struct finding *f) {
    caught = *f;
    found = true;
    longjmp(back, 1);
}

void finding_expecting(const struct expect_place *p, const tensor *want) {
    ck_assert(p->line > 0);
    demands++;
    wanted = want ? want->at[0] : NAN;
}

static double measured; /* the largest error of the last demand, in what it allows */

void finding_measure(enum finding_kind kind, double error, double allowed) {
    ck_assert(kind == FINDING_VALUES || kind == FINDING_ADJOINT || kind == FINDING_GRADIENT ||
              kind == FINDING_REAL);
    measured = fmax(measured, error / allowed);
}

void finding_award(int share, int of) {
    wanted = (double)share / of;
}

#define JUDGE(demand)                                                                              \
    do {                                                                                           \
        found = false;                                                                             \
        measured = 0;                                                                              \
        if (setjmp(back) == 0) {                                                                   \
            demand;                                                                                \
        }                                                                                          \
    } while (0)
#define ACCEPTS(demand)                                                                            \
    do {                                                                                           \
        JUDGE(demand);                                                                             \
        ck_assert_msg(!found, "refused: %s", #demand);                                             \
    } while (0)
#define REFUSES(kind_of_finding, demand)                                                           \
    do {                                                                                           \
        JUDGE(demand);                                                                             \
        ck_assert_msg(found, "accepted: %s", #demand);                                             \
        ck_assert_int_eq(caught.kind, kind_of_finding);                                            \
    } while (0)

/* print.c prints calls too; none are printed here. */
const struct call_function call_functions[1];
const int call_function_count = 0;

static const char *sentence(void) {
    static char text[500];
    print_finding(text, sizeof text, &caught);
    return text;
}

/* --- Scalars --- */

START_TEST(judges_whole_numbers_exactly) {
    int64_t large = INT64_C(9007199254740993); /* 2^53 + 1 has no double */
    ACCEPTS(expect_int(large, large));
    REFUSES(FINDING_INT, expect_int(large, large - 1));
    ck_assert_str_eq(sentence(), "large is 9007199254740993, expected 9007199254740992");
    REFUSES(FINDING_UNFINISHED, expect_int(INT64_MIN, 4));
    ACCEPTS(expect_status(IMPOSSIBLE, IMPOSSIBLE));
    REFUSES(FINDING_STATUS, expect_status(OK, IMPOSSIBLE));
    ck_assert_str_eq(sentence(), "OK is OK, expected IMPOSSIBLE");
    REFUSES(FINDING_STATUS, expect_status(77, OK));
    REFUSES(FINDING_UNFINISHED, expect_status(UNFINISHED, OK));
}
END_TEST

START_TEST(judges_reals_by_their_magnitude) {
    double u = 0x1p-53;
    ACCEPTS(expect_real(1 + 64 * u, 1, 0.5));
    ck_assert(measured == 1);
    REFUSES(FINDING_REAL, expect_real(1 + 66 * u, 1, 0.5));
    ACCEPTS(expect_real(1 + 640 * u, 1, 10));
    REFUSES(FINDING_REAL, expect_real(1 + 642 * u, 1, 10));
    ck_assert_str_eq(sentence(), "1 + 642 * u is 1.0000000000000713, expected 1");
    ACCEPTS(expect_real(INFINITY, INFINITY, 1));
    REFUSES(FINDING_REAL, expect_real(-INFINITY, INFINITY, 1));
    REFUSES(FINDING_REAL, expect_real(1, INFINITY, 1));
    REFUSES(FINDING_UNFINISHED, expect_real(NAN, 0, 1));
    REFUSES(FINDING_REAL, expect_real(-NAN, 0, 1)); /* as of inf / inf */
    REFUSES(FINDING_REAL, expect_real(1, 2, INFINITY));
    ACCEPTS(expect_true(1 < 2, "one is less than two"));
    REFUSES(FINDING_PROPERTY, expect_true(2 < 1, "two is less than one"));
    ck_assert_str_eq(sentence(), "this does not hold: two is less than one");
}
END_TEST

/* --- Tensors --- */

START_TEST(judges_literals_by_their_largest) {
    /* four numbers, the largest 8: 64 u log2(4) 8 = 2^-43 */
    tensor *y = tensor_of(SHAPE(2, 2), 8, 0, 1 + 0x1p-43, -2);
    ACCEPTS(expect_tensor(y, 8, 0, 1, -2));
    ck_assert(wanted == 8);
    y->at[2] = 1 + 0x1.1p-43;
    REFUSES(FINDING_VALUES, expect_tensor(y, 8, 0, 1, -2));
    ck_assert(caught.allowed == 0x1p-43);
    ck_assert_int_eq(caught.bad, 1);
    ck_assert_int_eq(caught.total, 4);
    ck_assert_int_eq(caught.rank, 2);
    ck_assert_int_eq(caught.index[0], 1);
    ck_assert_int_eq(caught.index[1], 0);
    REFUSES(FINDING_SHAPE, expect_tensor(y, 8, 0, 1));
    ck_assert_str_eq(sentence(), "the test is wrong: y has 4 numbers where 3 belong");
}
END_TEST

START_TEST(finds_the_first_and_the_worst) {
    tensor *dx = tensor_of(SHAPE(2, 1, 2, 3), 1, 2, 3, 4, 5, 6, 7, 8, 3, 20, 11, NAN);
    REFUSES(FINDING_VALUES, expect_tensor(dx, 1, 2, 3, 4, 5, 6, 7, 8, 5, 10, 11, 12));
    ck_assert_str_eq(sentence(), "dx[1,0,0,2] is 3, expected 5 (3 of 12 numbers are wrong)");
    ck_assert(caught.worst_absolute == 10);
    ck_assert(caught.worst_relative == 1);
    REFUSES(FINDING_UNTOUCHED, expect_tensor(tensor_new(SHAPE(2)), 1, 2));
    tensor *uncleared = tensor_new(SHAPE(2)); /* added to: another NaN than before */
    for (int i = 0; i < 2; i++)
        uncleared->at[i] += i;
    REFUSES(FINDING_VALUES, expect_tensor(uncleared, 1, 2));
    tensor *y = tensor_of(SHAPE(2), INFINITY, 1);
    ACCEPTS(expect_tensor(y, INFINITY, 1));
    REFUSES(FINDING_VALUES, expect_tensor(y, -INFINITY, 1));
    REFUSES(FINDING_VALUES, expect_tensor(y, 1, 1));
}
END_TEST

START_TEST(judges_whole_tensors_exactly) {
    ints *shape_out = ints_of(SHAPE(3), 1, 4, INT64_MIN);
    REFUSES(FINDING_VALUES, expect_ints(shape_out, 1, 4, 7));
    ck_assert_str_eq(sentence(), "shape_out[2] is unset, expected 7 (1 of 3 numbers is wrong)");
    shape_out->at[2] = 7;
    ACCEPTS(expect_ints(shape_out, 1, 4, 7));
    REFUSES(FINDING_SHAPE, expect_ints(shape_out, 1, 4));
    REFUSES(FINDING_UNTOUCHED, expect_ints(ints_new(SHAPE(2)), 1, 2));

    tensor *a = tensor_of(SHAPE(2), 1, 0), *b = tensor_of(SHAPE(2), 1, -0.0);
    ACCEPTS(expect_same(a, b));
    a->at[0] = nextafter(1, 2);
    REFUSES(FINDING_VALUES, expect_same(a, b));
    b->at[0] = a->at[0] = NAN;
    REFUSES(FINDING_VALUES, expect_same(a, b));
    REFUSES(FINDING_SHAPE, expect_same(a, tensor_new(SHAPE(3))));
}
END_TEST

START_TEST(judges_sums_by_the_largest_magnitude) {
    /* 16 terms, magnitude 32: 64 u log2(16) 32 = 2^-40, for every output alike */
    tensor *want = tensor_of(SHAPE(3), 0, 5, -7), *size = tensor_of(SHAPE(3), 32, 5, 7);
    for (int i = 0; i < 3; i++) {
        tensor *y = tensor_copy(want);
        y->at[i] += 0x1p-40;
        ACCEPTS(expect_sums(y, want, 16, size));
        ck_assert(measured == 1);
        y->at[i] -= 0x1.1p-39;
        REFUSES(FINDING_VALUES, expect_sums(y, want, 16, size));
        ck_assert(measured == 1.125);
        ck_assert_int_eq(caught.index[0], i);
    }
    REFUSES(FINDING_SHAPE, expect_sums(want, want, 16, tensor_new(SHAPE(2))));
    REFUSES(FINDING_UNTOUCHED, expect_sums(tensor_like(want), want, 16, size));
}
END_TEST

START_TEST(refuses_sums_that_agree_beyond_all_terms) {
    tensor *size = tensor_of(SHAPE(3), 32, 5, 7), *plain = tensor_of(SHAPE(3), 32, -32, 0);
    ACCEPTS(expect_sums(plain, plain, 16, size));
    static const double beyond[] = {INFINITY, -INFINITY, 1e308, 32.001};
    for (volatile int i = 0; i < 4; i++) { /* survives longjmp */
        tensor *t = tensor_copy(plain);
        t->at[2] = beyond[i];
        REFUSES(FINDING_PROPERTY, expect_sums(t, t, 16, size));
    }
    tensor *nothing = tensor_like(size);
    REFUSES(FINDING_UNTOUCHED, expect_sums(nothing, nothing, 16, size));
    REFUSES(FINDING_PROPERTY, expect_sums(plain, nothing, 16, size));
}
END_TEST

START_TEST(accepts_every_order_of_summation_and_no_wrong_term) {
    random_seed(5);
    for (int trial = 0; trial < 50; trial++) {
        tensor *a = random_integers(SHAPE(1000), 9), *forward = tensor_filled(SHAPE(1), 0);
        tensor *backward = tensor_filled(SHAPE(1), 0), *size = tensor_filled(SHAPE(1), 0);
        for (int i = 0; i < 1000; i++) {
            forward->at[0] += a->at[i] / 3;
            backward->at[0] += a->at[999 - i] / 3;
            size->at[0] += fabs(a->at[i] / 3);
        }
        ACCEPTS(expect_sums(backward, forward, 1000, size));
        backward->at[0] += 1.0 / 3;
        REFUSES(FINDING_VALUES, expect_sums(backward, forward, 1000, size));
        inputs_release();
    }
}
END_TEST

/* --- Adjoints --- */

START_TEST(measures_adjoints_where_inner_products_cancel) {
    /* J doubles: <Jx, v> is 0 although its terms are 2e6 */
    tensor *x = tensor_of(SHAPE(2), 1e6, 1e6), *jx = tensor_of(SHAPE(2), 2e6, 2e6);
    tensor *v = tensor_of(SHAPE(2), 1, -1), *jtv = tensor_of(SHAPE(2), 2, -2);
    ck_assert(tensor_dot(jx, v) == 0);
    ACCEPTS(expect_adjoint(jx, v, x, jtv, 2));
    double allowed = 64 * 0x1p-53 * 2 * 4e6; /* two products of two terms: log2(4) */
    jx->at[0] += 0.9 * allowed;
    ACCEPTS(expect_adjoint(jx, v, x, jtv, 2));
    jx->at[0] += 0.2 * allowed;
    REFUSES(FINDING_ADJOINT, expect_adjoint(jx, v, x, jtv, 2));
    jx->at[0] = 2e6;
    jtv->at[0] = -2;
    REFUSES(FINDING_ADJOINT, expect_adjoint(jx, v, x, jtv, 2));
    ck_assert(caught.want == 0 && caught.got == -4e6);
}
END_TEST

START_TEST(refuses_adjoints_that_prove_nothing) {
    tensor *x = tensor_of(SHAPE(2), 1, 1), *v = tensor_of(SHAPE(2), 1, -1);
    tensor *zeros = tensor_filled(SHAPE(2), 0), *nothing = tensor_new(SHAPE(2));
    REFUSES(FINDING_PROPERTY, expect_adjoint(zeros, v, x, zeros, 1));
    REFUSES(FINDING_UNTOUCHED, expect_adjoint(nothing, v, x, zeros, 1));
    REFUSES(FINDING_UNTOUCHED, expect_adjoint(x, v, x, nothing, 1));
    /* huge numbers that cancel do not widen what is allowed */
    tensor *huge = tensor_of(SHAPE(2), 1e300, -1e300);
    REFUSES(FINDING_ADJOINT, expect_adjoint(tensor_of(SHAPE(2), 3, 5), v, x, huge, 1));
    tensor *endless = tensor_filled(SHAPE(2), INFINITY);
    REFUSES(FINDING_ADJOINT, expect_adjoint(endless, v, x, endless, 1));
    REFUSES(FINDING_SHAPE, expect_adjoint(tensor_new(SHAPE(3)), v, x, zeros, 1));
}
END_TEST

/* --- Numeric gradients --- */

static double sum_of_squares(const tensor *x) {
    return tensor_dot(x, x);
}

static double sum_of_sizes(const tensor *x) {
    double sum = 0;
    for (int64_t i = 0; i < tensor_count(x); i++)
        sum += fabs(x->at[i]);
    return sum;
}

static double log_of_exponentials(const tensor *x) {
    double sum = 0;
    for (int64_t i = 0; i < tensor_count(x); i++)
        sum += exp(x->at[i]);
    return log(sum);
}

static double constant(const tensor *x) {
    (void)x;
    return 1e30;
}

/* The fine difference at 0 is beyond all numbers, the coarse one is not. */
static double cliff(const tensor *x) {
    return fabs(x->at[0]) < 0x1p-10 ? copysign(1e308, x->at[0]) : 0;
}

static struct gradient differentiate(tensor *x, double (*f)(const tensor *)) {
    for (struct nudge n = nudge_begin(x); nudge_next(&n);)
        n.value = f(x);
    return nudge_result();
}

START_TEST(finds_quadratic_gradients_exact) {
    tensor *x = tensor_of(SHAPE(2, 2), -1, 2, 3000, 0), *before = tensor_copy(x);
    struct gradient g = differentiate(x, sum_of_squares);
    ACCEPTS(expect_same(x, before));
    tensor *dx = tensor_of(SHAPE(2, 2), -2, 4, 6000, 0);
    ACCEPTS(expect_same(g.fine, dx));
    ACCEPTS(expect_same(g.coarse, dx));
    ACCEPTS(expect_gradient(dx, g));
    dx->at[1] = 4.001;
    REFUSES(FINDING_GRADIENT, expect_gradient(dx, g));
    ck_assert_str_eq(sentence(), "dx[0,1] is 4.001, but the numeric gradient is 4 (1 of 4 numbers "
                                 "is wrong)");
}
END_TEST

START_TEST(finds_smooth_gradients_by_their_falling_error) {
    tensor *x = tensor_of(SHAPE(4), 0.3, -1.2, 2, 0.7), *dx = tensor_like(x);
    double f = log_of_exponentials(x);
    for (int i = 0; i < 4; i++)
        dx->at[i] = exp(x->at[i] - f);
    struct gradient g = differentiate(x, log_of_exponentials);
    /* neither difference is within rounding, so it is the fourfold fall that is judged */
    ck_assert(fabs(g.fine->at[2] - dx->at[2]) > g.rounding);
    ACCEPTS(expect_gradient(dx, g));
    for (volatile int i = 0; i < 4; i++) { /* survives longjmp */
        tensor *wrong = tensor_copy(dx);
        wrong->at[i] += 0.2 * fabs(g.coarse->at[i] - g.fine->at[i]);
        REFUSES(FINDING_GRADIENT, expect_gradient(wrong, g));
        ck_assert_int_eq(caught.index[0], i);
        ck_assert_int_eq(caught.bad, 1);
    }
}
END_TEST

START_TEST(finds_gradients_beside_kinks) {
    tensor *x = tensor_of(SHAPE(3), -2, 0x1p-9, 5);
    struct gradient g = differentiate(x, sum_of_sizes);
    ACCEPTS(expect_gradient(tensor_of(SHAPE(3), -1, 1, 1), g));
    REFUSES(FINDING_GRADIENT, expect_gradient(tensor_of(SHAPE(3), 1, 1, 1), g));
    REFUSES(FINDING_GRADIENT, expect_gradient(tensor_of(SHAPE(3), -1, 1, NAN), g));
    REFUSES(FINDING_UNTOUCHED, expect_gradient(tensor_new(SHAPE(3)), g));
    REFUSES(FINDING_SHAPE, expect_gradient(tensor_new(SHAPE(4)), g));
}
END_TEST

START_TEST(refuses_gradients_of_what_is_constant_or_not_computed) {
    tensor *x = tensor_of(SHAPE(2), 1, 2), *zeros = tensor_filled(SHAPE(2), 0);
    REFUSES(FINDING_PROPERTY, expect_gradient(zeros, differentiate(x, constant)));
    tensor *origin = tensor_filled(SHAPE(1), 0);
    struct gradient steep = differentiate(origin, cliff);
    ck_assert(isfinite(steep.rounding) && isinf(steep.fine->at[0]));
    REFUSES(FINDING_GRADIENT, expect_gradient(tensor_filled(SHAPE(1), 5), steep));
    for (struct nudge n = nudge_begin(x); nudge_next(&n);)
        continue;
    REFUSES(FINDING_PROPERTY, expect_gradient(zeros, nudge_result()));
}
END_TEST

START_TEST(tolerates_values_that_cancel) {
    /* the value is about 0 while its terms are 1/3 or so */
    random_seed(11);
    tensor *x = random_integers(SHAPE(101), 9), *w = tensor_like(x);
    for (int i = 0; i < 101; i++)
        w->at[i] = random_uniform() - 0.5;
    x->at[100] = 1;
    w->at[100] = w->at[100] - tensor_dot(x, w);
    ck_assert(fabs(tensor_dot(x, w)) < 1e-12);
    for (struct nudge n = nudge_begin(x); nudge_next(&n);)
        n.value = tensor_dot(x, w);
    ACCEPTS(expect_gradient(w, nudge_result()));
}
END_TEST

START_TEST(announces_each_demand_once) {
    tensor *y = tensor_of(SHAPE(2), 1, 2);
    demands = 0;
    ACCEPTS(expect_tensor(y, 1, 2));
    ACCEPTS(expect_int(1, 1));
    ACCEPTS(expect_adjoint(y, y, y, y, 1));
    ck_assert_int_eq(demands, 3);
    award(1, 4);
    ck_assert(wanted == 0.25);
}
END_TEST

static Suite *expect_suite(void) {
    Suite *s = suite_create("expect");
    TCase *t = tcase_create("expect");
    tcase_add_checked_fixture(t, NULL, inputs_release);
    tcase_add_test(t, judges_whole_numbers_exactly);
    tcase_add_test(t, judges_reals_by_their_magnitude);
    tcase_add_test(t, judges_literals_by_their_largest);
    tcase_add_test(t, finds_the_first_and_the_worst);
    tcase_add_test(t, judges_whole_tensors_exactly);
    tcase_add_test(t, judges_sums_by_the_largest_magnitude);
    tcase_add_test(t, refuses_sums_that_agree_beyond_all_terms);
    tcase_add_test(t, accepts_every_order_of_summation_and_no_wrong_term);
    tcase_add_test(t, measures_adjoints_where_inner_products_cancel);
    tcase_add_test(t, refuses_adjoints_that_prove_nothing);
    tcase_add_test(t, finds_quadratic_gradients_exact);
    tcase_add_test(t, finds_smooth_gradients_by_their_falling_error);
    tcase_add_test(t, finds_gradients_beside_kinks);
    tcase_add_test(t, refuses_gradients_of_what_is_constant_or_not_computed);
    tcase_add_test(t, tolerates_values_that_cancel);
    tcase_add_test(t, announces_each_demand_once);
    suite_add_tcase(s, t);
    return s;
}

int main(void) {
    return unit_run(expect_suite());
}
