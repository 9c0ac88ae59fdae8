/* Files of data in the judge: what a parser hands back, what becomes of one that does not end well,
 * and what one that was taken over can know. */
#include "unit.h"

#include "deny.h"
#include "judge/attempt.h"
#include "judge/call.h"
#include "judge/data.h"
#include "judge/judges.h"
#include "judge/prove.h"
#include "public/data.h"

#include "base/fault.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- A suite of one test --- */

const struct call_function call_functions[] = {{"none", 1, CALL_VOID, 0, {{0}}}};
const int call_function_count = 0;
static call_thunk *const thunks[1];

static void (*body)(void);
static void run_body(int row) {
    (void)row;
    body();
}
void suite_run(const struct suite_test *test) {
    (void)test;
}
static const struct suite_test tests[] = {{.name = "reads",
                                           .heading = "Reads",
                                           .line = 9,
                                           .points = 2,
                                           .row_count = 1,
                                           .body = run_body}};
static const struct suite_mutant mutants[] = {{"breaks", "reads", "", thunks}};
static const struct suite_data files[] = {{"here.txt", 1000}, {"absent.txt", 1000}};
const struct suite suite = {.problem = 1,
                            .document = "problems/1-data.md",
                            .test_count = 1,
                            .mutant_count = 1,
                            .tests = tests,
                            .mutants = mutants,
                            .reference = thunks,
                            .data_count = 2,
                            .data = files};

static struct verdict verdict;

static void attempt(void (*what)(void)) {
    body = what;
    memset(&verdict, 0, sizeof verdict);
    call_use_thunks(thunks);
    attempt_run(&tests[0], "", &verdict, NULL);
}

/* --- Parsers --- */

struct numbers {
    int32_t count, last;
    char text[8];
};

static char secret[] = "public";

static bool parse_well(const char *bytes, size_t count, void *result) {
    struct numbers *n = result;
    n->count = (int32_t)count;
    n->last = bytes[count]; /* the NUL */
    memcpy(n->text, bytes, 3);
    return true;
}
static bool refuse_it(const char *bytes, size_t count, void *result) {
    parse_well(bytes, count, result);
    return false;
}
static bool crash(const char *bytes, size_t count, void *result) {
    (void)bytes, (void)count, (void)result;
    return raise(SIGSEGV) == 0;
}
static bool loop(const char *bytes, size_t count, void *result) {
    (void)bytes, (void)result;
    for (volatile size_t i = count; i > 0;)
        i = count;
    return true;
}
static bool exhaust(const char *bytes, size_t count, void *result) {
    for (volatile size_t i = 0; i < (size_t)2 * DATA_MEMORY; i++) {
        volatile char *piece = malloc(1 << 20);
        *piece = 1; /* there is none in the end */
    }
    return parse_well(bytes, count, result);
}
static bool recurse(const char *bytes, size_t count, void *result) {
    volatile char room[4096] = {(char)count};
    return count == 0 || (recurse(bytes, count + 1, result) && room[0] == (char)count);
}
static bool open_a_file(const char *bytes, size_t count, void *result) {
    return open("/etc/passwd", O_RDONLY) >= 0 && parse_well(bytes, count, result);
}
static bool start_a_process(const char *bytes, size_t count, void *result) {
    return fork() >= 0 && parse_well(bytes, count, result);
}
static bool write_too_much(const char *bytes, size_t count, void *result) {
    return write(4, bytes, 1) == 1 && parse_well(bytes, count, result);
}
static bool write_without_end(const char *bytes, size_t count, void *result) {
    while (write(4, bytes, count) > 0) {
    }
    return parse_well(bytes, count, result);
}
static bool write_too_little(const char *bytes, size_t count, void *result) {
    (void)result;
    if (write(4, bytes, count > 3 ? 3 : count) > 0)
        _exit(100); /* as one that read well */
    return true;
}
static bool exit_well(const char *bytes, size_t count, void *result) {
    (void)bytes, (void)count, (void)result;
    _exit(0);
}
static bool tell_the_secret(const char *bytes, size_t count, void *result) {
    parse_well(bytes, count, result);
    memcpy(((struct numbers *)result)->text, secret, sizeof secret);
    return true;
}
/* For so long that the one who asks can be ended meanwhile. */
static bool take_a_while(const char *bytes, size_t count, void *result) {
    for (volatile long i = 0; i < 200000000; i++) {
    }
    parse_well(bytes, count, result);
    memcpy(((struct numbers *)result)->text, "stale", 6);
    return true;
}

