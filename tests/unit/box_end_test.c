/* How boxes end, and who is blamed for it.  box_deeds.c is what runs inside. */
#include "box_run.h"

#include "base/deadline.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* --- Fates --- */

static const struct {
    const char *deed;
    enum fate_kind kind;
    int code;
    struct limits limits;
} ends[] = {
    {"nothing", FATE_EXITED, 0, {5, 5, 256, 8, 64}},
    {"no such deed", FATE_EXITED, NO_SUCH_DEED, {5, 5, 256, 8, 64}},
    {"compute", FATE_EXITED, 0, {5, 5, 256, 8, 64}},
    {"loop", FATE_TIMED_OUT, 0, {0.1, 5, 256, 8, 64}},
    {"loop deaf", FATE_TIMED_OUT, 0, {0.1, 5, 256, 8, 64}},
    {"sleep", FATE_BLOCKED, 0, {5, 0.1, 256, 8, 64}},
    {"stop", FATE_BLOCKED, 0, {5, 0.1, 256, 8, 64}},
    {"recurse", FATE_SIGNALLED, SIGSEGV, {5, 5, 256, 8, 64}},
    {"null", FATE_SIGNALLED, SIGSEGV, {5, 5, 256, 8, 64}},
    {"divide", FATE_SIGNALLED, SIGFPE, {5, 5, 256, 8, 64}},
    {"abort", FATE_SIGNALLED, SIGABRT, {5, 5, 256, 8, 64}},
    {"flood", FATE_OUTPUT, 0, {5, 5, 256, 8, 64}},
    {"flood deaf", FATE_OUTPUT, 0, {5, 5, 256, 8, 64}},
    {"allocate", FATE_EXITED, 4, {5, 5, 50, 1, 64}},
    {"allocate", FATE_EXITED, 9, {5, 5, 100, 1, 64}},
};

START_TEST(each_end_has_its_fate) {
    become_user(_i);
    int row = _i / 2;
    struct fate fate = perform(ends[row].deed, &ends[row].limits);
    ck_assert_fate(fate, ends[row].kind, ends[row].code);
    ck_assert_uint_le(strlen(printed), 64UL * KIB);
    ck_assert_double_ge(fate.wall_ms, fate.cpu_ms / 2);
}
END_TEST

START_TEST(an_early_end_has_its_fate_too) {
    become_user(_i);
    const struct order flood = {.deed = "flood", .early = 1}, exits = {.deed = "?", .early = 1};
    ck_assert_int_eq(obey(&flood, &usual).kind, FATE_OUTPUT);
    ck_assert_int_eq(strlen(printed), 0); /* all of it NUL */
    ck_assert_int_eq(obey(&exits, &usual).code, NO_SUCH_DEED);
}
END_TEST

