/* Intake from archives: what is taken, and what hostile ones come to.  They are made here, by
 * libarchive's writer or byte by byte. */
#include "submission.h"

#include "box/box.h"
#include "deny.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <unistd.h>

/* --- Packing --- */

static struct archive *packed;

static void pack_begin(const char *format) {
    directory_remove(submission);
    packed = archive_write_new();
    if (strcmp(format, "tar.gz") == 0)
        archive_write_add_filter_gzip(packed);
    if (strcmp(format, "zip") == 0)
        archive_write_set_format_zip(packed);
    else
        archive_write_set_format_pax_restricted(packed);
    ck_assert_int_eq(archive_write_open_filename(packed, submission), ARCHIVE_OK);
}

static void pack_kind(const char *name, unsigned kind, const char *link, const char *bytes,
                      size_t count) {
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, name);
    archive_entry_set_filetype(e, kind);
    archive_entry_set_perm(e, 0777);
    archive_entry_set_size(e, (la_int64_t)count);
    if (kind == AE_IFLNK)
        archive_entry_set_symlink(e, link);
    else if (link)
        archive_entry_set_hardlink(e, link);
    ck_assert_int_ge(archive_write_header(packed, e), ARCHIVE_WARN);
    if (count > 0)
        ck_assert_int_eq(archive_write_data(packed, bytes, count), (la_ssize_t)count);
    archive_entry_free(e);
}

static void pack(const char *name, const char *text) {
    pack_kind(name, AE_IFREG, NULL, text, strlen(text));
}

static void pack_zeros(const char *name, size_t count) {
    char *bytes = allocate(count, 1);
    pack_kind(name, AE_IFREG, NULL, bytes, count);
    free(bytes);
}

static void pack_end(void) {
    ck_assert_int_eq(archive_write_close(packed), ARCHIVE_OK);
    archive_write_free(packed);
}

/* --- What is taken --- */

START_TEST(takes_the_same_from_every_kind_of_archive) {
    static const char *const formats[] = {"zip", "tar", "tar.gz"};
    pack_begin(formats[_i]);
    pack("./second.c", "two");
    pack("util.c", "u");
    pack("./first.c", "one");
    pack_end();
    take();
    ck_assert_ptr_null(taken->problem);
    ck_assert_int_eq(taken->file_count, 3);
    ck_assert_str_eq(taken->files[0].name, "first.c");
    ck_assert_str_eq(taken->files[2].name, "util.c");
    expect_written("first.c", "one");
    expect_written("second.c", "two");
}
END_TEST

START_TEST(a_limit_holds_in_archives_too) {
    pack_begin("zip");
    pack_zeros("first.c", 1000);
    pack_zeros("second.c", 1001);
    pack_end();
    take();
    ck_assert_int_eq(row("first.c")->fate, INTAKE_TAKEN);
    ck_assert_int_eq(row("second.c")->fate, INTAKE_TOO_LARGE);
    ck_assert_int_eq(written(), 1);
}
END_TEST

START_TEST(the_order_of_an_archive_does_not_matter) {
    struct intake *found[2];
    for (int turn = 0; turn < 2; turn++) {
        static const char *const names[] = {"hw/second.c", "hw/u.c", "hw/x/deep.c", "hw/first.c"};
        char *keep = format_string("%s/into%d", root, turn);
        ck_assert(directory_make(keep));
        pack_begin("zip");
        for (int n = 0; n < 4; n++)
            pack(names[turn ? n : 3 - n], names[turn ? n : 3 - n]);
        pack_end();
        found[turn] = intake_take(&homework, submission, keep);
        free(keep);
    }
    const struct intake *other = found[0];
    taken = found[1];
    ck_assert_int_eq(taken->file_count, other->file_count);
    for (int f = 0; f < taken->file_count; f++) {
        ck_assert_str_eq(taken->files[f].name, other->files[f].name);
        ck_assert_uint_eq(taken->files[f].digest, other->files[f].digest);
    }
    intake_free(found[0]);
}
END_TEST

