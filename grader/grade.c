/* The stages of grading, in order (grade.h). */
#include "grade.h"

#include "base/deadline.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/private.h"
#include "box/box.h"
#include "score/score.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

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

/* --- Scoring --- */

struct gaining {
    const struct grade_order *order;
    struct card *card;
    double started;
};

/* Adds up what is known, and tells whoever wants to know it by now. */
static void gain(struct gaining *g) {
    card_sum(g->card);
    g->card->run.seconds = moment_now() - g->started;
    if (g->order->gained)
        g->order->gained(g->card, g->order->context);
}

/* What was our fault after the end of the run was the end of the run, whatever it looked like. */
static void leave_out(struct card *card, int problem, const char *fault) {
    char *over = deadline_passed() ? deadline_reason() : NULL;
    card_not_graded(card, problem, over ? over : fault);
    free(over);
}

static void score_build(struct card *card, const struct build *b) {
    for (int i = 0; i < b->product_count; i++) {
        const struct product *product = &b->products[i];
        if (product->state == PRODUCT_READY)
            card_await(card, product->problem);
        else if (product->state == PRODUCT_NOT_GRADED)
            leave_out(card, product->problem, product->log.at);
        else
            card_not_built(card, product);
    }
}

static void score_judging(const struct judging *j, struct card *card) {
    if (j->fault) {
        leave_out(card, j->problem, j->fault);
        return;
    }
    card_judge(card, j->problem, j->verdicts, j->verdict_count);
    card_attach(card, j->problem, j->attachments, j->attachment_count);
}

static void take_judging(const struct judging *judging, void *context) {
    struct gaining *g = context;
    score_judging(judging, g->card);
    gain(g);
}

/* --- The stages --- */

static void make_place(const char *private, const char *name, char **path) {
    *path = format_string("%s/%s", private, name);
    if (!directory_make(*path) || chmod(*path, 0700) != 0)
        fault("cannot make %s: %s", *path, strerror(errno));
}

/* Advice, once all points are known and told: nothing of them depends on it. */
static void advise(struct gaining *gaining, struct grading *g, const char *private,
                   const char *files, const char *scratch) {
    const struct grade_order *order = gaining->order;
    struct memory_order memory = {.homework = g->card->homework,
                                  .intake = g->intake,
                                  .build = g->build,
                                  .compiler = &order->compiler,
                                  .files = files,
                                  .directory = order->build,
                                  .scratch = scratch,
                                  .private = private};
    g->card->memory = g->memory = memory_check(&memory);
    gain(gaining);
}

struct grading grade(const struct homework *h, const struct grade_order *order) {
    struct gaining gaining = {.order = order, .started = moment_now()};
    deadline_begin(order->deadline);
    const char *private = private_hold();
    char *tools = format_string("%s/worker", order->build), *files, *scratch;
    make_place(private, "files", &files);
    make_place(private, "scratch", &scratch);

    struct grading g = {.intake = intake_take(h, order->submission, files)};
    g.build = build_submission(h, &order->compiler, files, tools, scratch);
    g.card = gaining.card = card_make(h, g.intake, g.build);
    g.card->run = describe_run(g.build, order->secret);
    card_read_answers(g.card, files);
    struct handed handed = handed_open(h, files);
    intake_look_again(g.intake, files);
    score_build(g.card, g.build);
    gain(&gaining);
    const struct judges judges = {.homework = h,
                                  .build = g.build,
                                  .directory = order->build,
                                  .secret = order->secret,
                                  .memo = order->memo,
                                  .handed = &handed,
                                  .judged = take_judging,
                                  .context = &gaining};
    g.judgings = judges_run(&judges);
    handed_close(&handed);
    for (int i = 0; i < g.build->product_count; i++) /* those that were never started */
        if (g.judgings[i].fault)
            score_judging(&g.judgings[i], g.card);
    gain(&gaining);
    if (order->memory)
        advise(&gaining, &g, private, files, scratch);

    /* Not worth losing a grading that is done. */
    if (!private_release())
        fprintf(stderr, "gradus: a private directory was left behind\n");
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
