/* The reference of problems 3 to 5 against worked answers, against definitions written down once
 * more in another way, and against each other.  The judge trusts the reference: this is why. */
#include "unit.h"

#include "public/inputs.h"
#include "reference.h"

#include <math.h>

/* --- Comparing --- */

static void expect_near(const tensor *got, const tensor *want) {
    double room = 1e-12 * fmax(1, tensor_largest(want));
    ck_assert_int_eq(tensor_count(got), tensor_count(want));
    for (int64_t i = 0; i < tensor_count(got); i++)
        ck_assert_msg(fabs(got->at[i] - want->at[i]) <= room, "number %d is %g, not %g", (int)i,
                      got->at[i], want->at[i]);
}

#define expect_numbers(got, ...)                                                                   \
    expect_near((got), tensor_of(SHAPE((int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double))),   \
                                 __VA_ARGS__))

static double *at4(const tensor *t, int a, int b, int c, int d) {
    return &t->at[((a * t->dim[1] + b) * t->dim[2] + c) * t->dim[3] + d];
}

struct layer {
    int n, c, f, h, w, kh, kw, s, p, d, oh, ow;
};

static const struct layer LAYERS[] = {
    {1, 1, 1, 4, 6, 2, 3, 1, 0, 1, 3, 4}, {2, 3, 4, 5, 7, 3, 2, 2, 1, 1, 3, 4},
    {2, 2, 1, 6, 9, 3, 2, 3, 2, 2, 2, 4}, {1, 2, 2, 2, 3, 3, 5, 1, 2, 1, 4, 3},
    {2, 1, 2, 4, 3, 2, 2, 2, 3, 1, 5, 4},
};
enum { LAYER_COUNT = sizeof LAYERS / sizeof LAYERS[0] };

struct layer_tensors {
    tensor *x, *w, *b, *y;
};

static struct layer_tensors make_layer(const struct layer *l) {
    random_seed(7);
    return (struct layer_tensors){.x = random_integers(SHAPE(l->n, l->c, l->h, l->w), 9),
                                  .w = random_integers(SHAPE(l->f, l->c, l->kh, l->kw), 9),
                                  .b = random_integers(SHAPE(l->f), 9),
                                  .y = tensor_new(SHAPE(l->n, l->f, l->oh, l->ow))};
}

/* --- Problem 3: which filter? --- */

START_TEST(recovers_the_worked_filter) {
    tensor *w = tensor_new(SHAPE(3)), *x = tensor_of(SHAPE(5), 1, 4, 0, -2, 3);
    tensor *y = tensor_of(SHAPE(3), -2, 2, 11);
    ck_assert_int_eq(REF(recover_filter)(x, y, w), OK);
    expect_numbers(w, 2, -1, 3);
    for (int power = -500; power <= 500; power += 250) {
        double scale = ldexp(1, power);
        ck_assert_int_eq(REF(recover_filter)(tensor_scaled(x, scale), tensor_scaled(y, scale), w),
                         OK);
        expect_numbers(w, 2, -1, 3);
    }
}
END_TEST

START_TEST(recovers_a_filter_of_zeros) {
    tensor *w = tensor_new(SHAPE(2));
    ck_assert_int_eq(
        REF(recover_filter)(tensor_of(SHAPE(4), 1, 4, 0, -2), tensor_of(SHAPE(3), 0, 0, 0), w), OK);
    expect_numbers(w, 0, 0);
}
END_TEST

START_TEST(finds_no_filter_where_many_or_none_fit) {
    tensor *w = tensor_new(SHAPE(2));
    tensor *silent = tensor_of(SHAPE(4), 0, 0, 0, 0), *powers = tensor_of(SHAPE(4), 1, 3, 9, 27);
    tensor *good = tensor_of(SHAPE(4), 1, 3, 9, 20);
    ck_assert_int_eq(REF(recover_filter)(silent, tensor_of(SHAPE(3), 0, 0, 0), w), IMPOSSIBLE);
    ck_assert_int_eq(REF(recover_filter)(powers, tensor_of(SHAPE(3), 4, 12, 36), w), IMPOSSIBLE);
    ck_assert_int_eq(REF(recover_filter)(good, tensor_of(SHAPE(3), 4, 12, 29), w), OK);
    expect_numbers(w, 1, 1);
    ck_assert_int_eq(REF(recover_filter)(good, tensor_of(SHAPE(3), 4, 13, 29), w), IMPOSSIBLE);
    ck_assert_int_eq(REF(recover_filter)(good, tensor_of(SHAPE(2), 4, 12), w), IMPOSSIBLE);
    ck_assert_int_eq(REF(recover_filter)(tensor_of(SHAPE(2), 1, 2), tensor_of(SHAPE(1), 3), w),
                     IMPOSSIBLE);
    ck_assert_int_eq(REF(recover_filter)(good, tensor_of(SHAPE(3, 1), 4, 12, 29), w), IMPOSSIBLE);
}
END_TEST

