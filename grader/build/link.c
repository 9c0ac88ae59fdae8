/* From objects to a sealed executable (stage.h).  The linker runs in a box and never through the
 * compiler's driver, so that no object is a program for a plugin.  Every library function that
 * students may call is linked into runtime.o beforehand; that is why this is quick. */
#include "build/stage.h"

#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXECUTABLE "worker"

/* --- The command --- */

/* Weak functions stand in for what a submission lacks.  They come before the runtime, whose
 * functions are weak as well: of two weak ones the first counts. */
static const char *const before[] = {"missing.o", "dispatch.o", "runtime.o"};
static const char *const after[] = {"archives.ld", "crtend.o", "crtn.o"};

static void add_part(struct tool *t, const char *tools, const char *name) {
    enum copied copied = folder_copy(tools, name, t->directory, name);
    if (copied == COPY_NONE)
        fault("%s/%s is missing: run make", tools, name);
    if (copied == COPY_FAILED)
        tool_fail(t, "copying the worker's parts");
    t->entries++;
    tool_add(t, name);
}

static void prepare(const char *tools, const char *scratch, const struct linkage *l,
                    struct tool *t) {
    char *folder = folder_make(scratch, l->name);
    tool_init(t, "ld.bfd", folder);
    if (!folder)
        return;
    tool_add_words(t, "-static -s -z noexecstack --build-id=none -o " EXECUTABLE);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        add_part(t, tools, before[i]);
    for (int u = 0; u < l->unit_count; u++) {
        char *object = format_string("%d.o", u);
        if (folder_copy(l->units[u]->folder, UNIT_OBJECT, folder, object) != COPY_DONE)
            tool_fail(t, "copying the objects");
        t->entries++;
        tool_add(t, object);
        free(object);
    }
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++)
        add_part(t, tools, after[i]);
    free(folder);
}

/* --- The result --- */

/* A kernel may demand to be told that a memory file will be executed; older ones refuse the flag.
 */
static int memory_file(void) {
#ifdef MFD_EXEC
    unsigned executable = MFD_EXEC;
#else
    unsigned executable = 0x10;
#endif
    int file = memfd_create(EXECUTABLE, MFD_CLOEXEC | MFD_ALLOW_SEALING | executable);
    if (file < 0 && errno == EINVAL)
        file = memfd_create(EXECUTABLE, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return file;
}

/* Not readable even by itself: such a process can be neither traced nor looked into. */
static bool seal(int file, int made, off_t left) {
    while (left > 0) {
        ssize_t done = sendfile(file, made, NULL, (size_t)left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done == 0)
            errno = EIO; /* it became shorter */
        if (done <= 0)
            return false;
        left -= done;
    }
    return fchmod(file, 0111) == 0 &&
           fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

/* -1 when the linker made none that can be taken; then the tool fails if that is our fault. */
static int take_executable(struct tool *t) {
    char *path = format_string("%s/" EXECUTABLE, t->directory);
    int made = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    free(path);
    struct stat status;
    bool known = made >= 0 && fstat(made, &status) == 0;
    if (!known && errno != ELOOP) /* the linker said that it made one */
        tool_fail(t, "taking what it made");
    if (!known || !S_ISREG(status.st_mode) || status.st_size > FOLDER_FILE) {
        if (made >= 0)
            close(made);
        return -1;
    }
    int file = memory_file();
    if (file < 0 || !seal(file, made, status.st_size)) {
        tool_fail(t, "a memory file for the worker");
        if (file >= 0)
            close(file);
        file = -1;
    }
    close(made);
    return file;
}

/* Whether it says that what it links is too large: for the machine, or for the instructions that
 * would have to reach over it. */
static bool says_too_large(const char *said) {
    static const char *const words[] = {"relocation truncated to fit", "memory exhausted",
                                        "File too large", "file too big", "Cannot allocate memory"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(said, words[i]))
            return true;
    return false;
}

static void conclude(struct linkage *l, struct tool *t) {
    bool ended = t->fate.kind == FATE_EXITED;
    text_init(&l->log, LOG_BYTES);
    l->executable = ended && t->fate.code == 0 ? take_executable(t) : -1;
    if (l->executable >= 0)
        return;
    l->failed = tool_failed(t, &l->log);
    l->exceeded = !l->failed && (!ended || says_too_large(t->output.at));
    if (!l->failed && !l->exceeded)
        complaint_add(l, t->output.at, &l->log);
}

void link_all(const char *tools, const char *scratch, struct linkage *links, int count) {
    struct tool *runs = allocate((unsigned long)count, sizeof *runs);
    for (int l = 0; l < count; l++)
        prepare(tools, scratch, &links[l], &runs[l]);
    tools_run(runs, count, tools_seconds(count));
    for (int l = 0; l < count; l++) {
        conclude(&links[l], &runs[l]);
        tool_free(&runs[l]);
    }
    free(runs);
}
