/* Build: what becomes of good, missing, broken, clashing and hostile files.  Each test writes a
 * submission for a homework of two functions, `first` and `second`, whose worker's parts are made
 * here from the runtime that the build provides. */
#include "base/fault.h"
#include "base/file.h"
#include "build/build.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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
    .compiler_flags = "-std=c11 -O1 -Wall -Wextra",
    .limits = LIMITS,
    .problem_count = 3,
    .problems = problems,
};

const struct call_function call_functions[] = {{.name = "first"}, {.name = "second"}};
const int call_function_count = 2;

static char *root, *files, *tools, *scratch;
static struct build *built;

static void put(const char *directory, const char *name, const char *text) {
    char *path = format_string("%s/%s", directory, name);
    ck_assert_msg(file_write(path, text, strlen(text)), "%s", path);
    free(path);
}

static void shell(char *command) {
    ck_assert_msg(system(command) == 0, "%s", command);
    free(command);
}

static void make_tools(void) {
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
static void begin(void) {
    root = directory_private();
    tools = format_string("%s/tools", root);
    ck_assert(directory_make(tools));
    make_tools();
}

static void end(void) {
    ck_assert(directory_remove(root));
    free(root);
    free(tools);
}

static void set_up(void) {
    files = format_string("%s/files", root);
    scratch = format_string("%s/scratch", root);
    directory_remove(files); /* a test that failed left them */
    directory_remove(scratch);
    ck_assert(directory_make(files) && directory_make(scratch));
}

static void tear_down(void) {
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

static void hand_in(const char *first, const char *second, const char *third) {
    if (first)
        put(files, "first.c", first);
    if (second)
        put(files, "second.c", second);
    if (third)
        put(files, "third.c", third);
}

static void build(void) {
    built = build_submission(&homework, files, tools, scratch);
}

static const struct build_file *file(const char *name) {
    for (int f = 0; f < built->file_count; f++)
        if (strcmp(built->files[f].name, name) == 0)
            return &built->files[f];
    ck_abort_msg("%s is not listed", name);
    return NULL;
}

static void expect_states(enum product_state one, enum product_state two,
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

static void expect_words(const struct text *log, const char *words) {
    ck_assert_msg(strstr(log->at, words) != NULL, "\"%s\" lacks \"%s\"", log->at, words);
    ck_assert_msg(strstr(log->at, root) == NULL, "\"%s\" shows our paths", log->at);
}

/* --- Good work --- */

START_TEST(good_files_share_one_sealed_executable) {
    hand_in(FIRST, SECOND, THIRD);
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_READY);
    ck_assert(built->linked_once);
    ck_assert_int_eq(strncmp(built->compiler, "gcc ", 4), 0);
    ck_assert_int_ne(built->compiler[4], '\0');
    int executable = built->products[0].executable;
    int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    ck_assert_int_eq(fcntl(executable, F_GET_SEALS) & seals, seals);
    struct stat status;
    ck_assert_int_eq(fstat(executable, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0111);
}
END_TEST

START_TEST(warnings_show_the_students_path_and_line) {
    hand_in("int first(int x) {\n    int unused;\n    return x;\n}\n", SECOND, THIRD);
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_READY);
    ck_assert_int_eq(strncmp(file("first.c")->log.at, "first.c: In function", 20), 0);
    expect_words(&file("first.c")->log, "first.c:2:9: warning: unused variable");
    ck_assert_int_eq(file("second.c")->log.length, 0);
}
END_TEST

START_TEST(helpers_compile_along) {
    hand_in("#include \"util.h\"\nint first(int x) { return twice(x); }\n", SECOND, THIRD);
    put(files, "util.h", "int twice(int x);\n");
    put(files, "util.c", "#include \"util.h\"\nint twice(int x) { return 2 * x; }\n");
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_READY);
    ck_assert(file("util.c")->helper);
    ck_assert_int_eq(built->file_count, 4);
}
END_TEST

START_TEST(a_main_or_a_library_name_of_ones_own_is_no_clash) {
    hand_in("int first(int x) { return x; }\nint main(void) { return 3; }\n", SECOND,
            "double round(double x) { return x; }\nint index(int x) { return x; }\n");
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_READY);
    ck_assert(built->linked_once);
}
END_TEST

