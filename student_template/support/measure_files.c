/* Writing files so that none is ever half there (measure_files.h). */
#include "measure_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

static bool join(char path[PATH_ROOM], const char *folder, const char *name, const char *ending) {
    int length = snprintf(path, PATH_ROOM, "%s/%s%s", folder, name, ending);
    return length > 0 && length < PATH_ROOM;
}

static bool write_all(int file, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

static bool write_beside(const char *path, const char *bytes, size_t count) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0)
        return false;
    bool done = write_all(file, bytes, count) && fsync(file) == 0;
    int cause = errno;
    done = close(file) == 0 && done;
    if (!done) {
        unlink(path);
        errno = cause;
    }
    return done;
}

bool measure_write(const char *folder, const char *name, const char *bytes, size_t count,
                   struct trouble *t) {
    char path[PATH_ROOM], beside[PATH_ROOM];
    errno = ENAMETOOLONG;
    bool done = join(path, folder, name, "") && join(beside, folder, name, ".new") &&
                write_beside(beside, bytes, count) && rename(beside, path) == 0;
    return done || trouble_tell(t, TROUBLE_DISK, "%.120s/%.40s cannot be written: %s", folder, name,
                                strerror(errno));
}

bool measure_write_printed(const char *folder, const char *name, measure_print *write,
                           const void *what, struct trouble *t) {
    char *bytes = NULL;
    size_t count = 0;
    FILE *out = open_memstream(&bytes, &count);
    bool printed = out != NULL;
    if (out) {
        write(what, out);
        printed = fclose(out) == 0;
    }
    bool done = printed ? measure_write(folder, name, bytes, count, t)
                        : trouble_tell(t, TROUBLE_DISK, "there is no memory for %s", name);
    free(bytes);
    return done;
}

/* False with errno of the first folder that could not be made: what follows only is not there. */
static bool make_folders(const char *folder) {
    char path[PATH_ROOM];
    int cause = 0;
    if (snprintf(path, sizeof path, "%s", folder) >= PATH_ROOM)
        return false;
    for (char *slash = path; (slash = strchr(slash + 1, '/')) != NULL; *slash = '/') {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST && cause == 0)
            cause = errno;
    }
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    errno = cause ? cause : errno;
    return false;
}

int measure_enter(const char *folder, struct trouble *t) {
    char pieces[PATH_ROOM], lock[PATH_ROOM];
    errno = ENAMETOOLONG;
    if (join(pieces, folder, "pieces", "") && join(lock, folder, "pieces/lock", "") &&
        make_folders(pieces)) {
        int file = open(lock, O_RDWR | O_CREAT, 0666);
        if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0)
            return file;
        if (file >= 0)
            close(file);
    }
    if (errno == EWOULDBLOCK)
        trouble_tell(t, TROUBLE_DISK,
                     "OUT=%.200s: another run measures into this folder; wait for it, or give OUT "
                     "another name",
                     folder);
    else
        trouble_tell(t, TROUBLE_DISK, "OUT=%.200s: cannot write there: %s", folder,
                     strerror(errno));
    return -1;
}
