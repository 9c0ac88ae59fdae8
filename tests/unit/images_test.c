/* Files of images, right and in every way wrong.  They are made once, in a temporary folder, and
 * each test links what it needs into a folder of its own. */
#include "unit.h"

#include "images.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <zlib.h>

enum { RECORD = 3073, CIFAR_COUNT = 10000, CIFAR_FILES = 6, FASHION_FILES = 4, PIXELS = 784 };

static const char *const cifar[] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                    "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"};
static const char *const fashion[] = {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
                                      "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"};

/* Of all records that seed 1 makes. */
#define MADE_1 3253109819U

static char base[64];

static const char *in_base(const char *name) {
    static char path[2][256];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", base, name);
    return path[turn];
}

/* --- Right files --- */

/* Label and pixels tell which image they are. */
static int label_of(int64_t i) {
    return (int)(i % 10);
}
static int pixel_of(int64_t i, int at) {
    return (int)((i + 7 * (int64_t)at) % 251);
}

static void make_cifar(void) {
    FILE *file = fopen(in_base("cifar"), "wb");
    ck_assert_ptr_nonnull(file);
    static unsigned char record[RECORD];
    for (int i = 0; i < CIFAR_COUNT; i++) {
        record[0] = (unsigned char)label_of(i);
        for (int k = 1; k < RECORD; k++)
            record[k] = (unsigned char)pixel_of(i, k - 1);
        ck_assert_uint_eq(fwrite(record, 1, RECORD, file), RECORD);
    }
    ck_assert_int_eq(fclose(file), 0);
}

/* The head's numbers, then every image's pieces, of which `without` are left out at the end; then
 * `extra` bytes. */
