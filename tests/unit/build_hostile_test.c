/* Build: code that runs before main, and sources that attack the compiler or us. */
#include "build_run.h"

#include "build/tool.h"

/* --- Code that runs before main --- */

#define BEFORE_MAIN "__attribute__((constructor)) static void before(void) { "

START_TEST(a_constructor_that_exits_costs_its_own_problem) {
    hand_in("#include <stdlib.h>\n" FIRST BEFORE_MAIN "_Exit(7); }\n", SECOND, THIRD);
    build();
    expect_states(PRODUCT_ENDED_EARLY, PRODUCT_READY, PRODUCT_READY);
    ck_assert_int_eq(built->products[0].status, VERDICT_ENDED_EARLY);
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
    ck_assert_int_eq(built->products[0].status, VERDICT_TIMED_OUT);
    ck_assert_int_lt(time(NULL) - start, 20);
}
END_TEST

START_TEST(what_does_not_fit_into_its_memory_is_named_so) {
    hand_in(FIRST "char large[1 << 30];\n", SECOND, THIRD);
    build();
    expect_states(PRODUCT_ENDED_EARLY, PRODUCT_READY, PRODUCT_READY);
    ck_assert_int_eq(built->products[0].status, VERDICT_OUT_OF_MEMORY);
    ck_assert_int_eq(built->products[0].code, 256);
}
END_TEST

/* The kernel, not the linker, refuses it, and only because of what the file says. */
START_TEST(a_loader_of_ones_own_costs_its_own_problem) {
    hand_in(FIRST "__asm__(\".section .interp, \\\"a\\\"\\n.string \\\"/loader\\\"\\n.text\");\n",
            SECOND, THIRD);
    build();
    expect_states(PRODUCT_NOT_LINKED, PRODUCT_READY, PRODUCT_READY);
    expect_words(&built->products[0].log, "does not start the program (No such file or directory)");
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
    const char *const bombs[] = {
        "int main[-1u] = {1};\n", "__asm__(\".rept 1000000000\\n.quad 1\\n.endr\");\n",
        "#define A(x) x x x x x x x x\n#define B(x) A(A(A(A(x))))\n"
        "int a = B(B(B(1 +))) 1;\n",
        "__asm__(\".macro t n\\n.if \\\\n\\nt (\\\\n-1)\\nt (\\\\n-1)\\n.endif\\n"
        ".endm\\nt 40\");\n",
        nested.at};
    hand_in(bombs[_i], SECOND, THIRD);
    text_free(&nested);
    time_t start = time(NULL);
    build();
    expect_states(PRODUCT_COMPILER_EXCEEDED, PRODUCT_READY, PRODUCT_READY);
    ck_assert_int_eq(file("first.c")->state, BUILD_EXCEEDED);
    ck_assert_ptr_null(strstr(file("first.c")->log.at, "bug report"));
    ck_assert_int_lt(time(NULL) - start, 30);
}
END_TEST

/* Each has a time of its own, and all have one together: the last of many is not begun. */
START_TEST(many_that_compute_for_long_do_not_all_begin) {
    enum { RUNS = 5 };
    struct tool runs[RUNS];
    for (int i = 0; i < RUNS; i++) {
        char *name = format_string("run-%d", i), *folder = folder_make(scratch, name);
        tool_init(&runs[i], "sh", folder);
        tool_add(&runs[i], "-c");
        tool_add(&runs[i], "echo begun; i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done");
        free(folder);
        free(name);
    }
    tools_run(runs, RUNS, 0.001);
    ck_assert_int_eq(runs[0].fate.kind, FATE_EXITED);
    ck_assert_str_eq(runs[0].output.at, "begun\n");
    ck_assert_int_eq(runs[RUNS - 1].fate.kind, FATE_TIMED_OUT);
    ck_assert_str_eq(runs[RUNS - 1].output.at, "");
    for (int i = 0; i < RUNS; i++)
        tool_free(&runs[i]);
}
END_TEST

START_TEST(a_file_that_includes_itself_has_a_short_log) {
    hand_in("#include __FILE__\n#include __FILE__\n", SECOND, THIRD);
    build();
    expect_states(PRODUCT_COMPILER_EXCEEDED, PRODUCT_READY, PRODUCT_READY);
    ck_assert_uint_le(file("first.c")->log.length, 16384);
}
END_TEST

/* What the linker makes of four gibibytes speaks of our own functions. */
START_TEST(what_is_too_large_to_link_exceeds_the_linkers_limits) {
    static const char *const arrays[] = {"static _Thread_local char room[1ul << 32];\n"
                                         "char *at(void) { return room; }\n",
                                         "char room[1ul << 32];\n",
                                         "char room[(1 << 24) - 4096] = {1};\n"};
    char *source = format_string("%s%s", FIRST, arrays[_i]);
    hand_in(source, SECOND, THIRD);
    free(source);
    build();
    expect_states(PRODUCT_LINKER_EXCEEDED, PRODUCT_READY, PRODUCT_READY);
}
END_TEST

/* Those words mean a fault of ours when a driver says them, and any line can be printed. */
START_TEST(a_source_cannot_speak_for_the_compilers_driver) {
    static const char *const lies[] = {"#pragma message(\"\\ngcc: fatal error: cannot execute "
                                       "'cc1': execvp: Too bad\\n\")\n#error\n",
                                       "__asm__(\".print \\\"gcc: fatal error: Killed signal "
                                       "terminated program cc1\\\"\\n.error\\n\");\n"};
    hand_in(lies[_i], SECOND, THIRD);
    build();
    ck_assert_int_ne(file("first.c")->state, BUILD_FAULT);
    expect_words(&file("first.c")->log, "gcc: fatal error: ");
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

/* The same submission gets the same bytes on every day and machine. */
START_TEST(a_source_learns_neither_the_day_nor_where_it_lies) {
    hand_in("#pragma message(__DATE__ __TIME__ __TIMESTAMP__ __FILE__ __BASE_FILE__)\n" FIRST,
            SECOND, THIRD);
    build();
    expect_words(&file("first.c")->log,
                 "Jan  1 197000:00:00Thu Jan  1 00:00:00 1970first.cfirst.c");
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

int main(void) {
    const struct build_row tests[] = {
        {a_constructor_that_exits_costs_its_own_problem, 1},
        {a_constructor_that_forks_is_named_so, 1},
        {a_constructor_that_loops_ends_soon, 1},
        {what_does_not_fit_into_its_memory_is_named_so, 1},
        {a_loader_of_ones_own_costs_its_own_problem, 1},
        {a_bomb_exceeds_the_compilers_limits_in_seconds, 5},
        {many_that_compute_for_long_do_not_all_begin, 1},
        {a_file_that_includes_itself_has_a_short_log, 1},
        {what_is_too_large_to_link_exceeds_the_linkers_limits, 3},
        {a_source_cannot_speak_for_the_compilers_driver, 2},
        {ten_megabytes_in_one_line_compile, 1},
        {nothing_outside_can_be_included, 7},
        {a_header_of_ours_cannot_be_replaced, 1},
        {a_source_learns_neither_the_day_nor_where_it_lies, 1},
        {control_bytes_in_messages_are_made_harmless, 1},
        {nul_bytes_carriage_returns_and_marks_are_the_compilers_business, 1},
    };
    return run_build_tests("build_hostile", tests, sizeof tests / sizeof tests[0]);
}
