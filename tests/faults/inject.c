/* Lets one library call of gradus or of one judge fail: the n-th of its class, with the error that
 * is asked for.  Preloaded into gradus, it passes itself on to the judges that gradus starts; what
 * runs in a box with a program of its own (compiler, linker, worker) never sees it.
 *
 *   INJECT="PROCESS CLASS NUMBER ERROR"  "judge-1 write 17 28"; error 0 is "short": half of what
 * was asked is done; number 0 only counts INJECT_SEEN=FILE                     two numbers, shared
 * by all processes: calls of the class so far, and how many failed
 *
 * Knows classes of calls; nothing of what they are for. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- Which call fails --- */

static struct {
    char class[16];
    int number, error;
    bool here; /* in this program */
} order;

struct seen {
    atomic_int calls, failed;
};
static struct seen *seen;
static char passed_on[3][4096]; /* to the judges' environment */

__attribute__((constructor)) static void begin(void) {
    static const char *const names[] = {"LD_PRELOAD", "INJECT", "INJECT_SEEN"};
    char process[16] = "";
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (!value)
            return;
        snprintf(passed_on[i], sizeof passed_on[i], "%s=%s", names[i], value);
    }
    if (sscanf(getenv("INJECT"), "%15s %15s %d %d", process, order.class, &order.number,
               &order.error) != 4)
        abort();
    int file = open(getenv("INJECT_SEEN"), O_RDWR | O_CLOEXEC);
    void *at = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED)
        abort();
    close(file);
    seen = at;
    order.here = strcmp(process, program_invocation_short_name) == 0;
}

static bool fails(const char *class) {
    if (!order.here || strcmp(class, order.class) != 0)
        return false;
    if (atomic_fetch_add(&seen->calls, 1) + 1 != order.number)
        return false;
    atomic_fetch_add(&seen->failed, 1);
    errno = order.error;
    return true;
}

/* How much of `count` is to be done: less once, and -1 for an error. */
static ssize_t allowed(const char *class, size_t count) {
    if (!fails(class))
        return (ssize_t)count;
    return order.error == 0 ? (ssize_t)((count + 1) / 2) : -1;
}

/* --- The calls --- */

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

/* A function that does nothing but fail with `failure`, or what it always does. */
#define MAY_FAIL(class, type, name, failure, parameters, arguments)                                \
    type name parameters {                                                                         \
        return fails(class) ? (failure) : REAL(name) arguments;                                    \
    }

/* dlsym may allocate. */
void *__libc_malloc(size_t count);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t count);
void *malloc(size_t count) {
    return fails("malloc") ? NULL : __libc_malloc(count);
}
void *calloc(size_t count, size_t size) {
    return fails("malloc") ? NULL : __libc_calloc(count, size);
}
void *realloc(void *at, size_t count) {
    return fails("malloc") ? NULL : __libc_realloc(at, count);
}

/* clang-format off */
MAY_FAIL("map", void *, mmap, MAP_FAILED, (void *a, size_t n, int p, int f, int d, off_t o),
         (a, n, p, f, d, o))
MAY_FAIL("map", int, memfd_create, -1, (const char *name, unsigned flags), (name, flags))
MAY_FAIL("map", int, ftruncate, -1, (int d, off_t length), (d, length))

MAY_FAIL("fork", pid_t, fork, -1, (void), ())
MAY_FAIL("fork", int, socketpair, -1, (int domain, int type, int protocol, int ends[2]),
         (domain, type, protocol, ends))

MAY_FAIL("open", FILE *, fopen, NULL, (const char *path, const char *mode), (path, mode))
MAY_FAIL("open", DIR *, opendir, NULL, (const char *path), (path))
MAY_FAIL("open", DIR *, fdopendir, NULL, (int d), (d))
MAY_FAIL("open", int, mkostemp, -1, (char *path, int flags), (path, flags))
MAY_FAIL("open", char *, mkdtemp, NULL, (char *path), (path))
MAY_FAIL("open", int, dup3, -1, (int from, int to, int flags), (from, to, flags))

