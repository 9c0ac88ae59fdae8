/* Calls across the wall: right results, every way of failing, and every lie that a worker could
 * tell.  worker_deeds.c is the other side. */
#include "worker/worker.h"

#include "base/fault.h"
#include "base/file.h"
#include "unit.h"
#include "worker/wire.h"
#include "worker_build.h"
#include "worker_deeds.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* --- What the tangled homework would be --- */

const struct call_function call_functions[] = {
    {"add_one", 1, CALL_INT, 2, {{"x", CALL_TENSOR_IN}, {"y", CALL_TENSOR_OUT}}},
    {"weighted_sum", 1, CALL_INT64, 2, {{"x", CALL_INTS_IN}, {"weight", CALL_INT}}},
    {"add_in_place",
     1,
     CALL_VOID,
     3,
     {{"w", CALL_TENSOR_INOUT}, {"n", CALL_INTS_INOUT}, {"step", CALL_DOUBLE}}},
    {"promised", 1, CALL_DOUBLE, 2, {{"y", CALL_TENSOR_OUT}, {"n", CALL_INTS_OUT}}},
    {"misbehave",
     1,
     CALL_INT,
     4,
     {{"which", CALL_INT}, {"offset", CALL_INT}, {"x", CALL_TENSOR_IN}, {"y", CALL_TENSOR_OUT}}},
    {"third", 1, CALL_DOUBLE, 0, {{"", CALL_VOID}}},
    {"absent", 1, CALL_INT, 0, {{"", CALL_VOID}}},
};
const int call_function_count = sizeof call_functions / sizeof call_functions[0];

/* --- Building workers --- */

static const enum deed early_deeds[] = {EXIT, EXIT_AT_ONCE, ABORT, NULL_WRITE, OPEN,
                                        LOOP, SLEEP,        FLOOD, FORGE_HUGE};
enum { EARLY_DEEDS = sizeof early_deeds / sizeof early_deeds[0] };

static int honest = -1, early[EARLY_DEEDS];

static void build_all(void) {
    honest = built("");
    for (int i = 0; i < EARLY_DEEDS; i++) {
        char *option = format_string("-DEARLY=%d", early_deeds[i]);
        early[i] = built(option);
        free(option);
    }
}

/* --- Calling --- */

static const struct limits usual = {
    .cpu_seconds = 2, .wall_seconds = 2, .memory_mib = 128, .stack_mib = 8, .output_kib = 64};

static struct verdict verdict;

static struct worker *begin(const struct limits *limits) {
    struct worker_setup setup = {
        .functions = call_functions, .executable = honest, .limits = *limits, .cpu = -1};
    memset(&verdict, 0, sizeof verdict);
    struct worker *w = worker_start(&setup, &verdict);
    ck_assert_msg(w != NULL, "status %d, %s", verdict.status, verdict.sentence);
    return w;
}

static double x_numbers[1 << 20], y_numbers[1 << 20];

static tensor vector(double *numbers, int count) {
    return (tensor){1, {count, 1, 1, 1}, numbers};
}

/* y = x + 1 over `count` numbers, and one deed. */
static bool misbehave(struct worker *w, enum deed which, int offset, int count) {
    for (int i = 0; i < count; i++) {
        x_numbers[i] = i;
        y_numbers[i] = -5;
    }
    tensor x = vector(x_numbers, count), y = vector(y_numbers, count);
    const union call_value arguments[] = {
        {.integer = which}, {.integer = offset}, {.tensor_in = &x}, {.tensor = &y}};
    union call_value result = {.integer = -5};
    bool returned = worker_call(w, MISBEHAVE, arguments, &result, &verdict);
    ck_assert_int_eq(result.integer, returned ? OK : -5);
    for (int i = 0; i < count; i++)
        ck_assert_double_eq(y_numbers[i], returned ? i + 1 : -5);
    return returned;
}

/* --- Right work --- */

static const struct {
    int cpu;
    bool spin;
} modes[] = {{-1, false}, {0, false}, {-1, true}};

