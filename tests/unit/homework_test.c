/* Whole homeworks in a private folder: what documents add to each other, and what tangling leaves
 * behind.  The sentences of mistakes and the tangled files themselves are in tests/golden. */
#include "unit.h"

#include "base/fault.h"
#include "base/file.h"
#include "document/points.h"
#include "document/tangle.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MISTAKE_BYTES = 64 * KIB, PROSE_BYTES = 100 * KIB, LARGE_BYTES = 11 * MIB };

static struct text mistakes;
static char *folder;

static void begin(void) {
    text_init(&mistakes, MISTAKE_BYTES);
    folder = directory_private();
    ck_assert_ptr_nonnull(folder);
}

static void end(void) {
    directory_remove(folder);
    free(folder);
    text_free(&mistakes);
}

static void expect_mistake(const char *part) {
    ck_assert_msg(strstr(mistakes.at, part), "\"%s\" is not in: %s", part, mistakes.at);
    text_clear(&mistakes);
}

static void expect_none(void) {
    ck_assert_str_eq(mistakes.at, "");
}

/* --- Writing a homework --- */

static void put(const char *name, const char *content) {
    char *path = format_string("%s/%s", folder, name);
    char *parent = copy_string(path);
    *strrchr(parent, '/') = '\0';
    ck_assert(directory_make(parent) && file_write(path, content, strlen(content)));
    free(parent);
    free(path);
}

static const char homework_text[] =
    "---\nid: u\ntitle: Unit\npoints: 4\nanswers: answers.md=1K\nhelpers: 2x3K\n"
    "compiler-flags: -O1\ncpu-seconds: 2\nwall-seconds: 3\nmemory-mib: 4\nstack-mib: 5\n"
    "output-kib: 6\n---\n";

static void put_problem(int number, const char *keys, const char *prose) {
    char *name = format_string("problems/%d-p.md", number);
    char *text = format_string("---\nid: p%d\ntitle: P\npoints: 2\nreference: p%d.c\n"
                               "files: p%d.c=1K\n%s---\n%s\n\n```c api\nint one%d(int n);\n"
                               "int two%d(int n);\n```\n\n"
                               "```c test t points=2\nexpect_int(one%d(1), 1);\n```\n",
                               number, number, number, keys, prose, number, number, number);
    put(name, text);
    free(text);
    free(name);
    name = format_string("reference/p%d.c", number);
    put(name, "#include \"homework.h\"\n");
    free(name);
}

static void put_homework(void) {
    put("problems/homework.md", homework_text);
    put_problem(10, "uses: 9\nstack-mib: 50\n", "Ten.");
    put_problem(9, "", "Nine.");
}

static unsigned long digest_of(int number) {
    struct homework *h = homework_read(folder, &mistakes);
    expect_none();
    unsigned long sum = problem_digest(h, homework_problem(h, number));
    homework_free(h);
    return sum;
}

/* --- Reading it --- */

START_TEST(problems_come_by_number) {
    put_homework();
    struct homework *h = homework_read(folder, &mistakes);
    expect_none();
    ck_assert_int_eq(h->problem_count, 2);
    ck_assert_int_eq(h->problems[0].number, 9);
    ck_assert_int_eq(h->problems[1].number, 10);
    ck_assert_int_eq(h->problems[1].first_function, 2);
    ck_assert_int_eq(h->problems[1].limits.stack_mib, 50);
    ck_assert_int_eq(h->problems[1].limits.memory_mib, 4);
    ck_assert_int_eq(h->problems[0].limits.stack_mib, 5);
    ck_assert_uint_eq(h->helper_limit, 3072);
    ck_assert_int_eq(h->helper_count, 2);
    ck_assert_ptr_eq(homework_problem(h, 10), &h->problems[1]);
    ck_assert_ptr_null(homework_problem(h, 1));
    homework_free(h);
}
END_TEST

START_TEST(digest_covers_what_a_judge_is_made_of) {
    put_homework();
    unsigned long nine = digest_of(9);
    unsigned long ten = digest_of(10);
    ck_assert_uint_eq(digest_of(9), nine);
    put_problem(9, "", "Nine, changed.");
    ck_assert_uint_ne(digest_of(9), nine);
    ck_assert_uint_ne(digest_of(10), ten);
    put_problem(9, "", "Nine.");
    ck_assert_uint_eq(digest_of(10), ten);
    put_problem(10, "uses: 9\nstack-mib: 50\n", "Ten, changed.");
    ck_assert_uint_eq(digest_of(9), nine);
    put("reference/p9.c", "#include \"homework.h\"\nint x;\n");
    ck_assert_uint_ne(digest_of(9), nine);
    put("problems/support/staff.c", "int x;\n");
    put("problems/support/all.h", "int x;\n");
    put_problem(10, "support: staff.c\npublic-support: all.h\n", "Ten.");
    ten = digest_of(10);
    put("problems/support/staff.c", "int y;\n");
    unsigned long changed = digest_of(10);
    ck_assert_uint_ne(changed, ten);
    put("problems/support/all.h", "int y;\n");
    ck_assert_uint_ne(digest_of(10), changed);
}
END_TEST

START_TEST(documents_end_at_one_mebibyte) {
    put_homework();
    char *prose = allocate(LARGE_BYTES, 1);
    memset(prose, 'x', LARGE_BYTES - 1);
    put_problem(10, "", prose);
    ck_assert_ptr_null(homework_read(folder, &mistakes));
    expect_mistake("problems/10-p.md:1: the document is larger than 1024 KiB");
    prose[MIB - 1000] = '\0';
    put_problem(10, "", prose);
    struct homework *h = homework_read(folder, &mistakes);
    expect_none();
    homework_free(h);
    free(prose);
}
END_TEST

