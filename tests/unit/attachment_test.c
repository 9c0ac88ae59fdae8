/* What tests attach: kept in the judge within its rules, carried over, believed only when it makes
 * sense, and written as files beside the scorecard. */
#include "unit.h"

#include "base/fault.h"
#include "base/file.h"
#include "export/export.h"
#include "judge/attachment.h"
#include "public/picture.h"

#include "fabricated.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static double grey[] = {0, 1, 0.5, -3, 7, NAN};
static const tensor picture = {2, {2, 3, 1, 1}, grey};
enum { TESTS = 4, OFFSET = 5 };

/* --- In the judge --- */

/* What was kept, behind a few bytes of other things, as a file. */
static int make_file(uint32_t *count) {
    const struct text *kept = attachments_kept(count);
    int file = memfd_create("attachments", 0);
    ck_assert_int_eq(write(file, "12345", OFFSET), OFFSET);
    ck_assert_int_eq(write(file, kept->at, kept->length), (ssize_t)kept->length);
    return file;
}

START_TEST(arrive_as_they_were_attached) {
    attachments_keep();
    attachments_begin(1);
    attach_image("an image", &picture);
    attach_text("a text", "%d of %s", 3, "4");
    attachments_begin(3);
    attach_text("a text", "%s", "");
    uint32_t count;
    int file = make_file(&count);
    struct attachment *a = NULL;
    ck_assert_ptr_null(attachments_read(file, OFFSET, count, TESTS, &a));
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(a[0].head.test, 1);
    ck_assert_int_eq(a[0].head.rows, 2);
    ck_assert_int_eq(a[0].head.columns, 3);
    ck_assert_mem_eq(a[0].bytes, "\0\377\200\0\377\0", 6);
    ck_assert_str_eq(a[1].head.title, "a text");
    ck_assert_uint_eq(a[1].head.kind, ATTACHMENT_TEXT);
    ck_assert_str_eq((const char *)a[1].bytes, "3 of 4");
    ck_assert_uint_eq(a[2].head.test, 3);
    ck_assert_uint_eq(a[2].head.count, 0);
    attachments_free(a, (int)count);
    close(file);
}
END_TEST

START_TEST(are_only_checked_where_nobody_keeps_them) {
    uint32_t count;
    attachments_begin(0);
    attach_image("an image", &picture);
    attachments_begin(0); /* once more, as a mutant does */
    attach_image("an image", &picture);
    attachments_kept(&count);
    ck_assert_uint_eq(count, 0);
}
END_TEST

