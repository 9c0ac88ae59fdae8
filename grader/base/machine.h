/* What of this machine is ours: the processors that we may run on, of which a container may grant
 * less than it shows, and the memory that its control group allows.  What no file tells is not
 * limited.  Decides how much is done at once, never what counts as slow or as too much. */
#ifndef GRADUS_MACHINE_H
#define GRADUS_MACHINE_H

#include <sched.h>

struct machine {
    int processors[CPU_SETSIZE]; /* that we may run on, beginning with the one that we run on */
    int processor_count;
    double granted; /* processors' worth of time: 0.5 is half of one's; INFINITY without a quota */
    double memory;  /* bytes; INFINITY without a limit */
};

/* Looked at once, at the first call. */
const struct machine *machine_ours(void);

/* The same, with what this process' /proc/self/cgroup and /proc/self/mountinfo would say. */
struct machine machine_read(const char *groups, const char *mounts);

/* How many processes that compute all the time are worth running at once, and fit when each takes
 * `mib` of memory: at least one, since less cannot be tried. */
int machine_places(const struct machine *m, long mib);

#endif
