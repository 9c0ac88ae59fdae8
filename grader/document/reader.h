/* What the parts of the document reader share.  One document passes through them in this order:
 * front_matter.c cuts off the keys, markdown.c finds the fences, fence.c makes blocks of them,
 * shape.c and prototype.c read what stands in two of the roles, check.c compares the blocks of a
 * problem with each other, homework.c does it for all documents and compares those. */
#ifndef GRADUS_READER_H
#define GRADUS_READER_H

#include "document/document.h"

#include <stdbool.h>

/* --- Mistakes (mistake.c) --- */

struct reader {
    const char *directory; /* of the homework */
    const char *path;      /* of the document, as quoted */
    struct text *mistakes;
};

/* Adds "path:line: sentence"; whatever the sentence quotes is cleaned and cut to a readable size.
 */
void mistake(const struct reader *r, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds 'unknown role "tests"', and the known word that was probably meant when one is similar. */
void mistake_unknown(const struct reader *r, int line, const char *kind, const char *word,
                     const char *const *known, int count);

/* --- Names and lists (name.c) --- */

enum { NAME_LENGTH = 63 }; /* with the NUL it fits VERDICT_NAME */

/* A C identifier without a leading or a double underscore: those are for what tangle adds. */
bool name_is_plain(const char *name);
/* A C keyword, or taken by the headers that every suite includes. */
bool name_is_reserved(const char *name);
/* A plain file name: letters, digits, "_", "-", ".", beginning with a letter or digit. */
bool name_is_file(const char *name);
/* A part of a problem: small letters and digits, and perhaps one more such word in parentheses. */
bool name_is_part(const char *name);
/* A whole number without sign or blanks, at most `largest`. */
bool number_read(const char *digits, int64_t largest, int64_t *number);
/* `list` with room for one element more than `count`, which is all zeros. */
void *list_grow(void *list, int count, size_t size);
/* A copy of `count` bytes as a string. */
char *copy_bytes(const char *bytes, size_t count);
/* True when one of the names is this one. */
bool names_hold(const struct name_list *names, const char *name);
/* The start of line `number` of a text, counted from 1, or NULL when there are fewer. */
const char *line_find(const char *text, int number);

/* --- Front matter (front_matter.c) --- */

/* Fill in the document from its `text`, and return the number of lines up to and including the
 * second "---", or 0 when there is no front matter. */
int front_matter_homework(const struct reader *r, struct homework *h);
int front_matter_problem(const struct reader *r, struct problem *p);
/* The line that gives a key, or 1. */
int front_matter_line(const char *text, const char *key);

/* --- Markdown (markdown.c) --- */

struct fence {
    int line, end; /* of the opening and the closing fence */
    char *info, *body, *heading;
    bool nested; /* inside a list or a quotation */
    bool open;   /* without a closing fence */
};

/* All fences behind the first `skip` lines; the caller frees them with fences_free. */
struct fence *fences_read(const struct reader *r, const char *text, int skip, int *count);
void fences_free(struct fence *fences, int count);

/* --- Blocks (fence.c, shape.c, prototype.c, check.c) --- */

/* True when the fence has a role and no mistake; then the caller owns what `b` holds. */
bool block_read(const struct reader *r, const struct fence *f, struct block *b);
void block_free(struct block *b);
const char *role_name(enum role role);

void table_read(const struct reader *r, const struct block *b, struct shape_table *t);
void table_free(struct shape_table *t);

/* Adds the functions of an api block to the problem. */
void prototypes_read(const struct reader *r, const struct block *b, struct problem *p);

/* What has to fit between the blocks of one problem. */
void problem_check(const struct reader *r, const struct problem *p);
/* The points of its test and hidden blocks. */
int problem_block_points(const struct problem *p);
/* The block with a role and name, or NULL. */
const struct block *block_find(const struct problem *p, enum role role, const char *name);

#endif
