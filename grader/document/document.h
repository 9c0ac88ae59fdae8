/* A homework as data: problems/homework.md and one literate document a problem, read and checked.
 * Knows Markdown fences, front matter and C prototypes; refuses to know what any of them is about.
 * Everything belongs to the struct homework and is freed with it. */
#ifndef GRADUS_DOCUMENT_H
#define GRADUS_DOCUMENT_H

#include "base/limits.h"
#include "base/text.h"
#include "public/call.h"

#include <stdint.h>

enum role {
    ROLE_API,
    ROLE_SETUP,
    ROLE_TEST,
    ROLE_HIDDEN,
    ROLE_SHAPES,
    ROLE_MUTANT,
    ROLE_QUESTION,
    ROLE_RUBRIC,
    ROLE_ANSWER
};

struct block {
    enum role role;
    int line, end;                           /* of the opening and the closing fence */
    char *name;                              /* "" for api and setup */
    char *heading;                           /* the heading above, as plain text */
    char *body;                              /* between the fences */
    int points;                              /* test, hidden, question; extra=yes in `extra` */
    bool extra;                              /* a question beyond the total */
    bool dull;                               /* test, hidden: an expectation may be mostly zeros */
    uint64_t seed;                           /* 0 without seed= */
    char *shapes, *killed_by, *hint, *inout; /* NULL where not given */
};

/* A table of shapes: "ic3oc2 ih4iw5 s2p1  nothing square". */
struct shape_table {
    const struct block *block;
    int field_count, row_count;
    char *field[16];
    struct shape_row {
        int line;
        int value[16];
        char *text, *title;
    } * row;
};

struct file_rule {
    char *name;
    size_t limit;
}; /* a.c=64K in front matter */

struct function {
    struct call_function call;
    char *comment;   /* the comment above the prototype, with its delimiters */
    char *prototype; /* as written, without the semicolon */
    int line;
};

struct problem {
    char *path; /* as quoted in messages: problems/3-name.md */
    char *text; /* the whole document */
    int number; /* from the file name */
    char *id, *title, *reference;
    int points;
    int file_count, use_count, support_count, public_support_count;
    struct file_rule *files;
    int *uses; /* numbers of other problems */
    char **support, **public_support;
    struct limits limits;
    int block_count, table_count, function_count, first_function; /* index in the homework's list */
    struct block *blocks;
    struct shape_table *tables;
    struct function *functions;
};

struct homework {
    char *directory, *path, *id, *title, *text;
    char *compiler_flags;     /* for every student's file, in box and skeleton alike */
    struct file_rule answers; /* the written part */
    size_t helper_limit;      /* bytes of one helper file */
    int helper_count;         /* how many helper files are taken */
    int points;
    struct limits limits;
    int problem_count;
    struct problem *problems; /* by number */
};

/* Reads and checks DIRECTORY/problems.  Every mistake is one line "file:line: sentence" in
 * `mistakes`; returns NULL when there was any. */
struct homework *homework_read(const char *directory, struct text *mistakes);
void homework_free(struct homework *h);
const struct problem *homework_problem(const struct homework *h, int number); /* or NULL */
/* What a judge was tangled from: detects one that is older than its document. */
unsigned long problem_digest(const struct homework *h, const struct problem *p);

/* The heading of a question in the answers file, "## 3.why (2 points)", without a newline. */
void question_heading(const struct problem *p, const struct block *question, struct text *out);

#endif