/* --- Hostile archives --- */

START_TEST(writes_nothing_outside) {
    pack_begin("tar");
    pack("../first.c", "out");
    pack("hw/../../first.c", "out");
    pack("/first.c", "out");
    pack("second.c", "two");
    pack_end();
    take();
    ck_assert_int_eq(row("../first.c")->fate, INTAKE_BAD_NAME);
    ck_assert_int_eq(row("/first.c")->fate, INTAKE_BAD_NAME);
    ck_assert_int_eq(written(), 1);
    char *outside = format_string("%s/first.c", root);
    ck_assert_int_ne(access(outside, F_OK), 0);
    free(outside);
}
END_TEST

START_TEST(links_and_devices_in_an_archive_are_not_files) {
    pack_begin("tar");
    pack_kind("first.c", AE_IFLNK, "/etc/passwd", NULL, 0);
    pack("second.c", "two");
    pack_kind("shared.c", AE_IFREG, "second.c", NULL, 0);
    pack_kind("dev.c", AE_IFCHR, NULL, NULL, 0);
    pack_kind("pipe.c", AE_IFIFO, NULL, NULL, 0);
    pack_kind("folder.c", AE_IFDIR, NULL, NULL, 0);
    pack_end();
    take();
    static const char *const names[] = {"first.c", "shared.c", "dev.c", "pipe.c", "folder.c"};
    for (int n = 0; n < 5; n++)
        ck_assert_msg(rows(names[n], INTAKE_NOT_PLAIN) == 1, "%s", names[n]);
    ck_assert_int_eq(written(), 1);
}
END_TEST

START_TEST(the_first_of_equal_names_is_taken) {
    pack_begin("tar");
    pack("first.c", "right");
    pack("second.c", "between");
    pack("./first.c", "second");
    pack_kind("first.c", AE_IFLNK, "/etc/passwd", NULL, 0);
    pack("first.c", "third");
    pack_end();
    take();
    expect_written("first.c", "right");
    ck_assert_int_eq(rows("first.c", INTAKE_TAKEN), 1);
    ck_assert_int_eq(rows("first.c", INTAKE_REPEATED), 2);
    ck_assert_int_eq(rows("first.c", INTAKE_NOT_PLAIN), 1);
}
END_TEST

START_TEST(ten_thousand_entries_are_the_most) {
    int extra = _i;
    pack_begin("tar.gz");
    for (int f = 0; f < INTAKE_ENTRIES - 1 + extra; f++)
        pack("x.txt", "");
    pack("second.c", "two");
    pack_end();
    take();
    if (extra) {
        expect_problem("more than 10000 entries");
    } else {
        ck_assert_ptr_null(taken->problem);
        expect_written("second.c", "two");
    }
}
END_TEST

START_TEST(a_bomb_is_refused_though_nobody_asked_for_it) {
    static const char *const formats[] = {"zip", "tar.gz"};
    pack_begin(formats[_i]);
    pack("second.c", "two");
    for (int f = 0; f < 9; f++)
        pack_zeros("zeros.bin", 8ul * MIB);
    pack_end();
    take();
    expect_problem("unpacks to more than 64 MiB");
}
END_TEST

START_TEST(just_below_a_bomb_is_taken) {
    pack_begin("tar.gz");
    pack_zeros("zeros.bin", INTAKE_BYTES - 3);
    pack("second.c", "two");
    pack_end();
    take();
    ck_assert_ptr_null(taken->problem);
    expect_written("second.c", "two");
}
END_TEST

START_TEST(a_file_four_folders_deep_is_not_meant) {
    pack_begin("zip");
    pack("a/b/c/d/first.c", "deep");
    pack_end();
    take();
    expect_problem("None of the files asked for");
}
END_TEST