/* --- Problem 3: transposed convolution --- */

START_TEST(scatters_the_worked_examples) {
    tensor *y = tensor_new(SHAPE(1, 1, 3, 3)), *line = tensor_new(SHAPE(7));
    REF(conv_transpose2d)
    (tensor_of(SHAPE(1, 1, 2, 2), -1, 2, 3, 1), tensor_of(SHAPE(1, 1, 2, 2), 1, -1, 0, 1), 1, 0, y);
    expect_numbers(y, -1, 3, -2, 3, -3, 1, 0, 3, 1);
    REF(conv_transpose1d)(tensor_of(SHAPE(3), 2, 3, 5), tensor_of(SHAPE(3), 7, 11, 13), 2, 0, line);
    expect_numbers(line, 14, 22, 26 + 21, 33, 39 + 35, 55, 65);
}
END_TEST

/* Column i of the matrix of a convolution is what it makes of an image with a single 1 in it. */
START_TEST(is_the_transposed_matrix) {
    struct layer l = {1, 2, 3, 7, 5, 3, 2, 2, 1, 1, 4, 3};
    for (l.p = 0; l.p < 2; l.p++) {
        l.oh = (l.h + 2 * l.p - l.kh) / l.s + 1;
        l.w = (l.ow - 1) * l.s + l.kw - 2 * l.p;
        struct layer_tensors t = make_layer(&l);
        tensor *v = random_integers(SHAPE(1, l.f, l.oh, l.ow), 9), *back = tensor_like(t.x);
        tensor *want = tensor_like(t.x), *none = tensor_filled(SHAPE(l.f), 0);
        for (int64_t i = 0; i < tensor_count(t.x); i++) {
            tensor *single = tensor_scaled(t.x, 0);
            single->at[i] = 1;
            ck_assert_int_eq(REF(conv2d)(single, t.w, none, l.s, l.p, 1, t.y), OK);
            want->at[i] = tensor_dot(t.y, v);
        }
        ck_assert_int_eq(REF(conv_transpose2d)(v, t.w, l.s, l.p, back), OK);
        expect_near(back, want);
    }
}
END_TEST

START_TEST(agrees_with_itself_in_one_dimension) {
    random_seed(8);
    for (int stride = 1; stride < 4; stride++)
        for (int padding = 0; padding < 4; padding++) {
            int out = 4 * stride + 5 - 2 * padding;
            tensor *x = random_integers(SHAPE(5), 9), *w = random_integers(SHAPE(5), 9);
            tensor flat_x = {4, {1, 1, 1, 5}, x->at}, flat_w = {4, {1, 1, 1, 5}, w->at};
            tensor *y = tensor_new(SHAPE(out)), *whole = tensor_new(SHAPE(1, 1, 1, 4 * stride + 5));
            ck_assert_int_eq(REF(conv_transpose1d)(x, w, stride, padding, y), OK);
            ck_assert_int_eq(REF(conv_transpose2d)(&flat_x, &flat_w, stride, 0, whole), OK);
            expect_near(y, tensor_literal(SHAPE(out), (size_t)out, whole->at + padding));
        }
}
END_TEST

