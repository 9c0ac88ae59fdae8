/* Tries mutants (mutant.h).  The processes are forked: they hold the suite, the seed and what they
 * are compared with, and say what they found by their exit code. */
#include "judge/mutant.h"

#include "base/fault.h"
#include "judge/call.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
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

void mutant_recognize(const struct suite_test *test, const char *secret, const struct wrong *wrong,
                      struct verdict *v) {
    const double end = seconds_tried() + MUTANT_TEST_SECONDS;
    for (int i = 0; i < suite.mutant_count && seconds_tried() < end; i++) {
        const struct suite_mutant *m = &suite.mutants[i];
        if (mutant_try(test, secret, m->thunks, wrong) == TRIAL_SAME) {
            snprintf(v->mutant, sizeof v->mutant, "%s", m->name);
            return;
        }
    }
}
