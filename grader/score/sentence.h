/* From facts to English: the one place where a verdict becomes words.  Every sentence is made from
 * the table in sentence.c and names what happened, where, and what to do next.
 *
 * What is written here is safe to show: hostile bytes have been cleaned, and each sentence is one
 * line.  A student is told of a hidden test nothing that a worker produced. */
#ifndef GRADUS_SENTENCE_H
#define GRADUS_SENTENCE_H

#include "score/card.h"

enum audience { AUDIENCE_STUDENT, AUDIENCE_STAFF };

/* Stable names for machines, such as "timed_out", and words for people, such as "timed out". */
const char *sentence_status_id(enum verdict_status status);
const char *sentence_status_word(enum verdict_status status);
const char *sentence_crash_id(enum verdict_crash crash);
const char *sentence_finding_id(int finding);
const char *sentence_build_id(enum build_state state);
const char *sentence_product_id(enum product_state state);
const char *sentence_fate_id(enum intake_fate fate);

/* What happened, in one sentence; nothing for a test that passed. */
void sentence_verdict(const struct card_test *test, struct text *out, enum audience audience);
/* What to do next, in one sentence or nothing. */
void sentence_next(const struct card_test *test, struct text *out, enum audience audience);
/* What was fed, expected, returned and printed, each line indented; nothing where unknown. */
void sentence_blocks(const struct card_test *test, struct text *out, enum audience audience);
/* The hint of the planted mistake that answers just as wrongly, or NULL. */
const char *sentence_hint(const struct card_test *test);
/* True when this audience may see the facts of this test's verdict. */
bool sentence_may_tell(const struct card_test *test, enum audience audience);

/* What became of a file that was handed in, of a file's compilation, of a problem's program. */
void sentence_fate(const struct intake_file *file, struct text *out);
void sentence_build(const struct build_file *file, struct text *out);
void sentence_product(const struct problem *problem, const struct product *product,
                      struct text *out);
/* The one thing to do next with the whole submission. */
void sentence_start(const struct card *card, struct text *out);

/* Of an answer: a stable name such as "no_heading", and words such as "heading not found". */
const char *sentence_answer_id(enum answer_state state);
const char *sentence_answer_word(enum answer_state state);
/* What is to be said of an answer beyond that: where it should stand, which of several counts. */
void sentence_answer(const struct card *card, const struct card_question *q, struct text *out);
/* What became of the answers file as a whole; nothing when it was read. */
void sentence_answers(const struct card *card, struct text *out);
/* What tests flagged for a person, a line each, for the staff alone. */
void sentence_flags(const struct card *card, struct text *out);
/* Lines, each with a newline: how far the part is that a person reads; and one for each question of
 * a problem that is only checked for being answered, those that are there last. */
void sentence_written(const struct card *card, struct text *out);
void sentence_checked(const struct card *card, const struct problem *p, struct text *out);
/* "3a", or "3" for what belongs to no part. */
void sentence_part(const struct problem *p, const struct block *b, struct text *out);

/* Of advice on memory: stable names for machines; the state is "clean", "findings" or
 * "not_checked".
 */
const char *sentence_memory_id(enum memory_kind kind);
const char *sentence_memory_state_id(const struct memory_problem *p);
/* What one line does, beginning with its file and number. */
void sentence_memory(const struct memory_finding *f, struct text *out);
/* How much of a problem was watched, and how much was found. */
void sentence_memory_problem(const struct memory_problem *p, struct text *out);
/* What this advice is worth, or why there is none. */
void sentence_memory_note(const struct memory *m, struct text *out);
/* All of it, a line each. */
void sentence_memory_all(const struct memory *m, struct text *out);

/* A number for people and for JSON alike: whole numbers as such, others with the fewest digits that
 * read back as the same number, "NaN", "Infinity", "-Infinity".  Returns `out`. */
enum { NUMBER_ROOM = 32 };
char *sentence_number(char out[NUMBER_ROOM], double number);
/* Points with at most three decimals: "2", "1.667". */
char *sentence_points(char out[NUMBER_ROOM], double points);

/* Adds `bytes` cleaned and on one line. */
void sentence_add_line(struct text *out, const char *bytes);
/* Adds `bytes` cleaned, each line behind `margin`, so that no line of it can pass for ours. */
void sentence_add_block(struct text *out, const char *margin, const char *bytes, size_t count);

#endif
