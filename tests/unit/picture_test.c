/* Grey pictures as PNG files: every kind of PNG is read, every bad file is refused with a sentence,
 * and what is written is read again. */
#include "unit.h"

#include "public/inputs.h"
#include "public/picture.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/picture_test.XXXXXX";

static const char *in_folder(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* --- Files of every kind --- */

struct kind {
    int width, height, depth, colours, interlace;
    const png_color *palette; /* two colours, or NULL */
    const png_byte *alphas;   /* of the palette, or NULL */
};

/* Writes rows that lie one after the other; returns the path. */
static const char *write_png(const struct kind *kind, const png_byte *rows, size_t row_bytes) {
    const char *path = in_folder("made.png");
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)kind->width, (png_uint_32)kind->height, kind->depth,
                 kind->colours, kind->interlace, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (kind->palette)
        png_set_PLTE(png, info, kind->palette, 2);
    if (kind->alphas)
        png_set_tRNS(png, info, kind->alphas, 2, NULL);
    png_bytep row[8];
    for (int i = 0; i < kind->height; i++)
        row[i] = (png_bytep)rows + (size_t)i * row_bytes;
    png_set_rows(png, info, row);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

/* What the file shows; ends the test where it is refused. */
static tensor *read_whole(const char *path) {
    tensor seen;
    const char *objection = picture_read(path, &seen);
    ck_assert_msg(!objection, "%s", objection);
    ck_assert_int_eq(seen.rank, 2);
    tensor *kept =
        tensor_literal(SHAPE(seen.dim[0], seen.dim[1]), (size_t)tensor_count(&seen), seen.at);
    free(seen.at);
    return kept;
}

#define expect_grey(picture, index, want) ck_assert_double_eq_tol((picture)->at[index], want, 1e-9)

START_TEST(weighs_red_green_and_blue) {
    const png_byte rows[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 10, 20, 30};
    struct kind colour = {3, 2, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, NULL, NULL};
    tensor *t = read_whole(write_png(&colour, rows, 9));
    ck_assert_int_eq(t->dim[0], 2);
    ck_assert_int_eq(t->dim[1], 3);
    expect_grey(t, 0, 0.2989);
    expect_grey(t, 1, 0.5870);
    expect_grey(t, 2, 0.1140);
    expect_grey(t, 3, 0.9999);
    expect_grey(t, 4, 0);
    expect_grey(t, 5, (0.2989 * 10 + 0.5870 * 20 + 0.1140 * 30) / 255);
}
END_TEST

START_TEST(keeps_grey_as_it_is) {
    const png_byte rows[] = {0, 1, 128, 255};
    struct kind grey = {2, 2, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, NULL, NULL};
    tensor *t = read_whole(write_png(&grey, rows, 2));
    for (int i = 0; i < 4; i++)
        expect_grey(t, i, rows[i] / 255.0);
}
END_TEST

START_TEST(lays_transparent_pixels_over_white) {
    const png_byte rows[] = {0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 51, 255, 0, 0, 51};
    struct kind alpha = {4, 1, 8, PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE, NULL, NULL};
    tensor *t = read_whole(write_png(&alpha, rows, 16));
    expect_grey(t, 0, 0);
    expect_grey(t, 1, 1);
    expect_grey(t, 2, 0.8);
    expect_grey(t, 3, 0.8 + 0.2 * 0.2989);
    const png_byte greys[] = {100, 255, 100, 0, 100, 51};
    struct kind grey = {3, 1, 8, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_INTERLACE_NONE, NULL, NULL};
    t = read_whole(write_png(&grey, greys, 6));
    expect_grey(t, 0, 100 / 255.0);
    expect_grey(t, 1, 1);
    expect_grey(t, 2, 0.8 + 0.2 * 100 / 255);
}
END_TEST

START_TEST(looks_colours_up_in_the_palette) {
    const png_color colours[2] = {{255, 0, 0}, {0, 0, 255}};
    const png_byte rows[] = {0x40 /* 0, 1, 0: one bit each */}, alphas[2] = {255, 0};
    struct kind palette = {3, 1, 1, PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE, colours, NULL};
    tensor *t = read_whole(write_png(&palette, rows, 1));
    expect_grey(t, 0, 0.2989);
    expect_grey(t, 1, 0.1140);
    expect_grey(t, 2, 0.2989);
    palette.alphas = alphas;
    t = read_whole(write_png(&palette, rows, 1));
    expect_grey(t, 0, 0.2989);
    expect_grey(t, 1, 1);
}
END_TEST

START_TEST(takes_sixteen_bits_for_finer_steps_of_the_same_grey) {
    const png_byte rows[] = {0, 0, 128, 128, 255, 255}; /* 0, 128 * 257, 65535 */
    struct kind deep = {3, 1, 16, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, NULL, NULL};
    tensor *t = read_whole(write_png(&deep, rows, 6));
    expect_grey(t, 0, 0);
    expect_grey(t, 1, 128 / 255.0);
    expect_grey(t, 2, 1);
}
END_TEST

START_TEST(reads_fewer_bits_and_interlaced_rows) {
    const png_byte bits[] = {0xa0, 0x40}; /* 1 0 1 / 0 1 0 */
    struct kind black_and_white = {3, 2, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, NULL, NULL};
    tensor *t = read_whole(write_png(&black_and_white, bits, 1));
    for (int i = 0; i < 6; i++)
        expect_grey(t, i, i % 2 == 0);
    png_byte rows[35];
    for (int i = 0; i < 35; i++)
        rows[i] = (png_byte)(7 * i);
    struct kind woven = {7, 5, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_ADAM7, NULL, NULL};
    t = read_whole(write_png(&woven, rows, 7));
    for (int i = 0; i < 35; i++)
        expect_grey(t, i, rows[i] / 255.0);
}
END_TEST

/* --- There and back --- */

START_TEST(reads_what_it_wrote) {
    tensor *t = tensor_new(SHAPE(3, 5));
    for (int i = 0; i < 15; i++)
        t->at[i] = (i * 18) / 255.0;
    const char *path = in_folder("round.png");
    ck_assert_ptr_null(picture_write(path, t));
    tensor *again = read_whole(path);
    ck_assert_int_eq(again->dim[0], 3);
    ck_assert_int_eq(again->dim[1], 5);
    for (int i = 0; i < 15; i++)
        expect_grey(again, i, t->at[i]);
}
END_TEST

START_TEST(clips_rounds_and_shows_nan_black) {
    tensor *t = tensor_of(SHAPE(1, 7), -3, 7, NAN, INFINITY, -INFINITY, 100.4 / 255, 100.6 / 255);
    const char *path = in_folder("clipped.png");
    ck_assert_ptr_null(picture_write(path, t));
    tensor *again = read_whole(path);
    const double want[] = {0, 255, 0, 255, 0, 100, 101};
    for (int i = 0; i < 7; i++)
        expect_grey(again, i, want[i] / 255);
}
END_TEST

START_TEST(takes_a_single_pixel_and_the_longest_row) {
    const char *path = in_folder("extreme.png");
    ck_assert_ptr_null(picture_write(path, tensor_filled(SHAPE(1, 1), 1)));
    expect_grey(read_whole(path), 0, 1);
    ck_assert_ptr_null(picture_write(path, tensor_filled(SHAPE(1, PICTURE_SIDE), 1)));
    ck_assert_int_eq(read_whole(path)->dim[1], PICTURE_SIDE);
}
END_TEST

START_TEST(refuses_to_write_what_is_no_picture) {
    const char *path = in_folder("none.png");
    const char *objection = picture_write(path, tensor_filled(SHAPE(1, 2, 2), 1));
    ck_assert_str_eq(objection, "only a tensor of rank 2 is a picture");
    objection = picture_write(path, tensor_filled(SHAPE(PICTURE_SIDE + 1, 1), 1));
    ck_assert_str_eq(objection, "this picture has more than 4096 rows or columns");
    ck_assert_int_ne(access(path, F_OK), 0);
    objection = picture_write(in_folder("nowhere/none.png"), tensor_filled(SHAPE(1, 1), 1));
    ck_assert_ptr_nonnull(strstr(objection, "cannot be written"));
}
END_TEST

/* --- Bad files --- */

static void expect_refusal(const char *path, const char *because) {
    tensor untouched = {.rank = -1};
    const char *objection = picture_read(path, &untouched);
    ck_assert_msg(objection && strstr(objection, because), "said: %s", objection);
    ck_assert_int_eq(untouched.rank, -1);
}

static const char *write_bytes(const void *bytes, size_t count) {
    const char *path = in_folder("bad.png");
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, count, file), count);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

