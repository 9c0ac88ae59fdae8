/* Growing text, files and digests: what every other module leans on. */
#include "unit.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- Text --- */

static void expect_clean(const char *bytes, size_t count, const char *want) {
    struct text t;
    text_init(&t, 4 * KIB);
    text_add_clean(&t, bytes, count);
    ck_assert_str_eq(t.at, want);
    text_free(&t);
}

START_TEST(text_stops_at_its_ceiling_and_says_so) {
    struct text t;
    text_init(&t, 5);
    ck_assert(text_add(&t, "%s", "abc"));
    ck_assert(!t.cut);
    ck_assert(!text_add(&t, "%d", 1234));
    ck_assert(t.cut);
    ck_assert_str_eq(t.at, "abc12");
    text_clear(&t);
    ck_assert(text_add(&t, "%s", "fives"));
    ck_assert(!t.cut);
    text_free(&t);
}
END_TEST

START_TEST(text_grows_past_its_first_room) {
    struct text t;
    text_init(&t, 64 * KIB);
    for (int i = 0; i < 10000; i++)
        ck_assert(text_add(&t, "%d,", i % 10));
    ck_assert_uint_eq(t.length, 20000);
    ck_assert_uint_eq(strlen(t.at), 20000);
    text_free(&t);
}
END_TEST

START_TEST(clean_text_keeps_letters_of_any_language) {
    expect_clean("na\xc3\xafve \xe6\xbc\xa2 \xf0\x9f\x98\x80\n\tx", 18,
                 "na\xc3\xafve \xe6\xbc\xa2 \xf0\x9f\x98\x80\n\tx");
}
END_TEST

START_TEST(clean_text_replaces_what_could_steer_a_terminal) {
    expect_clean("\x1b[31m", 5, "\xef\xbf\xbd[31m");
    expect_clean("a\0b", 3,
                 "a\xef\xbf\xbd"
                 "b");
    expect_clean("\xe2\x80\xae"
                 "abc",
                 6,
                 "\xef\xbf\xbd"
                 "abc");                         /* U+202E reverses what follows */
    expect_clean("\xc2\x9b", 2, "\xef\xbf\xbd"); /* CSI in one character */
}
END_TEST

START_TEST(clean_text_replaces_invalid_sequences_byte_by_byte) {
    expect_clean("\xc0\xaf", 2, "\xef\xbf\xbd\xef\xbf\xbd");                 /* overlong slash */
    expect_clean("\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* surrogate */
    expect_clean("\xe6\xbc", 2, "\xef\xbf\xbd\xef\xbf\xbd");                 /* cut off */
    expect_clean("\xf4\x90\x80\x80", 4, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}
END_TEST

START_TEST(clean_text_never_ends_within_a_character) {
    struct text t;
    text_init(&t, 4);
    ck_assert(!text_add_clean(&t, "ab\xe6\xbc\xa2", 5));
    ck_assert_str_eq(t.at, "ab");
    ck_assert(t.cut);
    text_free(&t);
}
END_TEST

/* --- Files --- */

static char *private;

static void enter_private(void) {
    private = directory_private();
    ck_assert_int_eq(chdir(private), 0);
}

static void leave_private(void) {
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert(directory_remove(private));
    ck_assert_int_ne(access(private, F_OK), 0);
    free(private);
}

START_TEST(a_written_file_reads_back) {
    ck_assert(file_write("a", "x\0y", 3));
    struct text t;
    text_init(&t, 10);
    ck_assert(file_read("a", &t));
    ck_assert_uint_eq(t.length, 3);
    ck_assert_int_eq(memcmp(t.at, "x\0y", 3), 0);
    text_free(&t);
}
END_TEST

START_TEST(a_longer_file_is_cut_at_the_ceiling) {
    ck_assert(file_write("a", "12345678", 8));
    struct text t;
    text_init(&t, 5);
    ck_assert(file_read("a", &t));
    ck_assert(t.cut);
    ck_assert_str_eq(t.at, "12345");
    text_free(&t);
}
END_TEST

START_TEST(reading_refuses_what_is_no_regular_file) {
    struct text t;
    text_init(&t, 5);
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert(!file_read("fifo", &t));
    ck_assert(!file_read(".", &t));
    ck_assert_int_eq(errno, EISDIR);
    ck_assert(!file_read("missing", &t));
    ck_assert_int_eq(errno, ENOENT);
    text_free(&t);
}
END_TEST

START_TEST(a_failed_write_keeps_the_old_file_and_leaves_nothing_beside_it) {
    ck_assert(mkdir("full", 0700) == 0);
    ck_assert(!file_write("full/missing/a", "x", 1));
    ck_assert(mkdir("taken", 0700) == 0 && mkdir("taken/a", 0700) == 0);
    ck_assert(!file_write("taken/a", "x", 1)); /* rename over a directory fails */
    ck_assert_int_eq(rmdir("taken/a"), 0);
    ck_assert_int_eq(rmdir("taken"), 0); /* so it was empty */
}
END_TEST

START_TEST(removing_a_directory_follows_no_link) {
    ck_assert(directory_make("keep/this") && directory_make("tree/a/b/c"));
    ck_assert(file_write("keep/this/file", "x", 1));
    ck_assert_int_eq(symlink("../../keep", "tree/a/link"), 0);
    ck_assert(directory_remove("tree"));
    ck_assert_int_eq(access("keep/this/file", F_OK), 0);
}
END_TEST

START_TEST(making_a_directory_refuses_a_file_in_its_way) {
    ck_assert(file_write("a", "x", 1));
    ck_assert(!directory_make("a/b"));
    ck_assert(!directory_make("a"));
}
END_TEST

START_TEST(a_digest_depends_on_every_byte_and_chains) {
    ck_assert_uint_eq(digest(0, "", 0), 0xcbf29ce484222325u);  /* FNV-1a's published basis */
    ck_assert_uint_eq(digest(0, "a", 1), 0xaf63dc4c8601ec8cu); /* and its value for "a" */
    ck_assert_uint_eq(digest(digest(0, "ab", 2), "c", 1), digest(0, "abc", 3));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base");
    TCase *text = tcase_create("text");
    tcase_add_test(text, text_stops_at_its_ceiling_and_says_so);
    tcase_add_test(text, text_grows_past_its_first_room);
    tcase_add_test(text, clean_text_keeps_letters_of_any_language);
    tcase_add_test(text, clean_text_replaces_what_could_steer_a_terminal);
    tcase_add_test(text, clean_text_replaces_invalid_sequences_byte_by_byte);
    tcase_add_test(text, clean_text_never_ends_within_a_character);
    suite_add_tcase(suite, text);
    TCase *file = tcase_create("file");
    tcase_add_checked_fixture(file, enter_private, leave_private);
    tcase_add_test(file, a_written_file_reads_back);
    tcase_add_test(file, a_longer_file_is_cut_at_the_ceiling);
    tcase_add_test(file, reading_refuses_what_is_no_regular_file);
    tcase_add_test(file, a_failed_write_keeps_the_old_file_and_leaves_nothing_beside_it);
    tcase_add_test(file, removing_a_directory_follows_no_link);
    tcase_add_test(file, making_a_directory_refuses_a_file_in_its_way);
    tcase_add_test(file, a_digest_depends_on_every_byte_and_chains);
    suite_add_tcase(suite, file);
    return unit_run(suite);
}
