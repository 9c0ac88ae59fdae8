/* The system calls that boxed code may make: what a static C program needs to start, compute,
 * print and end, and nothing that opens, connects, starts or controls anything.  A call that no
 * rule names goes to the listener, so that it can be named to the student; some harmless questions
 * are answered with an error instead, because the C library asks them unprompted.
 *
 * Tools are other people's programs, which call what their versions need, so for them it is the
 * other way round: what no rule names is allowed.  But a guarded tool interprets a student's
 * program: Landlock decides which paths it reaches, and of the calls only those that it needs do
 * not fail. */
#include "layers.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __x86_64__
#error "gradus boxes know the system calls of x86-64 only"
#endif

/* --- The rules --- */

enum {
    X32_CALLS = 0x40000000, /* the same architecture to the kernel, other numbers */
    SET_FS = 0x1002,        /* arch_prctl: thread-local storage */
    TO_OTHERS = 8,          /* the bit that F_SETOWN, F_SETSIG and their like share */
    OWN_PID = -2,           /* stands for the caller's own process id */
    PATH_LOW = -3,          /* stand for the halves of filter_empty_path's address */
    PATH_HIGH = -4,
    NOT_SIGKILL = -5, /* stands for any other value than this */
    REFUSE = -1       /* stands for what refusing means in this box */
};
#define ALLOW         ((int64_t)SECCOMP_RET_ALLOW)
#define ANSWER(error) ((int64_t)SECCOMP_RET_ERRNO | (error))
#define LOW(i)        (offsetof(struct seccomp_data, args) + 8UL * (i))
#define HIGH(i)       (LOW(i) + 4)

/* The 32-bit word at `offset`, masked, must be `value`; else `otherwise` is what happens. */
struct condition {
    unsigned offset, mask;
    int value;
    int64_t otherwise;
};
enum { CONDITIONS = 4 };
struct rule {
    int call;
    int64_t action;
    struct condition only[CONDITIONS]; /* a mask of zero ends them */
};
enum { WHOLE = -1 };
/* The bit of the clocks that belong to a process or a device: they tell how long the judge has
 * computed, and which processes there are. */
enum { FOREIGN_CLOCK = INT_MIN };
/* The judge waits at the same address: it may be woken, but not queued elsewhere, nor made the
 * owner of what somebody waits for. */
enum { OTHER_THAN_WAIT_AND_WAKE = ~(FUTEX_WAKE | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME) };

/* In every box.  Harmless means: on no descriptor but those that were passed, on no process but
 * itself. */
