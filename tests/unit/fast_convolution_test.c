/* The fast convolution against the plain one of the reference, over shapes: small whole numbers, so
 * that every sum is exact and every bit must agree. */
#include "unit.h"

#include "fast_convolution.h"
#include "public/inputs.h"
#include "reference.h"

enum { SHAPES = 600 };

struct drawn {
    tensor *x, *w, *b, *y, *dy, *dx, *dw, *db;
    int stride, padding, dilation;
    char text[96];
};

static int output_size(int in, int size, const struct drawn *l) {
    return (int)REF(conv_size)(in, size, l->stride, l->padding, l->dilation);
}

/* A layer drawn from a seed: blocks of lanes that are full, not full, and more than one of them;
 * one filter, three, and more.  False when there is no such layer. */
static bool draw_layer(int seed, struct drawn *l) {
    random_seed((uint64_t)seed);
    l->stride = random_between(1, 4);
    l->padding = random_between(0, 5);
    l->dilation = random_between(1, 3);
    int n = random_between(1, 2), c = random_between(1, 5), f = random_between(1, 8);
    int kh = random_between(1, 5), kw = random_between(1, 5);
    int h = random_between(1, 9), w = random_between(1, 40);
    snprintf(l->text, sizeof l->text, "n%dc%df%d h%dw%d kh%dkw%d s%dp%dd%d", n, c, f, h, w, kh, kw,
             l->stride, l->padding, l->dilation);
    int oh = output_size(h, kh, l), ow = output_size(w, kw, l);
    if (oh < 0 || ow < 0)
        return false;
    l->x = random_integers(SHAPE(n, c, h, w), 9);
    l->w = random_integers(SHAPE(f, c, kh, kw), 9);
    l->b = random_integers(SHAPE(f), 9);
    l->dy = random_integers(SHAPE(n, f, oh, ow), 9);
    l->y = tensor_like(l->dy);
    l->dx = tensor_like(l->x);
    l->dw = tensor_like(l->w);
    l->db = tensor_like(l->b);
    return true;
}

static void expect_equal(const struct drawn *l, const char *name, const tensor *got,
                         const tensor *want) {
    for (int64_t i = 0; i < tensor_count(want); i++)
        ck_assert_msg(got->at[i] == want->at[i], "%s: %s[%ld] is %.17g, not %.17g", l->text, name,
                      (long)i, got->at[i], want->at[i]);
}

START_TEST(computes_what_the_plain_loops_compute) {
    int seen = 0;
    for (int seed = 0; seed < SHAPES; seed++) {
        struct drawn l;
        if (!draw_layer(seed, &l))
            continue;
        tensor *want = tensor_like(l.y);
        ck_assert_int_eq(REF(conv2d)(l.x, l.w, l.b, l.stride, l.padding, l.dilation, want), OK);
        ck_assert_int_eq(fast_conv2d(l.x, l.w, l.b, l.stride, l.padding, l.dilation, l.y), OK);
        expect_equal(&l, "y", l.y, want);
        inputs_release();
        seen++;
    }
    ck_assert_int_gt(seen, SHAPES / 2);
}
END_TEST

START_TEST(sends_back_what_the_plain_loops_send_back) {
    for (int seed = 0; seed < SHAPES; seed++) {
        struct drawn l;
        if (!draw_layer(seed, &l))
            continue;
        tensor *dx = tensor_like(l.x), *dw = tensor_like(l.w), *db = tensor_like(l.b);
        REF(conv2d_backward)(l.x, l.w, l.dy, l.stride, l.padding, l.dilation, dx, dw, db);
        ck_assert_int_eq(
            fast_conv2d_backward(l.x, l.w, l.dy, l.stride, l.padding, l.dilation, l.dx, l.dw, l.db),
            OK);
        expect_equal(&l, "dx", l.dx, dx);
        expect_equal(&l, "dw", l.dw, dw);
        expect_equal(&l, "db", l.db, db);
        inputs_release();
    }
}
END_TEST

START_TEST(refuses_what_the_plain_loops_refuse) {
    tensor *x = tensor_filled(SHAPE(1, 2, 4, 5), 1), *w = tensor_filled(SHAPE(3, 2, 2, 3), 1);
    tensor *b = tensor_filled(SHAPE(3), 1), *y = tensor_filled(SHAPE(1, 3, 3, 3), 1);
    ck_assert_int_eq(fast_conv2d(x, w, b, 1, 0, 1, y), OK);
    ck_assert_int_eq(fast_conv2d(x, w, b, 0, 0, 1, y), IMPOSSIBLE);
    ck_assert_int_eq(fast_conv2d(x, w, b, 1, 1, 1, y), IMPOSSIBLE);
    ck_assert_int_eq(fast_conv2d(x, w, b, 1, -1, 1, y), IMPOSSIBLE);
    ck_assert_int_eq(fast_conv2d(x, w, b, 1, 0, 9, y), IMPOSSIBLE);
    ck_assert_int_eq(fast_conv2d(x, w, w, 1, 0, 1, y), IMPOSSIBLE);
    ck_assert_int_eq(fast_conv2d(x, y, b, 1, 0, 1, y), IMPOSSIBLE);
    tensor *taller = tensor_filled(SHAPE(3, 2, 5, 3), 1), *row = tensor_new(SHAPE(1, 3, 1, 2));
    ck_assert_int_eq(fast_conv2d(x, taller, b, 2, 0, 1, row), IMPOSSIBLE);
    tensor *dx = tensor_like(x), *dw = tensor_like(w), *db = tensor_like(b);
    ck_assert_int_eq(fast_conv2d_backward(x, w, y, 1, 0, 1, dx, dw, db), OK);
    ck_assert_int_eq(fast_conv2d_backward(x, w, y, 1, 0, 1, dw, dw, db), IMPOSSIBLE);
    ck_assert_int_eq(fast_conv2d_backward(x, w, y, 1, 0, 1, dx, dx, db), IMPOSSIBLE);
    ck_assert_int_eq(fast_conv2d_backward(x, w, y, 2, 0, 1, dx, dw, db), IMPOSSIBLE);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("fast convolution");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, NULL, inputs_release);
    tcase_add_test(all, computes_what_the_plain_loops_compute);
    tcase_add_test(all, sends_back_what_the_plain_loops_send_back);
    tcase_add_test(all, refuses_what_the_plain_loops_refuse);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