START_TEST(results_come_back_however_we_wait) {
    struct worker_setup setup = {call_functions, honest, usual, modes[_i / 2].cpu,
                                 modes[_i / 2].spin};
    if (_i % 2 != 0 && geteuid() == 0) {
        ck_assert_int_eq(setgid(65534), 0);
        ck_assert_int_eq(setuid(65534), 0);
    }
    memset(&verdict, 0, sizeof verdict);
    struct worker *w = worker_start(&setup, &verdict);
    ck_assert_ptr_nonnull(w);
    for (int count = 1; count < 2000; count += 1 + count / 7) {
        tensor x = vector(x_numbers, count), y = vector(y_numbers, count);
        const union call_value arguments[] = {{.tensor_in = &x}, {.tensor = &y}};
        union call_value result = {.integer = -5};
        for (int i = 0; i < count; i++)
            x_numbers[i] = i + 1e-3 * count;
        ck_assert(worker_call(w, ADD_ONE, arguments, &result, &verdict));
        for (int i = 0; i < count; i++)
            ck_assert_double_eq(y_numbers[i], x_numbers[i] + 1);
        ck_assert_int_eq(result.integer, OK);
    }
    worker_stop(w, &verdict);
    ck_assert_int_eq(verdict.status, VERDICT_UNSET);
    ck_assert_int_gt(verdict.calls, 30);
    ck_assert_double_gt(verdict.wall_ms, 0);
}
END_TEST

START_TEST(every_kind_of_argument_crosses) {
    struct worker *w = begin(&usual);
    union call_value result = {.integer = -5};

    int64_t five[] = {1, -2, 3, 1L << 40, 5};
    ints n = {2, {5, 1, 1, 1}, five};
    const union call_value weighted[] = {{.ints_in = &n}, {.integer = -3}};
    ck_assert(worker_call(w, WEIGHTED_SUM, weighted, &result, &verdict));
    ck_assert_int_eq(result.integer, -3 * (7 + (1L << 40)));

    double six[] = {1, 2, 3, 4, 5, 6};
    tensor t = {3, {2, 1, 3, 1}, six};
    const union call_value in_place[] = {{.tensor = &t}, {.ints = &n}, {.real = 0.25}};
    ck_assert(worker_call(w, ADD_IN_PLACE, in_place, &result, &verdict));
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(six[i], i + 1.25);
    ck_assert_int_eq(five[0], 2);
    ck_assert_int_eq(five[4], 6);

    const union call_value filled[] = {{.tensor = &t}, {.ints = &n}};
    ck_assert(worker_call(w, PROMISED, filled, &result, &verdict));
    ck_assert_double_eq(result.real, 1);
    ck_assert(isnan(six[5]));
    ck_assert_int_eq(five[4], INT64_MIN);
    worker_stop(w, &verdict);
}
END_TEST

START_TEST(a_missing_function_says_so) {
    struct worker *w = begin(&usual);
    union call_value result;
    ck_assert(worker_call(w, ABSENT, NULL, &result, &verdict));
    ck_assert_int_eq(result.integer, UNFINISHED);
    ck_assert(worker_said_missing(w));
    ck_assert(worker_call(w, THIRD, NULL, &result, &verdict));
    ck_assert(!worker_said_missing(w));
    worker_stop(w, &verdict);
}
END_TEST

START_TEST(arithmetic_is_the_same_in_every_call) {
    struct worker *w = begin(&usual);
    union call_value result;
    ck_assert(misbehave(w, LEAVE_MODES, 0, 4));
    ck_assert(worker_call(w, THIRD, NULL, &result, &verdict));
    ck_assert_double_eq(result.real, 1.0 / 3);
    worker_stop(w, &verdict);
}
END_TEST

START_TEST(the_largest_tensor_crosses_and_the_next_is_our_fault) {
    enum { LARGEST = WIRE_ROOM / 8 };
    struct worker *w = begin(&usual);
    ck_assert(misbehave(w, BEHAVE, 0, LARGEST));
    ck_assert(!misbehave(w, BEHAVE, 0, LARGEST + 1));
    ck_assert_int_eq(verdict.status, VERDICT_NOT_GRADED);
    ck_assert_ptr_nonnull(strstr(verdict.sentence, "argument x of misbehave"));
    worker_stop(w, &verdict);
}
END_TEST

/* --- Touching what is not theirs --- */

