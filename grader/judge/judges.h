/* Starting the judges: one process a problem, as many at once as there are processors.  This is
 * gradus's side; what runs inside a judge is declared in judge.h. */
#ifndef GRADUS_JUDGES_H
#define GRADUS_JUDGES_H

#include "build/build.h"
#include "judge/judge.h"

struct judging {
    int problem;
    int verdict_count; /* one a test, in the document's order */
    struct verdict *verdicts;
    char *fault; /* one sentence when the judge failed: the problem is not graded; else NULL */
};

/* Judges every product that is ready; the others get no judging (verdict_count 0, fault NULL).
 * `directory` holds judge-N.  `secret` is an open descriptor of the course's secret, or -1 for the
 * practice seed.  Returns one judging a product; the caller frees with judges_free. */
struct judging *judges_run(const struct homework *h, const struct build *b, const char *directory,
                           int secret);
void judges_free(struct judging *judgings, int count);

#endif
