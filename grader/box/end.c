/* How a box ends: looking after its limits, learning what became of it, and leaving nothing behind.
 * All that is known comes from the kernel and from our own clock, never from the process. */
#include "box.h"

#include "base/deadline.h"
#include "layers.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 10, LOOK_EVERY_MS = 10 };

/* Seconds.  A look that comes later than this after the last one says that the watcher stood still,
 * or the whole machine did (a paused container): the rest of that time is nobody's. */
static const double LONGEST_BETWEEN_LOOKS = 1;

/* --- What the kernel knows --- */

static double seconds_of(clockid_t clock) {
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double cpu_seconds(pid_t pid) {
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) == 0 ? seconds_of(clock) : 0;
}

enum { LINE = 512 };

/* "" when there is no such file; false when it could not be read for want of something. */
static bool read_line(pid_t pid, const char *name, char line[LINE]) {
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    line[0] = '\0';
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT || errno == EACCES || errno == EPERM;
    ssize_t length = read(file, line, LINE - 1);
    bool done = length >= 0 || errno == ESRCH;
    close(file);
    line[length > 0 ? length : 0] = '\0';
    return done;
}

/* What it stood in line for a processor, as far as that is over, and what it does now. */
struct state {
    char letter; /* as in proc(5); 'S' (sleeping) where the kernel does not tell */
    bool counted;
    double queued; /* seconds, where they are counted */
};

/* False when it cannot be known just now. */
static bool look_at(pid_t pid, struct state *s) {
    char line[LINE], *behind;
    if (!read_line(pid, "schedstat", line))
        return false;
    s->counted = strtod(line, &behind) > 0;
    s->queued = 1e-9 * strtod(behind, NULL);
    if (!read_line(pid, "stat", line))
        return false;
    const char *name_end = strrchr(line, ')');
    s->letter = name_end != NULL && name_end[1] == ' ' ? name_end[2] : 'S';
    return true;
}

static long peak_kib(pid_t pid) {
    char path[32], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    long peak = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = strtol(line + 6, NULL, 10);
    if (file != NULL)
        fclose(file);
    return peak;
}

/* And cut to its cap: only a worker's writes are stopped exactly there. */
static bool output_full(const struct boxed *b) {
    struct stat status;
    off_t cap = (off_t)b->limits.output_kib * KIB;
    if (fstat(b->output, &status) != 0 || status.st_size < cap)
        return false;
    return status.st_size == cap || ftruncate(b->output, cap) == 0;
}

/* --- The end --- */

/* By itself, or by a signal that was not ours.  What is boxed cannot send itself SIGKILL, so that
 * is the kernel's, at the hard limit of processor time or for want of memory on the machine, or an
 * administrator's. */
static void explain(const struct boxed *b, int status, double cpu, struct fate *fate) {
    bool exited = WIFEXITED(status);
    int code = exited ? WEXITSTATUS(status) : WTERMSIG(status);
    bool computed_out = cpu >= b->limits.cpu_seconds && !(exited && code == 0);
    fate->kind = exited ? FATE_EXITED : FATE_SIGNALLED;
    fate->code = code;
    /* The only files that a worker can write to are what it prints and what it answers with. */
    bool far = b->kind == BOX_WORKER && !exited && code == SIGXFSZ;
    if (far || output_full(b)) {
        fate->kind = FATE_OUTPUT;
        fate->code = 0;
    } else if (!exited && code == SIGSYS) {
        fate->kind = FATE_FORBIDDEN;
        fate->code = b->listener >= 0 ? BOX_FOREIGN_CALL : BOX_NAMELESS_CALL;
    } else if (computed_out && (b->kind == BOX_TOOL || code == SIGXCPU || code == SIGKILL))
        fate->kind = FATE_TIMED_OUT;
    else if (!exited && code == SIGKILL)
        *fate = (struct fate){
            .kind = FATE_SETUP, .step = "killed", .code = EINTR, .peak_kib = fate->peak_kib};
}

/* Reaps the process and sweeps up what it left: only a tool can have left anything, and only for a
 * user id of its own do we find what moved to another session.  `why` is what we ended it for, or
 * NULL. */
