/* The scorecard: everything known about one graded submission, as facts.  From it come
 * scorecard.json, results.json and the table in the terminal; the English in them is made by
 * sentence.c.  Knows points and verdicts; no processes, no files. */
#ifndef GRADUS_CARD_H
#define GRADUS_CARD_H

#include "build/build.h"
#include "document/document.h"
#include "intake/intake.h"
#include "judge/attachment.h"
#include "judge/verdict.h"
#include "memory/memory.h"

struct card_test {
    const struct problem *problem;
    const struct product *product; /* of that problem, or NULL */
    const struct block *block;
    int number; /* 1, 2, … within the problem */
    double earned;
    bool awaited; /* not graded so far: its problem's judge is still to come */
    struct verdict verdict;
    int attachment_count;
    const struct attachment *attachments;
};

/* From worse to better. */
enum answer_state {
    ANSWER_UNREAD,    /* the answers file was not read: the card says why */
    ANSWER_LOST,      /* no heading */
    ANSWER_MISSING,   /* nothing below it */
    ANSWER_NO_NUMBER, /* a number was asked for */
    ANSWER_GIVEN
};

/* What a person gave for one line of a rubric. */
struct card_mark {
    int points; /* at most */
    bool given;
    double earned;
    char *remark; /* or NULL */
};

struct card_question {
    const struct problem *problem;
    const struct block *block, *rubric;
    enum answer_state state;
    int line, sections; /* of the heading that counts; how many there are */
    char *answer;       /* cleaned; NULL where there is none, and always where it is only checked */
    int mark_count;     /* lines of the rubric */
    struct card_mark *marks;
    char *remark; /* on the answer as a whole, or NULL */
};

struct card_problem {
    const struct problem *problem;
    const struct product *product; /* or NULL */
    bool graded;                   /* false: our fault; `fault` says what is known */
    bool awaited;                  /* and as long as its judge is still to come */
    char *fault;
    double earned;
    int points;   /* of its tests, or of its checked questions */
    int awaiting; /* those of tests that await something: neither earned nor lost so far */
    int test_count, first_test;
};

/* Facts of machine and moment, kept apart so that all else is the same from run to run. */
struct card_run {
    char *isolation, *compiler, *host_kernel, *started;
    double seconds;
    bool practice_seed;
};

/* What became of the answers file. */
enum answers_state {
    ANSWERS_ABSENT,
    ANSWERS_READ,
    ANSWERS_NOT_TAKEN,
    ANSWERS_EMPTY,
    ANSWERS_BINARY,
    ANSWERS_UNREADABLE,
    ANSWERS_FAULT /* ours */
};

struct card {
    const struct homework *homework;
    const struct intake *intake; /* or NULL */
    const struct build *build;   /* or NULL: there was nothing to build */
    int problem_count, test_count, question_count;
    struct card_problem *problems;
    struct card_test *tests;
    struct card_question *questions;
    enum answers_state answers;
    char *answers_fault; /* what is known of a fault of ours in reading them, or NULL */
    double earned;       /* automatic points only, to a thousandth */
    int points, awaiting;
    bool graded;                 /* every problem was */
    const struct memory *memory; /* advice that adds no points; NULL where nobody asked for it */
    struct card_run run;
};

/* The next line of the flags that a verdict carries; false at the end.  `*at` starts as its
 * `flags`.
 */
bool card_flag(const char **at, size_t *length);
/* How many questions of the problem are answered, of those that are only checked for it. */
int card_answered(const struct card *card, const struct problem *p);
/* Of a question: how many lines of its rubric are marked, and the points that they gave. */
int card_marked(const struct card_question *q, double *earned);
/* The row of the shapes table that the verdict names, or NULL. */
const struct shape_row *card_row(const struct card_test *test);
/* A problem's test by its number, from 1, or NULL. */
const struct block *card_test_block(const struct problem *p, int number);
/* The planted mistake that answers just as wrongly, or NULL; its `hint` is what a student reads. */
const struct block *card_mutant(const struct card_test *test);
/* The file that holds what the test attached, "3.2-edges-found.png"; the caller frees it. */
char *card_attachment_name(const struct card_test *test, const struct attachment *a);

#endif
