/* Running compilers and linkers (tool.h).  Their limits are generous for honest work and keep what
 * is not from holding up a class. */
#include "build/tool.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* --- The command line --- */

/* Where a distribution keeps its tools, and an administrator newer ones. */
static const char *const places[] = {"/usr/bin", "/bin", "/usr/local/bin"};

/* NULL when it is nowhere. */
static char *look_for(const char *program) {
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char *path = format_string("%s/%s", places[i], program);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

static char *find_program(const char *program) {
    char *path = look_for(program);
    if (!path)
        refuse("there is no %s on this machine", program);
    return path;
}

bool tool_exists(const char *program) {
    char *path = look_for(program);
    free(path);
    return path != NULL;
}

void tool_require(const char *program) {
    free(find_program(program));
}

void tool_init(struct tool *t, const char *program, const char *directory) {
    *t = (struct tool){
        .directory = copy_string(directory ? directory : ""),
        /* Their own limit comes before what would look like the machine's fault: of the first two
         * the first, even with a tenth of a processor; and two of them fit into 768 MiB. */
        .limits = {.cpu_seconds = 5,
                   .wall_seconds = 90,
                   .memory_mib = 352,
                   .stack_mib = 16,
                   .output_kib = 256},
        .passed = -1};
    if (!directory)
        tool_fail(t, "making a folder");
    t->program = find_program(program);
    tool_add(t, t->program);
    text_init(&t->output, MIB);
}

void tool_fail(struct tool *t, const char *step) {
    t->fate = (struct fate){.kind = FATE_SETUP, .step = step, .code = errno};
}

bool tool_failed(const struct tool *t, struct text *log) {
    if (t->fate.kind != FATE_SETUP)
        return false;
    text_add(log, "%s came to no result: %s: %s.\n", t->program, t->fate.step,
             strerror(t->fate.code));
    return true;
}

void tool_rename(struct tool *t, const char *name) {
    char *whole = realpath(t->program, NULL);
    const char *place = whole ? whole : t->program;
    free(t->argv[0]);
    t->argv[0] = format_string("%.*s/%s", (int)(strrchr(place, '/') - place), place, name);
    free(whole);
}

void tool_add(struct tool *t, const char *argument) {
    if (t->argument_count == TOOL_ARGUMENTS)
        fault("more than %d arguments for %s", TOOL_ARGUMENTS, t->program);
    t->argv[t->argument_count++] = copy_string(argument);
}

void tool_add_words(struct tool *t, const char *words) {
    while (*(words += strspn(words, " \t"))) {
        size_t length = strcspn(words, " \t");
        char *word = format_string("%.*s", (int)length, words);
        tool_add(t, word);
        free(word);
        words += length;
    }
}

void tool_free(struct tool *t) {
    for (int i = 0; i < t->argument_count; i++)
        free(t->argv[i]);
    free(t->program);
    free(t->directory);
    text_free(&t->output);
}

/* --- Running --- */

enum { AT_A_TIME = 2, LOOK_EVERY_MS = 10, FILE_KIB = 16 * KIB };
/* Of a guarded tool: one file, also one that it removed and holds; and all that can be found. */
enum { GUARDED_FILE_KIB = 4 * KIB, GUARDED_MIB = 64 };

/* How many entries a folder has, besides itself and the one above; fewer where it cannot be read.
 */
static int count_entries(const char *directory) {
    DIR *stream = opendir(directory);
    int count = -2;
    while (stream && readdir(stream))
        count++;
    if (stream)
        closedir(stream);
    return count;
}

/* What a toolchain reads.  Not all of /usr: somebody may have put a grader below it. */
const char *const tool_readable[BOX_PATHS] = {
    "/usr/bin",     "/usr/lib",       "/usr/lib32",     "/usr/lib64",         "/usr/libexec",
    "/usr/include", "/usr/local/bin", "/usr/local/lib", "/usr/local/libexec", "/usr/local/include",
    "/bin",         "/lib",           "/lib64",         "/etc/ld.so.cache",   NULL};

static bool start(struct tool *t, struct boxed *boxed) {
    struct box box = {
        .kind = BOX_TOOL,
        .program = t->program,
        .argv = (const char *const *)t->argv,
        .directory = t->directory,
        .pass = {t->passed},
        .pass_count = t->passed >= 0,
        .limits = t->limits,
        .file_kib = t->guarded ? GUARDED_FILE_KIB : FILE_KIB,
        .guarded = t->guarded,
        .cpu = -1,
    };
    memcpy(box.readable, tool_readable, sizeof box.readable);
    return box_start(&box, boxed, &t->fate);
}

/* For the largest file that a tool may write, twice. */
static bool has_room(const char *directory) {
    struct statvfs place;
    return statvfs(directory, &place) != 0 ||
           (place.f_bavail >= 2UL * FILE_KIB * KIB / place.f_frsize &&
            (place.f_files == 0 || place.f_favail > 0));
}

/* What kept it from a result that was not its input's doing.  A compiler never waits for anything,
 * so one that was not done at the wall limit had no processor. */
static void finish(struct tool *t, const struct boxed *boxed) {
    const struct fate *f = &t->fate;
    errno = 0;
    if (!file_read_descriptor(boxed->output, &t->output)) {
        tool_fail(t, "reading what it printed");
    } else if (f->kind == FATE_BLOCKED) {
        errno = ETIMEDOUT;
        tool_fail(t, "processor time");
    } else if (f->kind != FATE_SETUP && (f->kind != FATE_EXITED || f->code != 0) &&
               !has_room(t->directory)) {
        errno = ENOSPC;
        tool_fail(t, "writing");
    } else if (count_entries(t->directory) < t->entries) {
        errno = ENOENT;
        tool_fail(t, "its folder");
    }
    close(boxed->output);
}

static int at_a_time(const struct tool *tools, int count) {
    int mib = 1;
    for (int i = 0; i < count; i++)
        mib = tools[i].limits.memory_mib > mib ? tools[i].limits.memory_mib : mib;
    int most = machine_places(machine_ours(), mib);
    return most < AT_A_TIME ? most : AT_A_TIME;
}

/* Passes over those that cannot be run; NULL when none is left.  `used`: by those before. */
static struct tool *start_next(struct tool *tools, int count, int *next, double seconds,
                               double used, struct boxed *boxed) {
    while (*next < count) {
        struct tool *t = &tools[(*next)++];
        if (t->fate.kind == FATE_SETUP)
            continue;
        if (used >= seconds)
            t->fate = (struct fate){.kind = FATE_TIMED_OUT};
        else if (start(t, boxed))
            return t;
    }
    return NULL;
}

static off_t written;

static int add_size(const char *path, const struct stat *about, int type, struct FTW *where) {
    (void)path, (void)type, (void)where;
    written += about->st_size + (off_t)4 * KIB; /* an empty file takes room as well */
    return written > (off_t)GUARDED_MIB * MIB;
}

/* The limit on one file does not limit their number. */
static bool writes_too_much(const struct tool *t) {
    written = 0;
    return t->guarded && nftw(t->directory, add_size, 4, FTW_PHYS) > 0;
}

/* True when it is over; then the tool has its fate. */
static bool look_after(struct tool *t, struct boxed *boxed) {
    if (writes_too_much(t)) {
        box_kill(boxed, &t->fate);
        t->fate.kind = FATE_OUTPUT;
    } else if (!box_ended(boxed, &t->fate)) {
        return false;
    }
    finish(t, boxed);
    return true;
}

double tools_seconds(int count) {
    enum { FIRST = 10, EACH = 1 };
    return FIRST + EACH * count;
}

void tools_run(struct tool *tools, int count, double seconds) {
    struct {
        struct tool *tool; /* NULL while the slot is free */
        struct boxed boxed;
    } slot[AT_A_TIME] = {0};
    int slots = at_a_time(tools, count), next = 0, running = 0;
    double used = 0;
    while (next < count || running > 0) {
        struct pollfd ends[AT_A_TIME];
        for (int s = 0; s < AT_A_TIME; s++) {
            if (!slot[s].tool && s < slots) {
                slot[s].tool = start_next(tools, count, &next, seconds, used, &slot[s].boxed);
                running += slot[s].tool != NULL;
            }
            int process = slot[s].tool ? slot[s].boxed.process : -1;
            ends[s] = (struct pollfd){.fd = process, .events = POLLIN};
        }
        poll(ends, AT_A_TIME, LOOK_EVERY_MS);
        for (int s = 0; s < AT_A_TIME; s++) {
            if (!slot[s].tool || !look_after(slot[s].tool, &slot[s].boxed))
                continue;
            used += slot[s].tool->fate.cpu_ms / 1e3;
            slot[s].tool = NULL;
            running--;
        }
    }
}

/* --- Folders --- */

char *folder_make(const char *parent, const char *name) {
    char *path = format_string("%s/%s", parent, name);
    if (mkdir(path, 0755) == 0)
        return path;
    free(path);
    return NULL;
}

const struct dirent *folder_next(DIR *stream, const char *path) {
    errno = 0;
    const struct dirent *next = readdir(stream);
    if (!next && errno != 0)
        fault("cannot read %s: %s", path, strerror(errno));
    return next;
}

bool folder_has(const char *folder, const char *name, off_t *size) {
    char *path = format_string("%s/%s", folder, name);
    struct stat status = {0};
    if (lstat(path, &status) != 0 && errno != ENOENT)
        fault("cannot look at %s: %s", path, strerror(errno));
    free(path);
    *size = status.st_size;
    return S_ISREG(status.st_mode);
}

static enum copied open_source(const char *from, const char *name, int *file, off_t *size) {
    char *path = format_string("%s/%s", from, name);
    *file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    free(path);
    if (*file < 0)
        return errno == ENOENT || errno == ELOOP || errno == ENXIO ? COPY_NONE : COPY_FAILED;
    struct stat status;
    enum copied copied = COPY_DONE;
    if (fstat(*file, &status) != 0)
        copied = COPY_FAILED;
    else if (!S_ISREG(status.st_mode) || status.st_size > FOLDER_FILE)
        copied = COPY_NONE;
    *size = status.st_size;
    if (copied != COPY_DONE)
        close(*file);
    return copied;
}

static bool copy_bytes(int target, int source, off_t left) {
    while (left > 0) {
        ssize_t done = sendfile(target, source, NULL, (size_t)left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done == 0)
            errno = EIO; /* it became shorter */
        if (done <= 0)
            return false;
        left -= done;
    }
    /* The box may run under another user id, whatever our own mask is; and compilers tell sources
     * how old they are. */
    static const struct timespec beginning[2];
    return fchmod(target, 0644) == 0 && futimens(target, beginning) == 0;
}

enum copied folder_copy(const char *from, const char *name, const char *to, const char *new_name) {
    int source;
    off_t size;
    enum copied copied = open_source(from, name, &source, &size);
    if (copied != COPY_DONE)
        return copied;
    char *path = format_string("%s/%s", to, new_name);
    int target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (target < 0)
        copied = errno == EEXIST ? COPY_TAKEN : COPY_FAILED;
    else if (!copy_bytes(target, source, size))
        copied = COPY_FAILED;
    int error = errno;
    if (target >= 0)
        close(target);
    close(source);
    free(path);
    errno = error;
    return copied;
}
