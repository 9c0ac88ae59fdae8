/* What a submission holds before any rule is applied to it: a flat list of paths with the bytes
 * that some rule may want.  Filled by directory.c or archive.c, judged by intake.c. */
#ifndef GRADUS_ENTRY_H
#define GRADUS_ENTRY_H

#include "intake/intake.h"

enum entry_kind { ENTRY_PLAIN, ENTRY_FOLDER, ENTRY_OTHER };

enum { ENTRY_DEPTH = 3, ENTRY_PATH = 1024 };

struct entry {
    char *path; /* hostile bytes */
    int order;  /* in which it was met */
    enum entry_kind kind;
    bool bad;      /* its path is, and stands as it was; others are simplified */
    bool kept;     /* its bytes are in the listing */
    size_t size;   /* as far as it is known */
    size_t offset; /* of its bytes in the listing */
};

struct listing {
    int count, room;
    struct entry *at;
    struct text bytes;
    char *problem; /* one sentence, or NULL */
    char *fault;   /* the same, of ours */
};

/* Appends a copy of `path`, cut to ENTRY_PATH bytes.  NULL, with a problem set, when there are
 * INTAKE_ENTRIES already. */
struct entry *listing_add(struct listing *l, const char *path, enum entry_kind kind);
/* The first problem stays. */
void listing_problem(struct listing *l, const char *sentence);
/* And the first fault. */
void listing_fault(struct listing *l, const char *step, int error);

/* What becomes of a plain file of this name (without folders): INTAKE_TAKEN or INTAKE_HELPER up to
 * `limit` bytes; otherwise the limit is 0. */
struct rule {
    enum intake_fate fate;
    size_t limit;
};
struct rule rule_of(const struct homework *h, const char *name);
/* The wish of a name to be somewhere else, or to write on the reader's terminal. */
bool path_is_bad(const char *path);
/* Removes "." and empty components in place. */
void path_simplify(char *path);
/* True when a component is one that systems leave behind and nobody hands in on purpose. */
bool path_is_litter(const char *path);
/* As people may see it: cleaned, in one line, cut to 80 characters.  The caller frees it. */
char *path_shown(const char *path, size_t length);

/* The sources fill a zeroed listing, whose bytes they initialise.  They leave a problem
 * in the listing rather than fail. */
void directory_list(const struct homework *h, int directory, struct listing *l);
void directory_list_file(const struct homework *h, int file, const char *name, struct listing *l);
void archive_list(const struct homework *h, int archive, struct listing *l);

#endif