MAY_FAIL("list", struct dirent *, readdir, NULL, (DIR *d), (d))
MAY_FAIL("read", char *, fgets, NULL, (char *line, int room, FILE *f), (line, room, f))
MAY_FAIL("stat", int, fstat, -1, (int d, struct stat *s), (d, s))
MAY_FAIL("stat", int, stat, -1, (const char *path, struct stat *s), (path, s))
MAY_FAIL("stat", int, lstat, -1, (const char *path, struct stat *s), (path, s))
MAY_FAIL("stat", int, fstatat, -1, (int d, const char *path, struct stat *s, int flags),
         (d, path, s, flags))
MAY_FAIL("stat", int, access, -1, (const char *path, int mode), (path, mode))

MAY_FAIL("keep", int, fsync, -1, (int d), (d))
MAY_FAIL("keep", int, rename, -1, (const char *from, const char *to), (from, to))
MAY_FAIL("keep", int, renameat, -1, (int d, const char *from, int e, const char *to),
         (d, from, e, to))
MAY_FAIL("keep", int, mkdir, -1, (const char *path, mode_t mode), (path, mode))
MAY_FAIL("keep", int, unlink, -1, (const char *path), (path))
MAY_FAIL("keep", int, unlinkat, -1, (int d, const char *path, int flags), (d, path, flags))
MAY_FAIL("keep", int, fchmod, -1, (int d, mode_t mode), (d, mode))
MAY_FAIL("keep", int, fchownat, -1, (int d, const char *path, uid_t u, gid_t g, int flags),
         (d, path, u, g, flags))

MAY_FAIL("wait", pid_t, waitpid, -1, (pid_t p, int *status, int flags), (p, status, flags))
MAY_FAIL("wait", pid_t, wait4, -1, (pid_t p, int *status, int flags, struct rusage *u),
         (p, status, flags, u))
MAY_FAIL("wait", int, poll, -1, (struct pollfd *watched, nfds_t count, int ms),
         (watched, count, ms))
MAY_FAIL("wait", ssize_t, sendmsg, -1, (int d, const struct msghdr *m, int flags), (d, m, flags))
MAY_FAIL("wait", ssize_t, recvmsg, -1, (int d, struct msghdr *m, int flags), (d, m, flags))
/* clang-format on */

ssize_t read(int d, void *at, size_t count) {
    ssize_t most = allowed("read", count);
    return most < 0 ? -1 : REAL(read)(d, at, (size_t)most);
}

ssize_t pread(int d, void *at, size_t count, off_t offset) {
    ssize_t most = allowed("read", count);
    return most < 0 ? -1 : REAL(pread)(d, at, (size_t)most, offset);
}

ssize_t write(int d, const void *at, size_t count) {
    ssize_t most = allowed("write", count);
    return most < 0 ? -1 : REAL(write)(d, at, (size_t)most);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t count) {
    ssize_t most = allowed("write", count);
    return most < 0 ? -1 : REAL(sendfile)(to, from, offset, (size_t)most);
}

/* What a full disk does to a stream shows when it is closed. */
int fclose(FILE *f) {
    bool bad = fails("write");
    int error = errno, closed = REAL(fclose)(f);
    errno = error;
    return bad ? EOF : closed;
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return fails("open") ? -1 : REAL(open)(path, flags, mode);
}

int openat(int d, const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return fails("open") ? -1 : REAL(openat)(d, path, flags, mode);
}

int fcntl(int d, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return fails("open") ? -1 : REAL(fcntl)(d, command, argument);
}

long syscall(long number, ...) {
    va_list rest;
    va_start(rest, number);
    long a[6];
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(rest, long);
    va_end(rest);
    return fails("syscall") ? -1 : REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int clone(int (*function)(void *), void *stack, int flags, void *context, ...) {
    return fails("fork") ? -1 : REAL(clone)(function, stack, flags, context);
}

int posix_spawn(pid_t *pid, const char *program, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const *arguments,
                char *const *environment) {
    if (fails("fork"))
        return order.error;
    char *longer[16] = {passed_on[0], passed_on[1], passed_on[2]};
    for (int i = 0; i < 12 && environment[i]; i++)
        longer[3 + i] = environment[i];
    return REAL(posix_spawn)(pid, program, actions, attributes, arguments, longer);
}
