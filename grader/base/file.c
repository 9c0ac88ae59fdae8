/* Whole files and directories (file.h).  Knows the file system; nothing of what the files mean. */
#include "base/file.h"

#include "base/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- Reading and writing --- */

bool file_read_descriptor(int descriptor, struct text *out) {
    char bytes[16 * KIB];
    off_t offset = 0;
    for (;;) {
        ssize_t count = pread(descriptor, bytes, sizeof bytes, offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count == 0;
        offset += count;
        if (!text_add_bytes(out, bytes, (size_t)count))
            return true; /* out->cut says so */
    }
}

bool file_read(const char *path, struct text *out) {
    /* O_NONBLOCK: opening a fifo must not wait for a writer. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return false;
    struct stat status;
    bool done = fstat(descriptor, &status) == 0;
    if (done && !S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        done = false;
    }
    done = done && file_read_descriptor(descriptor, out);
    int reason = errno;
    close(descriptor);
    errno = reason;
    return done;
}

bool file_write_descriptor(int descriptor, const void *from, unsigned long count) {
    const char *bytes = from;
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

/* Into the open file `beside`, which then takes the place of `path`, or is removed. */
static bool fill_and_rename(int descriptor, const char *beside, const char *path, const char *bytes,
                            unsigned long count) {
    if (descriptor < 0)
        return false;
    /* A full disk may show only at fsync or close: the old file stays until all is safe. */
    bool done = file_write_descriptor(descriptor, bytes, count) && fchmod(descriptor, 0644) == 0 &&
                fsync(descriptor) == 0;
    done = close(descriptor) == 0 && done;
    done = done && rename(beside, path) == 0;
    if (!done) {
        int reason = errno;
        unlink(beside);
        errno = reason;
    }
    return done;
}

bool file_write(const char *path, const char *bytes, unsigned long count) {
    char *beside = format_string("%s.XXXXXX", path);
    bool done = fill_and_rename(mkostemp(beside, O_CLOEXEC), beside, path, bytes, count);
    free(beside);
    return done;
}

bool file_write_through(const char *beside, const char *path, const char *bytes,
                        unsigned long count) {
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    return fill_and_rename(open(beside, flags, 0600), beside, path, bytes, count);
}

/* --- Directories --- */

bool directory_make(const char *path) {
    char *part = copy_string(path);
    bool done = true;
    for (char *slash = part + 1; done && *slash; slash++) {
        if (*slash != '/')
            continue;
        *slash = '\0';
        done = mkdir(part, 0755) == 0 || errno == EEXIST;
        *slash = '/';
    }
    done = done && (mkdir(part, 0755) == 0 || errno == EEXIST);
    free(part);
    struct stat status;
    if (done && stat(path, &status) == 0 && !S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        done = false;
    }
    return done;
}

enum { DIRECTORY_DEPTH = 64 };

/* NOLINTNEXTLINE(misc-no-recursion): the depth is bounded */
static bool remove_entries(int directory, int depth) {
    DIR *entries = fdopendir(directory);
    if (!entries || depth > DIRECTORY_DEPTH) {
        if (entries)
            closedir(entries);
        else
            close(directory);
        return false;
    }
    bool done = true;
    struct dirent *entry;
    while ((entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(entries), entry->d_name, 0) == 0)
            continue;
        int below =
            openat(dirfd(entries), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        done = below >= 0 && remove_entries(below, depth + 1) && done;
        done = unlinkat(dirfd(entries), entry->d_name, AT_REMOVEDIR) == 0 && done;
    }
    closedir(entries);
    return done;
}

bool directory_remove(const char *path) {
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return false;
    bool emptied = remove_entries(directory, 0);
    return rmdir(path) == 0 && emptied;
}

const char *directory_temporary(void) {
    const char *named = getenv("TMPDIR");
    return named && *named ? named : "/tmp";
}

char *directory_private(void) {
    char *path = format_string("%s/gradus-XXXXXX", directory_temporary());
    if (!mkdtemp(path))
        fault("cannot make a private directory %s: %s", path, strerror(errno));
    return path;
}

/* --- Digest --- */

unsigned long digest(unsigned long seed, const void *bytes, unsigned long count) {
    uint64_t hash = seed ? seed : 0xcbf29ce484222325u;
    for (unsigned long i = 0; i < count; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return hash;
}
