/* The picture of problem 1, and what should become of it, against the reference's filters. */
#include "unit.h"

#include "pictures.h"
#include "reference.h"

#include <math.h>

extern __typeof__(pictures_draw) REF(pictures_draw);
extern __typeof__(pictures_blurred) REF(pictures_blurred);
extern __typeof__(pictures_edges) REF(pictures_edges);
extern __typeof__(pictures_agree) REF(pictures_agree);
extern __typeof__(pictures_beside) REF(pictures_beside);

/* --- The picture --- */

/* Of its grey levels and their places. */
static uint64_t digest(const tensor *picture) {
    uint64_t digest = 0;
    for (int64_t i = 0; i < tensor_count(picture); i++)
        digest = digest * 0x100000001b3 + (uint64_t)(picture->at[i] * 256) + 1;
    return digest;
}

START_TEST(draws_the_same_picture_everywhere) {
    tensor *small = REF(pictures_draw)(1), *large = REF(pictures_draw)(3);
    ck_assert_int_eq(small->dim[0], PICTURES_HEIGHT);
    ck_assert_int_eq(small->dim[1], PICTURES_WIDTH);
    ck_assert_int_eq(large->dim[0], 3 * PICTURES_HEIGHT);
    ck_assert_int_eq(large->dim[1], 3 * PICTURES_WIDTH);
    ck_assert_msg(digest(small) == 0x5f623bd1006fc71e, "%#lx", (unsigned long)digest(small));
    ck_assert_msg(digest(large) == 0x33cf51a3e733c31a, "%#lx", (unsigned long)digest(large));
}
END_TEST

START_TEST(draws_whole_multiples_in_range) {
    tensor *picture = REF(pictures_draw)(2);
    for (int64_t i = 0; i < tensor_count(picture); i++) {
        double level = picture->at[i] * 256;
        ck_assert(level == floor(level) && level >= 0 && level < 256);
    }
}
END_TEST

/* --- What should become of it --- */

START_TEST(blurs_as_the_averaging_filter_does) {
    random_seed(3);
    tensor *picture = tensor_scaled(random_integers(SHAPE(9, 11), 255), 0x1p-8);
    for (int size = 1; size <= 9; size++) {
        tensor *w = tensor_new(SHAPE(size, size)), *y = tensor_like(picture);
        REF(averaging_filter)(w);
        REF(filter_image)(picture, w, y);
        tensor *right = REF(pictures_blurred)(picture, size);
        for (int64_t i = 0; i < tensor_count(y); i++)
            ck_assert_double_eq_tol(right->at[i], y->at[i], 1e-14);
    }
}
END_TEST

START_TEST(finds_edges_as_the_laplacian_does) {
    random_seed(4);
    const shape shapes[] = {SHAPE(5, 8), SHAPE(1, 6), SHAPE(7, 1), SHAPE(1, 1)};
    tensor *w = tensor_new(SHAPE(3, 3));
    REF(laplacian_filter)(w);
    for (int s = 0; s < 4; s++) {
        tensor *picture = random_integers(shapes[s], 255), *y = tensor_like(picture);
        REF(filter_image)(picture, w, y);
        tensor *right = REF(pictures_edges)(picture);
        for (int64_t i = 0; i < tensor_count(y); i++)
            ck_assert_double_eq(right->at[i], y->at[i]);
    }
}
END_TEST

/* --- Side by side --- */

START_TEST(tells_pictures_apart_that_an_eye_could) {
    tensor *right = tensor_of(SHAPE(1, 3), 0, 0.5, -1);
    ck_assert(REF(pictures_agree)(right, tensor_of(SHAPE(1, 3), 1e-9, 0.5, -1)));
    ck_assert(!REF(pictures_agree)(right, tensor_of(SHAPE(1, 3), 0, 0.5, 1)));
    ck_assert(!REF(pictures_agree)(right, tensor_of(SHAPE(1, 3), 0, 0.5 + 1e-5, -1)));
    ck_assert(!REF(pictures_agree)(right, tensor_of(SHAPE(1, 3), 0, NAN, -1)));
}
END_TEST

static double beside_at(const tensor *all, int row, int column) {
    return all->at[row * all->dim[1] + column];
}

START_TEST(lays_right_yours_and_difference_side_by_side) {
    tensor *right = tensor_of(SHAPE(2, 3), 1, 2, 3, 4, 5, -6);
    tensor *yours = tensor_of(SHAPE(2, 3), 1, 2, 3, 4, 6, -2);
    tensor *all = REF(pictures_beside)(right, yours);
    ck_assert_int_eq(all->dim[0], 2);
    ck_assert_int_eq(all->dim[1], 17);
    for (int i = 0; i < 6; i++) {
        const double difference[6] = {0, 0, 0, 0, 0.25, 1};
        ck_assert_double_eq(beside_at(all, i / 3, i % 3), fabs(right->at[i]));
        ck_assert_double_eq(beside_at(all, i / 3, 3 + 4 + i % 3), fabs(yours->at[i]));
        ck_assert_double_eq(beside_at(all, i / 3, 6 + 8 + i % 3), difference[i]);
    }
    for (int gap = 0; gap < 4; gap++) {
        ck_assert_double_eq(beside_at(all, 1, 3 + gap), 1);
        ck_assert_double_eq(beside_at(all, 1, 10 + gap), 1);
    }
}
END_TEST

START_TEST(shows_nan_as_the_largest_difference) {
    tensor *right = tensor_of(SHAPE(1, 2), 1, 1);
    tensor *all = REF(pictures_beside)(right, tensor_of(SHAPE(1, 2), NAN, 0.5));
    ck_assert_double_eq(beside_at(all, 0, 12), 1);
    ck_assert_double_eq(beside_at(all, 0, 13), 0);
    all = REF(pictures_beside)(right, right);
    ck_assert_double_eq(beside_at(all, 0, 12), 0);
}
END_TEST

static Suite *pictures_suite(void) {
    Suite *suite = suite_create("pictures");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, NULL, inputs_release);
    tcase_add_test(all, draws_the_same_picture_everywhere);
    tcase_add_test(all, draws_whole_multiples_in_range);
    tcase_add_test(all, blurs_as_the_averaging_filter_does);
    tcase_add_test(all, finds_edges_as_the_laplacian_does);
    tcase_add_test(all, tells_pictures_apart_that_an_eye_could);
    tcase_add_test(all, lays_right_yours_and_difference_side_by_side);
    tcase_add_test(all, shows_nan_as_the_largest_difference);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void) {
    return unit_run(pictures_suite());
}
