/* Looking at memory (measure_meter.h). */
#include "measure_meter.h"

#include "nvml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct meter {
    bool gpu;
    struct nvml *nvml; /* NULL: there is none, or no GPU */
    struct measure_sight most;
};

struct meter *meter_open(const char *bus) {
    struct meter *m = calloc(1, sizeof *m);
    if (m && bus) {
        m->gpu = true;
        m->nvml = nvml_open(bus);
    }
    return m;
}

void meter_close(struct meter *m) {
    if (m && m->nvml)
        nvml_close(m->nvml);
    free(m);
}

bool meter_outside(const struct meter *m) {
    return m->nvml != NULL;
}

/* --- This process --- */

/* The most that was ever resident; where the system tells no more, that is what is now, too. */
static int64_t find_most_resident(void) {
    struct rusage used;
    if (getrusage(RUSAGE_SELF, &used) != 0)
        return 0;
#ifdef __APPLE__
    return used.ru_maxrss;
#else
    return (int64_t)used.ru_maxrss << 10;
#endif
}

/* A line of Linux's /proc/self/status, in bytes, or -1. */
static int64_t find_status(const char *name) {
    char line[128];
    int64_t bytes = -1;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && bytes < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            bytes = strtoll(line + strlen(name), NULL, 10) << 10;
    if (file)
        fclose(file);
    return bytes;
}

static int64_t find_resident(const char *name) {
    int64_t bytes = find_status(name);
    return bytes < 0 ? find_most_resident() : bytes;
}

/* --- Both --- */

static void keep_most(int64_t *most, int64_t seen) {
    *most = seen > *most ? seen : *most;
}

struct measure_sight meter_look(struct meter *m, struct engine *e) {
    struct measure_sight s = {0, 0};
    struct trouble ignored = {TROUBLE_NONE, 0, 0, ""};
    int64_t left;
    if (e && e->class->memory && !e->class->memory(e, &s.told, &left, &ignored))
        s.told = 0;
    if (!m->gpu)
        s.seen = find_resident("VmRSS:");
    else if (!m->nvml || !nvml_used(m->nvml, &s.seen))
        s.seen = s.told;
    keep_most(&m->most.seen, s.seen);
    keep_most(&m->most.told, s.told);
    return s;
}

void meter_watch(struct meter *m) {
    if (m->nvml)
        (void)!nvml_watch(m->nvml);
}

struct measure_sight meter_peak(struct meter *m, struct engine *e) {
    meter_look(m, e);
    if (m->nvml)
        keep_most(&m->most.seen, nvml_watched(m->nvml).most);
    if (!m->gpu)
        keep_most(&m->most.seen, find_resident("VmHWM:"));
    return m->most;
}
