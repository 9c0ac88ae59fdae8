/* What the tests of building share: a homework of two functions, `first` and `second`, whose
 * worker's parts are made here from the runtime that the build provides, and a submission for it.
 */
#ifndef GRADUS_BUILD_RUN_H
#define GRADUS_BUILD_RUN_H

#include "base/fault.h"
#include "base/file.h"
#include "build/build.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- A homework --- */

static struct file_rule first_files[] = {{"first.c", 65536}};
static struct file_rule second_files[] = {{"second.c", 65536}};
static struct file_rule third_files[] = {{"third.c", 65536}};
static int third_uses[] = {2};
#define LIMITS                                                                                     \
    { .cpu_seconds = 2, .wall_seconds = 4, .memory_mib = 256, .stack_mib = 8, .output_kib = 64 }
static struct problem problems[] = {
    {.number = 1, .file_count = 1, .files = first_files, .limits = LIMITS},
    {.number = 2, .file_count = 1, .files = second_files, .limits = LIMITS},
    {.number = 3,
     .file_count = 1,
     .files = third_files,
     .limits = LIMITS,
     .use_count = 1,
     .uses = third_uses}};
static struct homework homework = {
    .directory = "tests",
    .compiler_flags = "-std=c11 -O1 -Wall -Wextra",
    .limits = LIMITS,
    .problem_count = 3,
    .problems = problems,
};

const struct call_function call_functions[] = {{.name = "first"}, {.name = "second"}};
const int call_function_count = 2;

static struct compiler compiler; /* gcc, with the homework's flags */
static char *root, *files, *tools, *scratch;
static struct build *built;

static inline void put(const char *directory, const char *name, const char *text) {
    char *path = format_string("%s/%s", directory, name);
    ck_assert_msg(file_write(path, text, strlen(text)), "%s", path);
    free(path);
}

static inline void shell(char *command) {
    ck_assert_msg(system(command) == 0, "%s", command);
    free(command);
}

static inline void make_tools(void) {
    const char *build = getenv("BUILD");
    const char *from = build ? build : "build";
    shell(format_string("cp grader/public/tensor.h %s/worker/runtime.o %s/worker/archives.ld "
                        "%s/worker/crtend.o %s/worker/crtn.o %s",
                        from, from, from, from, tools));
    put(tools, "homework.h", "#include \"tensor.h\"\nint first(int x);\nint second(int x);\n");
    put(root, "missing.c",
        "volatile int gradus_missing;\n"
        "__attribute__((weak)) int first(int x) { return gradus_missing = x; }\n"
        "__attribute__((weak)) int second(int x) { return gradus_missing = x; }\n");
    put(root, "dispatch.c",
        "int first(int x);\nint second(int x);\n"
        "int (*const student_thunks[])(int) = {first, second};\n");
    shell(format_string("cd %s && gcc -c ../missing.c ../dispatch.c", tools));
}

/* Once for all tests: none changes them. */
static inline void begin(void) {
    root = directory_private();
    tools = format_string("%s/tools", root);
    ck_assert(directory_make(tools));
    make_tools();
}

static inline void end(void) {
    ck_assert(directory_remove(root));
    free(root);
    free(tools);
}

static inline void set_up(void) {
    files = format_string("%s/files", root);
    scratch = format_string("%s/scratch", root);
    directory_remove(files); /* a test that failed left them */
    directory_remove(scratch);
    ck_assert(directory_make(files) && directory_make(scratch));
}

static inline void tear_down(void) {
    build_free(built);
    built = NULL;
    ck_assert(directory_remove(files) && directory_remove(scratch));
    free(files);
    free(scratch);
}

/* --- A submission --- */

#define FIRST  "#include \"homework.h\"\nint first(int x) { return x + 1; }\n"
#define SECOND "#include \"homework.h\"\nint second(int x) { return x + 2; }\n"
#define THIRD  "#include \"homework.h\"\nint third(int x) { return second(x); }\n"

static inline void hand_in(const char *first, const char *second, const char *third) {
    if (first)
        put(files, "first.c", first);
    if (second)
        put(files, "second.c", second);
    if (third)
        put(files, "third.c", third);
}

static inline void build(void) {
    built = build_submission(&homework, &compiler, files, tools, scratch);
}

static inline const struct build_file *file(const char *name) {
    for (int f = 0; f < built->file_count; f++)
        if (strcmp(built->files[f].name, name) == 0)
            return &built->files[f];
    ck_abort_msg("%s is not listed", name);
    return NULL;
}

static inline void expect_states(enum product_state one, enum product_state two,
                                 enum product_state three) {
    const enum product_state states[] = {one, two, three};
    ck_assert_int_eq(built->product_count, 3);
    for (int p = 0; p < 3; p++) {
        const struct product *product = &built->products[p];
        ck_assert_int_eq(product->problem, p + 1);
        ck_assert_msg(product->state == states[p], "problem %d is %d and not %d: %s", p + 1,
                      product->state, states[p], product->log.at);
        ck_assert_int_eq(product->executable >= 0, states[p] == PRODUCT_READY);
    }
}

static inline void expect_words(const struct text *log, const char *words) {
    ck_assert_msg(strstr(log->at, words) != NULL, "\"%s\" lacks \"%s\"", log->at, words);
    ck_assert_msg(strstr(log->at, root) == NULL, "\"%s\" shows our paths", log->at);
}

/* --- Running them --- */

struct build_row {
    const TTest *test;
    int rows; /* how often: the test's _i counts them */
};

static inline int run_build_tests(const char *name, const struct build_row *tests, size_t count) {
    Suite *suite = suite_create(name);
    TCase *all = tcase_create(name);
    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, begin, end);
    tcase_add_checked_fixture(all, set_up, tear_down);
    for (size_t t = 0; t < count; t++)
        tcase_add_loop_test(all, tests[t].test, 0, tests[t].rows);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}

#endif
