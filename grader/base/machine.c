/* Reads what control groups of both versions allow (machine.h; man 7 cgroups, man 5 proc).  Knows
 * nothing of what runs here.  A limit of a group holds for all groups below it, so the least of
 * those from ours upwards counts, as far up as this process can see. */
#include "base/machine.h"

#include "base/fault.h"
#include "base/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 4 * KIB };

/* --- Which group --- */

/* Is `name` one of the names with commas between them? */
static bool is_among(const char *names, const char *name) {
    size_t length = strlen(name);
    for (const char *at = names; *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == length && strncmp(at, name, length) == 0)
            return true;
    return false;
}

/* The path of our group for the controller, where version 2 is called ""; NULL without one.  The
 * caller frees it. */
static char *find_group(const char *groups, const char *controller) {
    FILE *file = fopen(groups, "re");
    char line[LINE], *path = NULL;
    while (file && !path && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *names = strchr(line, ':'), *at = names ? strchr(names + 1, ':') : NULL;
        if (!at)
            continue;
        *at = '\0';
        if (*controller ? is_among(names + 1, controller) : !names[1])
            path = copy_string(at + 1);
    }
    if (file)
        fclose(file);
    return path;
}

/* --- Its limits, and those above --- */

/* The first two numbers of a file; false when there is none, or it says "max". */
static bool read_numbers(const char *directory, const char *name, double number[2]) {
    char *path = format_string("%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    bool read = file && fscanf(file, "%lf %lf", &number[0], &number[1]) >= 1;
    if (file)
        fclose(file);
    free(path);
    return read;
}

static void lower(double *least, double value) {
    *least = fmin(*least, value);
}

/* Both versions' files are looked for: what is not there limits nothing. */
static void read_limits(struct machine *m, const char *directory) {
    double quota[2] = {0}, period[2] = {0}, memory[2];
    if (read_numbers(directory, "cpu.max", quota) && quota[1] > 0)
        lower(&m->granted, quota[0] / quota[1]);
    if (read_numbers(directory, "cpu.cfs_quota_us", quota) && quota[0] > 0 &&
        read_numbers(directory, "cpu.cfs_period_us", period) && period[0] > 0)
        lower(&m->granted, quota[0] / period[0]);
    if (read_numbers(directory, "memory.max", memory) ||
        read_numbers(directory, "memory.limit_in_bytes", memory))
        lower(&m->memory, memory[0]);
}

/* `shown` of the hierarchy is what is mounted: in a container perhaps our own group only. */
static void climb(struct machine *m, const char *mounted, const char *shown, const char *group) {
    size_t above = strcmp(shown, "/") == 0 ? 0 : strlen(shown);
    bool below = strncmp(group, shown, above) == 0 && (group[above] == '/' || !group[above]);
    char *path = format_string("%s%s", mounted, below ? group + above : "");
    for (;;) {
        read_limits(m, path);
        char *slash = strrchr(path, '/');
        if (!slash || (size_t)(slash - path) < strlen(mounted))
            break;
        *slash = '\0';
    }
    free(path);
}

/* A line of mountinfo: "36 35 98:0 /root /mounted rw,noatime shared:1 - cgroup name rw,cpu". */
static void read_mount(struct machine *m, const char *line, const char *groups) {
    static const char *const controllers[] = {"cpu", "memory"};
    char shown[LINE], mounted[LINE], type[LINE], options[LINE];
    const char *behind = strstr(line, " - ");
    if (!behind || sscanf(line, "%*s %*s %*s %4095s %4095s", shown, mounted) != 2 ||
        sscanf(behind, " - %4095s %*s %4095s", type, options) != 2)
        return;
    if (strcmp(type, "cgroup2") == 0) {
        char *group = find_group(groups, "");
        if (group)
            climb(m, mounted, shown, group);
        free(group);
    }
    for (int i = 0; i < 2 && strcmp(type, "cgroup") == 0; i++) {
        char *group = is_among(options, controllers[i]) ? find_group(groups, controllers[i]) : NULL;
        if (group)
            climb(m, mounted, shown, group);
        free(group);
    }
}

/* --- All of it --- */

static void list_processors(struct machine *m) {
    cpu_set_t set;
    int here = sched_getcpu(), first = here < 0 ? 0 : here;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        for (int i = 0; i < CPU_SETSIZE; i++)
            if (CPU_ISSET((first + i) % CPU_SETSIZE, &set))
                m->processors[m->processor_count++] = (first + i) % CPU_SETSIZE;
    if (m->processor_count == 0)
        m->processors[m->processor_count++] = first;
}

struct machine machine_read(const char *groups, const char *mounts) {
    struct machine m = {.granted = INFINITY, .memory = INFINITY};
    list_processors(&m);
    FILE *file = fopen(mounts, "re");
    char line[LINE];
    while (file && fgets(line, sizeof line, file))
        read_mount(&m, line, groups);
    if (file)
        fclose(file);
    return m;
}

const struct machine *machine_ours(void) {
    static struct machine ours;
    if (ours.processor_count == 0)
        ours = machine_read("/proc/self/cgroup", "/proc/self/mountinfo");
    return &ours;
}

int machine_places(const struct machine *m, long mib) {
    double places = fmin(m->processor_count, ceil(m->granted));
    return (int)fmax(1, fmin(places, floor(m->memory / ((double)mib * MIB))));
}
