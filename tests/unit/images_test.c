/* Files of images, right and in every way wrong. */
#include "unit.h"

#include "images_files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static void names_file(const char *name, const char *words) {
    files_open_wrong(files_folder, name);
    files_open_wrong(files_folder, words);
}

START_TEST(cifar_is_read_as_it_is) {
    files_begin_cifar();
    struct images images;
    files_open_right(files_folder, &images);
    ck_assert_str_eq(images.name, "CIFAR-10");
    ck_assert_int_eq(images.map.channels, 3);
    ck_assert_int_eq(images.map.height, 32);
    ck_assert_int_eq(images.map.width, 32);
    ck_assert_int_eq(images.classes, 10);
    ck_assert_int_eq(images.record, FILES_RECORD);
    ck_assert_int_eq(images.count[IMAGES_TRAINING], 50000);
    ck_assert_int_eq(images.count[IMAGES_TEST], 10000);
    for (int64_t i = 0; i < 50000; i += 4999) {
        const unsigned char *record = images.records[IMAGES_TRAINING] + i * FILES_RECORD;
        ck_assert_int_eq(record[0], files_label(i % FILES_COUNT));
        ck_assert_int_eq(record[3072], files_pixel(i % FILES_COUNT, 3071));
    }
    ck_assert_int_eq(images.records[IMAGES_TEST][9999 * FILES_RECORD + 1], files_pixel(9999, 0));
    images_free(&images);
    ck_assert_ptr_null(images.records[0]);
}
END_TEST

START_TEST(fashion_is_read_with_each_label_before_its_pixels) {
    files_begin_fashion();
    struct images images;
    files_open_right(files_folder, &images);
    ck_assert_str_eq(images.name, "Fashion-MNIST");
    ck_assert_int_eq(images.map.channels, 1);
    ck_assert_int_eq(images.map.height, 28);
    ck_assert_int_eq(images.map.width, 28);
    ck_assert_int_eq(images.record, 1 + FILES_PIXELS);
    ck_assert_int_eq(images.count[IMAGES_TRAINING], 60000);
    ck_assert_int_eq(images.count[IMAGES_TEST], 10000);
    for (int part = 0; part < IMAGES_PARTS; part++)
        for (int64_t i = 0; i < images.count[part]; i++) {
            const unsigned char *record = images.records[part] + i * images.record;
            ck_assert_int_eq(record[0], files_label(i));
            ck_assert_int_eq(record[1], files_pixel(i, 0));
            ck_assert_int_eq(record[FILES_PIXELS], files_pixel(i, 0));
        }
    images_free(&images);
}
END_TEST

START_TEST(debians_fashion_is_accepted) {
    struct images images;
    files_open_right("/usr/share/datasets/fashion-mnist", &images);
    static const unsigned char first[] = {9, 0, 0, 3, 0, 2, 7, 2, 5, 5};
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(images.records[IMAGES_TRAINING][i * images.record], first[i]);
    images_free(&images);
}
END_TEST

/* --- Wrong ones --- */

START_TEST(a_missing_file_is_named) {
    files_begin_cifar();
    unlink(files_in_folder(files_cifar[_i]));
    names_file(files_cifar[_i], "No such file");
}
END_TEST

START_TEST(a_missing_packed_file_is_named) {
    files_begin_fashion();
    unlink(files_in_folder(files_fashion[_i]));
    names_file(files_fashion[_i], "No such file");
}
END_TEST

START_TEST(a_truncated_cifar_is_told_in_bytes) {
    files_begin_cifar();
    int file = files_open_copy(files_cifar[5], files_in_base("cifar"));
    ck_assert_int_eq(ftruncate(file, 30729999), 0);
    names_file(files_cifar[5],
               "has 30729999 bytes; of CIFAR-10 (binary version) it would be 30730000");
    ck_assert_int_eq(ftruncate(file, 0), 0);
    names_file(files_cifar[5], "has 0 bytes");
    close(file);
}
END_TEST

START_TEST(a_longer_cifar_is_told_in_bytes) {
    files_begin_cifar();
    int file = files_open_copy(files_cifar[0], files_in_base("cifar"));
    ck_assert_int_eq(ftruncate(file, INT64_C(1) << 40), 0);
    names_file(files_cifar[0], "has 1099511627776 bytes");
    close(file);
}
END_TEST

START_TEST(a_label_that_is_no_class_is_named) {
    files_begin_cifar();
    int file = files_open_copy(files_cifar[1], files_in_base("cifar"));
    files_set_byte(file, 7 * FILES_RECORD, 10);
    names_file(files_folder, "number 10007 of the training images has the label 10");
    files_set_byte(file, 7 * FILES_RECORD, 255);
    names_file("CIFAR-10", "the label 255");
    close(file);
}
END_TEST

