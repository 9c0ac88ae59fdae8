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

/* How a machine sees that a question was answered; what the answer says is nobody's business. */
enum check { CHECK_NOTHING, CHECK_TEXT, CHECK_NUMBER };

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
    enum check check;                        /* question: not read by a person */
    char *part;                              /* of the sheet: "a" or "c(iii)"; NULL where none */
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

enum { DATA_FILES = 8 }; /* of one problem */

/* File names, or names of libraries. */
struct name_list {
    int count;
    char **name;
};

struct function {
    struct call_function call;
    char *comment;   /* the comment above the prototype, with its delimiters */
    char *prototype; /* as written, without the semicolon */
    int line;
};

struct problem {
    char *path;                   /* as quoted in messages: problems/3-name.md */
    char *text;                   /* the whole document */
    int number;                   /* from the file name */
    char *id, *title, *reference; /* reference: "" where there is nothing to program, or only data
                                     to hand in */
    int points;
    int file_count, data_count, use_count;
    struct file_rule *files;
    struct file_rule *data; /* files handed in that are no code: only tests read them */
    int *uses;              /* numbers of other problems */
    struct name_list support,
        public_support;         /* files of problems/support: the staff's, everybody's */
    struct name_list libraries; /* as pkg-config knows them */
    struct limits limits;
    /* What the submission's code may take in all tests together, computing and waiting: once it is
     * used up, no further test is begun.  Time that the machine withheld counts for nobody. */
    double problem_seconds;
    double judge_seconds; /* what the staff's own code in the judge may take, beyond the rest */
    int block_count, table_count, function_count, first_function; /* index in the homework's list */
    struct block *blocks;
    struct shape_table *tables;
    struct function *functions;
};

struct homework {
    char *directory, *path, *id, *title, *text;
    char *compiler_flags;            /* for every student's file, in box and skeleton alike */
    char *support_flags;             /* for every file of problems/support, or NULL */
    struct name_list public_support; /* what belongs to no problem: programs, verbs.mk, ... */
    struct file_rule answers;        /* the written part */
    size_t helper_limit;             /* bytes of one helper file */
    int helper_count;                /* how many helper files are taken */
    int points;
    struct limits limits;
    double problem_seconds;  /* where a problem does not say */
    double deadline_seconds; /* wall clock of one whole grading */
    int problem_count;
    struct problem *problems; /* by number */
};

/* Reads and checks DIRECTORY/problems.  Every mistake is one line "file:line: sentence" in
 * `mistakes`; returns NULL when there was any. */
struct homework *homework_read(const char *directory, struct text *mistakes);
void homework_free(struct homework *h);
const struct problem *homework_problem(const struct homework *h, int number); /* or NULL */
/* Some problems hold only questions: nothing is compiled or judged for them. */
bool problem_is_judged(const struct problem *p);
/* How many of its questions are checked for being answered, and share its points. */
int problem_check_count(const struct problem *p);
/* The next line of a rubric, "1  what for": its points and words.  `*at` starts as the body of the
 * block and is moved; false at the end. */
bool rubric_next(const char **at, int *points, const char **words, size_t *length);
/* What a judge was tangled from: detects one that is older than its document. */
unsigned long problem_digest(const struct homework *h, const struct problem *p);

/* The headings of the answers file, without marks and newline: "3. Sums" of a problem, and of a
 * question "3a.why (2 points)"; no points where its problem's are shared. */
void problem_heading(const struct problem *p, struct text *out);
/* How people and files name a question: "3a.why". */
void question_label(const struct problem *p, const struct block *question, struct text *out);
void question_heading(const struct problem *p, const struct block *question, struct text *out);

#endif
