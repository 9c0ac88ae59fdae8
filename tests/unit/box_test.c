/* A worker's box, by what it refuses: every layer is tried by something that it must stop, as root
 * and as an ordinary user. */
#include "box_run.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

/* --- What is refused --- */

/* All that a filter lets through or answers itself; every other number must be refused by name. */
static const short harmless[] = {
    SYS_futex,
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_exit_group,
    SYS_exit,
    SYS_read,
    SYS_pread64,
    SYS_write,
    SYS_writev,
    SYS_lseek,
    SYS_fstat,
    SYS_close,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_time,
    SYS_times,
    SYS_getrusage,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_sched_yield,
    SYS_restart_syscall,
    SYS_getrandom,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_getpid,
    SYS_getppid,
    SYS_gettid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_uname,
    SYS_sysinfo,
    SYS_getrlimit,
    SYS_ioctl,
    SYS_readlink,
    SYS_getcwd,
    SYS_arch_prctl,
    SYS_newfstatat,
    SYS_sched_getaffinity,
    SYS_set_tid_address,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_mmap,
    SYS_mprotect,
    SYS_prlimit64,
};

static bool is_harmless(int number) {
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (harmless[i] == number)
            return true;
    return false;
}

START_TEST(every_other_system_call_is_refused_by_number) {
    become_user(_i);
    for (int number = 0; number <= 460; number++) {
        bool unassigned = number > 334 && number < 424; /* and two of them the kernel's own */
        if (unassigned || is_harmless(number))
            continue;
        struct order order = {.deed = "call", .call = number, .argument = {1, 1}};
        struct fate fate = obey(&order, &usual);
        /* A container around us may refuse it before our filter is asked. */
        bool by_others = fate.kind == FATE_EXITED && (fate.code == EPERM || fate.code == ENOSYS);
        ck_assert_msg(by_others || (fate.kind == FATE_FORBIDDEN && fate.code == number),
                      "%s: fate %d %d", box_call_name(number), fate.kind, fate.code);
    }
}
END_TEST

static const struct {
    const char *name;
    struct order order;
} refused[] = {
    {"mmap", {.deed = "call", .call = SYS_mmap, .argument = {0, 4096, 7, 0x22, -1, 0}}},
    {"mprotect", {.deed = "call", .call = SYS_mprotect, .argument = {0x400000, 4096, 5}}},
    {"prlimit64", {.deed = "call", .call = SYS_prlimit64, .argument = {0, 0, 0x400000, 0}}},
    {"prlimit64", {.deed = "call", .call = SYS_prlimit64, .argument = {1, 0, 0, 0}}},
    {"openat", {.deed = "call", .call = SYS_openat, .argument = {AT_FDCWD, 0x400000, 0}}},
    {"kill", {.deed = "call", .call = SYS_kill, .argument = {-1, SIGKILL}}},
    {"tgkill", {.deed = "call", .call = SYS_tgkill, .argument = {1, 1, SIGKILL}}},
    {"execveat", {.deed = "call", .call = SYS_execveat, .argument = {5, 0, 0, 0, 0x1000}}},
    {"execveat", {.deed = "call", .call = SYS_execveat, .argument = {7, 0x400000, 0, 0, 0x1000}}},
    {"socket", {.early = 1, .deed = "call", .call = SYS_socket, .argument = {2, 1, 0}}},
    {"clone", {.early = 1, .deed = "call", .call = SYS_clone, .argument = {SIGCHLD}}},
};

START_TEST(refused_calls_have_names_before_main_and_after) {
    become_user(_i);
    struct fate fate = obey(&refused[_i / 2].order, &usual);
    ck_assert_int_eq(fate.kind, FATE_FORBIDDEN);
    ck_assert_str_eq(box_call_name(fate.code), refused[_i / 2].name);
}
END_TEST

START_TEST(another_architecture_is_refused) {
    become_user(_i);
    struct fate fate = perform("foreign call", &usual);
    ck_assert_fate(fate, FATE_FORBIDDEN, -1);
    ck_assert_str_eq(box_call_name(-1), "a system call of another architecture");
    ck_assert_str_eq(box_call_name(9999), "system call 9999");
}
END_TEST

static const struct {
    int error;
    struct order order;
} answered[] = {
    {ENOMEM, {.deed = "call", .call = SYS_mmap, .argument = {0, 100L << 30, 3, 0x4022, -1, 0}}},
    {ENOTTY, {.deed = "call", .call = SYS_ioctl, .argument = {1, 0x5413, 0x500000}}},
    {ENOENT, {.deed = "call", .call = SYS_readlink, .argument = {0x400000, 0x500000, 10}}},
    {EBADF, {.deed = "call", .call = SYS_newfstatat, .argument = {1, 0x400000, 0x500000, 0x1000}}},
    /* What the box itself needed of this ended with the exec. */
    {EBADF, {.deed = "call", .call = SYS_sendmsg, .argument = {8, 0x400000, 0}}},
    {EINVAL, {.deed = "call", .call = SYS_arch_prctl, .argument = {0x3001, 0}}},
    /* FUTEX_REQUEUE, FUTEX_LOCK_PI, MADV_COLD: it may only wait, wake and give back. */
    {ENOSYS, {.deed = "call", .call = SYS_futex, .argument = {0x400000, 3, 0, 1, 0x400000}}},
    {ENOSYS, {.deed = "call", .call = SYS_futex, .argument = {0x400000, 6}}},
    {EINVAL, {.deed = "call", .call = SYS_madvise, .argument = {0x400000, 0, 20}}},
    {ENOSYS, {.deed = "call", .call = SYS_set_robust_list, .argument = {0x400000, 24}}},
    {ENOSYS, {.deed = "call", .call = SYS_rseq, .argument = {0x400000, 32}}},
};