/* --- The judge --- */

static struct numbers got;

static void begin(void) {
    int file = memfd_create("here", MFD_CLOEXEC);
    ck_assert_int_eq(write(file, "abcdef", 6), 6);
    data_take("here.txt", file);
}

static enum data_state read_here(data_parser *parse) {
    memset(&got, 1, sizeof got);
    return data_read("here.txt", parse, &got, sizeof got);
}

static void expect_nothing(void) {
    static const struct numbers none;
    ck_assert_mem_eq(&got, &none, sizeof got);
}

START_TEST(a_parser_hands_back_what_it_filled) {
    data_begin();
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(read_here(parse_well), DATA_READ);
        ck_assert_int_eq(got.count, 6);
        ck_assert_int_eq(got.last, 0);
        ck_assert_str_eq(got.text, "abc");
    }
}
END_TEST

START_TEST(what_was_not_handed_in_is_missing) {
    data_begin();
    memset(&got, 1, sizeof got);
    ck_assert_int_eq(data_read("absent.txt", parse_well, &got, sizeof got), DATA_MISSING);
    expect_nothing();
}
END_TEST

START_TEST(a_file_that_was_refused_can_be_read_by_another_parser) {
    data_begin();
    ck_assert_int_eq(read_here(refuse_it), DATA_UNREADABLE);
    expect_nothing();
    ck_assert_int_eq(read_here(parse_well), DATA_READ);
}
END_TEST

static const struct {
    data_parser *parse;
    bool harmful; /* and not read again */
} bad[] = {{crash, true},
           {loop, true},
           {exhaust, true},
           {recurse, true},
           {open_a_file, false},
           {start_a_process, true},
           {write_too_much, false},
           {write_without_end, true},
           {write_too_little, false},
           {exit_well, false}};

START_TEST(a_parser_that_does_not_end_well_has_read_nothing) {
    data_begin();
    ck_assert_int_eq(read_here(bad[_i].parse), DATA_UNREADABLE);
    expect_nothing();
    ck_assert_int_eq(read_here(parse_well), bad[_i].harmful ? DATA_UNREADABLE : DATA_READ);
}
END_TEST

START_TEST(a_parser_knows_no_secret) {
    data_begin();
    memcpy(secret, "hidden", sizeof secret);
    ck_assert_int_eq(read_here(tell_the_secret), DATA_READ);
    ck_assert_str_eq(got.text, "public");
}
END_TEST

START_TEST(a_reply_is_only_for_the_one_who_asked) {
    data_begin();
    pid_t child = fork();
    if (child == 0) {
        read_here(take_a_while);
        _exit(0);
    }
    usleep(50000);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_int_eq(read_here(parse_well), DATA_READ);
    ck_assert_str_eq(got.text, "abc");
}
END_TEST

static void read_in_a_test(void) {
    read_here(parse_well);
    awaiting("nothing: this is not reached");
}

START_TEST(a_reader_that_cannot_be_started_is_our_fault) {
    deny(SYS_memfd_create, 0, EMFILE);
    data_begin();
    attempt(read_in_a_test);
    ck_assert_int_eq(verdict.status, VERDICT_NOT_GRADED);
    ck_assert(strstr(verdict.sentence, "here.txt could not be read") != NULL);
}
END_TEST

static void ask_for_another(void) {
    data_read("other.txt", parse_well, &got, sizeof got);
}

START_TEST(a_name_that_the_front_matter_lacks_is_a_fault) {
    ask_for_another();
}
END_TEST

/* --- Awaiting and flags --- */

static void await(void) {
    flag("before");
    awaiting("a measurement");
    flag("after");
}

START_TEST(awaiting_ends_the_test) {
    attempt(await);
    ck_assert_int_eq(verdict.status, VERDICT_AWAITING);
    ck_assert_str_eq(verdict.sentence, "a measurement");
    ck_assert_str_eq(verdict.flags, "before\n");
    verdict_set(&verdict, VERDICT_CRASHED, 11); /* its worker, at the end */
    ck_assert_int_eq(verdict.status, VERDICT_CRASHED);
}
END_TEST

