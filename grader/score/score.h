/* Filling and adding up a scorecard (card.h), in the order in which grading does it. */
#ifndef GRADUS_SCORE_H
#define GRADUS_SCORE_H

#include "score/card.h"

/* All tests of all problems in the documents' order, without verdicts.  The card points into the
 * three others, which must outlive it; `intake` and `build` may be NULL. */
struct card *card_make(const struct homework *homework, const struct intake *intake,
                       const struct build *build);
/* Also frees the strings of `run` and the answers. */
void card_free(struct card *card);

/* Sets the answers from the homework's answers file in `directory`; none without such a file.
 * Markdown is a hostile format: it is parsed in a box (answers.h). */
void card_read_answers(struct card *card, const char *directory);

/* Copies what the judge of one problem found, one verdict a test in the documents' order.  Verdicts
 * that contradict the document or themselves are a fault of ours: the problem is not graded. */
void card_judge(struct card *card, int problem_number, const struct verdict *verdicts, int count);
/* What its tests attached, in their order; must outlive the card.  Nothing for a problem that is
 * not graded. */
void card_attach(struct card *card, int problem_number, const struct attachment *attachments,
                 int count);
/* Its judge is still to come: not graded so far, until one of the others is called for it. */
void card_await(struct card *card, int problem_number);
/* Our fault, with what is known of it: the problem's tests carry no points, not even zero. */
void card_not_graded(struct card *card, int problem_number, const char *sentence);
/* This product did not become ready: every test of its problem says why, or is not graded where
 * that was our fault. */
void card_not_built(struct card *card, const struct product *product);

/* Adds up what there is, as often as there is more; a problem that still lacks one is not graded,
 * and none is where the submission could not be taken in by a fault of ours. */
void card_sum(struct card *card);

#endif