/* A document that is hard work for a parser: it has to end, with or without mistakes. */
START_TEST(hostile_markdown_is_read_to_its_end) {
    static const char *const pieces[] = {"> ", "- ", "[",   "*a ", "```c test t\n",
                                         "`",  "\n", "<!--"};
    put_homework();
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct text prose;
        text_init(&prose, PROSE_BYTES);
        while (text_add(&prose, "%s", pieces[i]))
            continue;
        put_problem(10, "", prose.at);
        homework_free(homework_read(folder, &mistakes));
        ck_assert(mistakes.length <= mistakes.limit);
        text_clear(&mistakes);
        text_free(&prose);
    }
}
END_TEST

/* --- Tangling --- */

START_TEST(unchanged_files_keep_their_time) {
    put_homework();
    char *out = format_string("%s/out", folder);
    char *header = format_string("%s/out/homework.h", folder);
    struct homework *h = homework_read(folder, &mistakes);
    struct stat before;
    struct stat after;
    ck_assert(tangle(h, out, &mistakes));
    ck_assert_int_eq(stat(header, &before), 0);
    ck_assert(tangle(h, out, &mistakes));
    ck_assert_int_eq(stat(header, &after), 0);
    ck_assert_uint_eq(before.st_ino, after.st_ino);
    put("out/homework.h", "touched\n");
    ck_assert(tangle(h, out, &mistakes));
    ck_assert_int_eq(stat(header, &after), 0);
    ck_assert_int_eq(before.st_size, after.st_size);
    homework_free(h);
    free(header);
    free(out);
}
END_TEST

START_TEST(an_output_that_cannot_be_written_is_said) {
    put_homework();
    put("out", "a file where the directory should be");
    char *out = format_string("%s/out", folder);
    struct homework *h = homework_read(folder, &mistakes);
    ck_assert(!tangle(h, out, &mistakes));
    expect_mistake("out/homework.h:1: cannot be written: ");
    homework_free(h);
    free(out);
}
END_TEST

START_TEST(a_reference_that_vanishes_is_said) {
    put_homework();
    char *out = format_string("%s/out", folder);
    char *reference = format_string("%s/reference/p9.c", folder);
    struct homework *h = homework_read(folder, &mistakes);
    ck_assert_int_eq(unlink(reference), 0);
    ck_assert(!tangle(h, out, &mistakes));
    expect_mistake("problems/9-p.md:5: reference/p9.c cannot be read");
    homework_free(h);
    free(reference);
    free(out);
}
END_TEST

START_TEST(the_table_of_points_has_a_row_for_each_part_and_way_of_judging) {
    static const char want[] = "| part | what | judged by | points |\n"
                               "| --- | --- | --- | --- |\n"
                               "| 1 | Start | public tests | 4 |\n"
                               "| 1a | Sums; Any sum; Sums | public tests | 4 |\n"
                               "| 1a | Any sum | hidden tests | 1 |\n"
                               "| 1b(i) | Any sum | written | (2) |\n"
                               "| 1b(ii) | Any sum | written, optional | (1) |\n"
                               "| **1** | **Code** | automatic | **9** |\n"
                               "| 2a | Hours | completeness | shared |\n"
                               "| **2** | **Log** | automatic | **2** |\n"
                               "| | **All** | automatic | **11** |\n";
    static struct file_rule files[] = {{"a.c", 1}};
    struct block code[] = {
        {.role = ROLE_QUESTION, .part = "b(ii)", .heading = "Any sum", .points = 1, .extra = true},
        {.role = ROLE_TEST, .part = "a", .heading = "Sums", .points = 1},
        {.role = ROLE_TEST, .part = "a", .heading = "Sums", .points = 1},
        {.role = ROLE_QUESTION, .part = "b(i)", .heading = "Any sum", .points = 2},
        {.role = ROLE_HIDDEN, .part = "a", .heading = "Any sum", .points = 1},
        {.role = ROLE_TEST, .part = "a", .heading = "Any sum", .points = 1},
        {.role = ROLE_TEST, .heading = "Start", .points = 4},
        {.role = ROLE_RUBRIC, .heading = "Any sum"},
        {.role = ROLE_TEST, .part = "a", .heading = "Sums", .points = 1}};
    struct block log[] = {
        {.role = ROLE_QUESTION, .part = "a", .heading = "Hours", .check = CHECK_NUMBER}};
    struct problem problems[] = {
        {.number = 1,
         .title = "Code",
         .points = 9,
         .file_count = 1,
         .files = files,
         .block_count = 9,
         .blocks = code},
        {.number = 2, .title = "Log", .points = 2, .block_count = 1, .blocks = log}};
    struct homework h = {.title = "All", .points = 11, .problem_count = 2, .problems = problems};
    struct text table;
    text_init(&table, MISTAKE_BYTES);
    points_table(&h, &table);
    ck_assert_str_eq(table.at, want);
    text_free(&table);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("homework");
    TCase *whole = tcase_create("whole");
    tcase_add_checked_fixture(whole, begin, end);
    tcase_set_timeout(whole, 60);
    tcase_add_test(whole, problems_come_by_number);
    tcase_add_test(whole, digest_covers_what_a_judge_is_made_of);
    tcase_add_test(whole, documents_end_at_one_mebibyte);
    tcase_add_test(whole, hostile_markdown_is_read_to_its_end);
    tcase_add_test(whole, unchanged_files_keep_their_time);
    tcase_add_test(whole, an_output_that_cannot_be_written_is_said);
    tcase_add_test(whole, a_reference_that_vanishes_is_said);
    tcase_add_test(whole, the_table_of_points_has_a_row_for_each_part_and_way_of_judging);
    suite_add_tcase(suite, whole);
    return unit_run(suite);
}