START_TEST(refuses_to_scatter_what_does_not_fit) {
    tensor *x = tensor_filled(SHAPE(1, 2, 3, 3), 1), *w = tensor_filled(SHAPE(2, 1, 2, 2), 1);
    tensor *y = tensor_new(SHAPE(1, 1, 4, 4)), *line = tensor_filled(SHAPE(3), 1);
    ck_assert_int_eq(REF(conv_transpose2d)(x, w, 1, 0, y), OK);
    ck_assert_int_eq(REF(conv_transpose2d)(x, w, 2, 0, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_transpose2d)(x, w, 0, 0, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_transpose2d)(x, w, 1, 2000000000, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_transpose2d)(x, w, 2000000000, 0, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_transpose2d)(x, w, 1, 0, tensor_new(SHAPE(2, 1, 4, 4))), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_transpose2d)(x, w, 1, 0, tensor_new(SHAPE(1, 1, 4, 5))), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_transpose2d)(y, w, 1, 0, x), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_transpose2d)(x, line, 1, 0, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_transpose1d)(line, line, 1, 0, line), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_transpose1d)(line, w, 1, 0, line), IMPOSSIBLE);
}
END_TEST

/* --- Problem 4 --- */

/* How many places a window has, by trying them. */
static int64_t count_places(int in, int size, int stride, int padding, int dilation) {
    int64_t places = 0;
    for (int first = -padding; first + dilation * (size - 1) < in + padding; first += stride)
        places++;
    return places > 0 ? places : -1;
}

START_TEST(counts_the_places_of_a_window) {
    for (int in = 1; in < 12; in++)
        for (int size = 1; size < 6; size++)
            for (int rest = 0; rest < 27; rest++) {
                int stride = 1 + rest % 3, padding = rest / 3 % 3, dilation = 1 + rest / 9;
                ck_assert_int_eq(REF(conv_size)(in, size, stride, padding, dilation),
                                 count_places(in, size, stride, padding, dilation));
            }
}
END_TEST

START_TEST(sizes_stay_within_their_range) {
    ck_assert_int_eq(REF(conv_size)(INT64_MAX - 2, 1, 1, 1, 1), INT64_MAX);
    ck_assert_int_eq(REF(conv_size)(INT64_MAX - 1, 1, 1, 1, 1), -1);
    ck_assert_int_eq(REF(conv_size)(5, 2147483647, 1, 0, 2147483647), -1);
    ck_assert_int_eq(REF(conv_size)(0, 1, 1, 1, 1), -1);
    ck_assert_int_eq(REF(conv_size)(5, 0, 1, 1, 1), -1);
    ck_assert_int_eq(REF(conv_size)(5, 1, 0, 1, 1), -1);
    ck_assert_int_eq(REF(conv_size)(5, 1, 1, -1, 1), -1);
    ck_assert_int_eq(REF(conv_size)(5, 1, 1, 1, 0), -1);
}
END_TEST

START_TEST(shapes_of_the_worked_layers) {
    ints *x = ints_of(SHAPE(4), 10, 3, 32, 32), *y = ints_new(SHAPE(4));
    ck_assert_int_eq(REF(conv_shape)(x, ints_of(SHAPE(4), 64, 3, 3, 3), 1, 1, 1, y), OK);
    ck_assert(y->at[0] == 10 && y->at[1] == 64 && y->at[2] == 32 && y->at[3] == 32);
    ck_assert_int_eq(REF(conv_shape)(x, ints_of(SHAPE(4), 64, 3, 4, 5), 2, 0, 1, y), OK);
    ck_assert(y->at[0] == 10 && y->at[1] == 64 && y->at[2] == 15 && y->at[3] == 14);
    ck_assert_int_eq(REF(conv_shape)(x, ints_of(SHAPE(4), 64, 2, 3, 3), 1, 1, 1, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_shape)(x, ints_of(SHAPE(4), 0, 3, 3, 3), 1, 1, 1, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_shape)(x, ints_of(SHAPE(4), 9, 3, 33, 3), 1, 0, 1, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_shape)(x, ints_of(SHAPE(4), 9, 3, INT64_MAX, 3), 1, 0, 3, y),
                     IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_shape)(x, ints_of(SHAPE(3), 9, 3, 3), 1, 0, 1, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv_shape)(x, ints_of(SHAPE(2, 2), 9, 3, 3, 3), 1, 0, 1, y), IMPOSSIBLE);
}
END_TEST

