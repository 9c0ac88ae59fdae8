/* What is read from Valgrind's XML, and that nothing else in it is believed. */
#include "base/fault.h"
#include "base/text.h"
#include "memory/stage.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct block blocks[] = {{.role = ROLE_TEST, .name = "worked"},
                                {.role = ROLE_HIDDEN, .name = "secret"}};
static struct problem problem = {.number = 1, .block_count = 2, .blocks = blocks};
static struct intake_file files[] = {{.name = "a.c", .fate = INTAKE_TAKEN},
                                     {.name = "b.c", .fate = INTAKE_HELPER},
                                     {.name = "c.c", .fate = INTAKE_TOO_LARGE}};
static const struct intake intake = {.file_count = 3, .files = files};
static const struct memory_job order = {.intake = &intake};

static struct memory_problem result;

static void feed(const char *bytes, size_t count, enum memory_end end) {
    result = (struct memory_problem){.problem = &problem, .end = end};
    struct watch w = {.result = &result, .xml = memfd_create("xml", MFD_CLOEXEC)};
    ck_assert_int_eq(write(w.xml, bytes, count), (ssize_t)count);
    read_findings(&order, "/private", &w);
    close(w.xml);
}

#define FRAME(dir, file, line, fn)                                                                 \
    "<frame><fn>" fn "</fn><dir>" dir "</dir><file>" file "</file><line>" line "</line></frame>"
#define ERROR(unique, kind, what, rest)                                                            \
    "<error><unique>" unique "</unique><kind>" kind "</kind><what>" what "</what>" rest "</error>"
#define STACK(frames)       "<stack>" frames "</stack>"
#define WHOLE(contents)     "<?xml version=\"1.0\"?><valgrindoutput>" contents "</valgrindoutput>"
#define OURS                FRAME("/private/compile-0", "a.c", "7", "f")
#define TEST                FRAME("/build", "p.md", "3", "worked__body")
#define READ(unique, stack) ERROR(unique, "InvalidRead", "Invalid read of size 8", STACK(stack))

#define feed_text(xml) feed((xml), strlen(xml), MEMORY_WHOLE)

START_TEST(a_mistake_has_a_place_a_test_and_a_count) {
    feed_text(WHOLE(
        READ("0x1", FRAME("/lib", "memcpy.c", "9", "memcpy") OURS TEST)
            ERROR("0x2", "InvalidRead", "Invalid read of size 8", STACK(OURS)) ERROR(
                "0x3", "InvalidWrite", "Invalid write of size 4",
                STACK(OURS)) "<errorcounts><pair><count>3</count><unique>0x1</unique></pair>"
                             "<pair><count>4</count><unique>0x2</unique></pair></errorcounts>"));
    ck_assert_int_eq(result.end, MEMORY_WHOLE);
    ck_assert_int_eq(result.finding_count, 2);
    const struct memory_finding *f = &result.finding[0];
    ck_assert_int_eq(f->kind, MEMORY_READ);
    ck_assert_str_eq(f->file, "a.c");
    ck_assert_str_eq(f->function, "f");
    ck_assert_int_eq(f->line, 7);
    ck_assert_int_eq(f->count, 7);
    ck_assert_int_eq(f->bytes, 8);
    ck_assert_ptr_eq(f->test, &blocks[0]);
    ck_assert_int_eq(result.finding[1].kind, MEMORY_WRITE);
    ck_assert_int_eq(result.finding[1].count, 0);
}
END_TEST

START_TEST(a_block_is_told_with_its_origin) {
    feed_text(WHOLE(ERROR(
        "0x1", "InvalidRead", "Invalid read of size 8",
        STACK(OURS) "<auxwhat>Address 0x4a is 0 bytes after a block of size 24 "
                    "alloc'd</auxwhat>" STACK(FRAME("/private/compile-1", "b.c", "2", "g")))));
    ck_assert_int_eq(result.finding[0].block, MEMORY_BEHIND);
    ck_assert_int_eq(result.finding[0].block_bytes, 24);
    ck_assert_str_eq(result.finding[0].origin, "b.c");
    ck_assert_int_eq(result.finding[0].origin_line, 2);
}
END_TEST

START_TEST(leaks_of_one_line_add_up) {
#define LEAK                                                                                       \
    "<error><unique>0x9</unique><kind>Leak_DefinitelyLost</kind><xwhat><text>lost</text>"          \
    "<leakedbytes>32</leakedbytes><leakedblocks>2</leakedblocks></xwhat>" STACK(OURS) "</error>"
    feed_text(WHOLE(LEAK LEAK));
    ck_assert_int_eq(result.finding_count, 1);
    ck_assert_int_eq(result.finding[0].bytes, 64);
    ck_assert_int_eq(result.finding[0].count, 4);
}
END_TEST

/* No line of the submission is in it: of the test library, of a file that was not taken, of another
 * folder; or it is no mistake that is told. */
static const char *const foreign[] = {
    READ("0x1", TEST),
    READ("0x1", FRAME("/build", "a.c", "7", "f")),
    READ("0x1", FRAME("/private/compile-0", "c.c", "7", "f")),
    READ("0x1", FRAME("/private/compile-0", "/etc/passwd", "7", "f")),
    ERROR("0x1", "Leak_StillReachable", "", STACK(OURS)),
    ERROR("0x1", "InvalidRead", "", STACK(TEST) "<auxwhat>x</auxwhat>" STACK(OURS)),
};
START_TEST(what_is_not_the_submissions_is_left_out) {
    char *xml = format_string(WHOLE("%s"), foreign[_i]);
    feed_text(xml);
    ck_assert_int_eq(result.end, MEMORY_WHOLE);
    ck_assert_int_eq(result.finding_count, 0);
    free(xml);
}
END_TEST

