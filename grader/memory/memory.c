/* Which problems are watched, and why the others are not (memory.h). */
#include "memory/memory.h"

#include "base/fault.h"
#include "box/box.h"
#include "build/tool.h"
#include "memory/stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_ready(const struct build *b, int problem) {
    for (int i = 0; i < b->product_count; i++)
        if (b->products[i].problem == problem)
            return b->products[i].state == PRODUCT_READY;
    return false;
}

static void find_problems(const struct memory_order *order, struct memory *m) {
    const struct homework *h = order->homework;
    m->problems = allocate((unsigned long)h->problem_count + 1, sizeof *m->problems);
    for (int i = 0; i < h->problem_count; i++) {
        const struct problem *p = &h->problems[i];
        if (!problem_is_judged(p))
            continue;
        m->problems[m->problem_count++] = (struct memory_problem){
            .problem = p, .end = is_ready(order->build, p->number) ? MEMORY_WHOLE : MEMORY_UNBUILT};
    }
}

/* Valgrind opens what it runs by its whole path, so the folders above let the boxes through while
 * it runs.  NULL when that cannot be had. */
static char *open_place(const struct memory_order *order) {
    char *path = folder_make(order->private, "programs");
    if (path && chmod(path, 0711) == 0 && chmod(order->private, 0711) == 0)
        return path;
    free(path);
    return NULL;
}

static void hinder(struct memory *m) {
    for (int i = 0; i < m->problem_count; i++)
        if (m->problems[i].end == MEMORY_WHOLE)
            m->problems[i].end = MEMORY_HINDERED;
}

static void watch_problems(const struct memory_order *order, struct memory *m) {
    char *place = open_place(order);
    struct watch *watches = allocate((unsigned long)m->problem_count + 1, sizeof *watches);
    for (int i = 0; i < m->problem_count; i++)
        watches[i] = (struct watch){.result = &m->problems[i], .xml = -1};
    char *sources = place ? programs_make(order, place, watches, m->problem_count) : NULL;
    if (!sources)
        hinder(m);
    watch_all(watches, m->problem_count);
    for (int i = 0; i < m->problem_count; i++) {
        if (watches[i].xml >= 0) {
            read_findings(order, sources, &watches[i]);
            close(watches[i].xml);
        }
        free(watches[i].folder);
    }
    if (place && chmod(order->private, 0700) != 0)
        fprintf(stderr, "gradus: %s stays open: %s\n", order->private, strerror(errno));
    free(place);
    free(sources);
    free(watches);
}

struct memory *memory_check(const struct memory_order *order) {
    struct memory *m = allocate(1, sizeof *m);
    const struct box_level *level = box_level();
    if (!watch_possible())
        m->lack = MEMORY_LACKS_VALGRIND;
    else if (!level->tools_confined || !level->seccomp)
        m->lack = MEMORY_LACKS_LAYERS;
    if (m->lack != MEMORY_LACKS_NOTHING)
        return m;
    find_problems(order, m);
    watch_problems(order, m);
    return m;
}

void memory_free(struct memory *m) {
    if (!m)
        return;
    free(m->problems);
    free(m);
}
