/* Makes, links and spoils files of images (images_files.h). */
#include "images_files.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

const char *const files_cifar[FILES_CIFAR] = {"data_batch_1.bin", "data_batch_2.bin",
                                              "data_batch_3.bin", "data_batch_4.bin",
                                              "data_batch_5.bin", "test_batch.bin"};
const char *const files_fashion[FILES_FASHION] = {
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz"};

char files_base[64];

const char *files_in_base(const char *name) {
    static char path[2][256];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", files_base, name);
    return path[turn];
}

/* --- Right files --- */

int files_label(int64_t i) {
    return (int)(i % 10);
}
int files_pixel(int64_t i, int at) {
    return (int)((i + 7 * (int64_t)at) % 251);
}

static void make_cifar(void) {
    FILE *file = fopen(files_in_base("cifar"), "wb");
    ck_assert_ptr_nonnull(file);
    static unsigned char record[FILES_RECORD];
    for (int i = 0; i < FILES_COUNT; i++) {
        record[0] = (unsigned char)files_label(i);
        for (int k = 1; k < FILES_RECORD; k++)
            record[k] = (unsigned char)files_pixel(i, k - 1);
        ck_assert_uint_eq(fwrite(record, 1, FILES_RECORD, file), FILES_RECORD);
    }
    ck_assert_int_eq(fclose(file), 0);
}

void files_make_fashion(const char *name, const int *head, int numbers, int without, int extra) {
    gzFile file = gzopen(files_in_base(name), "wb1");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < numbers; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            gzputc(file, head[i] >> shift & 255);
    static unsigned char pixels[FILES_PIXELS];
    for (int64_t i = 0; i < head[1] - without; i++) {
        memset(pixels, files_pixel(i, 0), sizeof pixels);
        if (numbers == 2)
            gzputc(file, files_label(i));
        else
            gzwrite(file, pixels, sizeof pixels);
    }
    for (int i = 0; i < extra; i++)
        gzputc(file, 0);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

void files_make(void) {
    snprintf(files_base, sizeof files_base, "%s/images-XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(files_base));
    make_cifar();
    files_make_fashion(files_fashion[0], (int[]){0x803, 60000, 28, 28}, 4, 0, 0);
    files_make_fashion(files_fashion[1], (int[]){0x801, 60000}, 2, 0, 0);
    files_make_fashion(files_fashion[2], (int[]){0x803, 10000, 28, 28}, 4, 0, 0);
    files_make_fashion(files_fashion[3], (int[]){0x801, 10000}, 2, 0, 0);
}

void files_remove(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", files_base);
    ck_assert_int_eq(system(command), 0);
}

/* --- Folders of links to them --- */

char files_folder[128];

const char *files_in_folder(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", files_folder, name);
    return path;
}

void files_put(const char *name, const char *target) {
    unlink(files_in_folder(name));
    ck_assert_int_eq(symlink(target, files_in_folder(name)), 0);
}

void files_begin(void) {
    snprintf(files_folder, sizeof files_folder, "%s/one-XXXXXX", files_base);
    ck_assert_ptr_nonnull(mkdtemp(files_folder));
}
void files_begin_cifar(void) {
    files_begin();
    for (int i = 0; i < FILES_CIFAR; i++)
        files_put(files_cifar[i], files_in_base("cifar"));
}
void files_begin_fashion(void) {
    files_begin();
    for (int i = 0; i < FILES_FASHION; i++)
        files_put(files_fashion[i], files_in_base(files_fashion[i]));
}

int files_open_copy(const char *name, const char *source) {
    enum { PIECE = 1 << 16 };
    static char bytes[PIECE];
    unlink(files_in_folder(name));
    int from = open(source, O_RDONLY), to = open(files_in_folder(name), O_RDWR | O_CREAT, 0600);
    ck_assert_int_ge(from, 0);
    ck_assert_int_ge(to, 0);
    for (ssize_t got; (got = read(from, bytes, PIECE)) > 0;)
        ck_assert_int_eq(write(to, bytes, (size_t)got), got);
    close(from);
    return to;
}
void files_set_byte(int file, int64_t at, int value) {
    unsigned char byte = (unsigned char)value;
    ck_assert_int_eq(pwrite(file, &byte, 1, at), 1);
}

/* --- What comes of it --- */

void files_open_right(const char *where, struct images *images) {
    struct trouble t = {0};
    ck_assert_msg(images_open(where, images, &t), "%s", t.words);
    ck_assert_int_eq(t.kind, TROUBLE_NONE);
}

void files_open_wrong(const char *where, const char *words) {
    struct images images;
    struct trouble t = {0};
    ck_assert(!images_open(where, &images, &t));
    ck_assert_int_eq(t.kind, TROUBLE_DATA);
    ck_assert_msg(strstr(t.words, words) != NULL, "\"%s\" lacks \"%s\"", t.words, words);
    for (int part = 0; part < IMAGES_PARTS; part++)
        ck_assert_ptr_null(images.records[part]);
}
