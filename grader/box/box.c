/* Starting a box: what the parent prepares, and the child that gives up its rights layer by layer
 * and then becomes the program.  Knows nothing of compilers, workers or what a box is for. */
#include "box.h"

#include "base/deadline.h"
#include "layers.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Everything that the child needs, made by the parent. */
struct launch {
    const struct box *box;
    const struct box_level *level;
    unsigned uid;
    pid_t parent;
    int null, output, directory, empty, ruleset, report;
};

/* What the child says before it becomes the program: `step` is NULL, and the listener comes along,
 * or one of our own constants, at the same address in both processes. */
struct report {
    const char *step;
    int error;
};

/* --- The child: descriptors and limits --- */

enum { PARKED = 64 }; /* above every slot */

static bool put_signals(const struct launch *l) {
    (void)l;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &standard, NULL); /* two of them refuse, and need not */
    sigset_t none;
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL) == 0 && setsid() >= 0;
}

static bool put_descriptors(const struct launch *l) {
    int wanted[SLOT_COUNT] = {l->null, l->output, l->output};
    for (int i = SLOT_PASSED; i < SLOT_COUNT; i++)
        wanted[i] = -1;
    for (int i = 0; i < l->box->pass_count; i++)
        wanted[SLOT_PASSED + i] = l->box->pass[i];
    if (l->box->kind == BOX_WORKER)
        wanted[SLOT_EXECUTABLE] = l->box->executable;
    wanted[SLOT_REPORT] = l->report;
    wanted[SLOT_RULESET] = l->ruleset;
    wanted[SLOT_EMPTY] = l->box->kind == BOX_TOOL ? l->directory : l->empty;
    /* First out of the way, then into place: a source may be another's slot. */
    for (int i = 0; i < SLOT_COUNT; i++)
        if (wanted[i] >= 0 && (wanted[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, PARKED)) < 0)
            return false;
    for (int i = 0; i < SLOT_COUNT; i++) {
        int flags = i < SLOT_EXECUTABLE ? 0 : O_CLOEXEC;
        if (wanted[i] >= 0 ? dup3(wanted[i], i, flags) < 0 : close(i) < 0 && errno != EBADF)
            return false;
    }
    return syscall(SYS_close_range, SLOT_COUNT, ~0U, 0) == 0;
}

static bool put_processor(const struct launch *l) {
    if (l->box->cpu < 0)
        return true;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)l->box->cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

/* So that pointers, and what lies where nobody initialised anything, are the same in every run.
 * Some containers do not allow it; nothing depends on it. */
static bool put_addresses(const struct launch *l) {
    if (l->box->kind == BOX_WORKER || l->box->guarded)
        personality(ADDR_NO_RANDOMIZE);
    return true;
}

static bool limit(int resource, rlim_t soft, rlim_t hard) {
    struct rlimit old, wanted = {soft, hard};
    if (getrlimit(resource, &old) != 0)
        return false;
    /* Somebody may have limited us already, lower than we would. */
    if (wanted.rlim_max > old.rlim_max)
        wanted.rlim_max = old.rlim_max;
    if (wanted.rlim_cur > wanted.rlim_max)
        wanted.rlim_cur = wanted.rlim_max;
    return setrlimit(resource, &wanted) == 0;
}

enum { TOOL_FILES = 64, OTHER_FILES = SLOT_COUNT + 8, TOOL_PROCESSES = 64, CPU_GRACE = 1 };

static bool put_limits(const struct launch *l) {
    const struct limits *limits = &l->box->limits;
    bool tool = l->box->kind == BOX_TOOL;
    rlim_t memory = (rlim_t)(limits->memory_mib + l->box->passed_mib) * MIB,
           stack = (rlim_t)limits->stack_mib * MIB;
    long file_kib = l->box->kind == BOX_WORKER ? limits->output_kib : l->box->file_kib;
    rlim_t seconds = (rlim_t)ceil(limits->cpu_seconds) + CPU_GRACE;
    /* The room between stack and mappings follows from the stack's limit, and counts as memory. */
    return limit(RLIMIT_CPU, seconds, seconds + 1) && limit(RLIMIT_AS, memory, memory) &&
           limit(RLIMIT_STACK, stack, stack) &&
           limit(RLIMIT_FSIZE, (rlim_t)file_kib * KIB, (rlim_t)file_kib * KIB) &&
           limit(RLIMIT_CORE, 0, 0) &&
           limit(RLIMIT_NOFILE, tool ? TOOL_FILES : OTHER_FILES, tool ? TOOL_FILES : OTHER_FILES) &&
           /* Counted over a user id: only meaningful for one that is all ours. */
           (!tool || l->uid == 0 || limit(RLIMIT_NPROC, TOOL_PROCESSES, TOOL_PROCESSES));
}

/* --- The child: rights --- */