static const struct {
    enum deed deed;
    int offset, count;
    enum verdict_crash crash;
    const char *argument;
    int element;
} touches[] = {
    {WRITE_PAST, 0, 8, CRASH_PAST_ARGUMENT, "y", 1},
    {WRITE_PAST, 0, 7, CRASH_DAMAGED_OUTPUT, "y", 1}, /* the rounding */
    {WRITE_PAST, 1, 7, CRASH_PAST_ARGUMENT, "y", 2},
    {WRITE_PAST, 5000, 8, CRASH_PAST_ARGUMENT, "y", 5001},
    {WRITE_BEFORE, 1, 8, CRASH_DAMAGED_OUTPUT, "y", -1},
    {WRITE_BEFORE, 8, 7, CRASH_DAMAGED_OUTPUT, "y", -8},
    {READ_PAST, 0, 8, CRASH_PAST_ARGUMENT, "x", 1},
    {READ_PAST, 100, 1, CRASH_PAST_ARGUMENT, "x", 101},
    {WRITE_INPUT, 3, 8, CRASH_WROTE_INPUT, "x", 3},
    {WRITE_INPUT, 0, 8, CRASH_WROTE_INPUT, "x", 0},
    {WRITE_INPUT, 7, 7, CRASH_PAST_ARGUMENT, "x", 1},
    {WRITE_INPUT, -2, 8, CRASH_BEFORE_ARGUMENT, "x", 2},
};

START_TEST(a_wrong_address_is_told_by_argument_and_element) {
    struct worker *w = begin(&usual);
    ck_assert(misbehave(w, BEHAVE, 0, 3));
    ck_assert(!misbehave(w, touches[_i].deed, touches[_i].offset, touches[_i].count));
    ck_assert_int_eq(verdict.status, VERDICT_CRASHED);
    ck_assert_int_eq(verdict.crash, touches[_i].crash);
    ck_assert_str_eq(verdict.argument, touches[_i].argument);
    ck_assert_int_eq(verdict.element, touches[_i].element);
    ck_assert_str_eq(verdict.function, "misbehave");
    ck_assert_int_eq(verdict.calls, 2);
    worker_stop(w, &verdict);
}
END_TEST

START_TEST(reading_into_the_rounding_gives_no_number) {
    struct worker *w = begin(&usual);
    ck_assert(misbehave(w, READ_PAST, 0, 7));
    worker_stop(w, &verdict);
}
END_TEST

/* --- Ends --- */

static const struct {
    enum deed deed;
    enum verdict_status status;
    int code;
    enum verdict_crash crash;
    struct limits limits;
} ends[] = {
    {NULL_WRITE, VERDICT_CRASHED, SIGSEGV, CRASH_NULL, {2, 2, 128, 8, 64}},
    {WILD_WRITE, VERDICT_CRASHED, SIGSEGV, CRASH_UNKNOWN, {2, 2, 128, 8, 64}},
    {RECURSE, VERDICT_CRASHED, SIGSEGV, CRASH_STACK, {2, 2, 128, 8, 64}},
    {LARGE_FRAME, VERDICT_CRASHED, SIGSEGV, CRASH_STACK, {2, 2, 128, 8, 64}},
    {DIVIDE, VERDICT_CRASHED, SIGFPE, CRASH_DIVISION, {2, 2, 128, 8, 64}},
    {ABORT, VERDICT_CRASHED, SIGABRT, CRASH_ABORTED, {2, 2, 128, 8, 64}},
    {MISALIGN, VERDICT_CRASHED, SIGBUS, CRASH_UNKNOWN, {2, 2, 128, 8, 64}},
    {RAISE_KILL, VERDICT_FORBIDDEN, SYS_tgkill, CRASH_UNKNOWN, {2, 2, 128, 8, 64}},
    {EXIT, VERDICT_EXITED, 0, CRASH_UNKNOWN, {2, 2, 128, 8, 64}},
    {EXIT_AT_ONCE, VERDICT_EXITED, 7, CRASH_UNKNOWN, {2, 2, 128, 8, 64}},
    {OPEN, VERDICT_FORBIDDEN, SYS_openat, CRASH_UNKNOWN, {2, 2, 128, 8, 64}},
    {TRUNCATE, VERDICT_FORBIDDEN, SYS_ftruncate, CRASH_UNKNOWN, {2, 2, 128, 8, 64}},
    {LOOP, VERDICT_TIMED_OUT, 0, CRASH_UNKNOWN, {0.1, 2, 128, 8, 64}},
    {SLEEP, VERDICT_BLOCKED, 0, CRASH_UNKNOWN, {2, 0.1, 128, 8, 64}},
    {FLOOD, VERDICT_TOO_MUCH_OUTPUT, 8, CRASH_UNKNOWN, {2, 2, 128, 8, 8}},
    {WRITE_FAR, VERDICT_TOO_MUCH_OUTPUT, 8, CRASH_UNKNOWN, {2, 2, 128, 8, 8}},
    /* lies: some choose words, none a better status */
    {FORGE_FUTURE, VERDICT_TIMED_OUT, 0, CRASH_UNKNOWN, {0.1, 2, 128, 8, 64}},
    {FORGE_HUGE, VERDICT_TIMED_OUT, 0, CRASH_UNKNOWN, {0.1, 2, 128, 8, 64}},
    {FORGE_NOTE, VERDICT_OUT_OF_MEMORY, 128, CRASH_NULL, {2, 2, 128, 8, 64}},
    {ERASE_SLOT, VERDICT_CRASHED, 0, CRASH_DAMAGED_OUTPUT, {2, 2, 128, 8, 64}},
};

