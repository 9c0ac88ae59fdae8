/* Grading one submission: the stages in order.  Knows the stages and nothing that they know. */
#ifndef GRADUS_GRADE_H
#define GRADUS_GRADE_H

#include "judge/judges.h"
#include "score/card.h"

struct grade_order {
    const char *submission; /* directory or archive */
    const char *build;      /* holds judge-N and worker/ */
    int secret;             /* descriptor of the course's secret, or -1 */
    int memo;               /* of the directory of memos, or -1 */
    struct compiler compiler;
    bool memory;     /* advice on memory is wanted */
    double deadline; /* seconds for all of it, or 0 */
    /* Called with what is known within half a second of there being more of it, when all is built
     * or a judge has ended, and at the end.  NULL: nobody wants to know before the end. */
    void (*gained)(const struct card *card, void *context);
    void *context;
};

struct grading {
    struct intake *intake;
    struct build *build;
    struct judging *judgings;
    struct card *card;
    struct memory *memory; /* or NULL */
};

/* What is not graded when the deadline comes, or a signal that ends the run, is not graded: the
 * card says why, and nothing runs on.  The caller frees with grade_free; the card points into the
 * rest and into `h`. */
struct grading grade(const struct homework *h, const struct grade_order *order);
void grade_free(struct grading *g);

#endif
