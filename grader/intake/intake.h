/* From what was handed in to a private directory of plain files that the front matter allows.
 * Trusts nothing: archives are read by a boxed process; links, devices and foreign names are left
 * out; every count and size has a ceiling.  Knows no homework but its file rules. */
#ifndef GRADUS_INTAKE_H
#define GRADUS_INTAKE_H

#include "document/document.h"

enum intake_fate {
    INTAKE_TAKEN,     /* named by a problem's `files` or `data`, or the answers */
    INTAKE_HELPER,    /* another .c or .h: compiles along */
    INTAKE_IGNORED,   /* not asked for */
    INTAKE_TOO_LARGE, /* over its limit */
    INTAKE_NOT_PLAIN, /* a link, a device, a directory where a file belongs … */
    INTAKE_BAD_NAME,  /* absolute, upwards, or not printable, or of the wrong case */
    INTAKE_REPEATED,  /* a file of this name was taken already */
    INTAKE_TOO_MANY   /* more helpers than are taken */
};

struct intake_file {
    char *name; /* as shown: cleaned and cut to 80 characters */
    enum intake_fate fate;
    size_t size;
    unsigned long digest; /* of the bytes, when taken */
};

struct intake {
    int file_count; /* sorted by name, at most INTAKE_FILES listed */
    int left_out;   /* further files not listed */
    struct intake_file *files;
    char *folder;  /* the folder inside the submission that the files were found in, or NULL */
    char *problem; /* one sentence: why nothing could be taken (no such directory, not an archive,
                      archive bomb, empty …), or NULL */
    char *fault; /* one sentence: why nothing could be taken by a fault of ours (no memory, no room
                    on the disk …), or NULL: then nothing can be graded */
};

enum { INTAKE_FILES = 200, INTAKE_ENTRIES = 10000, INTAKE_BYTES = 64 * MIB };

/* Copies what is allowed from `submission`, a directory or an archive, into the existing empty
 * directory `into`.  The caller frees with intake_free. */
struct intake *intake_take(const struct homework *h, const char *submission, const char *into);
/* After the last reading of the copies: that some are gone, whoever took them, is a fault of ours,
 * not a file that was not handed in. */
void intake_look_again(struct intake *i, const char *into);
void intake_free(struct intake *i);

#endif