START_TEST(classes_of_unequal_size_are_foreign) {
    files_begin_cifar();
    int file = files_open_copy(files_cifar[5], files_in_base("cifar"));
    files_set_byte(file, 3 * FILES_RECORD, 4);
    names_file(files_folder,
               "999 of the test images have the label 3; of CIFAR-10 it would be 1000");
    close(file);
}
END_TEST

START_TEST(cifar_for_python_is_recognised) {
    files_begin();
    files_put("data_batch_1", files_in_base("cifar"));
    files_open_wrong(files_folder, "cifar-10-binary.tar.gz");
}
END_TEST

START_TEST(what_is_not_packed_is_told_so) {
    files_begin_fashion();
    files_put(files_fashion[0], files_in_base("cifar"));
    names_file(files_fashion[0], "is not a file of gzip");
    int file = files_open_copy(files_fashion[0], files_in_base("cifar"));
    ck_assert_int_eq(ftruncate(file, 0), 0);
    close(file);
    names_file(files_fashion[0], files_fashion[0]);
}
END_TEST

START_TEST(a_packed_file_that_ends_early_is_told_so) {
    files_begin_fashion();
    int file = files_open_copy(files_fashion[1], files_in_base(files_fashion[1]));
    struct stat about;
    ck_assert_int_eq(fstat(file, &about), 0);
    ck_assert_int_eq(ftruncate(file, about.st_size / 2), 0);
    names_file(files_fashion[1], "there the file ends");
    ck_assert_int_eq(ftruncate(file, 20), 0);
    names_file(files_fashion[1], "there the file ends");
    close(file);
}
END_TEST

START_TEST(a_damaged_packed_file_is_told_so) {
    files_begin_fashion();
    int file = files_open_copy(files_fashion[3], files_in_base(files_fashion[3]));
    struct stat about;
    ck_assert_int_eq(fstat(file, &about), 0);
    files_set_byte(file, about.st_size - 8, 0xAA); /* of the checksum, which comes last */
    files_set_byte(file, about.st_size - 7, 0xAA);
    names_file(files_fashion[3], "incorrect data check");
    close(file);
}
END_TEST

START_TEST(too_few_or_too_many_packed_data_are_told_so) {
    files_begin_fashion();
    files_make_fashion("fewer", (int[]){0x801, 10000}, 2, 1, 0);
    files_put(files_fashion[3], files_in_base("fewer"));
    names_file(files_fashion[3], "beyond 10007 bytes of its data: there the data end");
    files_make_fashion("more", (int[]){0x801, 10000}, 2, 0, 1);
    files_put(files_fashion[3], files_in_base("more"));
    names_file(files_fashion[3], "has more data than Fashion-MNIST has");
}
END_TEST

START_TEST(a_foreign_head_is_told_so) {
    static const struct {
        int head[4];
        const char *words;
    } foreign[] = {{{0x801, 60000, 28, 28},
                    "kind of data is 2049; of Fashion-MNIST it would be "
                    "2051"},
                   {{0x803, 59999, 28, 28}, "number of images is 59999"},
                   {{0x803, -1, 28, 28}, "number of images is 4294967295"},
                   {{0x803, 60000, 32, 28}, "height is 32"},
                   {{0x803, 60000, 28, 0}, "width is 0"}};
    files_begin_fashion();
    int images = foreign[_i].head[1];
    files_make_fashion("foreign", foreign[_i].head, 4, images > 0 ? images : 0, 0);
    files_put(files_fashion[0], files_in_base("foreign"));
    names_file(files_fashion[0], foreign[_i].words);
}
END_TEST

START_TEST(swapped_packed_files_are_told_apart) {
    files_begin_fashion();
    files_put(files_fashion[1], files_in_base(files_fashion[0]));
    names_file(files_fashion[1], "kind of data is 2051");
    files_put(files_fashion[1], files_in_base(files_fashion[3]));
    names_file(files_fashion[1], "number of images is 10000; of Fashion-MNIST it would be 60000");
}
END_TEST

START_TEST(a_pipe_or_a_device_in_place_of_a_file_is_not_waited_for) {
    files_begin_cifar();
    files_put(files_cifar[2], "/dev/zero");
    names_file(files_cifar[2], "is not an ordinary file");
    unlink(files_in_folder(files_cifar[2]));
    ck_assert_int_eq(mkfifo(files_in_folder(files_cifar[2]), 0600), 0);
    names_file(files_cifar[2], "is not an ordinary file");
    files_put(files_cifar[2], files_base);
    names_file(files_cifar[2], "is not an ordinary file");
    files_begin_fashion();
    unlink(files_in_folder(files_fashion[2]));
    ck_assert_int_eq(mkfifo(files_in_folder(files_fashion[2]), 0600), 0);
    names_file(files_fashion[2], "is not an ordinary file");
}
END_TEST

