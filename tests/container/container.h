/* The parts of the container simulation, shared by the files of this folder. */
#ifndef GRADUS_CONTAINER_H
#define GRADUS_CONTAINER_H

#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* `action` for each of `calls` (names with spaces between), under `only` where its op is not 0. */
struct call_rule {
    uint32_t action;
    struct scmp_arg_cmp only;
    const char *calls; /* NULL ends a table */
};

/* docker_profile.c: everything else fails with EPERM. */
extern const struct call_rule docker_rules[];

/* filters.c: a layer that can be switched off, or NULL. */
const struct call_rule *filters_without(const char *layer);
/* Loads a filter that does `otherwise` to the calls that no rule names; false with errno. */
bool filters_load(const struct call_rule *rules, uint32_t otherwise);

/* cgroup.c: limits for this process and what it starts, as far as the machine lets us make a
 * control group; what it does not is said on the standard error. */
struct group;
struct group *group_make(double cpus, long memory_mib); /* 0: no such limit */
bool group_join(const struct group *g);                 /* in the child */
/* Once all of its processes are gone: says the most memory that they had, and removes it. */
void group_remove(struct group *g);

#endif
