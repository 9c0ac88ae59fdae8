/* Which layers hold, as kernels that know less of Landlock would have it: a supervisor answers for
 * them, which takes away the one listener that a process may have. */
#include "box/box.h"
#include "unit.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 444 };

/* By version: what landlock_create_ruleset takes for files, and how long its struct is. */
static const struct {
    uint64_t files;
    size_t size;
} kernels[] = {{0x1fff, 8}, {0x3fff, 8}, {0x7fff, 8}, {0x7fff, 16}, {0xffff, 16}};
enum { KERNELS = sizeof kernels / sizeof kernels[0] };
static int kernel, listener;

static int answer(const struct seccomp_notif *asked) {
    uint64_t files = 0;
    struct iovec here = {&files, sizeof files},
                 there = {(void *)(uintptr_t)asked->data.args[0], sizeof files};
    size_t size = asked->data.args[1];
    if (size == 0)
        return -ENOSYS; /* the version: it must not matter */
    if (size > kernels[kernel].size)
        return -E2BIG;
    if (process_vm_readv((pid_t)asked->pid, &here, 1, &there, 1, 0) != sizeof files)
        return -EFAULT;
    return files & ~kernels[kernel].files ? -EINVAL : 0;
}

static void *supervise(void *nothing) {
    for (;;) {
        struct seccomp_notif asked;
        memset(&asked, 0, sizeof asked);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0)
            return nothing;
        struct seccomp_notif_resp response = {.id = asked.id, .error = answer(&asked)};
        if (response.error == 0)
            response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
    }
}

/* The supervisor is a thread from before the filter, which it does not inherit. */
static void *supervise_later(void *nothing) {
    while (__atomic_load_n(&listener, __ATOMIC_ACQUIRE) == 0)
        usleep(100);
    return supervise(nothing);
}

static void become_kernel(int version) {
    static const struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CREATE, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {sizeof code / sizeof code[0], (struct sock_filter *)code};
    pthread_t supervisor;
    kernel = version - 1;
    ck_assert_int_eq(pthread_create(&supervisor, NULL, supervise_later, NULL), 0);
    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    int made = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                            &filter);
    ck_assert_int_gt(made, 0);
    __atomic_store_n(&listener, made, __ATOMIC_RELEASE);
}

static int landlock_here;

START_TEST(an_older_landlock_is_used_as_far_as_it_goes) {
    if (landlock_here < KERNELS)
        return;
    become_kernel(_i + 1);
    const struct box_level *level = box_level();
    ck_assert_int_eq(level->landlock, _i + 1);
    ck_assert(level->tools_confined && level->enough);
    ck_assert(level->seccomp && !level->notify); /* the supervisor is the one that is told */
}
END_TEST

int main(void) {
    landlock_here = box_level()->landlock; /* each test is a process that asks again */
    Suite *suite = suite_create("level");
    TCase *tests = tcase_create("level");
    tcase_add_loop_test(tests, an_older_landlock_is_used_as_far_as_it_goes, 0, KERNELS);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