START_TEST(fields_of_the_worked_stacks) {
    ck_assert_int_eq(REF(receptive_field)(ints_of(SHAPE(2, 3), 3, 1, 1, 3, 1, 2)), 7);
    const int64_t want[4] = {4, 10, 22, 46};
    for (int blocks = 1; blocks < 5; blocks++) {
        ints *layers = ints_new(SHAPE(2 * blocks, 3));
        for (int64_t i = 0; i < 2 * blocks; i++) {
            layers->at[3 * i] = 3 - i % 2;
            layers->at[3 * i + 1] = 1 + i % 2;
            layers->at[3 * i + 2] = 1;
        }
        ck_assert_int_eq(REF(receptive_field)(layers), want[blocks - 1]);
    }
    int64_t wide = (int64_t)1 << 62;
    ck_assert_int_eq(REF(receptive_field)(ints_of(SHAPE(2, 3), 1, wide, 1, 1, 9, 1)), 1);
    ck_assert_int_eq(REF(receptive_field)(ints_of(SHAPE(2, 3), 2, wide, 1, 2, 9, 1)), wide + 2);
    ck_assert_int_eq(REF(receptive_field)(ints_of(SHAPE(2, 3), 2, wide, 1, 3, 9, 1)), -1);
    ck_assert_int_eq(REF(receptive_field)(ints_of(SHAPE(1, 3), 3, 0, 1)), -1);
    ck_assert_int_eq(REF(receptive_field)(ints_of(SHAPE(1, 2), 3, 1)), -1);
}
END_TEST

START_TEST(filters_do_what_they_are_for) {
    tensor *edge = tensor_new(SHAPE(3, 3)), *blur = tensor_new(SHAPE(3, 3));
    REF(vertical_edge_filter)(edge);
    REF(blur_filter)(blur);
    expect_numbers(edge, -1, 0, 1, -2, 0, 2, -1, 0, 1);
    ck_assert_double_eq(tensor_dot(blur, tensor_filled(SHAPE(3, 3), 16)), 16);
    ck_assert_double_eq(tensor_dot(blur, blur), 0.140625);
}
END_TEST

/* Convolution with everything written out: a padded image and a filter with zeros in its gaps. */
static void convolve_plainly(const struct layer *l, const struct layer_tensors *t, tensor *y) {
    int height = l->h + 2 * l->p, width = l->w + 2 * l->p;
    int reach_h = (l->kh - 1) * l->d + 1, reach_w = (l->kw - 1) * l->d + 1;
    tensor *image = tensor_filled(SHAPE(l->n, l->c, height, width), 0);
    tensor *filter = tensor_filled(SHAPE(l->f, l->c, reach_h, reach_w), 0);
    for (int i = 0; i < l->n * l->c * l->h * l->w; i++)
        *at4(image, 0, i / (l->h * l->w), i / l->w % l->h + l->p, i % l->w + l->p) = t->x->at[i];
    for (int i = 0; i < l->f * l->c * l->kh * l->kw; i++)
        *at4(filter, 0, i / (l->kh * l->kw), i / l->kw % l->kh * l->d, i % l->kw * l->d) =
            t->w->at[i];
    for (int64_t o = 0; o < tensor_count(y); o++) {
        int j = (int)(o % l->ow), i = (int)(o / l->ow % l->oh);
        int f = (int)(o / l->ow / l->oh % l->f), n = (int)(o / l->ow / l->oh / l->f);
        y->at[o] = t->b->at[f];
        for (int e = 0; e < l->c * reach_h * reach_w; e++) {
            int c = e / (reach_h * reach_w), u = e / reach_w % reach_h, v = e % reach_w;
            y->at[o] += *at4(image, n, c, i * l->s + u, j * l->s + v) * *at4(filter, f, c, u, v);
        }
    }
}

START_TEST(convolves_as_written_out) {
    const struct layer *l = &LAYERS[_i];
    struct layer_tensors t = make_layer(l);
    tensor *want = tensor_like(t.y);
    ck_assert_int_eq(REF(conv2d)(t.x, t.w, t.b, l->s, l->p, l->d, t.y), OK);
    convolve_plainly(l, &t, want);
    expect_near(t.y, want);
    ck_assert_int_eq(REF(conv2d)(t.x, t.w, t.b, l->s, l->p, l->d, t.x), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv2d)(t.x, t.w, t.b, 0, l->p, l->d, t.y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv2d)(t.x, t.w, t.w, l->s, l->p, l->d, t.y), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv2d)(t.x, t.w, tensor_new(SHAPE(9)), l->s, l->p, l->d, t.y),
                     IMPOSSIBLE);
    tensor *taller = tensor_new(SHAPE(l->n, l->f, l->oh + 1, l->ow));
    ck_assert_int_eq(REF(conv2d)(t.x, t.w, t.b, l->s, l->p, l->d, taller), IMPOSSIBLE);
    tensor *wider = tensor_new(SHAPE(l->n, l->f, l->oh, l->ow + 1));
    ck_assert_int_eq(REF(conv2d)(t.x, t.w, t.b, l->s, l->p, l->d, wider), IMPOSSIBLE);
}
END_TEST