START_TEST(refuses_what_is_no_png_file) {
    expect_refusal(in_folder("absent.png"), "cannot be opened: No such file");
    expect_refusal(folder, "not a file");
    expect_refusal(write_bytes("", 0), "not a PNG file");
    expect_refusal(write_bytes("\x89PNG", 4), "not a PNG file");
    expect_refusal(write_bytes("GIF89a and so on", 16), "not a PNG file");
    ck_assert_int_eq(mkfifo(in_folder("pipe"), 0600), 0);
    expect_refusal(in_folder("pipe"), "not a file");
}
END_TEST

/* A file of ours, cut off after every one of its bytes in turn, and with every byte changed. */
START_TEST(survives_every_damage) {
    const char *path = in_folder("whole.png");
    tensor *t = tensor_new(SHAPE(4, 6));
    for (int i = 0; i < 24; i++)
        t->at[i] = i / 24.0;
    ck_assert_ptr_null(picture_write(path, t));
    png_byte bytes[1024];
    FILE *file = fopen(path, "rb");
    size_t count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    ck_assert_uint_lt(count, sizeof bytes);
    size_t end = 0; /* of the compressed pixels: what follows says only that the file is over */
    for (size_t i = 0; i + 4 <= count; i++)
        if (memcmp(bytes + i, "IEND", 4) == 0)
            end = i - 4;
    ck_assert_uint_gt(end, 0);
    for (size_t kept = 0; kept + 4 < end; kept++)
        expect_refusal(write_bytes(bytes, kept), kept < 8 ? "not a PNG file" : "is damaged: ");
    for (size_t i = 8; i < count; i++) {
        bytes[i] ^= 0x41;
        tensor seen = {.at = NULL};
        if (!picture_read(write_bytes(bytes, count), &seen))
            free(seen.at);
        bytes[i] ^= 0x41;
    }
}
END_TEST

