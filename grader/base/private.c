/* The private directory of a process (private.h).  Whether its owner lives is told by a lock, which
 * the kernel lets go of with the process: numbers of processes come again, and mean nothing in
 * another container that shares the directory above. */
#include "base/private.h"

#include "base/fault.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Not the name that directory_private gives: those have no lock. */
#define NAME "gradus-run-"
/* A name is made a moment before it is locked. */
enum { RANDOM = 6, YOUNG_SECONDS = 60 };

static struct {
    char *path; /* NULL: none is held */
    int lock;
    pid_t owner; /* a forked child is not the one to wipe it */
} held;

static int open_directory(const char *path) {
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* --- What the killed left --- */

static bool is_name(const char *name) {
    size_t before = sizeof NAME - 1;
    return strncmp(name, NAME, before) == 0 && strlen(name) == before + RANDOM &&
           !strchr(name + before, '-');
}

/* Ours, not of this minute, and held by nobody.  Its owner may have let others through it. */
static bool is_abandoned(int directory) {
    struct stat about;
    return fstat(directory, &about) == 0 && about.st_uid == geteuid() &&
           (about.st_mode & (S_IRWXG | S_IROTH | S_IWOTH)) == 0 &&
           time(NULL) - about.st_mtime > YOUNG_SECONDS && flock(directory, LOCK_EX | LOCK_NB) == 0;
}

static void sweep(const char *parent) {
    DIR *entries = opendir(parent);
    if (!entries)
        return;
    for (const struct dirent *entry; (entry = readdir(entries));) {
        if (!is_name(entry->d_name))
            continue;
        char *path = format_string("%s/%s", parent, entry->d_name);
        int directory = open_directory(path);
        if (directory >= 0 && is_abandoned(directory))
            directory_remove(path); /* what is left of it is the next one's */
        if (directory >= 0)
            close(directory);
        free(path);
    }
    closedir(entries);
}

/* --- Our own --- */

static void release_at_exit(void) {
    if (held.owner == getpid() && !private_release())
        fprintf(stderr, "gradus: a private directory was left behind\n");
}

const char *private_hold(void) {
    static bool registered;
    const char *parent = directory_temporary();
    if (held.path)
        fault("%s is held already", held.path);
    sweep(parent);
    if (!registered && atexit(release_at_exit) != 0)
        fault("nothing would wipe the private directory");
    registered = true;
    held.path = format_string("%s/" NAME "XXXXXX", parent);
    held.owner = getpid();
    if (!mkdtemp(held.path)) {
        char *path = held.path;
        held.path = NULL; /* there is nothing to wipe */
        fault("cannot make a private directory %s: %s", path, strerror(errno));
    }
    held.lock = open_directory(held.path);
    if (held.lock < 0 || flock(held.lock, LOCK_EX | LOCK_NB) != 0)
        fault("cannot lock %s: %s", held.path, strerror(errno));
    return held.path;
}

bool private_release(void) {
    if (!held.path)
        return true;
    bool wiped = directory_remove(held.path);
    if (held.lock >= 0)
        close(held.lock);
    free(held.path);
    held.path = NULL;
    return wiped;
}
