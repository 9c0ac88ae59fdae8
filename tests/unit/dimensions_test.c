/* The reference of problem 2 against counts made one by one, against figures that other programs
 * give, and against the convolution of problem 4.  The judge trusts the reference: this is why. */
#include "unit.h"

#include "public/inputs.h"
#include "reference.h"

#include <math.h>

/* --- Counting --- */

/* What a wider type makes of it; k, c and f below 2^31 need 125 bits. */
static int64_t count_widely(int k, int c, int f) {
    unsigned __int128 side = (unsigned)k, count = side * side * (unsigned)c;
    if (count > INT64_MAX)
        return -1;
    count = count * (unsigned)f + (unsigned)f;
    return count > INT64_MAX ? -1 : (int64_t)count;
}

START_TEST(counts_parameters_up_to_the_last_bit) {
    random_seed(2);
    int refused = 0;
    for (int i = 0; i < 20000; i++) {
        int k = random_between(1, INT32_MAX) >> random_between(0, 30);
        int c = random_between(1, INT32_MAX) >> random_between(0, 30);
        int f = random_between(1, INT32_MAX) >> random_between(0, 30);
        int64_t want = k && c && f ? count_widely(k, c, f) : -1;
        refused += want < 0;
        ck_assert_int_eq(REF(conv_parameters)(k, c, f), want);
    }
    ck_assert(refused > 2000 && refused < 18000);
    ck_assert_int_eq(REF(conv_parameters)(2, 1504588272, 1532540863), INT64_MAX);
    ck_assert_int_eq(REF(conv_parameters)(-1, 1, 1), -1);
}
END_TEST

START_TEST(pools_as_problem_4_convolves) {
    for (int in = 0; in < 12; in++)
        for (int k = -1; k < 6; k++)
            for (int s = -1; s < 5; s++)
                ck_assert_int_eq(REF(pool_size)(in, k, s), REF(conv_size)(in, k, s, 0, 1));
    ck_assert_int_eq(REF(pool_size)(INT64_MAX, 1, 1), INT64_MAX);
}
END_TEST

/* --- Networks --- */

/* ResNet-18 for 224 x 224 and 10 classes without its shortcuts: 17 convolutions, the first pooling
 * without padding and therefore of size 2.  PyTorch counts 1,813,566,464 products, 19,267,584 of
 * them in the three shortcuts of 1 x 1. */
START_TEST(works_as_much_as_a_known_network) {
    ints *layers = ints_new(SHAPE(20, NET_COLUMNS));
    const int64_t first[2][NET_COLUMNS] = {{NET_CONV, 64, 7, 2, 3}, {NET_POOL, 0, 2, 2, 0}};
    const int64_t last[2][NET_COLUMNS] = {{NET_POOL, 0, 7, 7, 0}, {NET_CONNECTED, 10, 0, 0, 0}};
    for (int i = 0; i < NET_COLUMNS; i++) {
        for (int row = 0; row < 2; row++) {
            layers->at[NET_COLUMNS * row + i] = first[row][i];
            layers->at[NET_COLUMNS * (18 + row) + i] = last[row][i];
        }
        for (int row = 2; row < 18; row++) {
            int stage = (row - 2) / 4, stride = stage > 0 && (row - 2) % 4 == 0 ? 2 : 1;
            const int64_t block[NET_COLUMNS] = {NET_CONV, 64 << stage, 3, stride, 1};
            layers->at[NET_COLUMNS * row + i] = block[i];
        }
    }
    ck_assert_int_eq(REF(multiply_adds)(ints_of(SHAPE(3), 3, 224, 224), layers),
                     1813566464 - 19267584);
}
END_TEST

START_TEST(fills_the_worked_table) {
    ints *layers = ints_of(SHAPE(6, 5), NET_CONV, 10, 3, 1, 1, NET_POOL, 0, 2, 2, 0, /* */
                           NET_CONV, 10, 3, 1, 1, NET_POOL, 0, 2, 2, 0,              /* */
                           NET_FLATTEN, 0, 0, 0, 0, NET_CONNECTED, 3, 0, 0, 0);
    ints *rows = ints_new(SHAPE(7, 5)), *input = ints_of(SHAPE(3), 1, 28, 28);
    ck_assert_int_eq(REF(network_table)(input, layers, rows), OK);
    const int64_t sizes[7] = {784, 7840, 1960, 1960, 490, 490, 3};
    int64_t parameters = 0;
    for (int row = 0; row < 7; row++) {
        const int64_t *at = rows->at + 5L * row;
        parameters += at[TABLE_PARAMETERS];
        ck_assert_int_eq(at[TABLE_SIZE], sizes[row]);
        ck_assert_int_eq(at[TABLE_CHANNELS] * at[TABLE_HEIGHT] * at[TABLE_WIDTH], sizes[row]);
    }
    ck_assert_int_eq(parameters, 2483);
    layers->at[NET_PADDING] = layers->at[2 * NET_COLUMNS + NET_PADDING] = 0;
    ck_assert_int_eq(REF(network_table)(input, layers, rows), OK);
    ck_assert_int_eq(rows->at[30 + TABLE_PARAMETERS], 753);
    ck_assert_int_eq(REF(network_table)(input, layers, ints_new(SHAPE(6, 5))), IMPOSSIBLE);
}
END_TEST