static void settle(struct boxed *b, const struct fate *why, struct fate *fate) {
    struct rusage used = {.ru_maxrss = 0}, own = {.ru_maxrss = 0};
    int status = 0;
    *fate = (struct fate){.peak_kib = peak_kib(b->pid)};
    if (why != NULL)
        kill(b->pid, SIGKILL);
    if (b->kind == BOX_TOOL)
        kill(-b->pid, SIGKILL); /* its session; the number is taken until we reap the leader */
    while (wait4(b->pid, &status, 0, &used) < 0 && errno == EINTR)
        continue;
    if (b->kind == BOX_TOOL) {
        while (waitpid(-b->pid, NULL, 0) > 0)
            continue;
        if (b->uid != 0)
            identity_sweep(b->uid);
    }
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    if (why != NULL) {
        fate->kind = why->kind;
        fate->code = why->code;
        fate->step = why->step;
    } else {
        explain(b, status, cpu, fate);
    }
    fate->cpu_ms = 1e3 * cpu;
    fate->waited_ms = 1e3 * b->waited;
    fate->wall_ms = 1e3 * (seconds_of(CLOCK_MONOTONIC) - b->started);
    /* The kernel counts the memory that was shared before the exec, which is the caller's. */
    getrusage(RUSAGE_SELF, &own);
    if (fate->peak_kib == 0 && used.ru_maxrss > own.ru_maxrss)
        fate->peak_kib = used.ru_maxrss;
    if (b->process >= 0)
        close(b->process);
    if (b->listener >= 0)
        close(b->listener);
    b->pid = 0;
    b->process = b->listener = -1;
}

/* --- Looking --- */

/* The number of the refused call that the process now waits in. */
static bool refused_call(const struct boxed *b, int *number) {
    struct seccomp_notif notice;
    memset(&notice, 0, sizeof notice);
    if (ioctl(b->listener, SECCOMP_IOCTL_NOTIF_RECV, &notice) != 0)
        return false;
    *number = notice.data.nr;
    return true;
}

double box_patience(const struct limits *limits) {
    return PATIENCE * (limits->cpu_seconds + limits->wall_seconds);
}

/* Charges the time since the last look that could tell, less what the process was busy in it.  One
 * that stands in line, and has since that look, cannot be told yet: the kernel adds that time up at
 * its end.  Only the sum is kept from being negative, so what an early charge took is given back.
 */
static void charge(struct boxed *b, double passed, double computed) {
    struct state now;
    b->unexplained += passed;
    if (!look_at(b->pid, &now))
        return;
    double busy = computed + now.queued;
    if (now.letter == 'R' && now.counted && busy == b->busy)
        return;
    bool excused = now.letter == 'D' || (now.letter == 'R' && !now.counted);
    if (!excused)
        b->waited = fmax(0, b->waited + b->unexplained - (busy - b->busy));
    b->unexplained = 0;
    b->busy = busy;
}

/* Which limit it has reached, if any. */
static bool limit_reached(struct boxed *b, struct fate *why) {
    double now = seconds_of(CLOCK_MONOTONIC), passed = fmin(now - b->looked, LONGEST_BETWEEN_LOOKS);
    double computed = cpu_seconds(b->pid);
    b->looked = now;
    b->watched += passed;
    const struct limits *limits = &b->limits;
    if (computed >= limits->cpu_seconds) {
        why->kind = FATE_TIMED_OUT;
        return true;
    }
    if (b->kind == BOX_TOOL)
        b->waited += passed;
    else
        charge(b, passed, computed);
    if (b->waited >= limits->wall_seconds) {
        why->kind = FATE_BLOCKED;
        return true;
    }
    if (b->watched >= box_patience(limits)) {
        *why = (struct fate){.kind = FATE_SETUP, .step = "processor time", .code = ETIMEDOUT};
        return true;
    }
    if (deadline_passed()) {
        *why = (struct fate){.kind = FATE_SETUP, .step = RUN_IS_OVER, .code = ECANCELED};
        return true;
    }
    return false;
}

void box_resume(struct boxed *boxed) {
    boxed->looked = seconds_of(CLOCK_MONOTONIC);
}

bool box_ended(struct boxed *boxed, struct fate *fate) {
    struct fate why = {.kind = FATE_FORBIDDEN};
    struct pollfd ready[] = {{.fd = boxed->process, .events = POLLIN},
                             {.fd = boxed->listener, .events = POLLIN}};
    poll(ready, 2, 0);
    if (ready[1].revents & POLLIN && refused_call(boxed, &why.code)) {
        settle(boxed, &why, fate);
        return true;
    }
    if (ready[0].revents & POLLIN) {
        settle(boxed, NULL, fate);
        return true;
    }
    bool full = output_full(boxed);
    if (full)
        why.kind = FATE_OUTPUT;
    if (!full && !limit_reached(boxed, &why))
        return false;
    settle(boxed, &why, fate);
    return true;
}

void box_wait(struct boxed *boxed, struct fate *fate) {
    while (!box_ended(boxed, fate)) {
        struct pollfd ready[] = {{.fd = boxed->process, .events = POLLIN},
                                 {.fd = boxed->listener, .events = POLLIN}};
        poll(ready, 2, LOOK_EVERY_MS);
    }
}

void box_kill(struct boxed *boxed, struct fate *fate) {
    const struct fate why = {.kind = FATE_SIGNALLED, .code = SIGKILL};
    settle(boxed, &why, fate);
}
