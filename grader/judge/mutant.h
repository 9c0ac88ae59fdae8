/* Planted mistakes: wrong versions of the reference, tried in a process of their own since a wrong
 * version may also crash or never end. */
#ifndef GRADUS_MUTANT_H
#define GRADUS_MUTANT_H

#include "judge/attempt.h"

enum trial {
    TRIAL_PASSED, /* earns the test's points in full, or awaits something */
    TRIAL_FAILED,
    TRIAL_SAME, /* failed with just the wrong numbers it was compared with */
    TRIAL_DIED  /* crashed, or exceeded its limits */
};

/* Tries one test against `thunks`.  `compare` may be NULL. */
enum trial mutant_try(const struct suite_test *test, const char *secret, call_thunk *const *thunks,
                      const struct wrong *compare);

/* What the last one that was tried came to, as far as it came. */
const struct verdict *mutant_verdict(void);

/* Processor time that the mutants of one test get together: a test may take long itself, mutants
 * may be many, and whoever hands in wrong work must not be able to hold up the grader with both. */
enum { MUTANT_TEST_SECONDS = 10 };

/* Names in the verdict of each wrong test a mutant that fails just like it and that no passed test
 * denies, as far as one is found in time; where several were found, the one that explains most of
 * the wrong tests, or none where two explain as much.  wrongs[i] belongs to verdicts[i]. */
void mutants_recognize(const char *secret, const struct wrong *wrongs, struct verdict *verdicts);

#endif
