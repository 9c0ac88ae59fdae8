/* The stages of grading, in order (grade.h). */
#include "grade.h"

#include "base/fault.h"
#include "base/file.h"
#include "box/box.h"
#include "score/score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* What depends on machine and moment. */
static struct card_run describe_run(const struct build *b, int secret) {
    struct utsname host;
    uname(&host);
    time_t moment = time(NULL);
    struct tm utc;
    char started[32] = "";
    if (gmtime_r(&moment, &utc))
        (void)strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return (struct card_run){.isolation = copy_string(box_level()->words),
                             .compiler = copy_string(b->compiler ? b->compiler : ""),
                             .host_kernel = copy_string(host.release),
                             .started = copy_string(started),
                             .practice_seed = secret < 0};
}

/* Every problem gets verdicts, or the reason why it has none. */
static void score(struct card *card, const struct build *b, const struct judging *judgings) {
    for (int i = 0; i < b->product_count; i++) {
        if (b->products[i].state != PRODUCT_READY)
            card_not_built(card, &b->products[i]);
        else if (judgings[i].fault)
            card_not_graded(card, judgings[i].problem, judgings[i].fault);
        else {
            card_judge(card, judgings[i].problem, judgings[i].verdicts, judgings[i].verdict_count);
            card_attach(card, judgings[i].problem, judgings[i].attachments,
                        judgings[i].attachment_count);
        }
    }
    card_sum(card);
}

/* Advice, once all points are known: nothing of them depends on it. */
static void advise(const struct homework *h, const struct grade_order *order, const char *files,
                   const char *scratch, struct grading *g) {
    struct memory_order memory = {h,     g->intake,    g->build, &order->compiler,
                                  files, order->build, scratch};
    if (order->memory)
        g->card->memory = g->memory = memory_check(&memory);
}

struct grading grade(const struct homework *h, const struct grade_order *order) {
    double start = now();
    char *files = directory_private();
    char *scratch = directory_private();
    char *tools = format_string("%s/worker", order->build);

    struct grading g = {.intake = intake_take(h, order->submission, files)};
    g.build = build_submission(h, &order->compiler, files, tools, scratch);
    g.judgings = judges_run(h, g.build, order->build, order->secret, order->memo);
    g.card = card_make(h, g.intake, g.build);
    card_read_answers(g.card, files);
    score(g.card, g.build, g.judgings);
    advise(h, order, files, scratch, &g);
    g.card->run = describe_run(g.build, order->secret);
    g.card->run.seconds = now() - start;

    /* Not worth losing a grading that is done. */
    if (!directory_remove(files) || !directory_remove(scratch))
        fprintf(stderr, "gradus: left behind: %s and %s\n", files, scratch);
    free(files);
    free(scratch);
    free(tools);
    return g;
}

void grade_free(struct grading *g) {
    card_free(g->card);
    memory_free(g->memory);
    judges_free(g->judgings, g->build->product_count);
    build_free(g->build);
    intake_free(g->intake);
    *g = (struct grading){0};
}