START_TEST(each_end_of_a_call_has_its_verdict) {
    struct worker *w = begin(&ends[_i].limits);
    for (int i = 0; i < 3; i++)
        ck_assert(misbehave(w, BEHAVE, 0, 10));
    ck_assert(!misbehave(w, ends[_i].deed, 0, 10));
    ck_assert_int_eq(verdict.status, ends[_i].status);
    ck_assert_int_eq(verdict.code, ends[_i].code);
    ck_assert_int_eq(verdict.crash, ends[_i].crash);
    ck_assert_int_eq(verdict.calls, 4);
    worker_stop(w, &verdict);
    ck_assert_int_lt((int)strlen(verdict.printed), VERDICT_TEXT);
    ck_assert_int_eq(verdict.printed_cut, ends[_i].deed == FLOOD);
}
END_TEST

static const struct {
    enum verdict_status status;
    int code;
} early_ends[EARLY_DEEDS] = {
    {VERDICT_ENDED_EARLY, 0},
    {VERDICT_ENDED_EARLY, 7},
    {VERDICT_ENDED_EARLY, -SIGABRT},
    {VERDICT_ENDED_EARLY, -SIGSEGV},
    {VERDICT_FORBIDDEN, SYS_openat},
    {VERDICT_TIMED_OUT, 0},
    {VERDICT_BLOCKED, 0},
    {VERDICT_TOO_MUCH_OUTPUT, 64},
    {VERDICT_UNSET, 0},
};

START_TEST(each_end_before_main_has_its_verdict) {
    const struct limits brief = {0.2, 0.2, 128, 8, 64};
    struct worker_setup setup = {call_functions, early[_i], brief, -1, false};
    memset(&verdict, 0, sizeof verdict);
    struct worker *w = worker_start(&setup, &verdict);
    ck_assert_int_eq(verdict.status, early_ends[_i].status);
    if (early_deeds[_i] != EXIT) /* the C library itself aborts */
        ck_assert_int_eq(verdict.code, early_ends[_i].code);
    ck_assert((w != NULL) == (verdict.status == VERDICT_UNSET));
    if (w != NULL) {
        ck_assert(misbehave(w, BEHAVE, 0, 10));
        worker_stop(w, &verdict);
    }
}
END_TEST

START_TEST(what_was_printed_before_a_crash_is_kept) {
    struct worker *w = begin(&usual);
    ck_assert(misbehave(w, PRINT, 5, 1));
    ck_assert(!misbehave(w, PRINT_AND_CRASH, 0, 1));
    ck_assert_int_eq(verdict.crash, CRASH_NULL);
    worker_stop(w, &verdict);
    ck_assert_str_eq(verdict.printed, "xxxxxbefore \1 the crash");
    ck_assert(!verdict.printed_cut);
}
END_TEST

/* --- Both sides of each limit --- */

static const struct {
    enum deed deed;
    int offset;
    bool fits;
    enum verdict_status status;
    struct limits limits;
} edges[] = {
    {COMPUTE, 60, true, VERDICT_UNSET, {0.3, 2, 128, 8, 64}},
    {COMPUTE, 900, false, VERDICT_TIMED_OUT, {0.3, 2, 128, 8, 64}},
    {ALLOCATE, 40, true, VERDICT_UNSET, {2, 2, 64, 8, 64}},
    {ALLOCATE, 80, false, VERDICT_OUT_OF_MEMORY, {2, 2, 64, 8, 64}},
    {PRINT, 8 * KIB - 1, true, VERDICT_UNSET, {2, 2, 128, 8, 8}},
    {PRINT, 8 * KIB + 1, false, VERDICT_TOO_MUCH_OUTPUT, {2, 2, 128, 8, 8}},
};

