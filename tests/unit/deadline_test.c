/* The clock of a run (base/deadline.h), the shares of it that judges get, and the private directory
 * that a run leaves behind in no case (base/private.h). */
#include "base/deadline.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/private.h"
#include "judge/judges.h"
#include "unit.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- The clock --- */

START_TEST(is_never_over_where_nobody_set_it) {
    ck_assert(!deadline_passed());
    ck_assert(isinf(deadline_left()));
    deadline_begin(0);
    ck_assert(!deadline_passed());
}
END_TEST

START_TEST(is_over_after_its_seconds) {
    deadline_begin(3600);
    ck_assert(!deadline_passed());
    ck_assert_double_le(deadline_left(), 3600);
    ck_assert_double_ge(deadline_left(), 3000);
    deadline_begin(0.001);
    const struct timespec two_ms = {0, 2000000};
    nanosleep(&two_ms, NULL);
    ck_assert(deadline_passed());
    ck_assert_double_eq(deadline_left(), 0);
    char *reason = deadline_reason();
    ck_assert_str_eq(reason, "The run ran out of time (0.001 s): it is to be graded again.");
    free(reason);
}
END_TEST

static const struct {
    int number;
    const char *reason;
} endings[] = {
    {SIGINT, "The run was interrupted (SIGINT): it is to be graded again."},
    {SIGTERM, "The run was interrupted (SIGTERM): it is to be graded again."},
    {SIGHUP, "The run was interrupted (SIGHUP): it is to be graded again."},
};
enum { ENDINGS = sizeof endings / sizeof endings[0] };

START_TEST(is_over_when_a_signal_asks_for_it) {
    deadline_begin(3600);
    deadline_heed_signals();
    ck_assert(!deadline_passed());
    raise(endings[_i].number);
    ck_assert(deadline_passed());
    char *reason = deadline_reason();
    ck_assert_str_eq(reason, endings[_i].reason);
    free(reason);
}
END_TEST

/* --- Shares --- */

START_TEST(shares_leave_the_others_theirs) {
    const double weights[] = {60, 30, 30, 30, 30, 30};
    double left = 540, all = 210;
    for (int i = 0; i < 6; i++) { /* one after the other, and each of them hangs */
        double share = judges_share(left, weights[i], all, 1);
        ck_assert_double_ge(share, 540 * weights[i] / 210 - 1e-9);
        left -= share;
        all -= weights[i];
    }
    ck_assert_double_ge(left, -1e-9);
}
END_TEST

START_TEST(the_last_one_may_take_all_that_is_left) {
    ck_assert_double_eq(judges_share(100, 30, 30, 1), 100);
    ck_assert_double_eq(judges_share(100, 30, 60, 2), 100); /* at the same time */
    ck_assert_double_eq(judges_share(100, 30, 60, 1), 50);
    ck_assert_double_eq(judges_share(0, 30, 60, 1), 0);
    ck_assert(isinf(judges_share(INFINITY, 30, 60, 1)));
}
END_TEST

/* --- The private directory --- */

static char *parent;

static void make_parent(void) {
    parent = directory_private();
    setenv("TMPDIR", parent, 1);
}

static void remove_parent(void) {
    ck_assert(directory_remove(parent));
    free(parent);
}

static char *below(const char *name) {
    return format_string("%s/%s", parent, name);
}

static bool is_there(const char *path) {
    struct stat about;
    return lstat(path, &about) == 0;
}

static void grow_old(const char *path) {
    const struct timespec long_ago[2] = {{1000, 0}, {1000, 0}};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, long_ago, AT_SYMLINK_NOFOLLOW), 0);
}

static void put_into(const char *directory) {
    char *folder = format_string("%s/scratch/deep", directory);
    char *file = format_string("%s/a", folder);
    ck_assert(directory_make(folder) && file_write(file, "x", 1));
    free(folder);
    free(file);
}

START_TEST(is_private_and_wiped_when_released) {
    char *path = copy_string(private_hold());
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_uint_eq(about.st_mode & 07777, 0700);
    ck_assert_int_eq(strncmp(path, parent, strlen(parent)), 0);
    put_into(path);
    ck_assert(private_release());
    ck_assert(!is_there(path));
    ck_assert(private_release()); /* nothing is held */
    free(path);
}
END_TEST

/* What a process that holds one does before it ends; its name comes back. */
static char *hold_in_a_child(void (*end)(void), pid_t *child) {
    int name[2];
    char path[256] = "";
    ck_assert_int_eq(pipe(name), 0);
    *child = fork();
    if (*child == 0) {
        const char *held = private_hold();
        put_into(held);
        if (write(name[1], held, strlen(held)) > 0)
            end();
        _exit(99);
    }
    ck_assert_int_gt(read(name[0], path, sizeof path - 1), 0);
    close(name[0]);
    close(name[1]);
    return copy_string(path);
}

