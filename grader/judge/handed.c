/* Opens the files of data that were handed in, for the judges (judges.h).  They get copies that
 * nobody can change any more, and of each no more than its name in the front matter. */
#include "judge/judges.h"

#include "base/fault.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A sealed copy, or -1 with errno set. */
static int seal(const char *bytes, size_t count) {
    const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    int copy = memfd_create("data", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (copy >= 0 && file_write_descriptor(copy, bytes, count) &&
        fcntl(copy, F_ADD_SEALS, seals) == 0)
        return copy;
    int error = errno;
    if (copy >= 0)
        close(copy);
    errno = error;
    return -1;
}

/* -1 with errno ENOENT: there is none. */
static int open_file(const char *directory, const struct file_rule *rule) {
    char *path = format_string("%s/%s", directory, rule->name);
    struct text bytes;
    text_init(&bytes, rule->limit);
    int copy = file_read(path, &bytes) ? seal(bytes.at, bytes.length) : -1;
    int error = errno;
    text_free(&bytes);
    free(path);
    errno = error;
    return copy;
}

struct handed handed_open(const struct homework *h, const char *directory) {
    struct handed handed = {.problem_count = h->problem_count};
    handed.files = allocate((size_t)h->problem_count + 1, sizeof *handed.files);
    for (int p = 0; p < h->problem_count; p++)
        for (int i = 0; i < DATA_FILES; i++) {
            const struct problem *problem = &h->problems[p];
            handed.files[p][i] =
                i < problem->data_count ? open_file(directory, &problem->data[i]) : -1;
            if (i < problem->data_count && handed.files[p][i] < 0 && errno != ENOENT &&
                !handed.fault)
                handed.fault = format_string("%s cannot be opened for its judge: %s",
                                             problem->data[i].name, strerror(errno));
        }
    return handed;
}

void handed_close(struct handed *handed) {
    for (int p = 0; p < handed->problem_count; p++)
        for (int i = 0; i < DATA_FILES; i++)
            if (handed->files[p][i] >= 0)
                close(handed->files[p][i]);
    free(handed->files);
    free(handed->fault);
    *handed = (struct handed){0};
}
