/* Intake from directories: what is taken, what is left out, and what hostile ones come to. */
#include "submission.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- What is taken --- */

START_TEST(takes_asked_for_files_and_helpers_byte_for_byte) {
    put("first.c", "\xef\xbb\xbfint a;\r\n", 11);
    put("shared.c", "a\0b", 3);
    put("util.h", "#define U", 9);
    put("answers.md", "because", 7);
    put("notes.txt", "mine", 4);
    take();
    ck_assert_ptr_null(taken->problem);
    ck_assert_ptr_null(taken->folder);
    expect_written("first.c", "\xef\xbb\xbfint a;\r\n");
    expect_written("util.h", "#define U");
    ck_assert_int_eq(row("shared.c")->size, 3);
    ck_assert_uint_eq(row("shared.c")->digest, digest(0, "a\0b", 3));
    ck_assert_int_eq(row("util.h")->fate, INTAKE_HELPER);
    ck_assert_int_eq(row("answers.md")->fate, INTAKE_TAKEN);
    ck_assert_int_eq(row("notes.txt")->fate, INTAKE_IGNORED);
    ck_assert_int_eq(written(), 4);
}
END_TEST

START_TEST(a_limit_is_the_last_size_that_is_taken) {
    put_zeros("first.c", 1000);
    put_zeros("second.c", 1001);
    put_zeros("small.h", 500);
    put_zeros("large.h", 501);
    take();
    ck_assert_int_eq(row("first.c")->fate, INTAKE_TAKEN);
    ck_assert_int_eq(row("second.c")->fate, INTAKE_TOO_LARGE);
    ck_assert_int_eq(row("small.h")->fate, INTAKE_HELPER);
    ck_assert_int_eq(row("large.h")->fate, INTAKE_TOO_LARGE);
    ck_assert_int_eq(written(), 2);
}
END_TEST

START_TEST(data_is_taken_under_its_own_name_and_limit) {
    put_zeros("measured.json", 100);
    put_zeros("table.txt", 101);
    put("Measured.json", "", 0);
    take();
    ck_assert_ptr_null(taken->problem);
    ck_assert_int_eq(row("measured.json")->fate, INTAKE_TAKEN);
    ck_assert_int_eq(row("table.txt")->fate, INTAKE_TOO_LARGE);
    ck_assert_int_eq(row("Measured.json")->fate, INTAKE_BAD_NAME);
    ck_assert_int_eq(written(), 1);
}
END_TEST

START_TEST(takes_no_more_helpers_than_the_homework_says) {
    put("first.c", "", 0);
    put("u3.c", "", 0);
    put("u1.c", "", 0);
    put("u2.c", "", 0);
    take();
    ck_assert_int_eq(row("u1.c")->fate, INTAKE_HELPER);
    ck_assert_int_eq(row("u2.c")->fate, INTAKE_HELPER);
    ck_assert_int_eq(row("u3.c")->fate, INTAKE_TOO_MANY);
}
END_TEST

START_TEST(our_own_headers_are_never_taken) {
    put("first.c", "", 0);
    put("homework.h", "#define OK 7", 12);
    put("tensor.h", "", 0);
    take();
    ck_assert_int_eq(row("homework.h")->fate, INTAKE_IGNORED);
    ck_assert_int_eq(row("tensor.h")->fate, INTAKE_IGNORED);
    ck_assert_int_eq(written(), 1);
}
END_TEST

START_TEST(a_single_file_is_a_submission) {
    directory_remove(submission);
    free(submission);
    submission = format_string("%s/second.c", root);
    ck_assert(file_write(submission, "int b;", 6));
    take();
    ck_assert_ptr_null(taken->problem);
    expect_written("second.c", "int b;");
}
END_TEST

/* --- Folders --- */

START_TEST(finds_the_files_some_folders_too_deep) {
    static const struct {
        const char *first, *second, *folder;
    } cases[] = {{"hw/first.c", "hw/second.c", "hw"},
                 {"hw/hw/first.c", "hw/hw/second.c", "hw/hw"},
                 {"a/b/c/first.c", "a/b/c/second.c", "a/b/c"}};
    put(cases[_i].first, "one", 3);
    put(cases[_i].second, "two", 3);
    put("__MACOSX/first.c", "", 0);
    put(".DS_Store", "", 0);
    take();
    ck_assert_ptr_null(taken->problem);
    ck_assert_str_eq(taken->folder, cases[_i].folder);
    expect_written("first.c", "one");
    ck_assert_int_eq(row(".DS_Store")->fate, INTAKE_IGNORED);
    ck_assert_int_eq(written(), 2);
}
END_TEST

START_TEST(does_not_look_deeper_than_three_folders) {
    put("a/b/c/d/first.c", "one", 3);
    take();
    expect_problem("None of the files asked for");
}
END_TEST

START_TEST(files_at_the_top_win_over_folders) {
    put("second.c", "top", 3);
    put("old/first.c", "old", 3);
    put("old/second.c", "old", 3);
    take();
    ck_assert_ptr_null(taken->folder);
    expect_written("second.c", "top");
    ck_assert_int_eq(row("old/")->fate, INTAKE_IGNORED);
    ck_assert_int_eq(taken->file_count, 2);
}
END_TEST

START_TEST(two_folders_with_files_are_a_question_not_a_guess) {
    put("one/first.c", "", 0);
    put("two/first.c", "", 0);
    take();
    expect_problem("(one/ and two/)");
}
END_TEST

/* --- Hostile directories --- */