START_TEST(rare_functions_of_the_library_are_found) {
    hand_in("#include <search.h>\n#include <wchar.h>\n#include <complex.h>\n"
            "int first(int x) { return hcreate((size_t)x) + (int)wcstol(L\"1\", 0, 0) +\n"
            "    (int)creal(csqrt(x) * cexp(x)); }\n"
            "__int128 divide(__int128 a, __int128 b);\n"
            "__int128 divide(__int128 a, __int128 b) { return a / b; }\n",
            SECOND, THIRD);
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_READY);
}
END_TEST

/* --- Mistakes cost their own problem --- */

START_TEST(a_missing_file_costs_its_own_problem) {
    hand_in(FIRST, NULL, THIRD);
    build();
    expect_states(PRODUCT_READY, PRODUCT_FILE_MISSING, PRODUCT_READY);
    ck_assert_str_eq(built->products[1].culprit, "second.c");
    ck_assert_int_eq(file("second.c")->state, BUILD_MISSING);
}
END_TEST

START_TEST(a_syntax_error_costs_its_own_problem) {
    hand_in(FIRST, "int second(int x) {\n    return x +;\n}\n", THIRD);
    build();
    expect_states(PRODUCT_READY, PRODUCT_NOT_COMPILED, PRODUCT_READY);
    ck_assert_str_eq(built->products[1].culprit, "second.c");
    ck_assert_int_eq(file("second.c")->state, BUILD_FAILED);
    expect_words(&file("second.c")->log, "second.c:2:15: error: ");
}
END_TEST

START_TEST(nothing_at_all_is_three_missing_files) {
    build();
    expect_states(PRODUCT_FILE_MISSING, PRODUCT_FILE_MISSING, PRODUCT_FILE_MISSING);
}
END_TEST

START_TEST(clashing_names_cost_only_those_that_need_both) {
    hand_in("int clamp(int x) { return x; }\n" FIRST, "int clamp(int x) { return x; }\n" SECOND,
            "int clamp(int x) { return x; }\n" THIRD);
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_NOT_LINKED);
    ck_assert(!built->linked_once);
    const char *log = built->products[2].log.at;
    ck_assert_ptr_nonnull(strstr(log, "clamp is defined both in "));
    ck_assert_ptr_nonnull(strstr(log, "second.c"));
    ck_assert_ptr_nonnull(strstr(log, "third.c"));
    expect_words(&built->products[2].log, "rename one");
}
END_TEST

START_TEST(two_helpers_that_clash_cost_everything_and_say_so) {
    hand_in(FIRST, SECOND, THIRD);
    put(files, "a.c", "int clamp(int x) { return x; }\n");
    put(files, "b.c", "int clamp(int x) { return x; }\n");
    build();
    expect_states(PRODUCT_NOT_LINKED, PRODUCT_NOT_LINKED, PRODUCT_NOT_LINKED);
    expect_words(&built->products[0].log, "clamp is defined both in ");
}
END_TEST

START_TEST(an_undefined_function_costs_its_own_problem) {
    hand_in("int nowhere(int x);\nint first(int x) { return nowhere(x) + nowhere(-x); }\n", SECOND,
            THIRD);
    build();
    expect_states(PRODUCT_NOT_LINKED, PRODUCT_READY, PRODUCT_READY);
    ck_assert_str_eq(built->products[0].log.at,
                     "nowhere is used in first.c but defined nowhere.\n");
}
END_TEST

