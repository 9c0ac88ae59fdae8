/* Processor and memory limits by a control group of its own, of version 1 where that is mounted and
 * of version 2 otherwise, as a container's engine sets them. */
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT "/sys/fs/cgroup"

enum { PATH = 200, PERIOD_US = 100000, TRIES = 100 };

/* Where a controller is found, and the files that hold a limit and a peak. */
struct controller {
    const char *mounted, *limit, *peak;
};
enum { CPU, MEMORY, CONTROLLERS };
static const struct controller version_1[] = {
    {ROOT "/cpu", "cpu.cfs_quota_us", NULL},
    {ROOT "/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes"}};
static const struct controller version_2[] = {{ROOT, "cpu.max", NULL},
                                              {ROOT, "memory.max", "memory.peak"}};
static const char *const names[] = {"--cpus", "--memory-mib"};

struct group {
    char path[CONTROLLERS][PATH]; /* "" where there is no such limit */
    const struct controller *controller[CONTROLLERS];
};

static bool write_value(const char *directory, const char *file, const char *value) {
    char path[PATH + 64];
    snprintf(path, sizeof path, "%s/%s", directory, file);
    int to = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t length = (ssize_t)strlen(value);
    bool written = to >= 0 && write(to, value, (size_t)length) == length;
    if (to >= 0)
        close(to);
    return written;
}

/* In version 2 both limits are files of one group. */
static bool make(struct group *g, int which, const struct controller *c, const char *value) {
    snprintf(g->path[which], PATH, "%s/gradus-container-%d", c->mounted, (int)getpid());
    bool made = mkdir(g->path[which], 0755) == 0;
    if ((made || errno == EEXIST) && write_value(g->path[which], c->limit, value)) {
        g->controller[which] = c;
        return true;
    }
    if (made)
        rmdir(g->path[which]);
    g->path[which][0] = '\0';
    return false;
}

static void limit(struct group *g, int which, const char *value_1, const char *value_2) {
    if (!make(g, which, &version_1[which], value_1) && !make(g, which, &version_2[which], value_2))
        fprintf(stderr, "container: %s is not in force: no control group can be made here\n",
                names[which]);
}

struct group *group_make(double cpus, long memory_mib) {
    struct group *g = calloc(1, sizeof *g);
    char value_1[32], value_2[32];
    if (!g)
        abort();
    if (cpus > 0) {
        snprintf(value_1, sizeof value_1, "%.0f", cpus * PERIOD_US);
        snprintf(value_2, sizeof value_2, "%.0f %d", cpus * PERIOD_US, PERIOD_US);
        limit(g, CPU, value_1, value_2);
    }
    if (memory_mib > 0) {
        snprintf(value_1, sizeof value_1, "%ld", memory_mib * 1024 * 1024);
        limit(g, MEMORY, value_1, value_1);
    }
    return g;
}

bool group_join(const struct group *g) {
    bool joined = true;
    for (int i = 0; i < CONTROLLERS; i++)
        joined = joined && (!g->path[i][0] || write_value(g->path[i], "cgroup.procs", "0"));
    return joined;
}

static void say_peak(const struct group *g) {
    const struct controller *c = g->controller[MEMORY];
    char path[PATH + 64];
    double bytes;
    if (!c)
        return;
    snprintf(path, sizeof path, "%s/%s", g->path[MEMORY], c->peak);
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%lf", &bytes) == 1)
        fprintf(stderr, "container: at most %.0f MiB of memory\n", bytes / (1024 * 1024));
    if (file)
        fclose(file);
}

void group_remove(struct group *g) {
    say_peak(g);
    for (int i = 0; i < CONTROLLERS; i++)
        for (int tries = 0; g->path[i][0] && rmdir(g->path[i]) != 0 && errno == EBUSY; tries++) {
            if (tries == TRIES) {
                fprintf(stderr, "container: cannot remove %s\n", g->path[i]);
                break;
            }
            usleep(10000); /* the dead are still counted for a moment */
        }
    free(g);
}
