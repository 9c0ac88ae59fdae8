/* Tries mutants (mutant.h).  The processes are forked: they hold the suite, the seed and what they
 * are compared with, and say what they found by their exit code. */
#include "judge/mutant.h"

#include "base/fault.h"
#include "judge/call.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The processor time decides, so that a busy machine gives the same hints; the alarm is for a
 * mutant that waits. */
enum { CPU_SECONDS = 2, WALL_SECONDS = 20 };

/* The exit code of TRIAL_PASSED, away from those of our own fault(). */
enum { FIRST_CODE = 100 };

/* Shared with the process that tries the mutant. */
static struct verdict *verdict;

static void clear_verdict(void) {
    if (!verdict)
        verdict =
            mmap(NULL, sizeof *verdict, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (verdict == MAP_FAILED)
        fault("no memory for the verdict on a mutant: %s", strerror(errno));
    memset(verdict, 0, sizeof *verdict);
}

const struct verdict *mutant_verdict(void) {
    return verdict;
}

static _Noreturn void try_here(const struct suite_test *test, const char *secret,
                               call_thunk *const *thunks, const struct wrong *compare,
                               pid_t judge) {
    struct wrong wrong = {0};
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    setrlimit(RLIMIT_CPU, &(struct rlimit){CPU_SECONDS, CPU_SECONDS});
    /* Whoever ends the judge ends this too. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != judge)
        _exit(FIRST_CODE + TRIAL_DIED);
    alarm(WALL_SECONDS);
    call_use_thunks(thunks);
    attempt_run(test, secret, verdict, &wrong);
    bool same = compare && verdict->status == VERDICT_WRONG && wrong_same(compare, &wrong);
    bool unnoticed = verdict->status == VERDICT_PASSED || verdict->status == VERDICT_AWAITING;
    _exit(FIRST_CODE + (unnoticed ? TRIAL_PASSED : same ? TRIAL_SAME : TRIAL_FAILED));
}

enum trial mutant_try(const struct suite_test *test, const char *secret, call_thunk *const *thunks,
                      const struct wrong *compare) {
    clear_verdict();
    fflush(NULL); /* or the child would repeat what is still to be written */
    pid_t judge = getpid(), child = fork();
    if (child < 0)
        fault("cannot start a process for a mutant: %s", strerror(errno));
    if (child == 0)
        try_here(test, secret, thunks, compare, judge);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            fault("cannot wait for a mutant: %s", strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) < FIRST_CODE)
        fault("the trial of a mutant failed with code %d", WEXITSTATUS(status));
    return WIFEXITED(status) ? (enum trial)(WEXITSTATUS(status) - FIRST_CODE) : TRIAL_DIED;
}

/* Processor time of all trials so far. */
static double seconds_tried(void) {
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* --- Recognizing --- */

struct recognition {
    const char *secret;
    const struct wrong *wrongs;
    struct verdict *verdicts;
    bool *named, *denied; /* a mutant: it fits some test; it fails one that was passed */
    bool *fits;           /* (tests, mutants): a named one fails this test just like the work */
};

static bool fails_alike(const struct recognition *r, int test, int mutant) {
    return mutant_try(&suite.tests[test], r->secret, suite.mutants[mutant].thunks,
                      &r->wrongs[test]) == TRIAL_SAME;
}

static bool is_denied(const struct recognition *r, int mutant, double end) {
    for (int t = 0; t < suite.test_count && seconds_tried() < end; t++)
        if (r->verdicts[t].status == VERDICT_PASSED &&
            mutant_try(&suite.tests[t], r->secret, suite.mutants[mutant].thunks, NULL) !=
                TRIAL_PASSED)
            return true;
    return false;
}

/* Names the first mutant that fits and that no passed test denies, unless one fits that is named
 * already: one mistake often shows in several tests. */
static void find_fitting(struct recognition *r, int test) {
    const double end = seconds_tried() + MUTANT_TEST_SECONDS;
    for (int known = 1; known >= 0; known--)
        for (int m = 0; m < suite.mutant_count && seconds_tried() < end; m++) {
            if (r->named[m] != known || r->denied[m] || !fails_alike(r, test, m))
                continue;
            r->denied[m] = !known && is_denied(r, m, end);
            r->named[m] = !r->denied[m];
            if (r->named[m])
                return;
        }
}

static int count_explained(const struct recognition *r, int mutant) {
    int count = 0;
    for (int t = 0; t < suite.test_count; t++)
        count += r->fits[(ptrdiff_t)t * suite.mutant_count + mutant];
    return count;
}

/* Of the named ones that fit this test the one that explains most of what is wrong: many mistakes
 * give the same 0 somewhere.  None where two explain as much: a wrong hint is worse than none. */
static int choose(const struct recognition *r, int test) {
    int most = 0, chosen = -1;
    for (int m = 0; m < suite.mutant_count; m++) {
        bool fit = r->fits[(ptrdiff_t)test * suite.mutant_count + m];
        int explained = fit ? count_explained(r, m) : 0;
        if (explained > 0 && explained >= most)
            chosen = explained > most ? m : -1;
        most = explained > most ? explained : most;
    }
    return chosen;
}

void mutants_recognize(const char *secret, const struct wrong *wrongs, struct verdict *verdicts) {
    const unsigned long tests = (unsigned long)suite.test_count;
    const unsigned long mutants = (unsigned long)suite.mutant_count + 1; /* there may be none */
    struct recognition r = {secret,
                            wrongs,
                            verdicts,
                            allocate(mutants, sizeof *r.named),
                            allocate(mutants, sizeof *r.denied),
                            allocate(tests * mutants, sizeof *r.fits)};
    for (int t = 0; t < suite.test_count; t++)
        if (verdicts[t].status == VERDICT_WRONG && wrongs[t].numbers)
            find_fitting(&r, t);
    for (int t = 0; t < suite.test_count; t++)
        for (int m = 0; m < suite.mutant_count; m++)
            if (r.named[m] && verdicts[t].status == VERDICT_WRONG && wrongs[t].numbers)
                r.fits[(ptrdiff_t)t * suite.mutant_count + m] = fails_alike(&r, t, m);
    for (int t = 0; t < suite.test_count; t++) {
        int m = choose(&r, t);
        if (m >= 0)
            snprintf(verdicts[t].mutant, sizeof verdicts[t].mutant, "%s", suite.mutants[m].name);
    }
    free(r.named);
    free(r.denied);
    free(r.fits);
}
