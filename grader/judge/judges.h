/* Starting the judges: one process a problem, as many at once as there are processors.  This is
 * gradus's side; what runs inside a judge is declared in judge.h. */
#ifndef GRADUS_JUDGES_H
#define GRADUS_JUDGES_H

#include "build/build.h"
#include "judge/attachment.h"
#include "judge/judge.h"

struct judging {
    int problem;
    int verdict_count; /* one a test, in the document's order */
    struct verdict *verdicts;
    int attachment_count;
    struct attachment *attachments; /* in the order of the tests */
    char *fault; /* one sentence when the judge failed: the problem is not graded; else NULL */
};

/* Judges every product that is ready; the others get no judging (verdict_count 0, fault NULL).
 * `directory` holds judge-N.  `secret` is an open descriptor of the course's secret, or -1 for the
 * practice seed; `memo` one of the directory of memos, or -1.  Returns one judging a product; the
 * caller frees with judges_free. */
struct judging *judges_run(const struct homework *h, const struct build *b, const char *directory,
                           int secret, int memo);
/* Seconds after which a judge of this problem is taken for hung: its workers' patience, its
 * mutants' and what the front matter grants to its own work, and some slack. */
double judges_patience(const struct problem *p);
/* Fills a zeroed judging with what a judge of this problem wrote to the file `result`.  Returns
 * NULL, or what is wrong with it, one sentence that the caller frees; then there are no verdicts.
 */
char *judging_read(const struct homework *h, const struct problem *p, int result,
                   struct judging *judging);
void judges_free(struct judging *judgings, int count);

#endif
