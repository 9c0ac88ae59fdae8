/* Which layers hold on this machine.  Asking for a version or reading a configuration proves
 * nothing in a container, so a child tries each layer and says what really happened. */
#include "base/file.h"
#include "layers.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- An empty directory --- */

/* It is removed while we hold it, so nothing can ever be put in it, and nothing is left behind. */
static int make_empty_directory(void) {
    char path[256];
    int length = snprintf(path, sizeof path, "%s/gradus-empty-XXXXXX", directory_temporary());
    if (length >= (int)sizeof path || mkdtemp(path) == NULL)
        return -1;
    chmod(path, 0555); /* the box's own id is not its owner's */
    int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    rmdir(path);
    return directory;
}

int level_empty_directory(void) {
    static int directory = -1;
    if (directory < 0)
        directory = make_empty_directory();
    return directory;
}

/* --- Trying --- */

/* The exit code of the child that tries: a bit each, and above them the Landlock version. */
enum { HOLDS_CHROOT = 1, HOLDS_IDENTITY = 2, HOLDS_SECCOMP = 4, LANDLOCK_SHIFT = 3 };
enum { LANDLOCK_NETWORK = 4, LANDLOCK_SCOPE = 6, LANDLOCK_MOST = 31 };

/* Where there are no sockets, none can be bound. */
static bool no_port_can_be_bound(void) {
    struct sockaddr_in any = {.sin_family = AF_INET};
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return s < 0 || (bind(s, (struct sockaddr *)&any, sizeof any) < 0 && errno == EACCES);
}

/* The version up to which it holds, or 0. */
static int landlock_holds(void) {
    struct box nothing = {.kind = BOX_READER};
    int version = landlock_version();
    int ruleset = version > 0 ? landlock_ruleset(&nothing, version) : -1;
    if (ruleset < 0 || !landlock_enforce(ruleset) || open("/", O_RDONLY | O_DIRECTORY) >= 0 ||
        errno != EACCES)
        return 0;
    if (version >= LANDLOCK_NETWORK && !no_port_can_be_bound())
        version = LANDLOCK_NETWORK - 1;
    if (version >= LANDLOCK_SCOPE && (kill(getppid(), 0) == 0 || errno != EPERM))
        version = LANDLOCK_SCOPE - 1;
    return version < LANDLOCK_MOST ? version : LANDLOCK_MOST;
}

/* The filter answers this with ENOTTY, the kernel with EBADF. */
static bool seccomp_holds(bool notify) {
    return filter_install(BOX_READER, notify) >= 0 && ioctl(-1, TIOCGWINSZ, NULL) < 0 &&
           errno == ENOTTY;
}

/* In the child: returns its exit code. */
static int try_layers(unsigned uid, int empty, bool notify) {
    int held = 0;
    if (empty >= 0 && fchdir(empty) == 0 && chroot(".") == 0 && access("/etc", F_OK) != 0)
        held |= HOLDS_CHROOT;
    if (uid != 0 && identity_assume(uid) && setuid(0) != 0)
        held |= HOLDS_IDENTITY;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return held;
    held |= landlock_holds() << LANDLOCK_SHIFT;
    if (seccomp_holds(notify))
        held |= HOLDS_SECCOMP;
    return held;
}

/* -1 when it could not be tried. */
static int probe(bool notify) {
    unsigned uid = geteuid() == 0 ? identity_next() : 0;
    int empty = geteuid() == 0 ? level_empty_directory() : -1;
    pid_t child = fork();
    if (child == 0)
        _exit(try_layers(uid, empty, notify));
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

/* --- The answer --- */

static struct box_level level;
static pid_t owner; /* whom it is known for */

bool level_is_known(void) {
    return owner == getpid();
}

static void put_words(void) {
    const char *filter = level.notify ? " seccomp-notify" : level.seccomp ? " seccomp" : "";
    char landlock[24] = "";
    if (level.landlock > 0)
        snprintf(landlock, sizeof landlock, " landlock%d", level.landlock);
    snprintf(level.words, sizeof level.words, "%s%s%s%s",
             level.uid    ? "uid"
             : level.root ? "root"
                          : "user",
             level.chroot ? " chroot" : "", landlock, filter);
}

/* What the floor takes, and is not there. */
static void put_missing(void) {
    const struct {
        bool wanted;
        const char *name;
    } floor[] = {{level.root && !level.uid, "a user id of its own for each process"},
                 {level.root && !level.chroot, "chroot"},
                 {!level.root && level.landlock == 0, "Landlock"},
                 {!level.seccomp, "seccomp"}};
    for (size_t i = 0; i < sizeof floor / sizeof floor[0]; i++) {
        size_t length = strlen(level.missing);
        if (floor[i].wanted)
            snprintf(level.missing + length, sizeof level.missing - length, "%s%s",
                     length > 0 ? ", " : "", floor[i].name);
    }
}

const struct box_level *box_level(void) {
    if (level_is_known())
        return &level;
    level = (struct box_level){.root = geteuid() == 0};
    int held = probe(true);
    level.notify = held >= 0 && held & HOLDS_SECCOMP;
    if (held >= 0 && !level.notify)
        held = probe(false);
    if (held < 0) {
        snprintf(level.words, sizeof level.words, "unknown");
        snprintf(level.missing, sizeof level.missing, "a process to try it in");
        return &level;
    }
    owner = getpid();
    level.uid = held & HOLDS_IDENTITY;
    level.chroot = held & HOLDS_CHROOT;
    level.seccomp = held & HOLDS_SECCOMP;
    level.landlock = held >> LANDLOCK_SHIFT;
    level.tools_confined = level.landlock > 0;
    put_words();
    put_missing();
    level.enough = level.missing[0] == '\0';
    return &level;
}

/* --- What tools could read --- */

static bool lies_below(const char *whole, const char *const *folders) {
    bool below = false;
    for (int i = 0; folders[i] != NULL && !below; i++) {
        char *folder = realpath(folders[i], NULL);
        size_t length = folder ? strlen(folder) : 0;
        below = folder && strncmp(whole, folder, length) == 0 && strchr("/", whole[length]);
        free(folder);
    }
    return below;
}

/* The box's user id is neither owner nor in a group of anything, so one folder on the way that is
 * closed to others hides all that is below. */
static bool is_closed(char *whole) {
    bool closed = false;
    while (whole[0] != '\0' && !closed) {
        struct stat status;
        if (stat(whole, &status) != 0)
            break;
        closed = !(status.st_mode & (S_ISDIR(status.st_mode) ? S_IXOTH : S_IROTH));
        *strrchr(whole, '/') = '\0';
    }
    return closed;
}

bool box_hides(const char *path, const char *const *readable) {
    const struct box_level *known = box_level();
    if (!level_is_known()) /* then no box starts at all */
        return true;
    char *whole = realpath(path, NULL);
    bool hidden = known->tools_confined && (!whole || !lies_below(whole, readable));
    if (!hidden && whole && known->uid)
        hidden = is_closed(whole);
    free(whole);
    return hidden;
}
