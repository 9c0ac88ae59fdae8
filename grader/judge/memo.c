/* The judge's memos (judge/memo.h).  A file is named by the digest of its key, holds the key itself
 * and is checked as a whole, so that a collision or damage is only a miss.  Knows keys and numbers;
 * not what they are about. */
#include "judge/memo.h"

#include "base/fault.h"
#include "base/file.h"
#include "public/memo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* On disk exactly so; what is not used is zero. */
struct memo {
    uint64_t magic, sum; /* sum: the digest of all that follows */
    uint64_t count;
    char key[MEMO_KEY];
    double numbers[MEMO_NUMBERS];
};

static const uint64_t MAGIC = UINT64_C(0x316f6d656d617267); /* and version */

static int directory = -1;

/* "DIGEST.PROCESS": what memo_keep was writing in a process that is no more. */
static bool is_unfinished(const char *name) {
    const char *dot = strchr(name, '.');
    long process = dot && dot > name ? strtol(dot + 1, NULL, 10) : 0;
    return process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

static void sweep(void) {
    int again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = again >= 0 ? fdopendir(again) : NULL;
    const struct dirent *entry;
    while (entries && (entry = readdir(entries)))
        if (is_unfinished(entry->d_name))
            unlinkat(directory, entry->d_name, 0);
    if (entries)
        closedir(entries);
    else if (again >= 0)
        close(again);
}

void memo_use(int d) {
    directory = d;
    if (d < 0)
        return;
    fcntl(d, F_SETFD, FD_CLOEXEC);
    sweep();
}

static uint64_t sum_of(const struct memo *m) {
    const char *from = (const char *)&m->count;
    return digest(0, from, sizeof *m - (size_t)(from - (const char *)m));
}

/* Keys and counts come from our own code. */
static void start(struct memo *m, const char *key, int count) {
    if (strlen(key) >= MEMO_KEY || count < 1 || count > MEMO_NUMBERS)
        fault("no memo of %d numbers under \"%s\"", count, key);
    memset(m, 0, sizeof *m);
    m->magic = MAGIC;
    m->count = (uint64_t)count;
    memcpy(m->key, key, strlen(key));
}

static char *name_of(const char *key) {
    return format_string("%016lx", digest(0, key, strlen(key)));
}

/* Only a plain file of our own, of just this size. */
static bool read_memo(const char *name, struct memo *m) {
    int file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return false;
    struct stat about;
    bool good = fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid() &&
                about.st_size == (off_t)sizeof *m &&
                pread(file, m, sizeof *m, 0) == (ssize_t)sizeof *m;
    close(file);
    return good;
}

bool memo_find(const char *key, int count, double *numbers) {
    struct memo wanted, found;
    start(&wanted, key, count);
    if (directory < 0)
        return false;
    char *name = name_of(key);
    bool known = read_memo(name, &found) && found.magic == MAGIC && found.sum == sum_of(&found) &&
                 found.count == wanted.count && memcmp(found.key, wanted.key, MEMO_KEY) == 0;
    free(name);
    if (known)
        memcpy(numbers, found.numbers, (size_t)count * sizeof *numbers);
    return known;
}

void memo_keep(const char *key, int count, const double *numbers) {
    struct memo m;
    start(&m, key, count);
    if (directory < 0)
        return;
    memcpy(m.numbers, numbers, (size_t)count * sizeof *numbers);
    m.sum = sum_of(&m);
    char *name = name_of(key);
    char *beside = format_string("%s.%ld", name, (long)getpid());
    unlinkat(directory, beside, 0); /* of one with our number that was ended while it wrote */
    int file = openat(directory, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        bool written = write(file, &m, sizeof m) == (ssize_t)sizeof m;
        written = close(file) == 0 && written;
        if (!written || renameat(directory, beside, directory, name) != 0)
            unlinkat(directory, beside, 0);
    }
    free(beside);
    free(name);
}
