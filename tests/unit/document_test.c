/* The readers of documents, each by itself: names, front matter, fences, prototypes, shapes, and
 * the lines of all of them.  The sentences of mistakes are in tests/golden. */
#include "unit.h"

#include "base/fault.h"
#include "document/reader.h"

#include <stdlib.h>
#include <string.h>

enum { MISTAKE_BYTES = 64 * KIB };

static struct text mistakes;
static struct reader reader;

static void begin(void) {
    text_init(&mistakes, MISTAKE_BYTES);
    reader = (struct reader){".", "problems/1-unit.md", &mistakes};
}

static void end(void) {
    text_free(&mistakes);
}

static void expect_mistake(const char *part) {
    ck_assert_msg(strstr(mistakes.at, part), "\"%s\" is not in: %s", part, mistakes.at);
    text_clear(&mistakes);
}

static void expect_none(void) {
    ck_assert_str_eq(mistakes.at, "");
}

/* --- Names and numbers --- */

START_TEST(numbers_end_at_their_limit) {
    int64_t number = -1;
    ck_assert(number_read("1000", 1000, &number) && number == 1000);
    ck_assert(!number_read("1001", 1000, &number));
    ck_assert(number_read("9223372036854775807", INT64_MAX, &number) && number == INT64_MAX);
    ck_assert(!number_read("9223372036854775808", INT64_MAX, &number));
    ck_assert(!number_read("", 10, &number));
    ck_assert(!number_read("+1", 10, &number));
    ck_assert(number_read("007", 10, &number) && number == 7);
}
END_TEST

START_TEST(names_have_at_most_63_letters) {
    char name[] = "a23456789012345678901234567890123456789012345678901234567890123x";
    ck_assert(!name_is_plain(name));
    name[63] = '\0';
    ck_assert(name_is_plain(name));
    ck_assert(!name_is_plain(""));
    ck_assert(!name_is_plain("_x"));
    ck_assert(!name_is_plain("x__y"));
    ck_assert(!name_is_plain("3x"));
}
END_TEST