START_TEST(an_unset_value_that_only_a_test_uses_is_told_where_it_was_made) {
    feed_text(
        WHOLE(ERROR("0x1", "UninitCondition", "",
                    STACK(TEST) "<auxwhat>created by a heap allocation</auxwhat>" STACK(OURS))));
    ck_assert_int_eq(result.finding_count, 1);
    ck_assert_int_eq(result.finding[0].kind, MEMORY_HANDED);
    ck_assert_ptr_eq(result.finding[0].test, &blocks[0]);
    ck_assert_ptr_null(result.finding[0].origin);
}
END_TEST

START_TEST(a_hidden_test_is_never_named) {
    feed_text(WHOLE(READ("0x1", OURS FRAME("/b", "p.md", "1", "secret__body"))));
    ck_assert_int_eq(result.finding_count, 1);
    ck_assert_ptr_null(result.finding[0].test);
}
END_TEST

START_TEST(what_came_before_a_cut_is_kept) {
    static const char cut[] = "<valgrindoutput>" READ("0x1", OURS) "<error><kind>Inva";
    feed(cut, strlen(cut), MEMORY_TIME);
    ck_assert_int_eq(result.end, MEMORY_TIME);
    ck_assert_int_eq(result.finding_count, 1);
    ck_assert_int_eq(result.finding[0].count, 0);
    feed_text(cut);
    ck_assert_int_eq(result.end, MEMORY_UNREAD);
}
END_TEST

/* Not Valgrind's; with a document type, whose entities could grow without end; not even text. */
static const char *const disturbed[] = {
    "hello",
    "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><valgrindoutput>&c;</valgrindoutput>",
    "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><valgrindoutput/>",
    "<valgrindoutput></error></valgrindoutput>",
    "<valgrindoutput>\xff\xfe</valgrindoutput>",
};
START_TEST(anything_else_is_called_disturbed) {
    feed_text(disturbed[_i]);
    ck_assert_int_eq(result.end, MEMORY_UNREAD);
    ck_assert_int_eq(result.finding_count, 0);
}
END_TEST

START_TEST(nothing_at_all_is_not_the_students_doing) {
    feed("", 0, MEMORY_EARLY);
    ck_assert_int_eq(result.end, MEMORY_HINDERED);
}
END_TEST

START_TEST(a_hundred_thousand_findings_become_twenty) {
    struct text xml;
    text_init(&xml, (size_t)64 * MIB);
    text_add(&xml, "<valgrindoutput>");
    for (int i = 0; i < 100000; i++)
        text_add(&xml, READ("0x%x", FRAME("/private/x", "a.c", "%d", "f")), i, i);
    text_add(&xml, "</valgrindoutput>");
    feed(xml.at, xml.length, MEMORY_WHOLE);
    text_free(&xml);
    ck_assert_int_eq(result.end, MEMORY_WHOLE);
    ck_assert_int_eq(result.finding_count, MEMORY_FINDINGS);
    ck_assert_int_ge(result.left_out, 900);
}
END_TEST

START_TEST(numbers_and_names_without_end_are_cut) {
    struct text xml;
    text_init(&xml, MIB);
    text_add(&xml, "<valgrindoutput><error><kind>InvalidRead</kind><stack><frame><fn>");
    for (int i = 0; i < 5000; i++)
        text_add(&xml, "x");
    text_add(&xml,
             "</fn><dir>/private</dir><file>a.c</file><line>99999999999999999999</line></frame>"
             "</stack></error></valgrindoutput>");
    feed(xml.at, xml.length, MEMORY_WHOLE);
    text_free(&xml);
    ck_assert_int_eq(result.finding_count, 1);
    ck_assert_int_eq((int)strlen(result.finding[0].function), MEMORY_NAME - 1);
    ck_assert_int_gt(result.finding[0].line, 0);
}
END_TEST

int main(void) {
    TCase *c = tcase_create("memory");
    tcase_add_test(c, a_mistake_has_a_place_a_test_and_a_count);
    tcase_add_test(c, a_block_is_told_with_its_origin);
    tcase_add_test(c, leaks_of_one_line_add_up);
    tcase_add_loop_test(c, what_is_not_the_submissions_is_left_out, 0,
                        sizeof foreign / sizeof foreign[0]);
    tcase_add_test(c, an_unset_value_that_only_a_test_uses_is_told_where_it_was_made);
    tcase_add_test(c, a_hidden_test_is_never_named);
    tcase_add_test(c, what_came_before_a_cut_is_kept);
    tcase_add_loop_test(c, anything_else_is_called_disturbed, 0,
                        sizeof disturbed / sizeof disturbed[0]);
    tcase_add_test(c, nothing_at_all_is_not_the_students_doing);
    tcase_add_test(c, a_hundred_thousand_findings_become_twenty);
    tcase_add_test(c, numbers_and_names_without_end_are_cut);
    Suite *suite = suite_create("memory");
    suite_add_tcase(suite, c);
    return unit_run(suite);
}
