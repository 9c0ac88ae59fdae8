/* Compiler and linker runs in boxes, two at a time.  Knows command lines and their ends; nothing of
 * what is compiled. */
#ifndef GRADUS_TOOL_H
#define GRADUS_TOOL_H

#include "box/box.h"

#include <dirent.h>

/* What every tool may read. */
extern const char *const tool_readable[BOX_PATHS];

enum { TOOL_ARGUMENTS = 1200 }; /* a homework may take 1000 helpers */

struct tool {
    char *program;                  /* absolute, owned */
    char *argv[TOOL_ARGUMENTS + 1]; /* owned copies; the first is what it calls itself */
    int argument_count;
    char *directory; /* where it runs: the only place that it may write, owned */
    int entries;     /* put into the directory for it: when some are gone, that was not its doing */
    /* What tool_init sets for a compiler, and the caller may change. */
    struct limits limits;
    bool guarded; /* as in struct box; ended (FATE_OUTPUT) when its files become too large */
    int passed;   /* its descriptor 3, or -1; the caller closes it */
    /* After tools_run.  FATE_SETUP means that nobody can tell what it would have said: it could not
     * be started, was starved, was killed by somebody else, or had no room on the disk. */
    struct fate fate;
    struct text output; /* what it printed; hostile bytes */
};

/* Whether the system has such a program; the other refuses, in a sentence, when it has not. */
bool tool_exists(const char *program);
void tool_require(const char *program);
/* `program` is looked up among the system's own programs; it is our fault when it is not there.  A
 * directory of NULL stands for one that could not be made (errno): as tool_fail. */
void tool_init(struct tool *t, const char *program, const char *directory);
/* What it needs could not be had (errno): it will not be run, and ends as FATE_SETUP. */
void tool_fail(struct tool *t, const char *step);
/* Adds to `log` why there is no result; false when there is one. */
bool tool_failed(const struct tool *t, struct text *log);
/* It will speak of itself by another name.  Compilers look for their parts beside the place that
 * they are called by, so that stays. */
void tool_rename(struct tool *t, const char *name);
void tool_add(struct tool *t, const char *argument);
/* Splits at blanks. */
void tool_add_words(struct tool *t, const char *words);
/* Runs them all, the first ones first, as many at a time as there are processors, at most two.
 * Those that are left when the others have computed for `seconds` are not begun: FATE_TIMED_OUT. */
void tools_run(struct tool *tools, int count, double seconds);
/* The seconds for so many of a submission's files or programs: generous for honest work, and those
 * that all run into their own limit must not use up the time in which others are graded. */
double tools_seconds(int count);
void tool_free(struct tool *t);

/* --- Folders for tools to run in --- */

/* The next entry of a folder of ours, NULL behind the last.  That it cannot be read is a fault. */
const struct dirent *folder_next(DIR *stream, const char *path);
/* Whether a regular file is there, and its size.  That nobody can tell is a fault. */
bool folder_has(const char *folder, const char *name, off_t *size);
/* A new folder of the given name, as a path that the caller frees, or NULL (errno). */
char *folder_make(const char *parent, const char *name);
/* Copies a regular file, followed through no link, of at most FOLDER_FILE bytes. */
enum copied {
    COPY_DONE,
    COPY_TAKEN, /* the name is taken in `to` */
    COPY_NONE,  /* there is no such file */
    COPY_FAILED /* errno */
};
enum copied folder_copy(const char *from, const char *name, const char *to, const char *new_name);
enum { FOLDER_FILE = 64 * MIB };

#endif