/* --- Problem 5: the layer backwards --- */

/* The loss <conv2d(x, w, b), dy> is linear in each of its three inputs: one more in one number
 * changes it by exactly the gradient. */
static void differentiate(const struct layer *l, const struct layer_tensors *t, const tensor *dy,
                          tensor *input, tensor *gradient) {
    REF(conv2d)(t->x, t->w, t->b, l->s, l->p, l->d, t->y);
    double before = tensor_dot(t->y, dy);
    for (int64_t i = 0; i < tensor_count(input); i++) {
        input->at[i] += 1;
        REF(conv2d)(t->x, t->w, t->b, l->s, l->p, l->d, t->y);
        gradient->at[i] = tensor_dot(t->y, dy) - before;
        input->at[i] -= 1;
    }
}

START_TEST(gradients_are_what_one_more_changes) {
    const struct layer *l = &LAYERS[_i];
    struct layer_tensors t = make_layer(l);
    tensor *dy = random_integers(SHAPE(l->n, l->f, l->oh, l->ow), 9);
    tensor *dx = tensor_like(t.x), *dw = tensor_like(t.w), *db = tensor_like(t.b);
    tensor *want_x = tensor_like(t.x), *want_w = tensor_like(t.w), *want_b = tensor_like(t.b);
    ck_assert_int_eq(REF(conv2d_backward)(t.x, t.w, dy, l->s, l->p, l->d, dx, dw, db), OK);
    differentiate(l, &t, dy, t.x, want_x);
    differentiate(l, &t, dy, t.w, want_w);
    differentiate(l, &t, dy, t.b, want_b);
    expect_near(dx, want_x);
    expect_near(dw, want_w);
    expect_near(db, want_b);
    ck_assert_int_eq(REF(conv2d_backward)(t.x, t.w, dy, 9, 9, l->d, dx, dw, db), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv2d_backward)(t.x, t.w, dy, 0, l->p, l->d, dx, dw, db), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv2d_backward)(t.x, t.w, dy, l->s, l->p, 99, dx, dw, db), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv2d_backward)(t.x, t.w, db, l->s, l->p, l->d, dx, dw, db), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv2d_backward)(t.x, t.w, dy, l->s, l->p, l->d, dw, dw, db), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv2d_backward)(t.x, t.w, dy, l->s, l->p, l->d, dx, db, db), IMPOSSIBLE);
    ck_assert_int_eq(REF(conv2d_backward)(t.x, t.w, dy, l->s, l->p, l->d, dx, dw, dw), IMPOSSIBLE);
}
END_TEST

START_TEST(steps_against_the_gradient) {
    tensor *w = tensor_of(SHAPE(2), 1, -2);
    REF(sgd_step)(w, tensor_of(SHAPE(2), 8, 4), 0.25);
    expect_numbers(w, -1, -3);
}
END_TEST

/* All 2^13 choices of signs for 9 pixels and 4 gradients: mean and variance of dw without luck. */
START_TEST(chance_is_counted_out) {
    tensor *x = tensor_new(SHAPE(1, 1, 3, 3)), *dy = tensor_new(SHAPE(1, 1, 2, 2));
    tensor *w = tensor_filled(SHAPE(1, 1, 2, 2), 1);
    tensor *dx = tensor_like(x), *dw = tensor_like(w), *db = tensor_new(SHAPE(1));
    double sum = 0, squares = 0;
    for (int signs = 0; signs < 1 << 13; signs++) {
        for (int i = 0; i < 9; i++)
            x->at[i] = signs >> i & 1 ? 2 : -2;
        for (int i = 0; i < 4; i++)
            dy->at[i] = signs >> (9 + i) & 1 ? 3 : -3;
        REF(conv2d_backward)(x, w, dy, 1, 0, 1, dx, dw, db);
        sum += dw->at[3];
        squares += dw->at[3] * dw->at[3];
    }
    ck_assert_double_eq(sum / (1 << 13), REF(gradient_mean)(3, 2, 2, 3));
    ck_assert_double_eq(squares / (1 << 13), REF(gradient_variance)(3, 2, 2, 3));
    ck_assert_double_eq(REF(gradient_variance)(28, 3, 0.5, 2), 26 * 26);
    ck_assert_double_eq(REF(gradient_growth)(28, 54, 3), 2);
}
END_TEST