START_TEST(follows_no_link_and_opens_no_pipe) {
    char *path = format_string("%s/first.c", submission);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    free(path);
    path = format_string("%s/shared.c", submission);
    ck_assert_int_eq(mkfifo(path, 0644), 0);
    free(path);
    path = format_string("%s/deep", submission);
    ck_assert_int_eq(symlink("/etc", path), 0);
    free(path);
    put("second.c", "two", 3);
    put("util.h/x", "", 0);
    take();
    ck_assert_int_eq(row("first.c")->fate, INTAKE_NOT_PLAIN);
    ck_assert_int_eq(row("shared.c")->fate, INTAKE_NOT_PLAIN);
    ck_assert_int_eq(rows("util.h", INTAKE_NOT_PLAIN), 1);
    ck_assert_int_eq(row("deep")->fate, INTAKE_IGNORED);
    ck_assert_int_eq(written(), 1);
}
END_TEST

START_TEST(names_are_shown_in_one_clean_line) {
    put("second.c", "two", 3);
    put("-o.c", "", 0);
    put("quote\".c", "", 0);
    put("new\nline\033[31m.c", "", 0);
    char name[240];
    memset(name, 'n', sizeof name - 1);
    memcpy(name + sizeof name - 3, ".c", 3);
    put(name, "", 0);
    take();
    ck_assert_int_eq(row("-o.c")->fate, INTAKE_BAD_NAME);
    ck_assert_int_eq(row("quote\".c")->fate, INTAKE_BAD_NAME);
    ck_assert_int_eq(row("new?line\xef\xbf\xbd[31m.c")->fate, INTAKE_BAD_NAME);
    for (int f = 0; f < taken->file_count; f++)
        ck_assert_uint_le(strlen(taken->files[f].name), 83);
    ck_assert_int_eq(written(), 1);
}
END_TEST

START_TEST(a_name_of_the_wrong_case_is_not_compiled_along) {
    put("first.c", "", 0);
    put("First.c", "", 0);
    put("SECOND.C", "", 0);
    put("Second.c", "", 0);
    take();
    ck_assert_int_eq(row("First.c")->fate, INTAKE_BAD_NAME);
    ck_assert_int_eq(row("Second.c")->fate, INTAKE_BAD_NAME);
    ck_assert_int_eq(row("SECOND.C")->fate, INTAKE_BAD_NAME);
    ck_assert_int_eq(written(), 1);
}
END_TEST

START_TEST(lists_what_was_taken_even_among_many_others) {
    for (int f = 0; f < INTAKE_FILES + 10; f++) {
        char *name = format_string("a%d.txt", f);
        put(name, "", 0);
        free(name);
    }
    put("second.c", "", 0);
    take();
    ck_assert_int_eq(taken->file_count, INTAKE_FILES);
    ck_assert_int_eq(taken->left_out, 11);
    ck_assert_int_eq(row("second.c")->fate, INTAKE_TAKEN);
}
END_TEST

START_TEST(ten_thousand_files_are_the_most_of_a_directory) {
    int extra = _i;
    put("second.c", "two", 3);
    for (int f = 0; f < INTAKE_ENTRIES - 1 + extra; f++) {
        char *path = format_string("%s/%d", submission, f);
        int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        ck_assert_int_ge(file, 0);
        close(file);
        free(path);
    }
    take();
    if (extra)
        expect_problem("more than 10000 files");
    else
        ck_assert_int_eq(row("second.c")->fate, INTAKE_TAKEN);
}
END_TEST

/* --- What is no submission --- */

START_TEST(an_empty_directory_is_empty) {
    take();
    expect_problem("The submission is empty.");
}
END_TEST

START_TEST(a_path_that_is_not_there_is_named_so) {
    directory_remove(submission);
    take();
    expect_problem("no such directory or file");
}
END_TEST

START_TEST(a_device_is_not_opened) {
    intake_free(intake_take(&homework, "/dev/zero", into));
    taken = intake_take(&homework, "/dev/zero", into);
    expect_problem("cannot be read");
}
END_TEST

START_TEST(a_directory_without_what_was_asked_for_says_what_was) {
    put("Makefile", "", 0);
    take();
    expect_problem("first.c, shared.c, second.c");
    ck_assert_int_eq(row("Makefile")->fate, INTAKE_IGNORED);
}
END_TEST

static Suite *intake_suite(void) {
    Suite *s = suite_create("intake");
    TCase *c = tcase_create("intake");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, takes_asked_for_files_and_helpers_byte_for_byte);
    tcase_add_test(c, a_limit_is_the_last_size_that_is_taken);
    tcase_add_test(c, data_is_taken_under_its_own_name_and_limit);
    tcase_add_test(c, takes_no_more_helpers_than_the_homework_says);
    tcase_add_test(c, our_own_headers_are_never_taken);
    tcase_add_test(c, a_single_file_is_a_submission);
    tcase_add_loop_test(c, finds_the_files_some_folders_too_deep, 0, 3);
    tcase_add_test(c, does_not_look_deeper_than_three_folders);
    tcase_add_test(c, files_at_the_top_win_over_folders);
    tcase_add_test(c, two_folders_with_files_are_a_question_not_a_guess);
    tcase_add_test(c, follows_no_link_and_opens_no_pipe);
    tcase_add_test(c, names_are_shown_in_one_clean_line);
    tcase_add_test(c, a_name_of_the_wrong_case_is_not_compiled_along);
    tcase_add_test(c, lists_what_was_taken_even_among_many_others);
    tcase_add_loop_test(c, ten_thousand_files_are_the_most_of_a_directory, 0, 2);
    tcase_add_test(c, an_empty_directory_is_empty);
    tcase_add_test(c, a_path_that_is_not_there_is_named_so);
    tcase_add_test(c, a_device_is_not_opened);
    tcase_add_test(c, a_directory_without_what_was_asked_for_says_what_was);
    suite_add_tcase(s, c);
    return s;
}

int main(void) {
    return unit_run(intake_suite());
}
