/* A small homework and verdicts made by hand, for tests of what comes after judging.  Problem 3 has
 * a public and a hidden test with two rows of shapes, a planted mistake and two questions; problem
 * 4 has three public tests; of problem 8 it is only checked that its questions are answered. */
#ifndef GRADUS_FABRICATED_H
#define GRADUS_FABRICATED_H

#include "base/fault.h"
#include "score/score.h"

#include <math.h>
#include <string.h>

static struct block blocks_3[] = {
    {.role = ROLE_API, .line = 5, .name = "", .heading = "Sums", .body = ""},
    {.role = ROLE_TEST, .line = 10, .name = "adds", .heading = "Sums", .points = 2},
    {.role = ROLE_SHAPES, .line = 20, .name = "cases", .heading = "Sums"},
    {.role = ROLE_HIDDEN,
     .line = 30,
     .name = "agrees",
     .heading = "Any sum",
     .points = 5,
     .shapes = "cases"},
    {.role = ROLE_MUTANT,
     .line = 40,
     .name = "forgets_one",
     .heading = "Any sum",
     .killed_by = "agrees",
     .hint = "The last number is added too."},
    {.role = ROLE_QUESTION,
     .line = 50,
     .name = "why",
     .heading = "In words",
     .body = "Why does the order not matter?\n",
     .points = 2},
    {.role = ROLE_RUBRIC,
     .line = 54,
     .name = "why",
     .heading = "In words",
     .body = "1  addition commutes\n\n1  and associates\n"},
    {.role = ROLE_QUESTION,
     .line = 60,
     .name = "when",
     .heading = "In words",
     .body = "When does it?\n",
     .points = 1,
     .extra = true},
    {.role = ROLE_RUBRIC,
     .line = 64,
     .name = "when",
     .heading = "In words",
     .body = "1  when numbers are rounded\n"},
};
static struct block blocks_4[] = {
    {.role = ROLE_TEST, .line = 10, .name = "first", .heading = "One", .points = 1},
    {.role = ROLE_TEST, .line = 20, .name = "second", .heading = "Two", .points = 1},
    {.role = ROLE_TEST, .line = 30, .name = "third", .heading = "Three", .points = 1},
};
static struct block blocks_8[] = {
    {.role = ROLE_QUESTION,
     .line = 10,
     .name = "sources",
     .heading = "Sources",
     .body = "Which sources?\n",
     .part = "a",
     .check = CHECK_TEXT},
    {.role = ROLE_QUESTION,
     .line = 20,
     .name = "company",
     .heading = "Company",
     .body = "With whom?\n",
     .part = "b(i)",
     .check = CHECK_TEXT},
    {.role = ROLE_QUESTION,
     .line = 30,
     .name = "hours",
     .heading = "Time",
     .body = "How many of the 24 hours?\n",
     .part = "b",
     .check = CHECK_NUMBER},
};
static struct shape_row rows_3[] = {
    {.line = 21, .text = "n1m2", .title = "smallest"},
    {.line = 22, .text = "n7m9  nothing square", .title = "nothing square"}};
static struct shape_table tables_3[] = {{.block = &blocks_3[2], .row_count = 2, .row = rows_3}};
static struct function functions_3[] = {{.call = {.name = "add_up", .problem = 3}}};
static struct file_rule files_3[] = {{"sum.c", 64 * KIB}}, files_4[] = {{"count.c", 64 * KIB}};
static struct problem problems[] = {
    {.path = "problems/3-sums.md",
     .number = 3,
     .id = "sums",
     .title = "Sums",
     .points = 9,
     .file_count = 1,
     .files = files_3,
     .limits = {.cpu_seconds = 10, .wall_seconds = 20},
     .problem_seconds = 30,
     .block_count = 9,
     .blocks = blocks_3,
     .table_count = 1,
     .tables = tables_3,
     .function_count = 1,
     .functions = functions_3},
    {.path = "problems/4-counts.md",
     .number = 4,
     .id = "counts",
     .title = "Counts",
     .points = 3,
     .file_count = 1,
     .files = files_4,
     .limits = {.cpu_seconds = 10, .wall_seconds = 20},
     .block_count = 3,
     .blocks = blocks_4},
    {.path = "problems/8-process.md",
     .number = 8,
     .id = "process",
     .title = "Process",
     .points = 2,
     .block_count = 3,
     .blocks = blocks_8},
};
static struct homework homework = {.id = "small",
                                   .title = "A small homework",
                                   .answers = {"answers.md", 256 * KIB},
                                   .points = 12,
                                   .problem_count = 3,
                                   .problems = problems};

static inline struct verdict fabricate(enum verdict_status status) {
    return (struct verdict){.status = status, .line = 12, .row = -1, .function = "add_up"};
}

/* Judges both problems: the tests of problem 3 get the first two, problem 4 passes. */
static inline void judge_all(struct card *card, struct verdict first, struct verdict second) {
    struct verdict three[] = {first, second};
    struct verdict four[] = {fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED),
                             fabricate(VERDICT_PASSED)};
    card_judge(card, 3, three, 2);
    card_judge(card, 4, four, 3);
    card_sum(card);
}

/* Each question in another state. */
static inline void answer_some(struct card *card) {
    static const enum answer_state states[] = {ANSWER_GIVEN, ANSWER_MISSING, ANSWER_GIVEN,
                                               ANSWER_LOST, ANSWER_NO_NUMBER};
    card->answers = ANSWERS_READ;
    card->questions[0].answer = copy_string("Because.\n");
    for (int i = 0; i < card->question_count; i++)
        card->questions[i].state = states[i];
}

/* Every text field holds `mark`, every number is far from ordinary. */
static inline struct verdict fill_verdict(enum verdict_status status, const char *mark) {
    struct verdict v = fabricate(status);
    char *texts[] = {v.function, v.argument, v.expression, v.sentence, v.fed,
                     v.expected, v.returned, v.printed,    v.flags};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        memcpy(texts[i], mark, strlen(mark) + 1);
    v.printed_cut = true;
    v.rank = 2;
    v.index[0] = 424242;
    v.got = 424242.5;
    v.want = NAN;
    v.allowed = INFINITY;
    v.bad = 424242;
    v.total = 4242424;
    v.element = 424242;
    v.of = 9;
    v.calls = 424242;
    return v;
}

#endif