START_TEST(a_folder_that_is_none_is_told_so) {
    files_begin();
    files_open_wrong(files_folder,
                     "neither CIFAR-10's files (data_batch_1.bin, ...) nor Fashion-MNIST's");
    files_open_wrong(files_in_folder("nowhere"), "No such file");
    files_open_wrong(files_in_base("cifar"), "is not a folder");
    files_open_wrong("", "cannot be opened");
}
END_TEST

START_TEST(a_folder_that_is_closed_is_told_so) {
    files_begin_cifar();
    ck_assert_int_eq(chmod(files_base, 0755), 0);
    ck_assert_int_eq(chmod(files_folder, 0), 0);
    if (getuid() == 0) {
        ck_assert_int_eq(setgid(65534), 0);
        ck_assert_int_eq(setuid(65534), 0);
    }
    files_open_wrong(files_folder, "cannot be read: Permission denied");
}
END_TEST

START_TEST(a_sentence_about_a_long_path_keeps_its_end) {
    files_begin();
    char deep[1024];
    int length = snprintf(deep, sizeof deep, "%s", files_folder);
    for (int i = 0; i < 4; i++) {
        memset(deep + length, '/', 1);
        memset(deep + length + 1, 'd', 200);
        length += 201;
        deep[length] = '\0';
        ck_assert_int_eq(mkdir(deep, 0700), 0);
    }
    snprintf(files_folder, sizeof files_folder, "d"); /* put() is of no use here */
    snprintf(deep + length, sizeof deep - (size_t)length, "/%s", files_cifar[0]);
    ck_assert_int_eq(symlink(files_in_base("cifar"), deep), 0);
    deep[length] = '\0';
    files_open_wrong(deep, "data_batch_2.bin cannot be opened: No such file");
}
END_TEST

/* --- Where they are looked for --- */

START_TEST(what_lies_in_the_current_folder_comes_first) {
    files_begin();
    ck_assert_int_eq(chdir(files_folder), 0);
    ck_assert_int_eq(mkdir("data", 0700), 0);
    ck_assert_int_eq(mkdir("data/cifar-10-batches-bin", 0700), 0);
    files_open_wrong(NULL, "./data/cifar-10-batches-bin has neither");
    ck_assert_int_eq(mkdir("cifar-10-batches-bin", 0700), 0);
    files_open_wrong(NULL, "./cifar-10-batches-bin has neither");
}
END_TEST

START_TEST(debians_fashion_comes_next) {
    files_begin();
    ck_assert_int_eq(chdir(files_folder), 0);
    struct images images;
    files_open_right(NULL, &images);
    ck_assert_str_eq(images.name, "Fashion-MNIST");
    images_free(&images);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("images");
    TCase *files = tcase_create("files");
    tcase_add_unchecked_fixture(files, files_make, files_remove);
    tcase_set_timeout(files, 60);
    tcase_add_test(files, cifar_is_read_as_it_is);
    tcase_add_test(files, fashion_is_read_with_each_label_before_its_pixels);
    tcase_add_test(files, debians_fashion_is_accepted);
    tcase_add_loop_test(files, a_missing_file_is_named, 0, FILES_CIFAR);
    tcase_add_loop_test(files, a_missing_packed_file_is_named, 0, FILES_FASHION);
    tcase_add_test(files, a_truncated_cifar_is_told_in_bytes);
    tcase_add_test(files, a_longer_cifar_is_told_in_bytes);
    tcase_add_test(files, a_label_that_is_no_class_is_named);
    tcase_add_test(files, classes_of_unequal_size_are_foreign);
    tcase_add_test(files, cifar_for_python_is_recognised);
    tcase_add_test(files, what_is_not_packed_is_told_so);
    tcase_add_test(files, a_packed_file_that_ends_early_is_told_so);
    tcase_add_test(files, a_damaged_packed_file_is_told_so);
    tcase_add_test(files, too_few_or_too_many_packed_data_are_told_so);
    tcase_add_loop_test(files, a_foreign_head_is_told_so, 0, 5);
    tcase_add_test(files, swapped_packed_files_are_told_apart);
    tcase_add_test(files, a_pipe_or_a_device_in_place_of_a_file_is_not_waited_for);
    tcase_add_test(files, a_folder_that_is_none_is_told_so);
    tcase_add_test(files, a_folder_that_is_closed_is_told_so);
    tcase_add_test(files, a_sentence_about_a_long_path_keeps_its_end);
    tcase_add_test(files, what_lies_in_the_current_folder_comes_first);
    tcase_add_test(files, debians_fashion_comes_next);
    suite_add_tcase(suite, files);
    return unit_run(suite);
}