/* conv_size cannot be asked: 3 + 2 * (2^63 - 1) is 1 when it wraps around. */
START_TEST(pads_without_wrapping_around) {
    ints *layers = ints_of(SHAPE(1, 5), NET_CONV, 1, 1, 1, INT64_MAX);
    ints *input = ints_of(SHAPE(3), 1, 3, 3), *rows = ints_new(SHAPE(2, 5));
    ck_assert_int_eq(REF(multiply_adds)(input, layers), -1);
    ck_assert_int_eq(REF(network_table)(input, layers, rows), IMPOSSIBLE);
    layers->at[NET_PADDING] = (INT64_MAX - 3) / 2;
    layers->at[NET_KERNEL] = INT64_MAX; /* one place, and more weights than can be counted */
    ck_assert_int_eq(REF(multiply_adds)(input, layers), -1);
    ck_assert_int_eq(REF(network_table)(input, layers, rows), IMPOSSIBLE);
}
END_TEST

/* --- On a torus --- */

static const struct torus {
    int n, c, f, h, w, kh, kw;
} tori[] = {{2, 3, 2, 5, 7, 2, 2}, {1, 2, 3, 4, 3, 3, 2}, {1, 1, 2, 2, 3, 5, 4}};
enum { TORUS_COUNT = sizeof tori / sizeof *tori };

/* The image with what lies before it, or moved along the torus when nothing is added. */
static tensor *lay_out(const tensor *x, int above, int before, int down, int right) {
    int height = x->dim[2] + above, width = x->dim[3] + before;
    tensor *image = tensor_new(SHAPE(x->dim[0], x->dim[1], height, width));
    for (int plane = 0; plane < x->dim[0] * x->dim[1]; plane++)
        for (int i = 0; i < height; i++)
            for (int j = 0; j < width; j++) {
                int row = (i - above - down + 100 * x->dim[2]) % x->dim[2];
                int column = (j - before - right + 100 * x->dim[3]) % x->dim[3];
                image->at[(plane * height + i) * width + j] =
                    x->at[(plane * x->dim[2] + row) * x->dim[3] + column];
            }
    return image;
}

static void expect_equal(const tensor *a, const tensor *b) {
    for (int64_t i = 0; i < tensor_count(a); i++)
        ck_assert_msg(a->at[i] == b->at[i], "number %d is %g, not %g", (int)i, a->at[i], b->at[i]);
}

START_TEST(convolves_a_plane_cut_out_of_the_torus) {
    const struct torus *s = &tori[_i];
    random_seed(3);
    tensor *x = random_integers(SHAPE(s->n, s->c, s->h, s->w), 9);
    tensor *w = random_integers(SHAPE(s->f, s->c, s->kh, s->kw), 9);
    tensor *b = random_integers(SHAPE(s->f), 9);
    tensor *y = tensor_new(SHAPE(s->n, s->f, s->h, s->w)), *want = tensor_like(y);
    REF(cyclic_conv2d)(x, w, b, y);
    tensor *plane = lay_out(x, s->kh - 1, s->kw - 1, 0, 0);
    ck_assert_int_eq(REF(conv2d)(plane, w, b, 1, 0, 1, want), OK);
    expect_equal(y, want);
    for (int down = 0; down < s->h; down++)
        for (int right = 0; right < s->w; right++) {
            REF(cyclic_conv2d)(lay_out(x, 0, 0, down, right), w, b, y);
            expect_equal(y, lay_out(want, 0, 0, down, right));
        }
}
END_TEST

/* A filter that answers to rows and one that answers to columns, on the images of the sheet: the
 * means of the third are those of the second, the means of the fourth those of the first. */
START_TEST(knows_what_the_images_have_in_common) {
    tensor *images = tensor_filled(SHAPE(4, 1, 8, 8), 0), *maps = tensor_new(SHAPE(4, 2, 8, 8));
    for (int i = 0; i < 8; i++) {
        images->at[8 + i] = images->at[64 + 8 * i + 1] = 1;
        images->at[128 + 8 * i + 6] = images->at[192 + 56 + i] = 1;
    }
    tensor *w = tensor_of(SHAPE(2, 1, 2, 2), 1, 1, -1, -1, 1, -1, 1, -1);
    REF(cyclic_conv2d)(images, w, tensor_filled(SHAPE(2), 0), maps);
    double mean[8] = {0}; /* in units that make it 0.8 */
    for (int i = 0; i < 8 * 64; i++)
        mean[i / 64] += fmax(maps->at[i], 0);
    for (int i = 0; i < 8; i++)
        mean[i] /= 20;
    tensor *g = tensor_new(SHAPE(2, 3));
    REF(edge_features)(g);
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq(g->at[i], i < 2 ? mean[4 + i] : 0);
        ck_assert_double_eq(g->at[3 + i], i < 2 ? mean[6 + i] : 0);
    }
    ck_assert(mean[0] == 0.8 && mean[1] == 0 && mean[2] == 0 && mean[3] == 0.8);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dimensions");
    TCase *all = tcase_create("problem 2");
    tcase_add_checked_fixture(all, NULL, inputs_release);
    tcase_add_test(all, counts_parameters_up_to_the_last_bit);
    tcase_add_test(all, pools_as_problem_4_convolves);
    tcase_add_test(all, works_as_much_as_a_known_network);
    tcase_add_test(all, fills_the_worked_table);
    tcase_add_test(all, pads_without_wrapping_around);
    tcase_add_loop_test(all, convolves_a_plane_cut_out_of_the_torus, 0, TORUS_COUNT);
    tcase_add_test(all, knows_what_the_images_have_in_common);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