static int wait_for(pid_t child) {
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

static void end_by_a_fault(void) {
    refuse("this is meant");
}
static void end_by_kill(void) {
    raise(SIGKILL);
}
static void wait_to_be_killed(void) {
    pause();
}
static void fork_and_end_the_child(void) {
    const char *held = format_string("%s/still here", parent);
    pid_t grandchild = fork();
    if (grandchild == 0)
        exit(0); /* runs what is to be run at exit */
    waitpid(grandchild, NULL, 0);
    (void)!creat(held, 0600);
    pause();
}

START_TEST(a_fault_wipes_it) {
    pid_t child;
    char *path = hold_in_a_child(end_by_a_fault, &child);
    ck_assert_int_eq(WEXITSTATUS(wait_for(child)), EXIT_FAULT);
    ck_assert(!is_there(path));
    free(path);
}
END_TEST

START_TEST(a_copy_of_its_owner_does_not_wipe_it) {
    pid_t child;
    char *path = hold_in_a_child(fork_and_end_the_child, &child);
    char *signal_file = below("still here");
    while (!is_there(signal_file))
        usleep(1000);
    ck_assert(is_there(path));
    kill(child, SIGKILL);
    wait_for(child);
    free(signal_file);
    free(path);
}
END_TEST

START_TEST(the_next_one_wipes_what_the_killed_left) {
    pid_t child;
    char *path = hold_in_a_child(end_by_kill, &child);
    ck_assert_int_eq(WTERMSIG(wait_for(child)), SIGKILL);
    ck_assert(is_there(path));
    private_hold(); /* too young: its owner could be just about to lock it */
    ck_assert(is_there(path));
    ck_assert(private_release());
    grow_old(path);
    private_hold();
    ck_assert(!is_there(path));
    ck_assert(private_release());
    free(path);
}
END_TEST

START_TEST(nobody_wipes_what_is_held) {
    pid_t child;
    char *path = hold_in_a_child(wait_to_be_killed, &child);
    grow_old(path);
    private_hold();
    ck_assert(is_there(path));
    ck_assert(private_release());
    kill(child, SIGKILL);
    wait_for(child);
    free(path);
}
END_TEST

START_TEST(nobody_wipes_what_is_not_ours) {
    static const char *const others[] = {"gradus-abcdef", "gradus-run-toolong", "gradus-run-open00",
                                         "gradus-run-theirs", "notes"};
    char *target = below("notes"), *link = below("gradus-run-link00");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char *path = below(others[i]);
        ck_assert_int_eq(mkdir(path, 0700), 0);
        if (strstr(path, "open00"))
            ck_assert_int_eq(chmod(path, 0755), 0);
        if (strstr(path, "theirs") && geteuid() == 0)
            ck_assert_int_eq(chown(path, 65534, 65534), 0);
        grow_old(path);
        free(path);
    }
    ck_assert_int_eq(symlink(target, link), 0);
    grow_old(link);
    private_hold();
    ck_assert(private_release());
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char *path = below(others[i]);
        bool theirs = strstr(path, "theirs") && geteuid() != 0; /* then it is ours */
        ck_assert_msg(theirs || is_there(path), "%s is gone", path);
        free(path);
    }
    ck_assert(is_there(link));
    free(target);
    free(link);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("deadline");
    TCase *clock = tcase_create("clock");
    tcase_add_test(clock, is_never_over_where_nobody_set_it);
    tcase_add_test(clock, is_over_after_its_seconds);
    tcase_add_loop_test(clock, is_over_when_a_signal_asks_for_it, 0, ENDINGS);
    tcase_add_test(clock, shares_leave_the_others_theirs);
    tcase_add_test(clock, the_last_one_may_take_all_that_is_left);
    suite_add_tcase(suite, clock);
    TCase *private = tcase_create("private");
    tcase_add_checked_fixture(private, make_parent, remove_parent);
    tcase_add_test(private, is_private_and_wiped_when_released);
    tcase_add_test(private, a_fault_wipes_it);
    tcase_add_test(private, a_copy_of_its_owner_does_not_wipe_it);
    tcase_add_test(private, the_next_one_wipes_what_the_killed_left);
    tcase_add_test(private, nobody_wipes_what_is_held);
    tcase_add_test(private, nobody_wipes_what_is_not_ours);
    suite_add_tcase(suite, private);
    return unit_run(suite);
}