/* --- Problem 5: pooling --- */

START_TEST(pools_and_sends_back) {
    tensor *x = tensor_of(SHAPE(1, 1, 3, 4), 5, 5, -1, 0, 5, 5, -3, -9, 7, 8, -8, -7);
    tensor *y = tensor_new(SHAPE(1, 1, 2, 3)), *dx = tensor_like(x);
    tensor *dy = tensor_of(SHAPE(1, 1, 2, 3), 4, 8, 12, 16, 20, 24);
    ck_assert_int_eq(REF(max_pool)(x, 2, 1, y), OK);
    expect_numbers(y, 5, 5, 0, 8, 8, -3);
    ck_assert_int_eq(REF(max_pool_backward)(x, dy, 2, 1, dx), OK);
    expect_numbers(dx, 4, 8, 0, 12, 0, 0, 24, 0, 0, 36, 0, 0);
    ck_assert_int_eq(REF(average_pool)(x, 2, 1, y), OK);
    expect_numbers(y, 5, 1.5, -3.25, 6.25, 0.5, -6.75);
    ck_assert_int_eq(REF(average_pool_backward)(dy, 2, 1, dx), OK);
    expect_numbers(dx, 1, 3, 5, 3, 5, 12, 16, 9, 4, 9, 11, 6);
}
END_TEST

START_TEST(refuses_windows_that_do_not_fit) {
    tensor *x = tensor_filled(SHAPE(1, 2, 2, 5), 1), *y = tensor_new(SHAPE(1, 2, 1, 2));
    ck_assert_int_eq(REF(max_pool)(x, 2, 2, y), OK);
    ck_assert_int_eq(REF(max_pool)(x, 3, 2, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(max_pool)(x, 0, 2, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(average_pool)(x, 2, 0, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(average_pool)(x, 2, 1, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(average_pool)(x, 2, 2, tensor_new(SHAPE(2, 1, 1, 2))), IMPOSSIBLE);
    ck_assert_int_eq(REF(max_pool_backward)(x, y, 2, 2, y), IMPOSSIBLE);
    ck_assert_int_eq(REF(max_pool_backward)(x, y, 2, 2, tensor_new(SHAPE(4))), IMPOSSIBLE);
    ck_assert_int_eq(REF(average_pool_backward)(y, 2, 3, tensor_new(SHAPE(1, 2, 2, 4))),
                     IMPOSSIBLE);
    ck_assert_int_eq(REF(average_pool_backward)(tensor_new(SHAPE(4)), 2, 3, x), IMPOSSIBLE);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("reference");
    TCase *all = tcase_create("problems 3 to 5");
    tcase_add_checked_fixture(all, NULL, inputs_release);
    static const TTest *const *const tests[] = {
        &recovers_the_worked_filter,
        &recovers_a_filter_of_zeros,
        &finds_no_filter_where_many_or_none_fit,
        &scatters_the_worked_examples,
        &is_the_transposed_matrix,
        &agrees_with_itself_in_one_dimension,
        &refuses_to_scatter_what_does_not_fit,
        &counts_the_places_of_a_window,
        &sizes_stay_within_their_range,
        &shapes_of_the_worked_layers,
        &fields_of_the_worked_stacks,
        &filters_do_what_they_are_for,
        &steps_against_the_gradient,
        &chance_is_counted_out,
        &pools_and_sends_back,
        &refuses_windows_that_do_not_fit,
    };
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(all, *tests[i]);
    tcase_add_loop_test(all, convolves_as_written_out, 0, LAYER_COUNT);
    tcase_add_loop_test(all, gradients_are_what_one_more_changes, 0, LAYER_COUNT);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