static void make_fashion(const char *name, const int *head, int numbers, int without, int extra) {
    gzFile file = gzopen(in_base(name), "wb1");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < numbers; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            gzputc(file, head[i] >> shift & 255);
    static unsigned char pixels[PIXELS];
    for (int64_t i = 0; i < head[1] - without; i++) {
        memset(pixels, pixel_of(i, 0), sizeof pixels);
        if (numbers == 2)
            gzputc(file, label_of(i));
        else
            gzwrite(file, pixels, sizeof pixels);
    }
    for (int i = 0; i < extra; i++)
        gzputc(file, 0);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

static void make_all(void) {
    snprintf(base, sizeof base, "%s/images-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(base));
    make_cifar();
    make_fashion(fashion[0], (int[]){0x803, 60000, 28, 28}, 4, 0, 0);
    make_fashion(fashion[1], (int[]){0x801, 60000}, 2, 0, 0);
    make_fashion(fashion[2], (int[]){0x803, 10000, 28, 28}, 4, 0, 0);
    make_fashion(fashion[3], (int[]){0x801, 10000}, 2, 0, 0);
}

static void remove_all(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    ck_assert_int_eq(system(command), 0);
}

/* --- Folders of links to them --- */

static char folder[128];

static const char *in_folder(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Removes what has the name and puts a link to `target` there. */
static void put(const char *name, const char *target) {
    unlink(in_folder(name));
    ck_assert_int_eq(symlink(target, in_folder(name)), 0);
}

static void begin(void) {
    snprintf(folder, sizeof folder, "%s/one-XXXXXX", base);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}
static void begin_cifar(void) {
    begin();
    for (int i = 0; i < CIFAR_FILES; i++)
        put(cifar[i], in_base("cifar"));
}
static void begin_fashion(void) {
    begin();
    for (int i = 0; i < FASHION_FILES; i++)
        put(fashion[i], in_base(fashion[i]));
}

/* A copy that the test may spoil, in place of the link. */
static int open_copy(const char *name, const char *source) {
    enum { PIECE = 1 << 16 };
    static char bytes[PIECE];
    unlink(in_folder(name));
    int from = open(source, O_RDONLY), to = open(in_folder(name), O_RDWR | O_CREAT, 0600);
    ck_assert_int_ge(from, 0);
    ck_assert_int_ge(to, 0);
    for (ssize_t got; (got = read(from, bytes, PIECE)) > 0;)
        ck_assert_int_eq(write(to, bytes, (size_t)got), got);
    close(from);
    return to;
}
static void set_byte(int file, int64_t at, int value) {
    unsigned char byte = (unsigned char)value;
    ck_assert_int_eq(pwrite(file, &byte, 1, at), 1);
}

/* --- What comes of it --- */

static void open_right(const char *where, struct images *images) {
    struct trouble t = {0};
    ck_assert_msg(images_open(where, images, &t), "%s", t.words);
    ck_assert_int_eq(t.kind, TROUBLE_NONE);
}

/* The sentence holds `words`, and nothing is left to free. */
static void open_wrong(const char *where, const char *words) {
    struct images images;
    struct trouble t = {0};
    ck_assert(!images_open(where, &images, &t));
    ck_assert_int_eq(t.kind, TROUBLE_DATA);
    ck_assert_msg(strstr(t.words, words) != NULL, "\"%s\" lacks \"%s\"", t.words, words);
    for (int part = 0; part < IMAGES_PARTS; part++)
        ck_assert_ptr_null(images.records[part]);
}
static void names_file(const char *name, const char *words) {
    open_wrong(folder, name);
    open_wrong(folder, words);
}

START_TEST(cifar_is_read_as_it_is) {
    begin_cifar();
    struct images images;
    open_right(folder, &images);
    ck_assert_str_eq(images.name, "CIFAR-10");
    ck_assert_int_eq(images.map.channels, 3);
    ck_assert_int_eq(images.map.height, 32);
    ck_assert_int_eq(images.map.width, 32);
    ck_assert_int_eq(images.classes, 10);
    ck_assert_int_eq(images.record, RECORD);
    ck_assert_int_eq(images.count[IMAGES_TRAINING], 50000);
    ck_assert_int_eq(images.count[IMAGES_TEST], 10000);
    for (int64_t i = 0; i < 50000; i += 4999) {
        const unsigned char *record = images.records[IMAGES_TRAINING] + i * RECORD;
        ck_assert_int_eq(record[0], label_of(i % CIFAR_COUNT));
        ck_assert_int_eq(record[3072], pixel_of(i % CIFAR_COUNT, 3071));
    }
    ck_assert_int_eq(images.records[IMAGES_TEST][9999 * RECORD + 1], pixel_of(9999, 0));
    images_free(&images);
    ck_assert_ptr_null(images.records[0]);
}
END_TEST

START_TEST(fashion_is_read_with_each_label_before_its_pixels) {
    begin_fashion();
    struct images images;
    open_right(folder, &images);
    ck_assert_str_eq(images.name, "Fashion-MNIST");
    ck_assert_int_eq(images.map.channels, 1);
    ck_assert_int_eq(images.map.height, 28);
    ck_assert_int_eq(images.map.width, 28);
    ck_assert_int_eq(images.record, 1 + PIXELS);
    ck_assert_int_eq(images.count[IMAGES_TRAINING], 60000);
    ck_assert_int_eq(images.count[IMAGES_TEST], 10000);
    for (int part = 0; part < IMAGES_PARTS; part++)
        for (int64_t i = 0; i < images.count[part]; i++) {
            const unsigned char *record = images.records[part] + i * images.record;
            ck_assert_int_eq(record[0], label_of(i));
            ck_assert_int_eq(record[1], pixel_of(i, 0));
            ck_assert_int_eq(record[PIXELS], pixel_of(i, 0));
        }
    images_free(&images);
}
END_TEST

START_TEST(debians_fashion_is_accepted) {
    struct images images;
    open_right("/usr/share/datasets/fashion-mnist", &images);
    static const unsigned char first[] = {9, 0, 0, 3, 0, 2, 7, 2, 5, 5};
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(images.records[IMAGES_TRAINING][i * images.record], first[i]);
    images_free(&images);
}
END_TEST

/* --- Wrong ones --- */

START_TEST(a_missing_file_is_named) {
    begin_cifar();
    unlink(in_folder(cifar[_i]));
    names_file(cifar[_i], "No such file");
}
END_TEST

START_TEST(a_missing_packed_file_is_named) {
    begin_fashion();
    unlink(in_folder(fashion[_i]));
    names_file(fashion[_i], "No such file");
}
END_TEST

START_TEST(a_truncated_cifar_is_told_in_bytes) {
    begin_cifar();
    int file = open_copy(cifar[5], in_base("cifar"));
    ck_assert_int_eq(ftruncate(file, 30729999), 0);
    names_file(cifar[5], "has 30729999 bytes; of CIFAR-10 (binary version) it would be 30730000");
    ck_assert_int_eq(ftruncate(file, 0), 0);
    names_file(cifar[5], "has 0 bytes");
    close(file);
}
END_TEST

START_TEST(a_longer_cifar_is_told_in_bytes) {
    begin_cifar();
    int file = open_copy(cifar[0], in_base("cifar"));
    ck_assert_int_eq(ftruncate(file, INT64_C(1) << 40), 0);
    names_file(cifar[0], "has 1099511627776 bytes");
    close(file);
}
END_TEST

START_TEST(a_label_that_is_no_class_is_named) {
    begin_cifar();
    int file = open_copy(cifar[1], in_base("cifar"));
    set_byte(file, 7 * RECORD, 10);
    names_file(folder, "number 10007 of the training images has the label 10");
    set_byte(file, 7 * RECORD, 255);
    names_file("CIFAR-10", "the label 255");
    close(file);
}
END_TEST

START_TEST(classes_of_unequal_size_are_foreign) {
    begin_cifar();
    int file = open_copy(cifar[5], in_base("cifar"));
    set_byte(file, 3 * RECORD, 4);
    names_file(folder, "999 of the test images have the label 3; of CIFAR-10 it would be 1000");
    close(file);
}
END_TEST

START_TEST(cifar_for_python_is_recognised) {
    begin();
    put("data_batch_1", in_base("cifar"));
    open_wrong(folder, "cifar-10-binary.tar.gz");
}
END_TEST

START_TEST(what_is_not_packed_is_told_so) {
    begin_fashion();
    put(fashion[0], in_base("cifar"));
    names_file(fashion[0], "is not a file of gzip");
    int file = open_copy(fashion[0], in_base("cifar"));
    ck_assert_int_eq(ftruncate(file, 0), 0);
    close(file);
    names_file(fashion[0], fashion[0]);
}
END_TEST

START_TEST(a_packed_file_that_ends_early_is_told_so) {
    begin_fashion();
    int file = open_copy(fashion[1], in_base(fashion[1]));
    struct stat about;
    ck_assert_int_eq(fstat(file, &about), 0);
    ck_assert_int_eq(ftruncate(file, about.st_size / 2), 0);
    names_file(fashion[1], "there the file ends");
    ck_assert_int_eq(ftruncate(file, 20), 0);
    names_file(fashion[1], "there the file ends");
    close(file);
}
END_TEST

START_TEST(a_damaged_packed_file_is_told_so) {
    begin_fashion();
    int file = open_copy(fashion[3], in_base(fashion[3]));
    struct stat about;
    ck_assert_int_eq(fstat(file, &about), 0);
    set_byte(file, about.st_size - 8, 0xAA); /* of the checksum, which comes last */
    set_byte(file, about.st_size - 7, 0xAA);
    names_file(fashion[3], "incorrect data check");
    close(file);
}
END_TEST

START_TEST(too_few_or_too_many_packed_data_are_told_so) {
    begin_fashion();
    make_fashion("fewer", (int[]){0x801, 10000}, 2, 1, 0);
    put(fashion[3], in_base("fewer"));
    names_file(fashion[3], "beyond 10007 bytes of its data: there the data end");
    make_fashion("more", (int[]){0x801, 10000}, 2, 0, 1);
    put(fashion[3], in_base("more"));
    names_file(fashion[3], "has more data than Fashion-MNIST has");
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
    begin_fashion();
    int images = foreign[_i].head[1];
    make_fashion("foreign", foreign[_i].head, 4, images > 0 ? images : 0, 0);
    put(fashion[0], in_base("foreign"));
    names_file(fashion[0], foreign[_i].words);
}
END_TEST

START_TEST(swapped_packed_files_are_told_apart) {
    begin_fashion();
    put(fashion[1], in_base(fashion[0]));
    names_file(fashion[1], "kind of data is 2051");
    put(fashion[1], in_base(fashion[3]));
    names_file(fashion[1], "number of images is 10000; of Fashion-MNIST it would be 60000");
}
END_TEST

START_TEST(a_pipe_or_a_device_in_place_of_a_file_is_not_waited_for) {
    begin_cifar();
    put(cifar[2], "/dev/zero");
    names_file(cifar[2], "is not an ordinary file");
    unlink(in_folder(cifar[2]));
    ck_assert_int_eq(mkfifo(in_folder(cifar[2]), 0600), 0);
    names_file(cifar[2], "is not an ordinary file");
    put(cifar[2], base);
    names_file(cifar[2], "is not an ordinary file");
    begin_fashion();
    unlink(in_folder(fashion[2]));
    ck_assert_int_eq(mkfifo(in_folder(fashion[2]), 0600), 0);
    names_file(fashion[2], "is not an ordinary file");
}
END_TEST

START_TEST(a_folder_that_is_none_is_told_so) {
    begin();
    open_wrong(folder, "neither CIFAR-10's files (data_batch_1.bin, ...) nor Fashion-MNIST's");
    open_wrong(in_folder("nowhere"), "No such file");
    open_wrong(in_base("cifar"), "is not a folder");
    open_wrong("", "cannot be opened");
}
END_TEST

START_TEST(a_folder_that_is_closed_is_told_so) {
    begin_cifar();
    ck_assert_int_eq(chmod(base, 0755), 0);
    ck_assert_int_eq(chmod(folder, 0), 0);
    if (getuid() == 0) {
        ck_assert_int_eq(setgid(65534), 0);
        ck_assert_int_eq(setuid(65534), 0);
    }
    open_wrong(folder, "cannot be read: Permission denied");
}
END_TEST

START_TEST(a_sentence_about_a_long_path_keeps_its_end) {
    begin();
    char deep[1024];
    int length = snprintf(deep, sizeof deep, "%s", folder);
    for (int i = 0; i < 4; i++) {
        memset(deep + length, '/', 1);
        memset(deep + length + 1, 'd', 200);
        length += 201;
        deep[length] = '\0';
        ck_assert_int_eq(mkdir(deep, 0700), 0);
    }
    snprintf(folder, sizeof folder, "d"); /* put() is of no use here */
    snprintf(deep + length, sizeof deep - (size_t)length, "/%s", cifar[0]);
    ck_assert_int_eq(symlink(in_base("cifar"), deep), 0);
    deep[length] = '\0';
    open_wrong(deep, "data_batch_2.bin cannot be opened: No such file");
}
END_TEST

/* --- Where they are looked for --- */

START_TEST(what_lies_in_the_current_folder_comes_first) {
    begin();
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(mkdir("data", 0700), 0);
    ck_assert_int_eq(mkdir("data/cifar-10-batches-bin", 0700), 0);
    open_wrong(NULL, "./data/cifar-10-batches-bin has neither");
    ck_assert_int_eq(mkdir("cifar-10-batches-bin", 0700), 0);
    open_wrong(NULL, "./cifar-10-batches-bin has neither");
}
END_TEST

START_TEST(debians_fashion_comes_next) {
    begin();
    ck_assert_int_eq(chdir(folder), 0);
    struct images images;
    open_right(NULL, &images);
    ck_assert_str_eq(images.name, "Fashion-MNIST");
    images_free(&images);
}
END_TEST

/* --- Made up --- */

static uLong checksum(const struct images *images) {
    uLong sum = crc32(0, NULL, 0);
    for (int part = 0; part < IMAGES_PARTS; part++)
        sum = crc32(sum, images->records[part], (uInt)(images->count[part] * images->record));
    return sum;
}

START_TEST(made_up_pictures_are_the_same_everywhere) {
    struct images images;
    open_right("made:1", &images);
    ck_assert_str_eq(images.name, "made up");
    ck_assert_int_eq(images.record, RECORD);
    ck_assert_int_eq(images.count[IMAGES_TRAINING], 5000);
    ck_assert_int_eq(images.count[IMAGES_TEST], 1000);
    ck_assert_uint_eq(checksum(&images), MADE_1);
    images_free(&images);
    open_right("made:18446744073709551615", &images);
    ck_assert_uint_ne(checksum(&images), MADE_1);
    images_free(&images);
}
END_TEST

START_TEST(a_seed_is_a_whole_number) {
    static const char *const wrong[] = {"made:",   "made:-1", "made: 1",
                                        "made:+1", "made:1x", "made:18446744073709551616"};
    open_wrong(wrong[_i], "a seed, a whole number below 2^64");
}
END_TEST

START_TEST(made_up_classes_are_equally_many_in_every_ten) {
    struct images images;
    open_right("made:5", &images);
    for (int64_t i = 0; i < images.count[IMAGES_TRAINING]; i++)
        ck_assert_int_eq(images.records[IMAGES_TRAINING][i * images.record], i % 10);
    images_free(&images);
}
END_TEST

/* Told apart by its nearest mean: what needs no network would be no test of one. */
START_TEST(made_up_classes_are_not_told_apart_by_their_means) {
    struct images images;
    open_right("made:1", &images);
    static double means[10][RECORD];
    for (int64_t i = 0; i < images.count[IMAGES_TRAINING]; i++) {
        const unsigned char *record = images.records[IMAGES_TRAINING] + i * RECORD;
        for (int k = 1; k < RECORD; k++)
            means[record[0]][k] += record[k] / 500.0;
    }
    int hits = 0;
    for (int64_t i = 0; i < images.count[IMAGES_TEST]; i++) {
        const unsigned char *record = images.records[IMAGES_TEST] + i * RECORD;
        int best = 0;
        double least = INFINITY;
        for (int c = 0; c < 10; c++) {
            double distance = 0;
            for (int k = 1; k < RECORD; k++)
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
    Suite *suite = suite_create("images");
    TCase *files = tcase_create("files"), *made = tcase_create("made");
    tcase_add_unchecked_fixture(files, make_all, remove_all);
    tcase_set_timeout(files, 60);
    tcase_set_timeout(made, 60);
    tcase_add_test(files, cifar_is_read_as_it_is);
    tcase_add_test(files, fashion_is_read_with_each_label_before_its_pixels);
    tcase_add_test(files, debians_fashion_is_accepted);
    tcase_add_loop_test(files, a_missing_file_is_named, 0, CIFAR_FILES);
    tcase_add_loop_test(files, a_missing_packed_file_is_named, 0, FASHION_FILES);
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
    tcase_add_test(made, made_up_pictures_are_the_same_everywhere);
    tcase_add_loop_test(made, a_seed_is_a_whole_number, 0, 6);
    tcase_add_test(made, made_up_classes_are_equally_many_in_every_ten);
    tcase_add_test(made, made_up_classes_are_not_told_apart_by_their_means);
    suite_add_tcase(suite, files);
    suite_add_tcase(suite, made);
    return unit_run(suite);
}