static bool put_place(const struct launch *l) {
    umask(022);
    if (l->box->kind == BOX_TOOL)
        return l->directory < 0 || fchdir(SLOT_EMPTY) == 0;
    return !l->level->chroot || (fchdir(SLOT_EMPTY) == 0 && chroot(".") == 0);
}

static bool put_identity(const struct launch *l) {
    return l->uid == 0 || identity_assume(l->uid);
}

/* After the change of identity, which would clear the signal. */
static bool put_death_signal(const struct launch *l) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == l->parent;
}

static bool put_no_new_rights(const struct launch *l) {
    (void)l;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static bool put_landlock(const struct launch *l) {
    if (l->box->guarded && !landlock_add_self(SLOT_RULESET))
        return false;
    return l->ruleset < 0 || landlock_enforce(SLOT_RULESET);
}

static void send_report(const char *step, int error, int listener) {
    struct report report = {step, error};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.room = {0}};
    struct iovec bytes = {&report, sizeof report};
    struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};
    if (listener > 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &listener, sizeof listener);
    }
    while (sendmsg(SLOT_REPORT, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
        continue;
}

static bool put_filter(const struct launch *l) {
    if (!l->level->seccomp)
        return true;
    if (l->box->guarded)
        return filter_guard();
    bool notify = l->level->notify && l->box->kind != BOX_TOOL;
    int listener = filter_install(l->box->kind, notify);
    if (listener > 0) {
        send_report(NULL, 0, listener);
        close(listener); /* it answers for the refused, so only the caller may hold it */
    }
    return listener >= 0;
}

/* Becomes the program: returns only when it cannot. */
static bool become(const struct launch *l) {
    static char *const bare[] = {"worker", NULL}, *const none[] = {NULL};
    /* The place where it starts is its own; the folders above may be closed to it.  What it makes
     * must not depend on the day. */
    static char *const tool[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TMPDIR=.",
                                 "SOURCE_DATE_EPOCH=0", NULL};
    switch (l->box->kind) {
    case BOX_TOOL:
        execve(l->box->program ? l->box->program : l->box->argv[0], (char *const *)l->box->argv,
               tool);
        return false;
    case BOX_WORKER:
        syscall(SYS_execveat, SLOT_EXECUTABLE, filter_empty_path, bare, none, AT_EMPTY_PATH);
        return false;
    case BOX_READER:
        for (int i = SLOT_EXECUTABLE; i < OTHER_FILES; i++)
            close(i);
        _exit(l->box->entry(l->box->context));
    }
    return false;
}

#define STEP_EXEC "exec"

/* In the order that sandboxing needs; each names what failed. */
static const struct {
    const char *step;
    bool (*put)(const struct launch *);
} layers[] = {
    {"signals", put_signals},
    {"descriptors", put_descriptors},
    {"processor", put_processor},
    {"addresses", put_addresses},
    {"limits", put_limits},
    {"place", put_place},
    {"identity", put_identity},
    {"death signal", put_death_signal},
    {"no new rights", put_no_new_rights},
    {"landlock", put_landlock},
    {"filter", put_filter},
    {STEP_EXEC, become},
};

static int child(void *context) {
    const struct launch *l = context;
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
        if (!layers[i].put(l)) {
            send_report(layers[i].step, errno, 0);
            break;
        }
    _exit(EXIT_FAILURE);
}

/* --- The parent --- */

static bool give_up(struct fate *why_not, enum fate_kind kind, const char *step, int error) {
    *why_not = (struct fate){.kind = kind, .code = error, .step = step};
    return false;
}

/* The kernel ends a process whose image does not fit its memory by a bare SIGSEGV, which would look
 * like the student's crash; so the image is measured first.  Its header is hostile: every number is
 * only compared. */
static bool image_fits(const struct box *box) {
    enum { ENTRIES = 32, REST_MIB = 2 };
    Elf64_Ehdr header;
    Elf64_Phdr entry[ENTRIES];
    if (pread(box->executable, &header, sizeof header, 0) != sizeof header ||
        header.e_phnum > ENTRIES)
        return true;
    ssize_t size = (ssize_t)(header.e_phnum * sizeof entry[0]);
    if (pread(box->executable, entry, (size_t)size, (off_t)header.e_phoff) != size)
        return true;
    uint64_t room = (uint64_t)box->limits.memory_mib * MIB, used = (uint64_t)REST_MIB * MIB;
    for (int i = 0; i < header.e_phnum; i++) {
        if (entry[i].p_type != PT_LOAD)
            continue;
        if (entry[i].p_memsz > room)
            return false;
        used += entry[i].p_memsz;
    }
    return used <= room;
}

static bool prepare(struct launch *l, struct fate *why_not) {
    const struct box *box = l->box;
    l->null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (l->null < 0)
        return give_up(why_not, FATE_SETUP, "/dev/null", errno);
    l->output = memfd_create("output", MFD_CLOEXEC);
    if (l->output < 0)
        return give_up(why_not, FATE_SETUP, "output", errno);
    if (l->level->chroot && (l->empty = level_empty_directory()) < 0)
        return give_up(why_not, FATE_SETUP, "empty directory", errno);
    if (l->level->uid && (l->uid = identity_next()) == 0)
        return give_up(why_not, FATE_SETUP, "user id", EAGAIN);
    if (box->kind == BOX_TOOL && box->directory != NULL) {
        l->directory = open(box->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (l->directory < 0 ||
            (l->uid != 0 && fchownat(l->directory, "", l->uid, l->uid, AT_EMPTY_PATH) != 0))
            return give_up(why_not, FATE_SETUP, box->directory, errno);
    }
    if (l->level->landlock > 0 && (l->ruleset = landlock_ruleset(box, l->level->landlock)) < 0)
        return give_up(why_not, FATE_SETUP, "landlock rules", errno);
    return true;
}

/* With the parent's memory and while the parent waits, so that a large parent costs nothing; a
 * reader runs on beside its parent, so it gets a copy. */
static pid_t split(struct launch *l) {
    enum { STACK = 64 * KIB };
    _Alignas(16) char stack[STACK];
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &old); /* no handler of ours may run in shared memory */
    pid_t pid;
    if (l->box->kind == BOX_READER) {
        pid = fork();
        if (pid == 0)
            child(l);
    } else {
        pid = clone(child, stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, l);
    }
    int error = errno;
    sigprocmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return pid;
}

/* Until the child has become the program, which closes its end. */
static struct report receive_reports(int socket, int *listener) {
    struct report last = {NULL, 0};
    for (;;) {
        struct report report;
        union {
            struct cmsghdr header;
            char room[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec bytes = {&report, sizeof report};
        struct msghdr message = {.msg_iov = &bytes,
                                 .msg_iovlen = 1,
                                 .msg_control = control.room,
                                 .msg_controllen = sizeof control.room};
        ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR)
            continue;
        if (got != sizeof report)
            return last;
        last = report;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        if (header != NULL && header->cmsg_type == SCM_RIGHTS)
            memcpy(listener, CMSG_DATA(header), sizeof *listener);
    }
}

static bool launch(struct launch *l, struct boxed *boxed, struct fate *why_not) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return give_up(why_not, FATE_SETUP, "socketpair", errno);
    l->report = ends[1];
    boxed->pid = split(l);
    int error = errno;
    close(ends[1]);
    if (boxed->pid < 0) {
        close(ends[0]);
        return give_up(why_not, FATE_SETUP, "clone", error);
    }
    struct report report = receive_reports(ends[0], &boxed->listener);
    close(ends[0]);
    boxed->process = (int)syscall(SYS_pidfd_open, boxed->pid, 0);
    if (report.step == NULL && boxed->process < 0)
        report = (struct report){"pidfd_open", errno};
    if (report.step != NULL) {
        box_kill(boxed, why_not);
        bool image = l->box->kind == BOX_WORKER && strcmp(report.step, STEP_EXEC) == 0;
        return give_up(why_not, image ? FATE_IMAGE : FATE_SETUP, report.step, report.error);
    }
    return true;
}

static void close_all(const int *descriptor, int count) {
    for (int i = 0; i < count; i++)
        if (descriptor[i] >= 0)
            close(descriptor[i]);
}

bool box_start(const struct box *box, struct boxed *boxed, struct fate *why_not) {
    struct launch l = {.box = box,
                       .level = box_level(),
                       .parent = getpid(),
                       .null = -1,
                       .output = -1,
                       .directory = -1,
                       .empty = -1,
                       .ruleset = -1};
    *boxed = (struct boxed){
        .process = -1, .listener = -1, .output = -1, .kind = box->kind, .limits = box->limits};
    if (deadline_passed())
        return give_up(why_not, FATE_SETUP, RUN_IS_OVER, ECANCELED);
    if (!level_is_known())
        return give_up(why_not, FATE_SETUP, "trying the layers", EAGAIN);
    if (box->kind == BOX_WORKER && !image_fits(box))
        return give_up(why_not, FATE_MEMORY, "image", 0);
    if (box->guarded && !(l.level->tools_confined && l.level->seccomp))
        return give_up(why_not, FATE_SETUP, "Landlock and seccomp", ENOSYS);
    /* What a tool's children leave behind becomes ours, so that it can be ended and reaped. */
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    bool started = prepare(&l, why_not);
    if (started) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        boxed->started = boxed->looked = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
        boxed->uid = l.uid;
        boxed->output = l.output;
        started = launch(&l, boxed, why_not);
    }
    close_all((int[]){l.null, l.directory, l.ruleset, started ? -1 : l.output}, 4);
    if (!started)
        boxed->output = -1;
    return started;
}