static void flag_much(void) {
    char line[600];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    flag("two\nlines");
    flag("");
    for (int i = 0; i < 5; i++)
        flag(line);
}

START_TEST(flags_are_lines_as_far_as_there_is_room) {
    attempt(flag_much);
    ck_assert_int_eq(verdict.status, VERDICT_PASSED);
    ck_assert(strncmp(verdict.flags, "two lines\nxxx", 13) == 0);
    ck_assert_int_eq((int)strlen(verdict.flags), 10 + 3 * 600);
    ck_assert_int_eq(verdict.flags_left_out, 2);
}
END_TEST

START_TEST(a_test_that_awaits_proves_no_mutant_caught) {
    char *text = NULL;
    size_t length = 0;
    body = await;
    FILE *out = open_memstream(&text, &length);
    ck_assert_int_eq(prove_suite(PROOF_FINDINGS, out), 1);
    fclose(out);
    ck_assert_str_eq(text, "problems/1-data.md:9: mutant breaks survives every test\n");
    free(text);
}
END_TEST

/* --- What gradus opens for the judge --- */

START_TEST(the_judge_gets_copies_that_nobody_can_change) {
    char *folder = directory_private(), *path = format_string("%s/a.txt", folder);
    struct file_rule rules[] = {{"b.txt", 10}, {"a.txt", 10}};
    struct problem problem = {.data_count = 2, .data = rules};
    const struct homework h = {.problem_count = 1, .problems = &problem};
    ck_assert(file_write(path, "abc", 3));
    struct handed handed = handed_open(&h, folder);
    ck_assert(directory_remove(folder));
    ck_assert_ptr_null(handed.fault);
    ck_assert_int_eq(handed.files[0][0], -1);
    char bytes[8] = "";
    int copy = handed.files[0][1];
    ck_assert_int_eq(pread(copy, bytes, sizeof bytes, 0), 3);
    ck_assert_str_eq(bytes, "abc");
    ck_assert(pwrite(copy, "x", 1, 0) < 0 && errno == EPERM);
    ck_assert(ftruncate(copy, 0) < 0 && errno == EPERM);
    handed_close(&handed);
    ck_assert(fcntl(copy, F_GETFD) < 0);
    free(path);
    free(folder);
}
END_TEST

START_TEST(a_file_that_cannot_be_opened_is_our_fault) {
    char *folder = directory_private(), *path = format_string("%s/a.txt", folder);
    struct file_rule rule = {"a.txt", 10};
    struct problem problem = {.data_count = 1, .data = &rule};
    const struct homework h = {.problem_count = 1, .problems = &problem};
    ck_assert(directory_make(path));
    struct handed handed = handed_open(&h, folder);
    ck_assert(strstr(handed.fault, "a.txt cannot be opened") != NULL);
    handed_close(&handed);
    directory_remove(folder);
    free(path);
    free(folder);
}
END_TEST

static Suite *data_suite(void) {
    Suite *s = suite_create("data");
    TCase *c = tcase_create("data");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_test(c, a_parser_hands_back_what_it_filled);
    tcase_add_test(c, what_was_not_handed_in_is_missing);
    tcase_add_test(c, a_file_that_was_refused_can_be_read_by_another_parser);
    tcase_add_loop_test(c, a_parser_that_does_not_end_well_has_read_nothing, 0,
                        (int)(sizeof bad / sizeof *bad));
    tcase_add_test(c, a_parser_knows_no_secret);
    tcase_add_test(c, a_reply_is_only_for_the_one_who_asked);
    tcase_add_test(c, a_reader_that_cannot_be_started_is_our_fault);
    tcase_add_exit_test(c, a_name_that_the_front_matter_lacks_is_a_fault, EXIT_FAULT);
    tcase_add_test(c, awaiting_ends_the_test);
    tcase_add_test(c, flags_are_lines_as_far_as_there_is_room);
    tcase_add_test(c, a_test_that_awaits_proves_no_mutant_caught);
    tcase_add_test(c, the_judge_gets_copies_that_nobody_can_change);
    tcase_add_test(c, a_file_that_cannot_be_opened_is_our_fault);
    suite_add_tcase(s, c);
    return s;
}

int main(void) {
    return unit_run(data_suite());
}
