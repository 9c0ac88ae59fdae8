/* The steps of a memory check: program.c makes the programs, watch.c runs them, read.c reads what
 * Valgrind wrote; memory.c says which and why not. */
#ifndef GRADUS_MEMORY_STAGE_H
#define GRADUS_MEMORY_STAGE_H

#include "memory/memory.h"

#define MEMORY_PROGRAM "check"

/* One problem's way through the steps. */
struct watch {
    struct memory_problem *result; /* its end is MEMORY_WHOLE until a step says otherwise */
    char *folder;                  /* holds MEMORY_PROGRAM, or NULL */
    int xml;                       /* what Valgrind wrote, or -1 */
};

/* --- program.c --- */

/* Sets the folders, below `place`, of those whose end is still MEMORY_WHOLE.  Returns the folder
 * that all paths in the submission's line numbers begin with, or NULL; the caller frees it. */
char *programs_make(const struct memory_job *order, const char *place, struct watch *watches,
                    int count);

/* --- watch.c --- */

bool watch_possible(void); /* whether there is a Valgrind */
void watch_all(struct watch *watches, int count);

/* --- read.c --- */

/* Fills w->result from w->xml; `sources` is what programs_make returned. */
void read_findings(const struct memory_job *order, const char *sources, const struct watch *w);

#endif
