/* The scorecard: everything known about one graded submission, as facts.  From it come
 * scorecard.json, results.json and the table in the terminal; the English in them is made by
 * sentence.c.  Knows points and verdicts; no processes, no files. */
#ifndef GRADUS_CARD_H
#define GRADUS_CARD_H

#include "build/build.h"
#include "document/document.h"
#include "intake/intake.h"
#include "judge/verdict.h"

struct card_test {
    const struct problem *problem;
    const struct product *product; /* of that problem, or NULL */
    const struct block *block;
    int number; /* 1, 2, … within the problem */
    double earned;
    struct verdict verdict;
};

struct card_question {
    const struct problem *problem;
    const struct block *block, *rubric;
    char *answer; /* extracted from the answers file and cleaned; NULL when there is none */
};

struct card_problem {
    const struct problem *problem;
    const struct product *product; /* or NULL */
    bool graded;                   /* false: our fault; `fault` says what is known */
    char *fault;
    double earned;
    int points; /* of its tests */
    int test_count, first_test;
};

/* Facts of machine and moment, kept apart so that all else is the same from run to run. */
struct card_run {
    char *isolation, *compiler, *host_kernel, *started;
    double seconds;
    bool practice_seed;
};

struct card {
    const struct homework *homework;
    const struct intake *intake; /* or NULL */
    const struct build *build;   /* or NULL: there was nothing to build */
    int problem_count, test_count, question_count;
    struct card_problem *problems;
    struct card_test *tests;
    struct card_question *questions;
    char *answers_problem; /* why the answers file could not be read, or NULL */
    double earned;         /* automatic points only, to a thousandth */
    int points;
    bool graded; /* every problem was */
    struct card_run run;
};

/* The row of the shapes table that the verdict names, or NULL. */
const struct shape_row *card_row(const struct card_test *test);
/* The planted mistake that answers just as wrongly, or NULL; its `hint` is what a student reads. */
const struct block *card_mutant(const struct card_test *test);

#endif