static const struct rule common_rules[] = {
    {SYS_futex, ALLOW, {{LOW(1), OTHER_THAN_WAIT_AND_WAKE, 0, ANSWER(ENOSYS)}}},
    {SYS_brk, ALLOW, {{0}}},
    {SYS_munmap, ALLOW, {{0}}},
    {SYS_mremap, ALLOW, {{0}}},
    {SYS_madvise, ALLOW, {{LOW(2), WHOLE, MADV_DONTNEED, ANSWER(EINVAL)}}}, /* malloc's */
    {SYS_exit_group, ALLOW, {{0}}},
    {SYS_exit, ALLOW, {{0}}},
    {SYS_read, ALLOW, {{0}}},
    {SYS_pread64, ALLOW, {{0}}},
    {SYS_write, ALLOW, {{0}}},
    {SYS_writev, ALLOW, {{0}}},
    {SYS_lseek, ALLOW, {{0}}},
    {SYS_fstat, ALLOW, {{0}}},
    {SYS_close, ALLOW, {{0}}},
    {SYS_clock_gettime, ALLOW, {{LOW(0), FOREIGN_CLOCK, 0, ANSWER(EINVAL)}}},
    {SYS_clock_getres, ALLOW, {{LOW(0), FOREIGN_CLOCK, 0, ANSWER(EINVAL)}}},
    {SYS_gettimeofday, ALLOW, {{0}}},
    {SYS_time, ALLOW, {{0}}},
    {SYS_times, ALLOW, {{0}}},
    {SYS_getrusage, ALLOW, {{0}}},
    {SYS_clock_nanosleep, ALLOW, {{LOW(0), FOREIGN_CLOCK, 0, ANSWER(EINVAL)}}},
    {SYS_nanosleep, ALLOW, {{0}}},
    {SYS_sched_yield, ALLOW, {{0}}},
    {SYS_restart_syscall, ALLOW, {{0}}},
    {SYS_getrandom, ALLOW, {{0}}},
    {SYS_rt_sigaction, ALLOW, {{0}}},
    {SYS_rt_sigprocmask, ALLOW, {{0}}},
    {SYS_rt_sigreturn, ALLOW, {{0}}},
    {SYS_sigaltstack, ALLOW, {{0}}},
    {SYS_getpid, ALLOW, {{0}}},
    {SYS_getppid, ALLOW, {{0}}},
    {SYS_gettid, ALLOW, {{0}}},
    {SYS_getuid, ALLOW, {{0}}},
    {SYS_geteuid, ALLOW, {{0}}},
    {SYS_getgid, ALLOW, {{0}}},
    {SYS_getegid, ALLOW, {{0}}},
    {SYS_uname, ALLOW, {{0}}},
    {SYS_sysinfo, ALLOW, {{0}}}, /* qsort asks how much memory there is */
    {SYS_getrlimit, ALLOW, {{0}}},
    {SYS_prlimit64,
     ALLOW, /* to ask about its own */
     {{LOW(0), WHOLE, 0, REFUSE}, {LOW(2), WHOLE, 0, REFUSE}, {HIGH(2), WHOLE, 0, REFUSE}}},
    {SYS_mmap, ALLOW, {{LOW(2), PROT_EXEC, 0, REFUSE}, {HIGH(1), WHOLE, 0, ANSWER(ENOMEM)}}},
    {SYS_mprotect, ALLOW, {{LOW(2), PROT_EXEC, 0, REFUSE}}},
    /* abort, raise; but the signal that the kernel sends for want of memory comes from nobody else.
     */
    {SYS_tgkill, ALLOW, {{LOW(0), WHOLE, OWN_PID, REFUSE}, {LOW(2), WHOLE, NOT_SIGKILL, REFUSE}}},
    {SYS_ioctl, ANSWER(ENOTTY), {{0}}},
    {SYS_readlink, ANSWER(ENOENT), {{0}}},
    {SYS_getcwd, ANSWER(ENOENT), {{0}}},
    {SYS_sched_getaffinity, ANSWER(ENOSYS), {{0}}},
    {SYS_sendmsg, ALLOW, {{LOW(0), WHOLE, SLOT_REPORT, REFUSE}}},
};

const char filter_empty_path[1] = "";

/* What starting a static program takes.  The kernel ignores execveat's descriptor where a path is
 * given, and a filter sees no paths, only where one lies: it must be our own empty one, at an
 * address that is gone after the exec and that the new program is never told. */
static const struct rule worker_rules[] = {
    {SYS_execveat,
     ALLOW,
     {{LOW(0), WHOLE, SLOT_EXECUTABLE, REFUSE},
      {LOW(1), WHOLE, PATH_LOW, REFUSE},
      {HIGH(1), WHOLE, PATH_HIGH, REFUSE},
      {LOW(4), WHOLE, AT_EMPTY_PATH, REFUSE}}},
    {SYS_arch_prctl, ALLOW, {{LOW(0), WHOLE, SET_FS, ANSWER(EINVAL)}}},
    {SYS_set_tid_address, ALLOW, {{0}}},
    {SYS_set_robust_list, ANSWER(ENOSYS), {{0}}}, /* only threads need it; nor the next */
    {SYS_rseq, ANSWER(ENOSYS), {{0}}},
    {SYS_newfstatat, ANSWER(EBADF), {{0}}}, /* stdio asks for its buffer size; a path may follow */
};

/* Libraries that parse look for locales and character sets: there are none. */
static const struct rule reader_rules[] = {
    {SYS_newfstatat, ALLOW, {{LOW(3), AT_EMPTY_PATH, AT_EMPTY_PATH, ANSWER(ENOENT)}}},
    {SYS_openat, ANSWER(ENOENT), {{0}}},
    {SYS_access, ANSWER(ENOENT), {{0}}},
};