START_TEST(a_broken_helper_is_named_where_it_lacks) {
    hand_in("int twice(int x);\nint first(int x) { return twice(x); }\n", SECOND, THIRD);
    put(files, "util.c", "int twice(int x) { return 2 * }\n");
    build();
    expect_states(PRODUCT_NOT_LINKED, PRODUCT_READY, PRODUCT_READY);
    ck_assert_int_eq(file("util.c")->state, BUILD_FAILED);
    expect_words(&built->products[0].log, "twice is used in first.c");
}
END_TEST

/* --- Code that runs before main --- */

#define BEFORE_MAIN "__attribute__((constructor)) static void before(void) { "

START_TEST(a_constructor_that_exits_costs_its_own_problem) {
    hand_in("#include <stdlib.h>\n" FIRST BEFORE_MAIN "_Exit(7); }\n", SECOND, THIRD);
    build();
    expect_states(PRODUCT_ENDED_EARLY, PRODUCT_READY, PRODUCT_READY);
    ck_assert_int_eq(built->products[0].code, 7);
}
END_TEST

START_TEST(a_constructor_that_forks_is_named_so) {
    hand_in("#include <unistd.h>\n" FIRST BEFORE_MAIN "if (fork() == 0) for (;;) fork(); }\n",
            SECOND, THIRD);
    build();
    expect_states(PRODUCT_FORBIDDEN, PRODUCT_READY, PRODUCT_READY);
    ck_assert_int_gt(built->products[0].code, 0);
}
END_TEST

START_TEST(a_constructor_that_loops_ends_soon) {
    hand_in(FIRST BEFORE_MAIN "for (;;) ; }\n", SECOND, THIRD);
    time_t start = time(NULL);
    build();
    expect_states(PRODUCT_ENDED_EARLY, PRODUCT_READY, PRODUCT_READY);
    expect_words(&built->products[0].log, "still computing");
    ck_assert_int_lt(time(NULL) - start, 20);
}
END_TEST

/* --- Hostile sources --- */

START_TEST(a_bomb_exceeds_the_compilers_limits_in_seconds) {
    struct text nested;
    text_init(&nested, MIB);
    text_add(&nested, "int first(int x) { return ");
    for (int depth = 0; depth < 120000; depth++)
        text_add_bytes(&nested,
                       depth < 60000    ? "("
                       : depth == 60000 ? "x)"
                                        : ")",
                       1 + (depth == 60000));
    text_add(&nested, "; }\n");
    const char *const bombs[] = {"int main[-1u] = {1};\n",
                                 "__asm__(\".rept 1000000000\\n.quad 1\\n.endr\");\n",
                                 "#define A(x) x x x x x x x x\n#define B(x) A(A(A(A(x))))\n"
                                 "int a = B(B(B(1 +))) 1;\n",
                                 nested.at};
    hand_in(bombs[_i], SECOND, THIRD);
    text_free(&nested);
    time_t start = time(NULL);
    build();
    expect_states(PRODUCT_NOT_COMPILED, PRODUCT_READY, PRODUCT_READY);
    ck_assert_int_eq(file("first.c")->state, BUILD_EXCEEDED);
    ck_assert_ptr_null(strstr(file("first.c")->log.at, "bug report"));
    ck_assert_int_lt(time(NULL) - start, 30);
}
END_TEST

START_TEST(a_file_that_includes_itself_has_a_short_log) {
    hand_in("#include __FILE__\n#include __FILE__\n", SECOND, THIRD);
    build();
    expect_states(PRODUCT_NOT_COMPILED, PRODUCT_READY, PRODUCT_READY);
    ck_assert_uint_le(file("first.c")->log.length, 16384);
}
END_TEST

START_TEST(ten_megabytes_in_one_line_compile) {
    size_t room = 10ul * MIB, length = (size_t)sprintf((char[64]){0}, FIRST);
    char *source = allocate(room + 1, 1);
    memset(source, ' ', room);
    memcpy(source, FIRST, length);
    hand_in(source, SECOND, THIRD);
    free(source);
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_READY);
}
END_TEST

