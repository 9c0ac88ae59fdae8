/* From a directory of plain files to one sealed executable a problem.  Each file compiles by itself
 * in a box, two at a time, and each problem links its own files, those it uses, and the helpers.
 * Student mistakes become facts, never faults. */
#ifndef GRADUS_BUILD_H
#define GRADUS_BUILD_H

#include "document/document.h"
#include "judge/verdict.h"

enum build_state {
    BUILD_MISSING,  /* the file was not handed in */
    BUILD_FAILED,   /* the compiler refused it */
    BUILD_EXCEEDED, /* the compiler exceeded its limits */
    BUILD_FAULT,    /* our fault: the log says why there is no result */
    BUILD_COMPILED
};

struct build_file {
    char *name;
    bool helper;
    enum build_state state;
    struct text log; /* what the compiler said, cleaned, with the student's own paths and lines */
};

enum product_state {
    PRODUCT_READY,
    PRODUCT_FILE_MISSING,      /* `culprit` names the file */
    PRODUCT_NOT_COMPILED,      /* `culprit` */
    PRODUCT_COMPILER_EXCEEDED, /* `culprit` took it beyond its limits */
    PRODUCT_NOT_LINKED,        /* `log` says why: clashing names, undefined references */
    PRODUCT_LINKER_EXCEEDED,
    PRODUCT_ENDED_EARLY, /* it did not come to its main: `status` and `code` say why */
    PRODUCT_FORBIDDEN,   /* nor then: a constructor made a refused system call, `code` */
    PRODUCT_NOT_GRADED   /* our fault: `log` says why, in one sentence */
};

struct product {
    int problem;
    enum product_state state;
    char *culprit;
    enum verdict_status status; /* what its start came to, where it did not come to its main */
    int code;                   /* as in a verdict of that status */
    int executable;             /* sealed memfd of a worker, or -1 */
    struct text log;
};

struct build {
    int file_count, product_count;
    struct build_file *files;
    struct product *products; /* one for each problem, in order */
    char *compiler;           /* "gcc 12.2.0", or "clang 14.0.6 -O3", for the run object */
};

/* What compiles a submission, for those who want to see it under others than students use. */
struct compiler {
    const char *name;     /* a program of the system's, or NULL: gcc */
    const char *optimise; /* what follows -O, instead of what the homework's flags say, or NULL */
    bool lines;           /* with line numbers, for memory checks */
};
/* Refuses, in a sentence, a compiler that is not there and a level that is none. */
void compiler_require(const struct compiler *c);

/* Builds what `directory` holds.  `tools` is the directory with the worker's runtime, dispatcher
 * and homework.h (build/worker); `scratch` an existing private directory.
 *
 * Where the kernel does not confine the compiler (box_level()->tools_confined), a student's
 * #include could reach the homework and the directory above `tools`, and its text the log.  Nothing
 * is compiled then unless both are closed to others; every product is "not graded" and says so. */
struct build *build_submission(const struct homework *h, const struct compiler *compiler,
                               const char *directory, const char *tools, const char *scratch);
void build_free(struct build *b);

#endif
