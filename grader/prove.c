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

static void print_margins(const struct card *card, const char *submission, FILE *out) {
    for (int i = 0; i < card->test_count; i++)
        for (int m = 0; m < MARGIN_COUNT; m++) {
            const struct card_test *t = &card->tests[i];
            if (t->verdict.margins[m] > 0)
                fprintf(out, "margin %s %d.%s %.2g %s\n", margin_names[m], t->problem->number,
                        t->block->name, t->verdict.margins[m], submission);
        }
}

/* What awaits something that was not handed in is not proved, and said not to be. */
static void print_proved(const struct card *card, const char *submission, bool full,
                         const char *compiler, FILE *out) {
    fprintf(out, "proved: %s earns %s", submission, full ? "every point" : "nothing");
    if (full && card->awaiting > 0)
        fprintf(out, " but %d, awaiting what it does not hold", card->awaiting);
    fprintf(out, ", %s\n", compiler);
}

enum claim { EARNS_NOTHING, EARNS_ALL, EARNS_ALL_WITH_MARGINS };

/* Grades `submission` and prints each test that earned something else than is claimed. */
static int prove_submission(const struct homework *h, const struct proof *proof,
                            const char *submission, enum claim claim, FILE *out) {
    struct grade_order order = {.submission = submission,
                                .build = proof->build,
                                .secret = proof->secret,
                                .memo = proof->memo,
                                .compiler = proof->compiler,
                                .deadline = h->deadline_seconds};
    struct grading g = grade(h, &order);
    bool full = claim != EARNS_NOTHING;
    int found = 0;
    if (claim == EARNS_ALL_WITH_MARGINS)
        print_margins(g.card, submission, out);
    for (int i = 0; i < g.card->test_count; i++) {
        const struct card_test *t = &g.card->tests[i];
        double want = full ? t->block->points : 0;
        bool awaits = full && t->verdict.status == VERDICT_AWAITING;
        if (awaits || (t->earned == want && t->verdict.status != VERDICT_NOT_GRADED))
            continue;
        found++;
        fprintf(out, "%s:%d: %s earns %g of %d points for %s, expected %g, %s\n", t->problem->path,
                t->block->line, submission, t->earned, t->block->points, t->block->name, want,
                g.build->compiler);
    }
    for (int i = 0; i < g.card->problem_count; i++) {
        const struct card_problem *p = &g.card->problems[i];
        double want = full ? p->points : 0;
        if (p->test_count > 0 || p->earned == want)
            continue;
        found++;
        fprintf(out, "%s: %s earns %g of %d points here, expected %g\n", p->problem->path,
                submission, p->earned, p->points, want);
    }
    for (int i = 0; i < g.card->problem_count; i++) {
        const struct card_problem *p = &g.card->problems[i];
        if (p->graded)
            continue;
        found++;
        fprintf(out, "%s: %s was not graded: %s\n", p->problem->path, submission,
                p->fault ? p->fault : "nothing more is known");
    }
    if (found == 0)
        print_proved(g.card, submission, full, g.build->compiler, out);
    grade_free(&g);
    return found;
}

/* What the judge finds it prints itself. */
static int prove_mutants(const struct problem *p, const struct proof *proof, FILE *out) {
    char *judge = format_string("%s/judge-%d", proof->build, p->number);
    char option[] = "--prove";
    char memo[] = "--memo=3";
    char *arguments[] = {judge, option, proof->memo < 0 ? NULL : memo, NULL};
    char *environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (proof->memo >= 0)
        posix_spawn_file_actions_adddup2(&actions, proof->memo, 3);
    fflush(out);
    pid_t pid;
    int reason = posix_spawn(&pid, judge, &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
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
        if (problem_is_judged(&h->problems[i]))
            found += prove_mutants(&h->problems[i], proof, out);
    found += prove_submission(h, proof, proof->reference, EARNS_ALL, out);
    for (int i = 0; i < proof->idle_count; i++)
        found += prove_submission(h, proof, proof->idle[i], EARNS_NOTHING, out);
    return found;
}

int prove_right(const struct homework *h, const struct proof *proof, const char *submission,
                bool margins, FILE *out) {
    return prove_submission(h, proof, submission, margins ? EARNS_ALL_WITH_MARGINS : EARNS_ALL,
                            out);
}
