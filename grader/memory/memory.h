/* Advice on memory: Valgrind watches a submission in the public tests.
 *
 * Theory of operation.  Once the points are known, the submission's files are compiled again with
 * line numbers and linked, in the compiler's box, with the public suite just as students have it
 * (parts.mk).  Each problem's program runs under Valgrind in a guarded box: it reads the system's
 * libraries, its own folder and its own folder of /proc, and writes that first folder.  Valgrind's
 * XML goes to a memory file, is parsed in a box of its own by expat, and comes back as numbers, a
 * function's name and nothing else.
 *
 * Here alone student code shares an address space with tests, and even with the tool that watches
 * it: all that it could read there are public tests, and all that it could forge is advice about
 * itself.  No hidden test, no reference, no verdict and no point is in that process or comes from
 * it.  Code can ask Valgrind to be silent; "clean" says that nothing was found, not that nothing
 * is there. */
#ifndef GRADUS_MEMORY_H
#define GRADUS_MEMORY_H

#include "build/build.h"
#include "document/document.h"
#include "intake/intake.h"

#include <stdint.h>

enum memory_kind {
    MEMORY_READ,
    MEMORY_WRITE,
    MEMORY_JUMP,
    MEMORY_FREE,
    MEMORY_OVERLAP,
    MEMORY_UNSET,  /* a value that nobody ever set decides something here … */
    MEMORY_HANDED, /* … or in a test, and was made here */
    MEMORY_SIZE,   /* a negative number of bytes was asked for */
    MEMORY_LEAK,
    MEMORY_KINDS
};

/* Where an address lies that was read or written: in no block that malloc gave, or … */
enum memory_block { MEMORY_NOWHERE, MEMORY_BEHIND, MEMORY_BEFORE, MEMORY_FREED, MEMORY_BLOCKS };

/* How much of a problem was watched. */
enum memory_end {
    MEMORY_WHOLE,    /* all its public tests */
    MEMORY_TIME,     /* the rest is not known, because it computed or waited too long; */
    MEMORY_OUTPUT,   /* printed too much; */
    MEMORY_EARLY,    /* ended before its last test; */
    MEMORY_UNREAD,   /* wrote what Valgrind would not have written */
    MEMORY_UNBUILT,  /* nothing was watched: it has no program; */
    MEMORY_UNLINKED, /* does not link with the public tests; */
    MEMORY_HINDERED, /* was kept from running or from being read by the machine, or by the end of
                        the run */
    MEMORY_ENDS
};

enum { MEMORY_NAME = 64, MEMORY_FINDINGS = 20 };

/* All mistakes of one kind in one line of a file. */
struct memory_finding {
    enum memory_kind kind;
    enum memory_block block;
    const char *file; /* of the submission */
    int line;
    char function[MEMORY_NAME]; /* hostile bytes */
    int64_t count;              /* of times; of blocks that leak; 0 where that is not known */
    int64_t bytes;              /* read or written at a time; lost; 0 where that is not known */
    int64_t block_bytes;        /* size of the block, where there is one */
    const char *origin;         /* the file where the block or the value was made, or NULL */
    int origin_line;
    const struct block *test; /* the first one that it happened in, or NULL */
};

struct memory_problem {
    const struct problem *problem;
    enum memory_end end;
    int finding_count, left_out; /* further ones, not listed */
    struct memory_finding finding[MEMORY_FINDINGS];
};

/* Why nothing at all was watched. */
enum memory_lack { MEMORY_LACKS_NOTHING, MEMORY_LACKS_VALGRIND, MEMORY_LACKS_LAYERS };

struct memory {
    enum memory_lack lack;
    int problem_count; /* those with code */
    struct memory_problem *problems;
};

struct memory_job {
    const struct homework *homework;
    const struct intake *intake; /* whose files lie in `files`; must outlive the result, as the
                                    homework must */
    const struct build *build;
    const struct compiler *compiler;
    const char *files;
    const char *directory; /* where the homework was built: holds worker/ and memory/ */
    const char *scratch;   /* an existing private directory … */
    const char *private;   /* … and the one above it, which holds nothing but what is closed to
                              others: its mode is 0711 for a while */
};

/* Never fails: what cannot be had is said in the result.  The caller frees it. */
struct memory *memory_check(const struct memory_job *order);
void memory_free(struct memory *m);

#endif
