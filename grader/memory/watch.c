/* Runs the programs under Valgrind, in guarded boxes (memory.h).  Knows Valgrind's options and how
 * a run may end; believes nothing that was written there. */
#include "base/fault.h"
#include "build/tool.h"
#include "memory/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Debian's `valgrind` is a script in front of the program. */
static const char *const names[] = {"valgrind.bin", "valgrind"};
enum { NAMES = sizeof names / sizeof names[0], XML = 3 };

/* Check runs all tests in one process: a watched one may start no other. */
static const char options[] = "--vgdb=no --command-line-only=yes --xml=yes --xml-fd=3 "
                              "--leak-check=full --show-leak-kinds=definite --track-origins=yes "
                              "--num-callers=24 --child-silent-after-fork=yes --trace-children=no";
enum { OWN_MIB = 512 }; /* what Valgrind takes for itself is not the program's */

static const char *valgrind(void) {
    for (int i = 0; i < NAMES; i++)
        if (tool_exists(names[i]))
            return names[i];
    return NULL;
}

bool watch_possible(void) {
    return valgrind() != NULL;
}

static void prepare(struct watch *w, struct tool *t) {
    const struct limits *limits = &w->result->problem->limits;
    tool_init(t, "env", w->folder); /* the suites of the reference take less than a second each */
    tool_add_words(t, "CK_FORK=no TEMP=."); /* where Check keeps its notes */
    tool_add(t, valgrind());
    tool_add_words(t, options);
    tool_add(t, "./" MEMORY_PROGRAM);
    t->guarded = true;
    t->limits.cpu_seconds = 5 + 5 * limits->cpu_seconds;
    t->limits.wall_seconds = 4 * t->limits.cpu_seconds;
    t->limits.memory_mib = OWN_MIB + limits->memory_mib;
    t->limits.stack_mib = limits->stack_mib;
    w->xml = t->passed = memfd_create("xml", MFD_CLOEXEC);
    if (w->xml < 0)
        tool_fail(t, "a memory file");
}

/* The last line of the suite is there. */
static bool came_to_its_end(const struct tool *t, int problem) {
    char *line = format_string("\nproblem %d: ", problem);
    bool ended = strstr(t->output.at, line) != NULL;
    free(line);
    return ended;
}

static enum memory_end conclude(const struct tool *t, int problem) {
    const struct fate *f = &t->fate;
    switch (f->kind) {
    case FATE_EXITED:
        return came_to_its_end(t, problem) ? MEMORY_WHOLE : MEMORY_EARLY;
    case FATE_OUTPUT:
        return MEMORY_OUTPUT;
    case FATE_TIMED_OUT:
        return MEMORY_TIME;
    case FATE_SIGNALLED:
        return f->code == SIGXFSZ ? MEMORY_OUTPUT : MEMORY_EARLY;
    default:
        /* What waited until the clock ran out was given up by tool.c. */
        return f->code == ETIMEDOUT ? MEMORY_TIME : MEMORY_HINDERED;
    }
}

void watch_all(struct watch *watches, int count) {
    struct tool *runs = allocate((unsigned long)count + 1, sizeof *runs);
    struct watch **watched = allocate((unsigned long)count + 1, sizeof(void *));
    int run_count = 0;
    for (int i = 0; i < count; i++)
        if (watches[i].result->end == MEMORY_WHOLE) {
            prepare(&watches[i], &runs[run_count]);
            watched[run_count++] = &watches[i];
        }
    tools_run(runs, run_count, INFINITY);
    for (int r = 0; r < run_count; r++) {
        struct memory_problem *result = watched[r]->result;
        result->end = conclude(&runs[r], result->problem->number);
        tool_free(&runs[r]);
    }
    free(watched);
    free(runs);
}