/* The list is searched by halves: each of its quarters has to be found. */
START_TEST(reserved_names_are_found_in_the_whole_list) {
    static const char *const reserved[] = {
        "IMPOSSIBLE", "UNFINISHED", "abort",      "asin",     "case",  "double",  "fma",
        "int64_t",    "log2",       "mark_point", "rename",   "shape", "sizeof",  "suite",
        "void",       "yn",         "tensor_any", "attach_x", "ref_x", "call_one"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        ck_assert_msg(name_is_reserved(reserved[i]), "%s", reserved[i]);
    ck_assert(!name_is_reserved("scale"));
    ck_assert(!name_is_reserved("total"));
    ck_assert(!name_is_reserved("caller"));
}
END_TEST

/* --- Front matter --- */

static const char front[] = "---\nid: unit\ntitle: A  title: with a colon\npoints: 12\n"
                            "reference: a.c\nfiles: a.c=64K,  b.h=2M\nuses: 4, 12\n"
                            "support: x.c\npublic-support: y.c, z.h\nlibraries: zlib, "
                            "libpng\njudge-seconds: 20\ncpu-seconds: 0.5\n"
                            "output-kib: 7\n---\n# Heading\n";

/* A homework with one problem, for the readers that fill one in. */
static struct homework *one_problem(struct problem **p, const char *text) {
    struct homework *h = allocate(1, sizeof *h);
    h->problems = allocate(1, sizeof *h->problems);
    h->problem_count = 1;
    *p = &h->problems[0];
    (*p)->text = copy_string(text);
    (*p)->number = 1;
    return h;
}

START_TEST(front_matter_fills_every_field) {
    struct problem *p;
    struct homework *h = one_problem(&p, front);
    p->limits = (struct limits){9, 9, 9, 9, 9};
    ck_assert_int_eq(front_matter_problem(&reader, p), 14);
    expect_none();
    ck_assert_str_eq(p->id, "unit");
    ck_assert_str_eq(p->title, "A  title: with a colon");
    ck_assert_str_eq(p->reference, "a.c");
    ck_assert_int_eq(p->points, 12);
    ck_assert_int_eq(p->file_count, 2);
    ck_assert_str_eq(p->files[1].name, "b.h");
    ck_assert_uint_eq(p->files[0].limit, 65536);
    ck_assert_uint_eq(p->files[1].limit, 2097152);
    ck_assert_int_eq(p->use_count, 2);
    ck_assert_int_eq(p->uses[0], 4);
    ck_assert_int_eq(p->uses[1], 12);
    ck_assert_int_eq(p->support.count, 1);
    ck_assert_int_eq(p->public_support.count, 2);
    ck_assert_str_eq(p->public_support.name[1], "z.h");
    ck_assert_int_eq(p->libraries.count, 2);
    ck_assert_str_eq(p->libraries.name[0], "zlib");
    ck_assert_double_eq(p->judge_seconds, 20);
    ck_assert_double_eq(p->limits.cpu_seconds, 0.5);
    ck_assert_double_eq(p->limits.wall_seconds, 9);
    ck_assert_int_eq(p->limits.output_kib, 7);
    ck_assert_int_eq(front_matter_line(p->text, "uses"), 7);
    ck_assert_int_eq(front_matter_line(p->text, "stack-mib"), 1);
    homework_free(h);
}
END_TEST

static bool size_is_accepted(const char *size) {
    struct problem *p;
    char *text = format_string("---\nfiles: a.c=%s\n---\n", size);
    struct homework *h = one_problem(&p, text);
    front_matter_problem(&reader, p);
    bool accepted = !strstr(mistakes.at, "files:");
    text_clear(&mistakes);
    homework_free(h);
    free(text);
    return accepted;
}

START_TEST(sizes_end_at_64_mib) {
    ck_assert(size_is_accepted("1K"));
    ck_assert(!size_is_accepted("0K"));
    ck_assert(size_is_accepted("64M"));
    ck_assert(!size_is_accepted("65M"));
    ck_assert(size_is_accepted("65536K"));
    ck_assert(!size_is_accepted("65537K"));
    ck_assert(!size_is_accepted("1k"));
    ck_assert(!size_is_accepted("K"));
    ck_assert(!size_is_accepted("-1K"));
    ck_assert(!size_is_accepted("99999999999999999999M"));
}
END_TEST

/* --- Markdown --- */

START_TEST(fences_keep_their_lines_and_headings) {
    static const char text[] = "---\nkey: value\n---\n"
                               "\n"
                               "# The *first* `one`\n" /* line 5 */
                               "```c api\nint a;\n\n```\n"
                               "Second\n======\n" /* line 10 */
                               "   ~~~~ text\n   ```\n~~~~\n"
                               "- item\n\n  ```\n  inside\n  ```\n" /* line 15 */
                               "\nprose\n\n    ``` indented\n\n"
                               "`````\nopen\n```\n";
    int count = 0;
    struct fence *f = fences_read(&reader, text, 3, &count);
    expect_none();
    ck_assert_int_eq(count, 4);
    ck_assert_int_eq(f[0].line, 6);
    ck_assert_int_eq(f[0].end, 9);
    ck_assert_str_eq(f[0].info, "c api");
    ck_assert_str_eq(f[0].body, "int a;\n\n");
    ck_assert_str_eq(f[0].heading, "The first one");
    ck_assert_int_eq(f[1].line, 12);
    ck_assert_str_eq(f[1].body, "```\n");
    ck_assert_str_eq(f[1].heading, "Second");
    ck_assert(f[2].nested && !f[0].nested);
    ck_assert(f[3].open && !f[0].open && !f[1].open);
    fences_free(f, count);
}
END_TEST

/* --- Fences --- */

static bool block_of(const char *info, struct block *b) {
    struct fence f = {.line = 7, .end = 9, .info = (char *)info, .body = "body\n", .heading = "H"};
    return block_read(&reader, &f, b);
}

START_TEST(options_stand_in_any_order) {
    struct block b;
    ck_assert(block_of("mutant  m   hint=\"two  words = x\" killed-by=t", &b));
    ck_assert_int_eq(b.role, ROLE_MUTANT);
    ck_assert_str_eq(b.name, "m");
    ck_assert_str_eq(b.hint, "two  words = x");
    ck_assert_str_eq(b.killed_by, "t");
    ck_assert_int_eq(b.line, 7);
    ck_assert_str_eq(b.heading, "H");
    block_free(&b);
    ck_assert(block_of("c hidden h seed=9223372036854775807 dull=yes points=1000 shapes=s", &b));
    ck_assert_int_eq(b.points, 1000);
    ck_assert(b.dull);
    ck_assert_uint_eq(b.seed, INT64_MAX);
    ck_assert_str_eq(b.shapes, "s");
    block_free(&b);
    expect_none();
}
END_TEST

START_TEST(options_end_at_their_limits) {
    struct block b;
    ck_assert(!block_of("c test t points=1001", &b));
    expect_mistake("points=\"1001\"");
    ck_assert(!block_of("c test t points=1 seed=9223372036854775808", &b));
    expect_mistake("seed=");
    ck_assert(block_of("c test t points=0 seed=1", &b));
    block_free(&b);
    expect_none();
}
END_TEST

START_TEST(fences_without_a_role_are_illustrations) {
    struct block b;
    ck_assert(!block_of("", &b));
    ck_assert(!block_of("c", &b));
    ck_assert(!block_of("text", &b));
    ck_assert(!block_of("  sh  ", &b));
    expect_none();
    ck_assert(!block_of("shapes", &b));
    expect_mistake("shapes needs a name");
    ck_assert(!block_of("c testing x points=1", &b));
    expect_mistake("unknown role \"testing\"\n");
}
END_TEST

/* --- Prototypes --- */

static struct homework *functions_of(const char *body, const char *inout, struct problem **p) {
    struct block b = {.role = ROLE_API, .line = 10, .body = (char *)body, .inout = (char *)inout};
    struct homework *h = one_problem(p, "");
    prototypes_read(&reader, &b, *p);
    return h;
}

START_TEST(prototypes_are_kept_as_written) {
    struct problem *p;
    struct homework *h = functions_of("/* Of the enum. */\n"
                                      "enum kind { SMALL, /* ; } */ LARGE = 1 << 4 };\n"
                                      "\n"
                                      "/* First\n * comment. */\n"
                                      "int  first( const   tensor*x ,\n"
                                      "            ints * w, tensor *v ) ; // behind\n"
                                      "int64_t second(void);\n",
                                      "w,v", &p);
    expect_none();
    ck_assert_int_eq(p->function_count, 2);
    const struct function *f = &p->functions[0];
    ck_assert_str_eq(f->comment, "/* First\n * comment. */");
    ck_assert_str_eq(f->prototype, "int  first( const   tensor*x ,\n            ints * w, tensor "
                                   "*v ) ");
    ck_assert_int_eq(f->line, 16);
    ck_assert_str_eq(f->call.name, "first");
    ck_assert_int_eq(f->call.result, CALL_INT);
    ck_assert_int_eq(f->call.count, 3);
    ck_assert_int_eq(f->call.parameter[0].kind, CALL_TENSOR_IN);
    ck_assert_int_eq(f->call.parameter[1].kind, CALL_INTS_INOUT);
    ck_assert_int_eq(f->call.parameter[2].kind, CALL_TENSOR_INOUT);
    ck_assert_str_eq(f->call.parameter[2].name, "v");
    ck_assert_int_eq(p->functions[1].call.count, 0);
    ck_assert_int_eq(p->functions[1].line, 18);
    ck_assert_str_eq(p->functions[1].comment, "");
    homework_free(h);
}
END_TEST

/* A prototype with `count` parameters of a type. */
static bool takes(const char *type, int count, int scalars) {
    struct text body;
    struct problem *p;
    text_init(&body, MISTAKE_BYTES);
    text_add(&body, "void f(");
    for (int i = 0; i < count + scalars; i++)
        text_add(&body, "%s%sx%d", i ? ", " : "", i < count ? type : "int ", i);
    text_add(&body, ");\n");
    homework_free(functions_of(body.at, NULL, &p));
    text_free(&body);
    bool good = mistakes.length == 0;
    text_clear(&mistakes);
    return good;
}

START_TEST(parameters_end_at_their_limits) {
    ck_assert(takes("double ", CALL_PARAMETERS, 0));
    ck_assert(!takes("double ", CALL_PARAMETERS + 1, 0));
    ck_assert(takes("const tensor *", CALL_TENSORS, CALL_PARAMETERS - CALL_TENSORS));
    ck_assert(!takes("const tensor *", CALL_TENSORS, CALL_PARAMETERS - CALL_TENSORS + 1));
    ck_assert(!takes("ints *", CALL_TENSORS + 1, 0));
}
END_TEST

/* Every prefix of a prototype is a mistake, and none of them a crash. */
START_TEST(prototypes_may_end_anywhere) {
    static const char whole[] = "enum { A };\nint f(const tensor *x, /* y */ int n);\n";
    for (size_t length = 1; length < strlen(whole) - 1; length++) {
        struct problem *p;
        char *part = copy_bytes(whole, length);
        homework_free(functions_of(part, NULL, &p));
        free(part);
        bool complete = length == strlen("enum { A };") || length == strlen("enum { A };\n");
        ck_assert_msg((mistakes.length == 0) == complete, "after %zu bytes", length);
        text_clear(&mistakes);
    }
}
END_TEST

/* --- Shapes --- */

static bool table_of(const char *body, struct shape_table *t) {
    struct block b = {.role = ROLE_SHAPES, .line = 20, .name = "s", .body = (char *)body};
    table_read(&reader, &b, t);
    t->block = NULL;
    return mistakes.length == 0;
}

START_TEST(rows_are_names_numbers_and_a_title) {
    struct shape_table t;
    ck_assert(table_of("ih3iw4 s2p-1  a  title \n\n  ih2147483647 iw0 s1p0    b\n", &t));
    ck_assert_int_eq(t.field_count, 4);
    ck_assert_str_eq(t.field[3], "p");
    ck_assert_int_eq(t.row_count, 2);
    ck_assert_int_eq(t.row[0].value[3], -1);
    ck_assert_str_eq(t.row[0].title, "a  title");
    ck_assert_int_eq(t.row[0].line, 21);
    ck_assert_int_eq(t.row[1].line, 23);
    ck_assert_int_eq(t.row[1].value[0], 2147483647);
    ck_assert_str_eq(t.row[1].text, "ih2147483647 iw0 s1p0    b");
    table_free(&t);
}
END_TEST

START_TEST(rows_have_at_most_16_fields) {
    struct shape_table t;
    ck_assert(table_of("a1b1c1d1e1f1g1h1i1j1k1l1m1n1o1p1  sixteen\n", &t));
    table_free(&t);
    ck_assert(!table_of("a1b1c1d1e1f1g1h1i1j1k1l1m1n1o1p1q1  seventeen\n", &t));
    table_free(&t);
    expect_mistake(":21: shape: more than 16 fields");
    ck_assert(!table_of("n2147483648  too large\n", &t));
    table_free(&t);
    expect_mistake("is not an int");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("document");
    TCase *parts = tcase_create("parts");
    tcase_add_checked_fixture(parts, begin, end);
    tcase_add_test(parts, numbers_end_at_their_limit);
    tcase_add_test(parts, names_have_at_most_63_letters);
    tcase_add_test(parts, reserved_names_are_found_in_the_whole_list);
    tcase_add_test(parts, front_matter_fills_every_field);
    tcase_add_test(parts, sizes_end_at_64_mib);
    tcase_add_test(parts, fences_keep_their_lines_and_headings);
    tcase_add_test(parts, options_stand_in_any_order);
    tcase_add_test(parts, options_end_at_their_limits);
    tcase_add_test(parts, fences_without_a_role_are_illustrations);
    tcase_add_test(parts, prototypes_are_kept_as_written);
    tcase_add_test(parts, parameters_end_at_their_limits);
    tcase_add_test(parts, prototypes_may_end_anywhere);
    tcase_add_test(parts, rows_are_names_numbers_and_a_title);
    tcase_add_test(parts, rows_have_at_most_16_fields);
    suite_add_tcase(suite, parts);
    return unit_run(suite);
}
