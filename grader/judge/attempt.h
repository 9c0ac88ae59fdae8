/* One attempt at one test: its body for every row, against whatever calls go to, until the first
 * demand that is not met.  It is the judge's runner in the sense of finding.h. */
#ifndef GRADUS_ATTEMPT_H
#define GRADUS_ATTEMPT_H

#include "judge/verdict.h"
#include "public/finding.h"
#include "public/suite.h"

/* The numbers of a failed attempt, got and wanted: what is compared with a mutant's. */
struct wrong {
    enum finding_kind kind;
    int row, ordinal; /* of the demand within the row */
    int64_t count;
    double *numbers; /* freed with wrong_free */
};

/* Runs it and completes the verdict, which must be all zero but for what a worker has set. `secret`
 * is mixed into a hidden test's seed ("" for practice).  `wrong` may be NULL. */
void attempt_run(const struct suite_test *test, const char *secret, struct verdict *v,
                 struct wrong *wrong);

/* Leaves the attempt that is running: its worker is gone and the verdict says why. */
_Noreturn void attempt_leave(void);

/* Leaves it with a status other than a demand's or a worker's, and a sentence. */
_Noreturn void attempt_end(enum verdict_status status, const char *sentence);
/* Adds a line to the verdict's flags, as far as there is room. */
void attempt_flag(const char *sentence);

/* Sees every demand before it is judged, until set to NULL. */
typedef void attempt_watcher(const struct suite_test *test, int row, const struct expect_place *p,
                             const tensor *want);
void attempt_watch(attempt_watcher *watcher);
/* The last finding in words, for authors. */
const char *attempt_sentence(void);

/* The same demand failed with the same numbers: within 1e-9 of the largest; NaN equals NaN. */
bool wrong_same(const struct wrong *a, const struct wrong *b);
void wrong_free(struct wrong *w);

#endif