START_TEST(a_limit_has_two_sides) {
    struct worker *w = begin(&edges[_i].limits);
    ck_assert_int_eq(misbehave(w, edges[_i].deed, edges[_i].offset, 1), edges[_i].fits);
    ck_assert_int_eq(verdict.status, edges[_i].status);
    worker_stop(w, &verdict);
}
END_TEST

/* --- Lies that change nothing --- */

START_TEST(headers_and_descriptors_are_the_students_to_spoil) {
    struct worker *w = begin(&usual);
    ck_assert(misbehave(w, CHANGE_HEADERS, 0, 10));
    ck_assert(misbehave(w, BEHAVE, 0, 10));
    ck_assert(misbehave(w, OPEN_INPUTS, 0, 10));
    ck_assert(misbehave(w, READ_FOREIGN_CLOCK, 0, 10));
    ck_assert(misbehave(w, CLOSE_ALL, 0, 10));
    ck_assert(misbehave(w, BEHAVE, 0, 10));
    worker_stop(w, &verdict);
    ck_assert_int_eq(verdict.status, VERDICT_UNSET);
}
END_TEST

START_TEST(a_pointer_kept_from_an_earlier_call_is_harmless) {
    struct worker *w = begin(&usual);
    ck_assert(misbehave(w, KEEP, 0, 1000));
    ck_assert(misbehave(w, WRITE_KEPT, 0, 10));
    ck_assert(misbehave(w, BEHAVE, 0, 1000));
    worker_stop(w, &verdict);
}
END_TEST

START_TEST(results_are_taken_once_when_the_reply_comes) {
    struct worker *w = begin(&usual);
    for (int i = 0; i < 3; i++)
        ck_assert(misbehave(w, REPLY_AND_CHANGE, 0, 10));
    ck_assert(misbehave(w, BEHAVE, 0, 10));
    worker_stop(w, &verdict);
}
END_TEST

/* The worker's clocks run while it is asked something, not while the judge is busy itself. */
START_TEST(the_judges_own_work_is_not_the_workers) {
    const struct limits limits = {2, 0.5, 128, 8, 64};
    const struct timespec longer = {0, 800 * 1000 * 1000};
    struct worker *w = begin(&limits);
    for (int i = 0; i < 3; i++) {
        nanosleep(&longer, NULL);
        ck_assert(misbehave(w, BEHAVE, 0, 10));
    }
    ck_assert(!misbehave(w, SLEEP, 0, 10));
    ck_assert_int_eq(verdict.status, VERDICT_BLOCKED);
    worker_stop(w, &verdict);
}
END_TEST

START_TEST(an_early_reply_buys_no_time) {
    const struct limits limits = {0.1, 2, 128, 8, 64};
    struct worker *w = begin(&limits);
    ck_assert(misbehave(w, REPLY_AND_LOOP, 0, 10));
    ck_assert(!misbehave(w, BEHAVE, 0, 10));
    ck_assert_int_eq(verdict.status, VERDICT_TIMED_OUT);
    worker_stop(w, &verdict);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void) {
    Suite *suite = suite_create("worker");
    TCase *tests = tcase_create("worker");
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, build_all, NULL);
    tcase_add_loop_test(tests, results_come_back_however_we_wait, 0, 2 * ROWS(modes));
    tcase_add_test(tests, every_kind_of_argument_crosses);
    tcase_add_test(tests, a_missing_function_says_so);
    tcase_add_test(tests, arithmetic_is_the_same_in_every_call);
    tcase_add_test(tests, the_largest_tensor_crosses_and_the_next_is_our_fault);
    tcase_add_loop_test(tests, a_wrong_address_is_told_by_argument_and_element, 0, ROWS(touches));
    tcase_add_test(tests, reading_into_the_rounding_gives_no_number);
    tcase_add_loop_test(tests, each_end_of_a_call_has_its_verdict, 0, ROWS(ends));
    tcase_add_loop_test(tests, each_end_before_main_has_its_verdict, 0, EARLY_DEEDS);
    tcase_add_test(tests, what_was_printed_before_a_crash_is_kept);
    tcase_add_loop_test(tests, a_limit_has_two_sides, 0, ROWS(edges));
    tcase_add_test(tests, headers_and_descriptors_are_the_students_to_spoil);
    tcase_add_test(tests, a_pointer_kept_from_an_earlier_call_is_harmless);
    tcase_add_test(tests, results_are_taken_once_when_the_reply_comes);
    tcase_add_test(tests, the_judges_own_work_is_not_the_workers);
    tcase_add_test(tests, an_early_reply_buys_no_time);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
