/* The steps of a build, in order: compile.c, link.c, and complaint.c, which words what a linker
 * says; build.c decides what is linked with what. */
#ifndef GRADUS_STAGE_H
#define GRADUS_STAGE_H

#include "build/build.h"
#include "build/tool.h"

enum { LOG_BYTES = 16 * KIB };

/* --- build.c --- */

/* Whether a problem's program takes this file: its own, one of a problem that it uses, a helper. */
bool build_wants(const struct homework *h, const struct problem *p, const struct build_file *file);

/* --- compile.c --- */

/* A source file that was handed in. */
struct unit {
    struct build_file *file;
    long size;
    char *folder; /* where it was compiled; holds UNIT_OBJECT when the file's state says so */
};
#define UNIT_OBJECT "object.o"

bool is_source(const char *name); /* NAME.c */
/* Sets state and log of every unit's file; BUILD_FAULT where it came to no result.  Returns what
 * compiled them ("gcc 12.2.0"); the caller frees it. */
char *compile_units(const struct homework *h, const struct compiler *compiler,
                    const char *directory, const char *tools, const char *scratch,
                    struct unit *units, int count);

/* --- link.c --- */

struct linkage {
    char *name;                /* of its folder in the scratch directory, owned */
    const struct unit **units; /* what is linked, owned array */
    int unit_count;
    /* After link_all: */
    int executable; /* sealed memfd, or -1 */
    bool failed;    /* by our own fault: the log says which */
    bool exceeded;  /* the linker's limits */
    struct text log;
};

void link_all(const char *tools, const char *scratch, struct linkage *links, int count);

/* --- complaint.c --- */

/* Adds what the linker said to `log`: one sentence for each name that clashes or is missing, with
 * the student's file names.  Objects are called NUMBER.o, by their place in the linkage. */
void complaint_add(const struct linkage *l, const char *said, struct text *log);

#endif