/* No compiler, assembler or linker connects, traces, mounts or leaves something in the kernel that
 * the next one finds; one that a source has taken over would.  They stay in one process group, so
 * that all of it can be ended where there is no user id to find it by. */
#define NO(call)                                                                                   \
    {                                                                                              \
        SYS_##call, ANSWER(EPERM), {                                                               \
            { 0 }                                                                                  \
        }                                                                                          \
    }
enum { NEW_NAMESPACES = 0x7e020000 };
static const struct rule tool_rules[] = {
    NO(socket),
    NO(socketpair),
    NO(setsid),
    NO(setpgid),
    NO(ptrace),
    NO(process_vm_readv),
    NO(process_vm_writev),
    NO(pidfd_open),
    NO(pidfd_getfd),
    NO(kcmp),
    NO(keyctl),
    NO(add_key),
    NO(request_key),
    NO(io_uring_setup),
    NO(io_setup),
    NO(bpf),
    NO(perf_event_open),
    NO(userfaultfd),
    NO(memfd_create),
    NO(shmget),
    NO(semget),
    NO(msgget),
    NO(mq_open),
    NO(inotify_init),
    NO(inotify_init1),
    NO(fanotify_init),
    NO(name_to_handle_at),
    NO(open_by_handle_at),
    NO(mount),
    NO(umount2),
    NO(pivot_root),
    NO(chroot),
    NO(unshare),
    NO(setns),
    NO(fsopen),
    NO(open_tree),
    NO(move_mount),
    NO(modify_ldt),
    NO(syslog),
    /* Where its user is ours, its signals and limits would be for whatever we run. */
    NO(tkill),
    NO(rt_sigqueueinfo),
    NO(rt_tgsigqueueinfo),
    NO(pidfd_send_signal),
    NO(sched_setaffinity),
    NO(setpriority),
    {SYS_kill, ALLOW, {{LOW(0), WHOLE, OWN_PID, ANSWER(EPERM)}}},
    {SYS_tgkill, ALLOW, {{LOW(0), WHOLE, OWN_PID, ANSWER(EPERM)}}},
    {SYS_prlimit64, ALLOW, {{LOW(0), WHOLE, 0, ANSWER(EPERM)}}},
    {SYS_clone, ALLOW, {{LOW(0), NEW_NAMESPACES, 0, ANSWER(EPERM)}}},
    {SYS_clone3, ANSWER(ENOSYS), {{0}}}, /* its flags cannot be seen; the library falls back */
};

/* Before the common ones, which allow less of the same calls. */
static const struct rule guarded_rules[] = {
    {SYS_execve, ALLOW, {{0}}},
    {SYS_open, ALLOW, {{0}}},
    {SYS_openat, ALLOW, {{0}}},
    {SYS_stat, ALLOW, {{0}}},
    {SYS_lstat, ALLOW, {{0}}},
    {SYS_newfstatat, ALLOW, {{0}}},
    {SYS_statx, ALLOW, {{0}}},
    {SYS_access, ALLOW, {{0}}},
    {SYS_faccessat, ALLOW, {{0}}},
    {SYS_readlink, ALLOW, {{0}}},
    {SYS_getcwd, ALLOW, {{0}}},
    {SYS_getdents64, ALLOW, {{0}}},
    {SYS_mmap, ALLOW, {{0}}},
    {SYS_mprotect, ALLOW, {{0}}},
    {SYS_mkdir, ANSWER(EEXIST), {{0}}},
    {SYS_unlink, ALLOW, {{0}}},
    {SYS_pipe, ALLOW, {{0}}},
    {SYS_dup2, ALLOW, {{0}}},
    {SYS_fcntl, ALLOW, {{LOW(1), TO_OTHERS, 0, REFUSE}}},
    {SYS_rt_sigtimedwait, ALLOW, {{0}}},
    {SYS_timer_create, ALLOW, {{0}}},
    {SYS_timer_settime, ALLOW, {{0}}},
    {SYS_timer_delete, ALLOW, {{0}}},
    {SYS_arch_prctl, ALLOW, {{0}}},
    {SYS_set_tid_address, ALLOW, {{0}}},
    {SYS_set_robust_list, ALLOW, {{0}}},
    {SYS_rseq, ALLOW, {{0}}},
};

