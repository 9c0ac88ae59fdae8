/* Build: what becomes of good, missing, broken and clashing files. */
#include "build_run.h"

#include <sys/mman.h>

/* --- Good work --- */

START_TEST(good_files_become_sealed_executables) {
    hand_in(FIRST, SECOND, THIRD);
    build();
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_READY);
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

/* What one problem's file does before main, or to the C library, is then its own affair. */
START_TEST(no_problem_runs_in_anothers_program) {
    struct stat program[3];
    hand_in(FIRST, SECOND, THIRD);
    build();
    for (int p = 0; p < 3; p++)
        ck_assert_int_eq(fstat(built->products[p].executable, &program[p]), 0);
    ck_assert(program[0].st_ino != program[1].st_ino);
    ck_assert(program[0].st_ino != program[2].st_ino);
    ck_assert(program[1].st_ino != program[2].st_ino);
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

START_TEST(a_name_that_the_library_uses_otherwise_is_named) {
    hand_in("int errno;\n" FIRST, SECOND, THIRD);
    build();
    expect_states(PRODUCT_NOT_LINKED, PRODUCT_READY, PRODUCT_READY);
    ck_assert_str_eq(built->products[0].log.at,
                     "errno is something else in the C library: rename yours.\n");
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

static const struct compiler compilers[] = {
    {.name = "gcc", .optimise = "0"}, {.name = "clang", .optimise = "3"}, {.optimise = "2"}};

/* The homework's flags say -O1, which both compilers call optimised. */
START_TEST(others_compile_it_when_asked) {
    static const char *const wanted[][2] = {
        {"#if defined __clang__ || defined __OPTIMIZE__\n#error wrong\n#endif\n", "gcc  -O0"},
        {"#if !defined __clang__ || !defined __OPTIMIZE__\n#error wrong\n#endif\n", "clang  -O3"},
        {"#if defined __clang__ || !defined __OPTIMIZE__\n#error wrong\n#endif\n", "gcc  -O2"}};
    compiler = compilers[_i];
    char *first = format_string("%sint first(int x) { return x; }\n", wanted[_i][0]);
    hand_in(first, SECOND, "int first(int x);\nint third(void) { return 3 }\n");
    build();
    free(first);
    expect_states(PRODUCT_READY, PRODUCT_READY, PRODUCT_NOT_COMPILED);
    expect_words(&file("third.c")->log, "third.c:2:");
    char *said = copy_string(built->compiler); /* without the version's digits and dots */
    size_t length = 0;
    for (const char *at = built->compiler; *at; at++)
        if (!strchr("0123456789.", *at) || strchr(at, '-') == NULL)
            said[length++] = *at;
    said[length] = '\0';
    ck_assert_str_eq(said, wanted[_i][1]);
    ck_assert_int_gt(strlen(built->compiler), length);
    free(said);
}
END_TEST

int main(void) {
    const struct build_row tests[] = {
        {good_files_become_sealed_executables, 1},
        {no_problem_runs_in_anothers_program, 1},
        {warnings_show_the_students_path_and_line, 1},
        {helpers_compile_along, 1},
        {a_main_or_a_library_name_of_ones_own_is_no_clash, 1},
        {rare_functions_of_the_library_are_found, 1},
        {a_missing_file_costs_its_own_problem, 1},
        {a_syntax_error_costs_its_own_problem, 1},
        {nothing_at_all_is_three_missing_files, 1},
        {clashing_names_cost_only_those_that_need_both, 1},
        {two_helpers_that_clash_cost_everything_and_say_so, 1},
        {a_name_that_the_library_uses_otherwise_is_named, 1},
        {an_undefined_function_costs_its_own_problem, 1},
        {a_broken_helper_is_named_where_it_lacks, 1},
        {others_compile_it_when_asked, sizeof compilers / sizeof compilers[0]},
    };
    return run_build_tests("build", tests, sizeof tests / sizeof tests[0]);
}