static void attach_nine(void) {
    static const char *const titles[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
    for (int i = 0; i <= ATTACH_MOST; i++)
        attach_text(titles[i], "x");
}
static void attach_twice(void) {
    attach_text("same", "x");
    attach_image("same", &picture);
}
static void attach_untitled(void) {
    attach_text("", "x");
}
static void attach_path(void) {
    attach_text("../up", "x");
}
static void attach_indented(void) {
    attach_text(" x", "x");
}
static void attach_titled_at_length(void) {
    attach_text("0123456789012345678901234567890123456789012345678901234567890123", "x");
}
static void attach_long(void) {
    attach_text("x", "%*s", ATTACH_TEXT + 1, "");
}
static void attach_line(void) {
    attach_image("x", &(tensor){1, {6, 1, 1, 1}, grey});
}
static void attach_wide(void) {
    tensor wide = {2, {1, PICTURE_SIDE + 1, 1, 1}, calloc(PICTURE_SIDE + 1, sizeof(double))};
    attach_image("x", &wide);
}
static void attach_large(void) {
    tensor large = {2, {1025, 1024, 1, 1}, calloc(1025 * 1024, sizeof(double))};
    attach_image("x", &large);
}
static void attach_too_much(void) {
    tensor large = {2, {1024, 1024, 1, 1}, calloc(1 << 20, sizeof(double))};
    for (int test = 0; test < 65; test++) {
        attachments_begin(test);
        attach_image("x", &large);
    }
}
static void (*const breaches[])(void) = {
    attach_nine,    attach_twice, attach_untitled, attach_path,  attach_indented,
    attach_long,    attach_line,  attach_wide,     attach_large, attach_titled_at_length,
    attach_too_much};
enum { BREACHES = sizeof breaches / sizeof *breaches };

START_TEST(that_break_a_rule_are_a_fault) {
    attachments_keep();
    attachments_begin(0);
    breaches[_i]();
}
END_TEST

START_TEST(may_be_as_large_as_the_rules_say) {
    tensor large = {2, {1024, 1024, 1, 1}, calloc(1 << 20, sizeof(double))};
    attachments_keep();
    attachments_begin(0);
    attach_image("012345678901234567890123456789012345678901234567890123456789012", &large);
    attach_text("x", "%*s", ATTACH_TEXT, "");
    uint32_t count;
    int file = make_file(&count);
    struct attachment *a = NULL;
    ck_assert_ptr_null(attachments_read(file, OFFSET, count, 1, &a));
    attachments_free(a, (int)count);
    free(large.at);
    close(file);
}
END_TEST

/* --- Judges that are not well --- */

/* Reads one attachment whose head was changed; `extra` bytes follow what the head promises. */
static const char *read_changed(void (*change)(struct attachment_head *head), int extra) {
    struct attachment_head head = {.test = 0, .rows = 2, .columns = 3, .count = 6, .title = "x"};
    char bytes[64] = "";
    struct attachment *a = NULL;
    int file = memfd_create("attachments", 0);
    if (change)
        change(&head);
    ck_assert_int_eq(write(file, &head, sizeof head), (ssize_t)sizeof head);
    ck_assert_int_eq(write(file, bytes, (size_t)(6 + extra)), 6 + extra);
    const char *mistake = attachments_read(file, 0, 1, TESTS, &a);
    if (!mistake)
        attachments_free(a, 1);
    else
        ck_assert_ptr_null(a);
    close(file);
    return mistake;
}

static void to_another_test(struct attachment_head *h) {
    h->test = TESTS;
}
static void to_another_kind(struct attachment_head *h) {
    h->kind = ATTACHMENT_KINDS;
}
static void to_a_larger_picture(struct attachment_head *h) {
    h->rows = 4;
}
static void to_negative_sides(struct attachment_head *h) {
    h->rows = -2;
    h->columns = -3;
}
static void to_more_bytes(struct attachment_head *h) {
    h->rows = 1024;
    h->columns = 1024;
    h->count = 1 << 20;
}
static void to_sides_that_overflow(struct attachment_head *h) {
    h->rows = 1 << 16;
    h->columns = 1 << 16;
    h->count = 0;
}
static void to_a_picture_of_text(struct attachment_head *h) {
    h->kind = ATTACHMENT_TEXT;
}
static void to_a_title_without_end(struct attachment_head *h) {
    memset(h->title, 'x', sizeof h->title);
}
static void to_a_title_that_leaves(struct attachment_head *h) {
    snprintf(h->title, sizeof h->title, "../x");
}
static void (*const lies[])(struct attachment_head *) = {
    to_another_test,      to_another_kind,        to_a_larger_picture,
    to_negative_sides,    to_more_bytes,          to_sides_that_overflow,
    to_a_picture_of_text, to_a_title_without_end, to_a_title_that_leaves};
enum { LIES = sizeof lies / sizeof *lies };

START_TEST(that_lie_are_not_believed) {
    ck_assert_ptr_null(read_changed(NULL, 0));
    ck_assert_ptr_nonnull(read_changed(lies[_i], 0));
}
END_TEST

START_TEST(end_where_the_file_does) {
    ck_assert_ptr_nonnull(read_changed(NULL, 1));
    ck_assert_ptr_nonnull(read_changed(NULL, -1));
    struct attachment *a = NULL;
    int file = memfd_create("attachments", 0);
    ck_assert_ptr_nonnull(attachments_read(file, 0, 1, TESTS, &a));
    ck_assert_ptr_nonnull(attachments_read(file, 0, UINT32_MAX, TESTS, &a));
    ck_assert_ptr_null(attachments_read(file, 0, 0, TESTS, &a));
    attachments_free(a, 0);
    close(file);
}
END_TEST

START_TEST(come_in_order_and_once) {
    static const struct {
        uint32_t tests[ATTACH_MOST + 1];
        int count;
        bool same_title, good;
    } cases[] = {{{0, 0, 2}, 3, false, true},
                 {{1, 0}, 2, false, false},
                 {{1, 1}, 2, true, false},
                 {{1, 2}, 2, true, true},
                 {{1, 1, 1, 1, 1, 1, 1, 1, 1}, ATTACH_MOST + 1, false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int file = memfd_create("attachments", 0);
        for (int k = 0; k < cases[i].count; k++) {
            struct attachment_head head = {.test = cases[i].tests[k], .kind = ATTACHMENT_TEXT};
            head.title[0] = (char)('a' + (cases[i].same_title ? 0 : k));
            ck_assert_int_eq(write(file, &head, sizeof head), (ssize_t)sizeof head);
        }
        struct attachment *a = NULL;
        const char *mistake = attachments_read(file, 0, (uint32_t)cases[i].count, TESTS, &a);
        ck_assert_int_eq(!mistake, cases[i].good);
        attachments_free(a, mistake ? 0 : cases[i].count);
        close(file);
    }
}
END_TEST

/* --- Files --- */

static struct attachment two[] = {
    {{.test = 0, .rows = 1, .columns = 2, .count = 2, .title = "two greys"},
     (unsigned char[]){0, 128}},
    {{.test = 1, .kind = ATTACHMENT_TEXT, .count = 6, .title = "note"},
     (unsigned char *)"a\033[0m\n"}};

static struct card *make_card(int count) {
    struct card *card = card_make(&homework, NULL, NULL);
    card_judge(card, 3, (struct verdict[]){fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED)},
               2);
    card_attach(card, 3, two, count);
    return card;
}

static bool holds(const char *folder, const char *name, const char *bytes) {
    char *path = format_string("%s/%s", folder, name);
    struct text t;
    text_init(&t, MIB);
    bool there = file_read(path, &t) && (!bytes || strcmp(t.at, bytes) == 0);
    text_free(&t);
    free(path);
    return there;
}

START_TEST(become_files_that_replace_the_last_ones) {
    char *out = directory_private();
    char *stale = format_string("%s/attachments/9.9-stale.png", out);
    char *folder = format_string("%s/attachments", out);
    ck_assert(directory_make(folder) && file_write(stale, "x", 1));
    struct card *card = make_card(2);
    ck_assert_ptr_null(export_attachments(card, out));
    ck_assert(holds(folder, "3.1-two-greys.png", NULL));
    ck_assert(holds(folder, "3.2-note.txt", "a\357\277\275[0m\n"));
    ck_assert_int_ne(access(stale, F_OK), 0);
    char *path = format_string("%s/3.1-two-greys.png", folder);
    tensor read;
    ck_assert_ptr_null(picture_read(path, &read));
    ck_assert(read.dim[0] == 1 && read.dim[1] == 2 && read.at[0] == 0);
    ck_assert_double_eq_tol(read.at[1], 128.0 / 255, 1e-12);
    free(read.at);
    card_free(card);
    card = make_card(0);
    ck_assert_ptr_null(export_attachments(card, out));
    ck_assert_int_ne(access(folder, F_OK), 0);
    card_free(card);
    ck_assert(rmdir(out) == 0); /* nothing else was left */
    free(path);
    free(stale);
    free(folder);
    free(out);
}
END_TEST

START_TEST(that_cannot_be_written_leave_the_last_ones) {
    char *out = directory_private();
    char *folder = format_string("%s/attachments", out);
    ck_assert(file_write(folder, "not a folder", 12));
    struct card *card = make_card(2);
    ck_assert_ptr_null(export_attachments(card, out)); /* it is in the way, and ours by its name */
    ck_assert(holds(folder, "3.2-note.txt", NULL));
    char *reason = export_attachments(card, "/proc");
    ck_assert_ptr_nonnull(strstr(reason, "cannot write /proc/attachments"));
    free(reason);
    card_free(card);
    ck_assert(directory_remove(out));
    free(folder);
    free(out);
}
END_TEST

START_TEST(of_hidden_tests_are_the_staffs) {
    struct card *card = make_card(2);
    struct text t;
    text_init(&t, MIB);
    export_scorecard(card, &t);
    ck_assert_ptr_nonnull(strstr(t.at, "attachments/3.1-two-greys.png"));
    ck_assert_ptr_nonnull(strstr(t.at, "attachments/3.2-note.txt"));
    export_format *const shown[] = {export_gradescope, export_terminal};
    for (int i = 0; i < 2; i++) {
        text_clear(&t);
        shown[i](card, &t);
        ck_assert_ptr_nonnull(strstr(t.at, "3.1-two-greys.png"));
        ck_assert_ptr_null(strstr(t.at, "note"));
    }
    text_free(&t);
    card_free(card);
}
END_TEST

START_TEST(of_a_problem_that_is_not_graded_are_dropped) {
    struct card *card = make_card(2);
    card_not_graded(card, 3, "The judge fell ill.");
    struct text t;
    text_init(&t, MIB);
    export_scorecard(card, &t);
    ck_assert_ptr_null(strstr(t.at, "two-greys"));
    text_free(&t);
    card_attach(card, 3, two, 2);
    ck_assert_int_eq(card->tests[0].attachment_count, 0);
    card_free(card);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("attachment");
    TCase *cases = tcase_create("attachments");
    tcase_add_test(cases, arrive_as_they_were_attached);
    tcase_add_test(cases, are_only_checked_where_nobody_keeps_them);
    tcase_add_loop_exit_test(cases, that_break_a_rule_are_a_fault, EXIT_FAULT, 0, BREACHES);
    tcase_add_test(cases, may_be_as_large_as_the_rules_say);
    tcase_add_loop_test(cases, that_lie_are_not_believed, 0, LIES);
    tcase_add_test(cases, end_where_the_file_does);
    tcase_add_test(cases, come_in_order_and_once);
    tcase_add_test(cases, become_files_that_replace_the_last_ones);
    tcase_add_test(cases, that_cannot_be_written_leave_the_last_ones);
    tcase_add_test(cases, of_hidden_tests_are_the_staffs);
    tcase_add_test(cases, of_a_problem_that_is_not_graded_are_dropped);
    suite_add_tcase(suite, cases);
    return unit_run(suite);
}
