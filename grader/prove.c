/* Proves that the suites do their work (prove.h): full marks for the reference, nothing for work
 * that does nothing, and every planted mistake caught by the test that claims to catch it.  The
 * first two go through the whole pipeline, as a student's work does; the mistakes are tried inside
 * each judge. */
#include "prove.h"

#include "base/fault.h"
#include "grade.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Grades `submission` and prints each test that earned something else than all or nothing of its
 * points, as `full` says. */
static int prove_submission(const struct homework *h, const struct proof *proof,
                            const char *submission, bool full, FILE *out) {
    struct grade_order order = {submission, proof->build, -1};
    struct grading g = grade(h, &order);
    int found = 0;
    for (int i = 0; i < g.card->test_count; i++) {
        const struct card_test *t = &g.card->tests[i];
        double want = full ? t->block->points : 0;
        if (t->earned == want && t->verdict.status != VERDICT_NOT_GRADED)
            continue;
        found++;
        fprintf(out, "%s:%d: %s earns %g of %d points here, expected %g\n", t->problem->path,
                t->block->line, submission, t->earned, t->block->points, want);
    }
    if (!g.card->graded) {
        found++;
        fprintf(out, "%s was not graded\n", submission);
    }
    if (found == 0)
        fprintf(out, "proved: %s earns %s\n", submission, full ? "every point" : "nothing");
    grade_free(&g);
    return found;
}

/* What the judge finds it prints itself. */
static int prove_mutants(const struct problem *p, const struct proof *proof, FILE *out) {
    char *judge = format_string("%s/judge-%d", proof->build, p->number);
    char option[] = "--prove";
    char *arguments[] = {judge, option, NULL};
    char *environment[] = {NULL};
    fflush(out);
    pid_t pid;
    int reason = posix_spawn(&pid, judge, NULL, NULL, arguments, environment);
    if (reason != 0)
        fault("cannot start %s: %s", judge, strerror(reason));
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) > EXIT_FOUND)
        fault("%s --prove did not come to an end", judge);
    int planted = 0;
    for (int i = 0; i < p->block_count; i++)
        planted += p->blocks[i].role == ROLE_MUTANT;
    if (WEXITSTATUS(status) == EXIT_DONE)
        fprintf(out, "proved: %d planted mistakes of %s are caught\n", planted, p->path);
    free(judge);
    return WEXITSTATUS(status) == EXIT_FOUND;
}

int prove(const struct homework *h, const struct proof *proof, FILE *out) {
    int found = 0;
    for (int i = 0; i < h->problem_count; i++)
        found += prove_mutants(&h->problems[i], proof, out);
    found += prove_submission(h, proof, proof->reference, true, out);
    for (int i = 0; i < proof->idle_count; i++)
        found += prove_submission(h, proof, proof->idle[i], false, out);
    return found;
}