START_TEST(an_archive_in_an_archive_stays_closed) {
    pack_begin("zip");
    pack("second.c", "two");
    pack_end();
    struct text inner;
    text_init(&inner, MIB);
    ck_assert(file_read(submission, &inner));
    unlink(submission);
    pack_begin("zip");
    pack_kind("first.zip", AE_IFREG, NULL, inner.at, inner.length);
    pack_end();
    text_free(&inner);
    take();
    expect_problem("None of the files asked for");
    ck_assert_int_eq(row("first.zip")->fate, INTAKE_IGNORED);
}
END_TEST

START_TEST(very_long_names_are_bad_names) {
    struct text name;
    text_init(&name, 5000);
    while (name.length < 4096)
        text_add(&name, "a folder whose name is long and which holds another/");
    text_add(&name, "first.c");
    pack_begin("tar");
    pack(name.at, "x");
    pack("second.c", "two");
    pack_end();
    text_free(&name);
    take();
    ck_assert_ptr_null(taken->problem);
    ck_assert_int_eq(taken->file_count, 2);
    ck_assert_int_eq(taken->files[0].fate, INTAKE_BAD_NAME);
    ck_assert_int_eq(written(), 1);
}
END_TEST

START_TEST(folders_may_have_names_of_any_language) {
    pack_begin("zip");
    pack("M\xc3\xbcller \xe4\xbd\x9c/second.c", "two");
    pack_end();
    take();
    ck_assert_ptr_null(taken->problem);
    ck_assert_str_eq(taken->folder, "M\xc3\xbcller \xe4\xbd\x9c");
}
END_TEST

/* Sets a bit of the flags, in the local header and in the central directory. */
static void flag_zip(int byte, char bit) {
    struct text bytes;
    text_init(&bytes, MIB);
    ck_assert(file_read(submission, &bytes));
    for (size_t at = 0; at + 10 < bytes.length; at++) {
        if (memcmp(bytes.at + at, "PK\3\4", 4) == 0)
            bytes.at[at + 6 + (size_t)byte] |= bit;
        if (memcmp(bytes.at + at, "PK\1\2", 4) == 0)
            bytes.at[at + 8 + (size_t)byte] |= bit;
    }
    ck_assert(file_write(submission, bytes.at, bytes.length));
    text_free(&bytes);
}

/* Most zips say of their names that they are UTF-8. */
START_TEST(names_that_are_said_to_be_utf8_are_read_and_shown_cleaned) {
    pack_begin("zip");
    pack("M\xc3\xbcller/second.c", "two");
    pack("M\xc3\xbcller/\xe2\x80\xaegnp.c", "turned around");
    pack_end();
    flag_zip(1, 0x08);
    take();
    ck_assert_str_eq(taken->folder, "M\xc3\xbcller");
    ck_assert_int_eq(row("second.c")->fate, INTAKE_TAKEN);
    ck_assert_int_eq(row("\xef\xbf\xbdgnp.c")->fate, INTAKE_BAD_NAME);
}
END_TEST

/* No process for the reader, no memory for its frames. */
START_TEST(a_momentary_lack_is_our_fault) {
    static const struct {
        int call, error;
    } moments[] = {{SYS_clone, EAGAIN}, {SYS_memfd_create, ENOMEM}};
    pack_begin("zip");
    pack("second.c", "two");
    pack_end();
    box_level();
    deny(moments[_i].call, 0, moments[_i].error);
    take();
    ck_assert_ptr_null(taken->problem);
    ck_assert_ptr_nonnull(strstr(taken->fault, strerror(moments[_i].error)));
}
END_TEST

START_TEST(an_encrypted_archive_is_named_so) {
    pack_begin("zip");
    pack("second.c", "two");
    pack_end();
    flag_zip(0, 1);
    take();
    expect_problem("encrypted");
}
END_TEST

static unsigned long random_state = 88172645463325252ul;

