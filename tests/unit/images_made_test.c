/* Pictures that are made up: the same everywhere, and no easier than they should be. */
#include "unit.h"

#include "images_files.h"

#include <math.h>
#include <zlib.h>

/* Of all records that seed 1 makes. */
#define MADE_1 3253109819U

static uLong checksum(const struct images *images) {
    uLong sum = crc32(0, NULL, 0);
    for (int part = 0; part < IMAGES_PARTS; part++)
        sum = crc32(sum, images->records[part], (uInt)(images->count[part] * images->record));
    return sum;
}

START_TEST(made_up_pictures_are_the_same_everywhere) {
    struct images images;
    files_open_right("made:1", &images);
    ck_assert_str_eq(images.name, "made up");
    ck_assert_int_eq(images.record, FILES_RECORD);
    ck_assert_int_eq(images.count[IMAGES_TRAINING], 5000);
    ck_assert_int_eq(images.count[IMAGES_TEST], 1000);
    ck_assert_uint_eq(checksum(&images), MADE_1);
    images_free(&images);
    files_open_right("made:18446744073709551615", &images);
    ck_assert_uint_ne(checksum(&images), MADE_1);
    images_free(&images);
}
END_TEST

START_TEST(a_seed_is_a_whole_number) {
    static const char *const wrong[] = {"made:",   "made:-1", "made: 1",
                                        "made:+1", "made:1x", "made:18446744073709551616"};
    files_open_wrong(wrong[_i], "a seed, a whole number below 2^64");
}
END_TEST

START_TEST(made_up_classes_are_equally_many_in_every_ten) {
    struct images images;
    files_open_right("made:5", &images);
    for (int64_t i = 0; i < images.count[IMAGES_TRAINING]; i++)
        ck_assert_int_eq(images.records[IMAGES_TRAINING][i * images.record], i % 10);
    images_free(&images);
}
END_TEST

/* Told apart by its nearest mean: what needs no network would be no test of one. */
START_TEST(made_up_classes_are_not_told_apart_by_their_means) {
    struct images images;
    files_open_right("made:1", &images);
    static double means[10][FILES_RECORD];
    for (int64_t i = 0; i < images.count[IMAGES_TRAINING]; i++) {
        const unsigned char *record = images.records[IMAGES_TRAINING] + i * FILES_RECORD;
        for (int k = 1; k < FILES_RECORD; k++)
            means[record[0]][k] += record[k] / 500.0;
    }
    int hits = 0;
    for (int64_t i = 0; i < images.count[IMAGES_TEST]; i++) {
        const unsigned char *record = images.records[IMAGES_TEST] + i * FILES_RECORD;
        int best = 0;
        double least = INFINITY;
        for (int c = 0; c < 10; c++) {
            double distance = 0;
            for (int k = 1; k < FILES_RECORD; k++)
                distance += (record[k] - means[c][k]) * (record[k] - means[c][k]);
            best = distance < least ? c : best;
            least = distance < least ? distance : least;
        }
        hits += best == record[0];
    }
    ck_assert_int_lt(hits, 300);
    images_free(&images);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("images made up");
    TCase *made = tcase_create("made");
    tcase_set_timeout(made, 60);
    tcase_add_test(made, made_up_pictures_are_the_same_everywhere);
    tcase_add_loop_test(made, a_seed_is_a_whole_number, 0, 6);
    tcase_add_test(made, made_up_classes_are_equally_many_in_every_ten);
    tcase_add_test(made, made_up_classes_are_not_told_apart_by_their_means);
    suite_add_tcase(suite, made);
    return unit_run(suite);
}