/* --- From rules to a program --- */

enum { PROGRAM_LENGTH = 320, RULE_LENGTH = 2 + 4 * CONDITIONS };

struct program {
    struct sock_filter code[PROGRAM_LENGTH];
    unsigned short count;
    unsigned refusal, own_pid;
};

static void add(struct program *p, unsigned short code, unsigned char yes, unsigned char no,
                unsigned operand) {
    p->code[p->count++] = (struct sock_filter){code, yes, no, operand};
}

static void add_load(struct program *p, unsigned offset) {
    add(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

static void add_return(struct program *p, int64_t action) {
    add(p, BPF_RET | BPF_K, 0, 0, action == REFUSE ? p->refusal : (unsigned)action);
}

static unsigned value_of(const struct program *p, int value) {
    uint64_t path = (uintptr_t)filter_empty_path;
    return value == OWN_PID       ? p->own_pid
           : value == PATH_LOW    ? (unsigned)path
           : value == PATH_HIGH   ? (unsigned)(path >> 32)
           : value == NOT_SIGKILL ? SIGKILL
                                  : (unsigned)value;
}

static void add_rule(struct program *p, const struct rule *rule) {
    unsigned short test = p->count;
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, (unsigned)rule->call);
    for (int i = 0; i < CONDITIONS && rule->only[i].mask != 0; i++) {
        const struct condition *c = &rule->only[i];
        add_load(p, c->offset);
        add(p, BPF_ALU | BPF_AND | BPF_K, 0, 0, c->mask);
        bool differs = c->value == NOT_SIGKILL;
        add(p, BPF_JMP | BPF_JEQ | BPF_K, !differs, differs, value_of(p, c->value));
        add_return(p, c->otherwise);
    }
    add_return(p, rule->action);
    p->code[test].jf = (unsigned char)(p->count - test - 1);
}

static void add_rules(struct program *p, const struct rule *rules, size_t count) {
    for (size_t i = 0; i < count && p->count + RULE_LENGTH < PROGRAM_LENGTH; i++)
        add_rule(p, &rules[i]);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct program begin(unsigned refusal) {
    struct program p = {.count = 0, .refusal = refusal, .own_pid = (unsigned)syscall(SYS_getpid)};
    add_load(&p, offsetof(struct seccomp_data, arch));
    add(&p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AUDIT_ARCH_X86_64);
    add_return(&p, SECCOMP_RET_KILL_PROCESS);
    add_load(&p, offsetof(struct seccomp_data, nr));
    add(&p, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32_CALLS);
    add_return(&p, SECCOMP_RET_KILL_PROCESS);
    return p;
}

static int install(const struct program *p, unsigned flags) {
    struct sock_fprog filter = {p->count, (struct sock_filter *)p->code};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
}

bool filter_guard(void) {
    struct program p = begin((unsigned)ANSWER(EPERM));
    add_rules(&p, guarded_rules, COUNT(guarded_rules));
    add_rules(&p, common_rules, COUNT(common_rules));
    add_return(&p, REFUSE);
    return install(&p, 0) == 0;
}

static void add_kind(struct program *p, enum box_kind kind) {
    if (kind == BOX_TOOL) {
        add_rules(p, tool_rules, COUNT(tool_rules));
        add_return(p, ALLOW);
        return;
    }
    add_rules(p, common_rules, COUNT(common_rules));
    if (kind == BOX_WORKER)
        add_rules(p, worker_rules, COUNT(worker_rules));
    else
        add_rules(p, reader_rules, COUNT(reader_rules));
    add_return(p, REFUSE);
}

int filter_install(enum box_kind kind, bool notify) {
    struct program p = begin(notify ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_KILL_PROCESS);
    add_kind(&p, kind);
    return install(&p, notify ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0);
}
