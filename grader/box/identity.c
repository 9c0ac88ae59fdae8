/* User ids that nobody else has, one a box, so that boxes can neither signal, trace nor count each
 * other's processes, and so that everything a box left behind can be found and ended.
 *
 * Unique enough: an id is made from our process id, which no other living process of this machine
 * or container has, and a counter within a block of IDENTITIES.  What could still hold such an id
 * is a leftover of a dead process with our number, or the child of a living one whose number is a
 * million away; those are looked up once and passed over.  Where a user namespace maps only 16 bits
 * of ids, the blocks of processes whose numbers are less than 312 apart are still distinct, and so
 * are the judges that one gradus starts. */
#include "base/deadline.h"
#include "layers.h"

#include <ctype.h>
#include <dirent.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    IDENTITIES = 128,
    /* Above what directory services hand out, to 2000200000, and below what is negative to some. */
    WIDE_FIRST = 0x77400000,
    WIDE_SPAN = 1 << 27, /* 20 bits of process ids, 7 of counter */
    NARROW_FIRST = 20000,
    NARROW_SPAN = 40000,
    SWEEP_SECONDS = 10 /* the killed need the processor once more, of a busy machine */
};

/* --- Who runs under an id --- */

/* Calls `see` with every process whose user id lies in [first, first + count).  False without a
 * readable /proc. */
static bool each_process(unsigned first, unsigned count,
                         void (*see)(pid_t pid, unsigned uid, void *context), void *context) {
    DIR *processes = opendir("/proc");
    if (processes == NULL)
        return false;
    for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        struct stat status;
        if (isdigit((unsigned char)entry->d_name[0]) &&
            fstatat(dirfd(processes), entry->d_name, &status, 0) == 0 && status.st_uid >= first &&
            status.st_uid - first < count)
            see((pid_t)strtol(entry->d_name, NULL, 10), status.st_uid, context);
    }
    closedir(processes);
    return true;
}

/* --- Choosing --- */

struct block {
    unsigned first;
    bool taken[IDENTITIES];
};

static void mark_taken(pid_t pid, unsigned uid, void *context) {
    (void)pid;
    struct block *block = context;
    block->taken[uid - block->first] = true;
}

static unsigned first_identity(void) {
    unsigned long inside = 0, outside = 0, count = 0;
    FILE *map = fopen("/proc/self/uid_map", "re");
    bool narrow = map != NULL && fscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
                  inside + count < (unsigned long)WIDE_FIRST + WIDE_SPAN;
    if (map != NULL)
        fclose(map);
    unsigned long offset = (unsigned long)getpid() * IDENTITIES;
    return narrow ? NARROW_FIRST + (unsigned)(offset % NARROW_SPAN)
                  : WIDE_FIRST + (unsigned)(offset % WIDE_SPAN);
}

unsigned identity_next(void) {
    static struct block block;
    static pid_t owner;
    static unsigned counter;
    if (owner != getpid()) {
        owner = getpid();
        block = (struct block){.first = first_identity()};
        each_process(block.first, IDENTITIES, mark_taken, &block);
    }
    for (int tries = 0; tries < IDENTITIES; tries++) {
        unsigned i = counter++ % IDENTITIES;
        if (!block.taken[i])
            return block.first + i;
    }
    return 0;
}

bool identity_assume(unsigned uid) {
    /* Directly: the library's versions signal every thread of the process whose memory we share. */
    return syscall(SYS_setgroups, 0, NULL) == 0 && syscall(SYS_setresgid, uid, uid, uid) == 0 &&
           syscall(SYS_setresuid, uid, uid, uid) == 0;
}

/* --- Sweeping --- */

static void reap(pid_t pid, unsigned uid, void *context) {
    (void)uid;
    if (waitpid(pid, NULL, WNOHANG) != pid)
        ++*(int *)context;
}

/* kill(-1) reaches all processes of the caller's id at once, so that none can fork out of it. */
static void kill_all(unsigned uid) {
    pid_t helper = fork();
    if (helper == 0) {
        if (identity_assume(uid))
            kill(-1, SIGKILL);
        _exit(0);
    }
    if (helper > 0)
        waitpid(helper, NULL, 0);
}

void identity_sweep(unsigned uid) {
    const double end = moment_now() + SWEEP_SECONDS;
    for (bool again = false; moment_now() < end; again = true) {
        int left = 0;
        bool seen = each_process(uid, 1, reap, &left);
        if (seen && left == 0)
            return;
        kill_all(uid);
        if (!seen)
            return;
        if (again)
            usleep(500); /* the killed need a moment to become zombies of ours */
    }
}
