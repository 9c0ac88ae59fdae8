/* Running what we do not trust: one process in a box.
 *
 * Theory of operation.  The caller (gradus, or a judge) is the only process with rights.  It starts
 * a child with clone(CLONE_VM | CLONE_VFORK), so a large caller costs nothing.  The child, still
 * our code, gives up everything in this order and then runs the untrusted program: descriptors (0
 * null, 1 and 2 a memory file, 3 … what `pass` names, the rest closed on exec), rlimits, chroot
 * into an empty directory and a user id nobody else has (root only), PDEATHSIG, no_new_privs, an
 * empty Landlock ruleset (or the few paths of a tool), a seccomp allow-list with user notification
 * (workers; tools get a list of what no tool needs), and last of all the exec. So every layer is in
 * force before the first instruction of student code, constructors included. A refused system call
 * reaches the caller through the listener, with its number; the caller ends the process.  Nothing
 * here needs a namespace or a cgroup.
 *
 * When the box dies the caller learns it from the pidfd; when the caller dies the box is killed by
 * PDEATHSIG.  A failure to set the box up is our fault and has its own fate, never a student's. */
#ifndef GRADUS_BOX_H
#define GRADUS_BOX_H

#include "base/limits.h"
#include "base/text.h"

#include <stdbool.h>
#include <sys/types.h>

enum box_kind {
    BOX_WORKER, /* an executable memfd; no files at all; allow-listed calls only */
    BOX_TOOL,   /* compiler and linker: reads `readable`, writes `writable` */
    BOX_READER  /* our own function in a forked child, which may only read descriptor 3 and write
                   descriptor 4: parses hostile formats.  It is a copy of the caller, so start it
                   before reading secrets */
};

enum { BOX_PASSED = 4, BOX_PATHS = 16 };

struct box {
    enum box_kind kind;
    int executable;          /* BOX_WORKER: sealed memfd */
    const char *program;     /* BOX_TOOL: absolute; or NULL, then the first argument is it */
    const char *const *argv; /* BOX_TOOL: its name and its arguments */
    int (*entry)(void *);    /* BOX_READER: returns the exit code */
    void *context;
    const char *directory; /* BOX_TOOL: where it starts, writable and also its TMPDIR, or NULL; as
                              root it is given to the box's own uid, so two tools that run at once
                              need two directories, and files inside must be readable by others */
    const char *readable[BOX_PATHS], *writable[BOX_PATHS]; /* NULL-terminated */
    int pass[BOX_PASSED]; /* become descriptors 3, 4, …; -1 ends the list */
    int pass_count;
    int passed_mib; /* address space for mapping those, beyond limits.memory_mib */
    struct limits limits;
    long file_kib; /* largest file that it may write (BOX_TOOL) */
    bool guarded;  /* BOX_TOOL that runs a submission's code: also sees its own folder of /proc, and
                      starts no process, opens no socket and signals nobody (calls fail: EPERM);
                      every folder that it would make is there already, it is told (EEXIST) */
    int cpu;       /* pin to this processor, or -1 */
};

struct boxed {
    pid_t pid;
    int process;  /* pidfd */
    int listener; /* seccomp notifications, or -1 */
    int output;   /* memory file with what it printed to 1 and 2, capped by limits.output_kib */
    unsigned uid; /* of its own, or 0 */
    struct limits limits;
    double started; /* monotonic seconds */
    /* Kept by box_ended. */
    enum box_kind kind;
    double looked, watched;   /* the last look; seconds looked at */
    double waited;            /* seconds of those that it neither computed nor wanted to */
    double busy, unexplained; /* as of the last look that could tell; seconds since that one */
};

enum fate_kind {
    FATE_EXITED,    /* `code` */
    FATE_SIGNALLED, /* `code` */
    FATE_FORBIDDEN, /* `code`: number of the refused system call, or one of those below */
    FATE_TIMED_OUT, /* was computing at the CPU limit */
    FATE_BLOCKED,   /* was not, at the wall limit */
    FATE_OUTPUT,    /* printed too much */
    FATE_MEMORY,    /* could not even be started within its memory */
    FATE_IMAGE, /* BOX_WORKER: the kernel does not start the executable, and `code` is its errno;
                   whether that is the image's fault or ours shows when another one starts */
    FATE_SETUP  /* our fault: `code` is errno, `step` what failed; also when the run is over */
};

enum {
    BOX_FOREIGN_CALL = -1, /* one of another architecture, whose numbers mean other calls */
    BOX_NAMELESS_CALL = -2 /* any, where the kernel does not notify: it ends the process, no more */
};

struct fate {
    enum fate_kind kind;
    int code;
    const char *step;
    double cpu_ms, wall_ms;
    double waited_ms; /* as far as it was looked at: what counts against wall_seconds */
    long peak_kib;
};

bool box_start(const struct box *box, struct boxed *boxed, struct fate *why_not);

/* Time limits blame nobody for a loaded machine.  CPU time is the process's own, so "timed out"
 * means that it computed that long.  "Blocked" counts what is left of the time when computing and
 * standing in line for a processor are taken off, as the kernel accounts for both; a process found
 * waiting for the disk is not charged for it, nor anyone for a machine that stood still between two
 * looks.  (A tool's wall clock simply runs, because its work is done by children: leave it room,
 * and don't blame the student for it.)
 *
 * The one rule for whoever waits for boxes: a box is given up after box_patience seconds of being
 * looked at, as our fault (FATE_SETUP, "processor time").  Until then a process that gets a tenth
 * of a processor reaches one of its own limits first.  Whoever watches the watcher waits for the
 * sum of what its boxes may take, so that the inner clock, which knows whom to blame, always wins.
 */
double box_patience(const struct limits *limits);

/* The caller was busy with other things since its last look: that was not the box's waiting. */
void box_resume(struct boxed *boxed);

/* Looks once, without waiting: true when the process has ended or had to be ended (limits, refused
 * call); then it is reaped, everything below its uid is swept away, and `fate` is set. */
bool box_ended(struct boxed *boxed, struct fate *fate);
/* Waits for the end, enforcing the limits. */
void box_wait(struct boxed *boxed, struct fate *fate);
/* Ends it now; releases all but the output descriptor, which the caller closes. */
void box_kill(struct boxed *boxed, struct fate *fate);

/* The layers that hold on this machine, found out by trying them; computed once and cheap. */
struct box_level {
    bool root; /* who we are; the rest is what a box gets */
    bool uid, chroot, seccomp, notify;
    int landlock;        /* ABI, or 0 */
    bool tools_confined; /* tools reach only the paths that they are given (Landlock) */
    bool enough;         /* the floor: root: uid + chroot + seccomp; else seccomp + Landlock */
    char words[96];      /* "uid chroot landlock7 seccomp-notify" */
    char missing[96];    /* below the floor: "chroot, seccomp" */
};
const struct box_level *box_level(void);
/* Whether no tool that is given `readable` can read what lies below `path`: either tools are
 * confined and it lies elsewhere, or they have a user id of their own and some folder on the way
 * (or the file itself) is closed to others. */
bool box_hides(const char *path, const char *const *readable);
/* "openat" for 257; "system call 999" for what has no name here. */
const char *box_call_name(int number);

#endif