START_TEST(nothing_outside_can_be_included) {
    put(root, "secret.c", "the_answer\n");
    static const char *const ways[] = {
        "#include \"../../secret.c\"\n",
        "__asm__(\".incbin \\\"../../secret.c\\\"\");\n",
        "#if __has_include(\"../../secret.c\")\n#error found\n#endif\n",
        "#include \"../compile-1/second.c\"\n",
        "#include \"/etc/passwd\"\n",
        "#include \"/proc/self/environ\"\n",
        "#include \"/dev/zero\"\n"};
    hand_in(ways[_i], SECOND, THIRD);
    build();
    expect_states(PRODUCT_NOT_COMPILED, PRODUCT_READY, PRODUCT_READY);
    const char *log = file("first.c")->log.at;
    ck_assert_msg(!strstr(log, "the_answer") && !strstr(log, "root:") && !strstr(log, "found\n"),
                  "%s", log);
}
END_TEST

START_TEST(a_header_of_ours_cannot_be_replaced) {
    hand_in("#include \"homework.h\"\nint first(int x) { return x + OK; }\n", SECOND, THIRD);
    put(files, "homework.h", "#error forged\n");
    put(files, "tensor.h", "#error forged\n");
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_READY);
}
END_TEST

START_TEST(control_bytes_in_messages_are_made_harmless) {
    hand_in("#error \033[31mScore: 100\n", SECOND, THIRD);
    build();
    expect_words(&file("first.c")->log, "Score: 100");
    ck_assert_ptr_null(strchr(file("first.c")->log.at, '\033'));
}
END_TEST

START_TEST(nul_bytes_carriage_returns_and_marks_are_the_compilers_business) {
    put(files, "first.c",
        "\xef\xbb\xbf#include \"homework.h\"\r\nint first(int x) { return x; }\r\n");
    char *path = format_string("%s/second.c", files);
    ck_assert(file_write(path, "int second(int x) { return x; }\n\0\0\n", 36));
    free(path);
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_FILE_MISSING);
}
END_TEST

static Suite *build_suite(void) {
    const TTest *const tests[] = {good_files_share_one_sealed_executable,
                                  warnings_show_the_students_path_and_line,
                                  helpers_compile_along,
                                  a_main_or_a_library_name_of_ones_own_is_no_clash,
                                  rare_functions_of_the_library_are_found,
                                  a_missing_file_costs_its_own_problem,
                                  a_syntax_error_costs_its_own_problem,
                                  nothing_at_all_is_three_missing_files,
                                  clashing_names_cost_only_those_that_need_both,
                                  two_helpers_that_clash_cost_everything_and_say_so,
                                  an_undefined_function_costs_its_own_problem,
                                  a_broken_helper_is_named_where_it_lacks,
                                  a_constructor_that_exits_costs_its_own_problem,
                                  a_constructor_that_forks_is_named_so,
                                  a_constructor_that_loops_ends_soon,
                                  a_file_that_includes_itself_has_a_short_log,
                                  ten_megabytes_in_one_line_compile,
                                  a_header_of_ours_cannot_be_replaced,
                                  control_bytes_in_messages_are_made_harmless,
                                  nul_bytes_carriage_returns_and_marks_are_the_compilers_business};
    Suite *s = suite_create("build");
    TCase *c = tcase_create("build");
    tcase_set_timeout(c, 60);
    tcase_add_unchecked_fixture(c, begin, end);
    tcase_add_checked_fixture(c, set_up, tear_down);
    for (size_t t = 0; t < sizeof tests / sizeof tests[0]; t++)
        tcase_add_test(c, tests[t]);
    tcase_add_loop_test(c, a_bomb_exceeds_the_compilers_limits_in_seconds, 0, 4);
    tcase_add_loop_test(c, nothing_outside_can_be_included, 0, 7);
    suite_add_tcase(s, c);
    return s;
}

int main(void) {
    return unit_run(build_suite());
}