/* A header that promises 20,000 by 20,000 pixels, more than a gigabyte, and nothing else. */
START_TEST(refuses_giants_by_their_header) {
    static const char giant[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x4e\x20\0\0\x4e\x20\x08\x02\0\0\0"
        "\x6c\x12\xd1\x6e\0\0\0\x04IDAT";
    expect_refusal(write_bytes(giant, sizeof giant), "more than 4096 rows or columns");
}
END_TEST

static void make_folder(void) {
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static Suite *picture_suite(void) {
    Suite *suite = suite_create("picture");
    TCase *all = tcase_create("all");
    tcase_add_unchecked_fixture(all, make_folder, remove_folder);
    tcase_add_checked_fixture(all, NULL, inputs_release);
    tcase_add_test(all, weighs_red_green_and_blue);
    tcase_add_test(all, keeps_grey_as_it_is);
    tcase_add_test(all, lays_transparent_pixels_over_white);
    tcase_add_test(all, looks_colours_up_in_the_palette);
    tcase_add_test(all, takes_sixteen_bits_for_finer_steps_of_the_same_grey);
    tcase_add_test(all, reads_fewer_bits_and_interlaced_rows);
    tcase_add_test(all, reads_what_it_wrote);
    tcase_add_test(all, clips_rounds_and_shows_nan_black);
    tcase_add_test(all, takes_a_single_pixel_and_the_longest_row);
    tcase_add_test(all, refuses_to_write_what_is_no_picture);
    tcase_add_test(all, refuses_what_is_no_png_file);
    tcase_add_test(all, survives_every_damage);
    tcase_add_test(all, refuses_giants_by_their_header);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void) {
    return unit_run(picture_suite());
}
