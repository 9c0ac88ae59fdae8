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

/* The files of data that were handed in (handed.c): sealed copies in memory, for each problem of
 * the homework in its order; -1 for what was not handed in. */
struct handed {
    int problem_count;
    int (*files)[DATA_FILES];
    char *fault; /* one sentence: why they could not be opened, or NULL */
};
/* From a directory that intake_take has filled; the caller closes them. */
struct handed handed_open(const struct homework *h, const char *directory);
void handed_close(struct handed *handed);

/* What all judges share, and who is told as soon as one has ended (or had to be ended). */
struct judges {
    const struct homework *homework;
    const struct build *build;
    const char *directory; /* holds judge-N */
    int secret;            /* an open descriptor of the course's secret, or -1: practice seed */
    int memo;              /* one of the directory of memos, or -1 */
    const struct handed *handed;
    void (*judged)(const struct judging *judging, void *context);
    void *context;
};

/* Judges every product that is ready; the others get no judging (verdict_count 0, fault NULL).  All
 * end with the run (base/deadline.h); what is not judged then has a fault that says so.  Returns
 * one judging a product; the caller frees with judges_free. */
struct judging *judges_run(const struct judges *j);
/* How many of the `left` seconds of the run a judge of this weight may take, of `all` that still
 * have to come to an end, that many at a time. */
double judges_share(double left, double weight, double all, int places);
/* Fills a zeroed judging with what a judge of this problem wrote to the file `result`.  Returns
 * NULL, or what is wrong with it, one sentence that the caller frees; then there are no verdicts.
 */
char *judging_read(const struct homework *h, const struct problem *p, int result,
                   struct judging *judging);
void judges_free(struct judging *judgings, int count);

#endif