static unsigned long draw(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

START_TEST(a_truncated_archive_is_named_so_wherever_it_ends) {
    static const char *const formats[] = {"zip", "tar", "tar.gz"};
    char noise[60000];
    for (size_t at = 0; at < sizeof noise; at++)
        noise[at] = (char)draw();
    pack_begin(formats[_i]);
    pack_kind("shared.c", AE_IFREG, NULL, noise, sizeof noise);
    pack_end();
    struct text bytes;
    text_init(&bytes, MIB);
    ck_assert(file_read(submission, &bytes));
    for (size_t length = 1; length < sizeof noise; length += 5000) {
        ck_assert(file_write(submission, bytes.at, length));
        take();
        ck_assert_ptr_nonnull(taken->problem);
        ck_assert_int_eq(written(), 0);
        intake_free(taken);
    }
    taken = NULL;
    text_free(&bytes);
}
END_TEST

START_TEST(random_bytes_in_an_archive_never_get_out) {
    pack_begin("zip");
    pack("first.c", "int first(void);");
    pack("second.c", "int second(void);");
    pack_end();
    struct text bytes;
    text_init(&bytes, MIB);
    ck_assert(file_read(submission, &bytes));
    for (int turn = 0; turn < 100; turn++) {
        char *changed = allocate(bytes.length, 1);
        memcpy(changed, bytes.at, bytes.length);
        for (int change = 0; change < 4; change++) {
            size_t at = draw() % bytes.length;
            changed[at] = (char)draw();
        }
        ck_assert(file_write(submission, changed, bytes.length));
        free(changed);
        ck_assert(directory_remove(into) && directory_make(into));
        take();
        ck_assert_int_le(written(), 2);
        intake_free(taken);
    }
    taken = NULL;
    text_free(&bytes);
}
END_TEST

/* --- What is no archive --- */

START_TEST(what_is_no_submission_gets_one_sentence) {
    static const struct {
        const char *bytes;
        size_t count;
        const char *words;
    } cases[] = {
        {"", 0, "empty file"},
        {"%PDF-1.5 essay", 14, "neither a directory nor a readable zip or tar"},
        {"PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22, "The submission is empty."},
        {"Rar!\x1a\7\1\0 and so on and on", 26, "neither a directory nor a readable zip or tar"}};
    directory_remove(submission);
    ck_assert(file_write(submission, cases[_i].bytes, cases[_i].count));
    take();
    expect_problem(cases[_i].words);
}
END_TEST

static Suite *archive_suite(void) {
    Suite *s = suite_create("archive");
    TCase *c = tcase_create("archive");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_loop_test(c, takes_the_same_from_every_kind_of_archive, 0, 3);
    tcase_add_test(c, a_limit_holds_in_archives_too);
    tcase_add_test(c, the_order_of_an_archive_does_not_matter);
    tcase_add_test(c, writes_nothing_outside);
    tcase_add_test(c, links_and_devices_in_an_archive_are_not_files);
    tcase_add_test(c, the_first_of_equal_names_is_taken);
    tcase_add_loop_test(c, ten_thousand_entries_are_the_most, 0, 2);
    tcase_add_loop_test(c, a_bomb_is_refused_though_nobody_asked_for_it, 0, 2);
    tcase_add_test(c, just_below_a_bomb_is_taken);
    tcase_add_test(c, a_file_four_folders_deep_is_not_meant);
    tcase_add_test(c, an_archive_in_an_archive_stays_closed);
    tcase_add_test(c, very_long_names_are_bad_names);
    tcase_add_test(c, folders_may_have_names_of_any_language);
    tcase_add_test(c, names_that_are_said_to_be_utf8_are_read_and_shown_cleaned);
    tcase_add_loop_test(c, a_momentary_lack_is_our_fault, 0, 2);
    tcase_add_test(c, an_encrypted_archive_is_named_so);
    tcase_add_loop_test(c, a_truncated_archive_is_named_so_wherever_it_ends, 0, 3);
    tcase_add_test(c, random_bytes_in_an_archive_never_get_out);
    tcase_add_loop_test(c, what_is_no_submission_gets_one_sentence, 0, 4);
    suite_add_tcase(s, c);
    return s;
}

int main(void) {
    return unit_run(archive_suite());
}