START_TEST(what_cannot_start_is_no_crash) {
    become_user(_i);
    struct box box = {.kind = BOX_WORKER, .executable = swollen, .limits = usual, .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    ck_assert(!box_start(&box, &boxed, &fate));
    ck_assert_int_eq(fate.kind, FATE_MEMORY);
    ck_assert_int_eq(boxed.output, -1);
    int text = memfd_create("text", MFD_CLOEXEC);
    ck_assert_int_eq(write(text, "no program", 10), 10);
    box.executable = text;
    ck_assert(!box_start(&box, &boxed, &fate));
    ck_assert_fate(fate, FATE_IMAGE, ENOEXEC);
    ck_assert_int_eq(boxed.output, -1);
    close(text);
    box = (struct box){.kind = BOX_WORKER, .executable = deeds, .limits = usual, .cpu = 4000};
    ck_assert(!box_start(&box, &boxed, &fate));
    ck_assert_fate(fate, FATE_SETUP, EINVAL);
    ck_assert_str_eq(fate.step, "processor");
}
END_TEST

/* --- The end of the run --- */

START_TEST(the_end_of_the_run_ends_what_runs) {
    become_user(_i);
    const struct order order = {.deed = "sleep"};
    struct boxed boxed = begin(&order, &usual);
    pid_t pid = boxed.pid;
    deadline_begin(0.01);
    struct fate fate = finish(&boxed);
    ck_assert_fate(fate, FATE_SETUP, ECANCELED);
    ck_assert_str_eq(fate.step, "the end of the run");
    ck_assert_int_eq(kill(pid, 0), -1);
    ck_assert_int_eq(errno, ESRCH);
}
END_TEST

START_TEST(nothing_starts_after_the_end_of_the_run) {
    deadline_heed_signals();
    raise(SIGTERM);
    struct box box = {.kind = BOX_WORKER, .executable = deeds, .limits = usual, .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    ck_assert(!box_start(&box, &boxed, &fate));
    ck_assert_fate(fate, FATE_SETUP, ECANCELED);
    ck_assert_int_eq(boxed.output, -1);
}
END_TEST

START_TEST(a_machine_that_stood_still_is_nobodys_waiting) {
    const struct order order = {.deed = "compute"};
    struct boxed boxed = begin(&order, &usual);
    boxed.looked -= 3600;
    struct fate fate = finish(&boxed);
    ck_assert_fate(fate, FATE_EXITED, 0);
    ck_assert_double_le(fate.waited_ms, 1000 * usual.wall_seconds);
    ck_assert_double_le(boxed.watched, box_patience(&usual));
}
END_TEST

START_TEST(what_it_waited_for_is_told) {
    struct limits limits = usual;
    limits.wall_seconds = 0.1;
    ck_assert_double_ge(perform("sleep", &limits).waited_ms, 100);
}
END_TEST

/* Takes processor 0 from everybody for 0.6 s, and has begun when this returns; 0 where that is not
 * allowed. */
static pid_t compete(void) {
    int begun[2];
    char byte = '?';
    ck_assert_int_eq(pipe(begun), 0);
    pid_t competitor = fork();
    if (competitor == 0) {
        const struct sched_param lowest = {1};
        cpu_set_t first;
        CPU_ZERO(&first);
        CPU_SET(0, &first);
        sched_setaffinity(0, sizeof first, &first);
        signal(SIGALRM, SIG_DFL);
        ualarm(600000, 0);
        bool first_of_all = sched_setscheduler(0, SCHED_FIFO, &lowest) == 0;
        if (write(begun[1], first_of_all ? "y" : "n", 1) == 1 && first_of_all)
            for (volatile unsigned i = 0;; i++)
                continue;
        _exit(1);
    }
    ck_assert_int_eq(read(begun[0], &byte, 1), 1);
    if (byte == 'y')
        return competitor;
    waitpid(competitor, NULL, 0);
    return 0;
}

/* One that wants to compute, next to a competitor that takes the processor, is not "blocked". */
START_TEST(a_starved_process_is_not_blamed) {
    struct limits limits = usual;
    limits.wall_seconds = 0.1;
    pid_t competitor = compete();
    if (competitor == 0)
        return;
    struct order order = {.deed = "compute"};
    struct boxed boxed = begin(&order, &limits);
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    ck_assert_int_eq(sched_setaffinity(boxed.pid, sizeof first, &first), 0);
    struct fate fate = finish(&boxed);
    waitpid(competitor, NULL, 0);
    ck_assert_fate(fate, FATE_EXITED, 0);
    ck_assert_double_gt(fate.wall_ms, 300);
}
END_TEST

static char state_of(pid_t pid) {
    char path[40];
    struct text line;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    text_init(&line, 200);
    const char *name_end = file_read(path, &line) ? strrchr(line.at, ')') : NULL;
    char state = name_end ? name_end[2] : '?';
    text_free(&line);
    return state;
}

/* Whoever knows when we look could be awake just then. */
START_TEST(one_that_is_awake_at_every_look_is_still_blocked) {
    become_user(_i);
    const struct limits limits = {5, 0.3, 256, 8, 64};
    const struct order order = {.deed = "doze"};
    struct boxed boxed = begin(&order, &limits);
    struct fate fate;
    /* Many looks may fit into the limit; only a box that never ends is given up. */
    const time_t given_up = time(NULL) + 10;
    do
        while (state_of(boxed.pid) != 'R' && time(NULL) < given_up)
            sched_yield();
    while (!box_ended(&boxed, &fate) && time(NULL) < given_up);
    close(boxed.output);
    ck_assert_int_eq(fate.kind, FATE_BLOCKED);
    ck_assert_double_ge(fate.wall_ms, 300);
    ck_assert_double_le(fate.wall_ms, 3000);
}
END_TEST

START_TEST(patience_outlasts_every_limit) {
    const struct limits limits = {.cpu_seconds = 2, .wall_seconds = 4};
    ck_assert_double_eq(box_patience(&limits), 60);
}
END_TEST

START_TEST(time_spent_elsewhere_is_not_waiting) {
    const struct limits limits = {5, 0.4, 256, 8, 64};
    const struct order order = {.deed = "sleep"};
    struct boxed boxed = begin(&order, &limits);
    struct fate fate;
    for (int i = 0; i < 4; i++) {
        usleep(100000);
        box_resume(&boxed);
        ck_assert(!box_ended(&boxed, &fate));
    }
    box_wait(&boxed, &fate);
    close(boxed.output);
    ck_assert_int_eq(fate.kind, FATE_BLOCKED);
    ck_assert_double_ge(fate.wall_ms, 800);
}
END_TEST

/* Nothing boxed can send itself this signal: its end says nothing of the submission. */
START_TEST(a_box_that_somebody_else_killed_is_our_fault) {
    const struct order order = {.deed = "sleep"};
    struct boxed boxed = begin(&order, &usual);
    struct fate fate;
    ck_assert_int_eq(kill(boxed.pid, SIGKILL), 0);
    box_wait(&boxed, &fate);
    close(boxed.output);
    ck_assert_int_eq(fate.kind, FATE_SETUP);
    ck_assert_str_eq(fate.step, "killed");
}
END_TEST

START_TEST(a_box_dies_with_its_starter) {
    become_user(_i);
    int tell[2];
    ck_assert_int_eq(pipe(tell), 0);
    pid_t starter = fork();
    if (starter == 0) {
        const struct order order = {.deed = "sleep"};
        struct boxed boxed = begin(&order, &usual);
        if (write(tell[1], &boxed.pid, sizeof boxed.pid) > 0)
            raise(SIGKILL);
        _exit(1);
    }
    pid_t pid = 0;
    ck_assert_int_eq(read(tell[0], &pid, sizeof pid), sizeof pid);
    int process = (int)syscall(SYS_pidfd_open, pid, 0), waited = 0;
    /* A pidfd of a dead process cannot be signalled, reaped or not. */
    while (process >= 0 && syscall(SYS_pidfd_send_signal, process, 0, NULL, 0) == 0 &&
           waited++ < 200) {
        char path[40];
        struct text state;
        snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        text_init(&state, 200);
        bool zombie = !file_read(path, &state) || strstr(state.at, ") Z ") != NULL;
        text_free(&state);
        if (zombie)
            break;
        usleep(10000);
    }
    waitpid(starter, NULL, 0);
    ck_assert_int_lt(waited, 200);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("box_end");
    TCase *tests = tcase_create("box_end");
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, compile, NULL);
    tcase_add_loop_test(tests, each_end_has_its_fate, 0, ROWS(ends));
    tcase_add_loop_test(tests, an_early_end_has_its_fate_too, 0, 2);
    tcase_add_loop_test(tests, what_cannot_start_is_no_crash, 0, 2);
    tcase_add_loop_test(tests, the_end_of_the_run_ends_what_runs, 0, 2);
    tcase_add_test(tests, nothing_starts_after_the_end_of_the_run);
    tcase_add_test(tests, a_machine_that_stood_still_is_nobodys_waiting);
    tcase_add_test(tests, what_it_waited_for_is_told);
    tcase_add_test(tests, a_starved_process_is_not_blamed);
    tcase_add_loop_test(tests, one_that_is_awake_at_every_look_is_still_blocked, 0, 2);
    tcase_add_test(tests, patience_outlasts_every_limit);
    tcase_add_test(tests, time_spent_elsewhere_is_not_waiting);
    tcase_add_test(tests, a_box_that_somebody_else_killed_is_our_fault);
    tcase_add_loop_test(tests, a_box_dies_with_its_starter, 0, 2);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