START_TEST(harmless_questions_get_an_error) {
    become_user(_i);
    struct fate fate = obey(&answered[_i / 2].order, &usual);
    ck_assert_fate(fate, FATE_EXITED, answered[_i / 2].error);
}
END_TEST

START_TEST(no_descriptor_but_the_passed_one_is_open) {
    become_user(_i);
    perform("list descriptors", &usual);
    ck_assert_str_eq(printed, "0 1 2 3 ");
    int stray = memfd_create("stray", 0);
    ck_assert_int_ge(dup2(stray, 500), 0);
    struct fate fate = perform("write everywhere", &usual);
    ck_assert_fate(fate, FATE_EXITED, 0);
    struct stat status;
    ck_assert_int_eq(fstat(stray, &status), 0);
    ck_assert_int_eq(status.st_size, 0);
}
END_TEST

/* --- Layers --- */

START_TEST(boxes_have_user_ids_of_their_own) {
    if (geteuid() != 0)
        return;
    const struct order order = {.deed = "sleep"};
    struct boxed boxed[4];
    struct fate fate;
    for (int i = 0; i < 4; i++) {
        boxed[i] = begin(&order, &usual);
        ck_assert_uint_gt(boxed[i].uid, 19999);
        for (int k = 0; k < i; k++)
            ck_assert_uint_ne(boxed[i].uid, boxed[k].uid);
    }
    for (int i = 0; i < 4; i++) {
        box_kill(&boxed[i], &fate);
        close(boxed[i].output);
        ck_assert_fate(fate, FATE_SIGNALLED, SIGKILL);
        ck_assert_int_gt(fate.peak_kib, 100);
    }
}
END_TEST

/* The kernel's own account of a box that runs. */
START_TEST(every_layer_is_in_force) {
    become_user(_i);
    const struct order order = {.deed = "sleep"};
    struct boxed boxed = begin(&order, &usual);
    char path[64], root[256] = "", identity[64];
    struct text status;
    struct fate fate;
    text_init(&status, 8UL * KIB);
    snprintf(path, sizeof path, "/proc/%d/status", (int)boxed.pid);
    ck_assert(file_read(path, &status));
    snprintf(path, sizeof path, "/proc/%d/root", (int)boxed.pid);
    snprintf(identity, sizeof identity, "\nUid:\t%u\t%u\t%u\t%u\n", boxed.uid, boxed.uid, boxed.uid,
             boxed.uid);
    ssize_t length = readlink(path, root, sizeof root - 1);
    box_kill(&boxed, &fate);
    close(boxed.output);
    ck_assert_ptr_nonnull(strstr(status.at, "\nNoNewPrivs:\t1\n"));
    ck_assert_ptr_nonnull(strstr(status.at, "\nSeccomp:\t2\n"));
    if (geteuid() == 0) {
        ck_assert_ptr_nonnull(strstr(status.at, identity));
        ck_assert_ptr_nonnull(strstr(status.at, "\nGroups:\t \n"));
        /* Reading this takes a right that root lacks in a container. */
        ck_assert(length < 0 || strstr(root, "(deleted)") != NULL);
    }
    text_free(&status);
}
END_TEST

START_TEST(the_floor_holds_here) {
    become_user(_i);
    const struct box_level *level = box_level();
    ck_assert(level->seccomp);
    ck_assert(level->enough || (!level->root && level->landlock == 0));
    ck_assert_int_eq(level->root, geteuid() == 0);
    ck_assert_int_eq(level->uid, geteuid() == 0);
    ck_assert_int_eq(level->chroot, geteuid() == 0);
    ck_assert_ptr_nonnull(strstr(level->words, "seccomp"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("box");
    TCase *tests = tcase_create("box");
    tcase_set_timeout(tests, 120);
    tcase_add_unchecked_fixture(tests, compile, NULL);
    tcase_add_loop_test(tests, every_other_system_call_is_refused_by_number, 0, 2);
    tcase_add_loop_test(tests, refused_calls_have_names_before_main_and_after, 0, ROWS(refused));
    tcase_add_loop_test(tests, another_architecture_is_refused, 0, 2);
    tcase_add_loop_test(tests, harmless_questions_get_an_error, 0, ROWS(answered));
    tcase_add_loop_test(tests, no_descriptor_but_the_passed_one_is_open, 0, 2);
    tcase_add_test(tests, boxes_have_user_ids_of_their_own);
    tcase_add_loop_test(tests, every_layer_is_in_force, 0, 2);
    tcase_add_loop_test(tests, the_floor_holds_here, 0, 2);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
