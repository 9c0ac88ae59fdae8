/* The entries of a directory.  Follows no link, opens nothing but regular files, enters no folder
 * deeper than the rules could look into.  Knows no rule but whether a name's bytes are wanted. */
#include "intake/entry.h"

#include "base/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- One file --- */

/* Reads one byte more than the limit allows, so that a file that grows meanwhile is seen to. */
static bool read_bytes(int file, size_t limit, struct text *bytes, size_t *size) {
    char block[64 * KIB];
    size_t total = 0;
    while (total <= limit) {
        size_t wanted = limit + 1 - total;
        ssize_t got = read(file, block, wanted < sizeof block ? wanted : sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        if (!text_add_bytes(bytes, block, (size_t)got))
            return false;
        total += (size_t)got;
    }
    *size = total;
    return true;
}

static void keep_bytes(int file, size_t limit, struct listing *l, struct entry *e) {
    struct stat status;
    if (fstat(file, &status) != 0) {
        listing_fault(l, "looking at a file", errno);
        return;
    }
    if (!S_ISREG(status.st_mode)) {
        e->kind = ENTRY_OTHER;
        return;
    }
    e->size = (size_t)status.st_size;
    if (limit == 0 || e->size > limit)
        return;
    e->offset = l->bytes.length;
    e->kept = read_bytes(file, limit, &l->bytes, &e->size);
    if (l->bytes.cut)
        listing_problem(l, "The files of the submission are too large together.");
    else if (!e->kept)
        listing_fault(l, "reading a file", errno);
}

void directory_list_file(const struct homework *h, int file, const char *name, struct listing *l) {
    text_init(&l->bytes, INTAKE_BYTES);
    struct entry *e = listing_add(l, name, ENTRY_PLAIN);
    if (e)
        keep_bytes(file, rule_of(h, name).limit, l, e);
}

/* --- The tree --- */

/* What is listed may have become something else before it is opened; any other error is a fault of
 * ours, also that it is gone. */
static bool is_other(int error) {
    return error == ENOTDIR || error == ELOOP || error == ENXIO;
}

static void add_plain(const struct homework *h, int directory, const char *name, const char *path,
                      const struct stat *status, struct listing *l) {
    struct entry *e = listing_add(l, path, ENTRY_PLAIN);
    if (!e)
        return;
    e->size = (size_t)status->st_size;
    size_t limit = rule_of(h, name).limit;
    if (limit == 0 || e->size > limit)
        return;
    int file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0 && !is_other(errno)) {
        listing_fault(l, "opening a file", errno);
        return;
    }
    if (file < 0) {
        e->kind = ENTRY_OTHER;
        return;
    }
    keep_bytes(file, limit, l, e);
    close(file);
}

/* NULL at the end, and where it cannot be read further. */
static const struct dirent *next_entry(DIR *stream, struct listing *l) {
    errno = 0;
    const struct dirent *found = readdir(stream);
    if (!found && errno != 0)
        listing_fault(l, "reading a folder", errno);
    return found;
}

/* `directory` is closed; `prefix` is "" or ends in '/'. */
static void list_folder(const struct homework *h, int directory, const char *prefix, int depth,
                        struct listing *l) {
    DIR *stream = fdopendir(directory);
    if (!stream) {
        listing_fault(l, "opening a folder", errno);
        close(directory);
        return;
    }
    const struct dirent *found;
    while (!l->problem && !l->fault && (found = next_entry(stream, l))) {
        const char *name = found->d_name;
        struct stat status;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
            listing_fault(l, "looking at a file", errno);
            break;
        }
        bool folder = S_ISDIR(status.st_mode);
        char *path = format_string("%s%s%s", prefix, name, folder ? "/" : "");
        if (S_ISREG(status.st_mode)) {
            add_plain(h, directory, name, path, &status, l);
        } else if (!folder) {
            listing_add(l, path, ENTRY_OTHER);
        } else if (listing_add(l, path, ENTRY_FOLDER) && depth < ENTRY_DEPTH &&
                   !path_is_litter(name)) {
            int inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (inner >= 0)
                list_folder(h, inner, path, depth + 1, l);
            else if (!is_other(errno))
                listing_fault(l, "opening a folder", errno);
        }
        free(path);
    }
    closedir(stream);
}

void directory_list(const struct homework *h, int directory, struct listing *l) {
    struct stat status;
    text_init(&l->bytes, INTAKE_BYTES);
    int own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (own < 0)
        listing_fault(l, "opening its folder", errno);
    else
        list_folder(h, own, "", 0, l);
    /* One that somebody removes looks empty. */
    if (fstat(directory, &status) != 0 || status.st_nlink == 0)
        listing_fault(l, "reading its folder", ENOENT);
}
