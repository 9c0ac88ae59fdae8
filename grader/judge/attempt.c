/* Runs one test and turns its first finding into a verdict (attempt.h).  Knows demands and
 * verdicts; neither workers nor points. */
#include "judge/attempt.h"

#include "base/fault.h"
#include "judge/attachment.h"
#include "judge/call.h"
#include "public/data.h"
#include "public/record.h"

#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const struct suite_test *test;
    struct verdict *verdict;
    struct wrong *wrong;
    int row, ordinal;
    int share, of; /* the least that was awarded; of = 0: nothing was */
    jmp_buf leave;
} now;

static attempt_watcher *watcher;
static char sentence[VERDICT_TEXT / 4];

/* --- Running --- */

void attempt_run(const struct suite_test *test, const char *secret, struct verdict *v,
                 struct wrong *wrong) {
    now.test = test;
    now.verdict = v;
    now.wrong = wrong;
    now.share = now.of = 0;
    v->line = test->line;
    v->row = -1;
    sentence[0] = '\0';
    attachments_begin((int)(test - suite.tests));
    /* A public test's numbers are those that students see on their own machines. */
    uint64_t seed = test->hidden ? random_mixed(test->seed, secret) : test->seed;
    random_seed(random_mixed(seed, test->name));
    for (now.row = 0; now.row < test->row_count; now.row++) {
        inputs_release();
        record_forget();
        now.ordinal = 0;
        if (setjmp(now.leave) != 0)
            break;
        test->body(now.row);
    }
    inputs_release();
    if (v->status != VERDICT_UNSET)
        return;
    if (now.of > 0 && now.share == 0) { /* not a part: whoever reads "partly" would look for one */
        v->status = VERDICT_WRONG;
        v->finding = FINDING_PROPERTY;
        snprintf(v->sentence, sizeof v->sentence, "some part of this test is right");
        return;
    }
    v->share = now.share;
    v->of = now.of;
    v->status = now.share < now.of ? VERDICT_PARTIAL : VERDICT_PASSED;
}

/* Ends the attempt because of a call, which may be NULL. */
static _Noreturn void leave(const struct record *call) {
    struct verdict *v = now.verdict;
    if (now.test->rows)
        v->row = now.row;
    if (call) {
        snprintf(v->function, sizeof v->function, "%s", call_functions[call->function].name);
        print_call(v->fed, sizeof v->fed, call->function, call->argument);
    }
    longjmp(now.leave, 1);
}

_Noreturn void attempt_leave(void) {
    leave(record_last());
}

_Noreturn void attempt_end(enum verdict_status status, const char *words) {
    verdict_set(now.verdict, status, 0);
    snprintf(now.verdict->sentence, sizeof now.verdict->sentence, "%s", words);
    snprintf(sentence, sizeof sentence, "%s", words);
    leave(NULL);
}

void attempt_flag(const char *words) {
    struct verdict *v = now.verdict;
    size_t used = strlen(v->flags), length = strlen(words);
    if (length == 0 || used + length + 1 > FLAG_BYTES) {
        v->flags_left_out += length > 0;
        return;
    }
    for (size_t i = 0; i < length; i++)
        v->flags[used + i] = (char)(words[i] == '\n' ? ' ' : words[i]);
    v->flags[used + length] = '\n';
}

void attempt_watch(attempt_watcher *w) {
    watcher = w;
}

const char *attempt_sentence(void) {
    return sentence;
}

/* --- The runner's side of finding.h --- */

void finding_expecting(const struct expect_place *p, const tensor *want) {
    now.ordinal++;
    if (watcher)
        watcher(now.test, now.row, p, want);
}

void finding_measure(enum finding_kind kind, double error, double allowed) {
    static const int margins[] = {[FINDING_VALUES] = MARGIN_SUMS,
                                  [FINDING_ADJOINT] = MARGIN_ADJOINT,
                                  [FINDING_GRADIENT] = MARGIN_GRADIENT,
                                  [FINDING_REAL] = MARGIN_REAL};
    double margin = error / allowed;
    if (isfinite(margin))
        now.verdict->margins[margins[kind]] = fmax(now.verdict->margins[margins[kind]], margin);
}

void finding_award(int share, int of) {
    if (of < 1 || share < 0 || share > of)
        fault("%s: award(%d, %d) is no share", now.test->name, share, of);
    if (now.of == 0 || (int64_t)share * now.of < (int64_t)now.share * of) {
        now.share = share;
        now.of = of;
    }
}

static void set_status(struct verdict *v, const struct finding *f, const struct record *call) {
    bool missing = call && call->missing;
    bool idle = f->kind == FINDING_UNFINISHED || missing ||
                (call && (call->unfinished || record_did_nothing(call)));
    if (f->kind == FINDING_SHAPE)
        verdict_set(v, VERDICT_NOT_GRADED, 0);
    else
        verdict_set(v, idle ? VERDICT_NOT_STARTED : VERDICT_WRONG, 0);
    /* A function that is not there has not forgotten to write to its output. */
    v->finding = missing ? FINDING_MISSING : idle ? FINDING_UNFINISHED : f->kind;
}

static void keep_reals(struct wrong *w, const tensor *t) {
    for (int64_t i = 0, n = t ? tensor_count(t) : 0; i < n; i++)
        w->numbers[w->count++] = t->at[i];
}

static void keep_integers(struct wrong *w, const ints *t) {
    for (int64_t i = 0, n = t ? ints_count(t) : 0; i < n; i++)
        w->numbers[w->count++] = (double)t->at[i];
}

/* Copies of both sides: what is wanted may depend on the student too, as a numeric gradient does.
 * A property has no numbers of its own; those of the last call stand for it. */
static void keep_wrong(struct wrong *w, const struct finding *f) {
    const struct record *last = f->kind == FINDING_PROPERTY ? record_last() : NULL;
    int64_t outputs = last ? (int64_t)last->output_count : 0;
    int64_t got = f->got_tensor ? tensor_count(f->got_tensor) : 0;
    int64_t whole = f->got_ints ? ints_count(f->got_ints) : 0;
    *w = (struct wrong){.kind = f->kind, .row = now.row, .ordinal = now.ordinal};
    w->numbers = allocate((unsigned long)(2 + outputs + 2 * got + whole), sizeof *w->numbers);
    w->numbers[w->count++] = f->got;
    w->numbers[w->count++] = f->want;
    keep_reals(w, f->got_tensor);
    keep_reals(w, f->want_tensor);
    keep_integers(w, f->got_ints);
    for (int64_t i = 0; i < outputs; i++)
        w->numbers[w->count++] = last->outputs[i];
}

_Noreturn void finding_report(const struct finding *f) {
    struct verdict *v = now.verdict;
    const void *output = f->got_tensor ? (const void *)f->got_tensor : (const void *)f->got_ints;
    const struct record *call = record_blamed(output);
    set_status(v, f, call);
    /* A demand may stand in a support file, whose lines mean nothing in the document. */
    if (strcmp(f->place.file, suite.document) == 0)
        v->line = f->place.line;
    v->rank = f->rank;
    memcpy(v->index, f->index, sizeof v->index);
    v->got = f->got;
    v->want = f->want;
    v->got_integer = f->got_integer;
    v->want_integer = f->want_integer;
    v->allowed = f->allowed;
    v->worst_absolute = f->worst_absolute;
    v->worst_relative = f->worst_relative;
    v->bad = f->bad;
    v->total = f->total;
    snprintf(v->expression, sizeof v->expression, "%s", f->place.expression);
    snprintf(v->sentence, sizeof v->sentence, "%s", f->sentence ? f->sentence : "");
    print_expected(v->expected, sizeof v->expected, f);
    print_returned(v->returned, sizeof v->returned, f);
    print_finding(sentence, sizeof sentence, f);
    /* Without a call, mistakes in the functions cannot be the reason. */
    if (now.wrong && call && v->status == VERDICT_WRONG)
        keep_wrong(now.wrong, f);
    leave(call);
}

/* --- Comparing failures --- */

bool wrong_same(const struct wrong *a, const struct wrong *b) {
    if (a->kind != b->kind || a->row != b->row || a->ordinal != b->ordinal || a->count != b->count)
        return false;
    double largest = 0;
    for (int64_t i = 0; i < a->count; i++)
        if (isfinite(a->numbers[i]))
            largest = fmax(largest, fabs(a->numbers[i]));
    for (int64_t i = 0; i < a->count; i++) {
        double x = a->numbers[i], y = b->numbers[i];
        bool same = x == y || (isnan(x) && isnan(y)) || fabs(x - y) <= 1e-9 * largest;
        if (!same)
            return false;
    }
    return true;
}

void wrong_free(struct wrong *w) {
    free(w->numbers);
    *w = (struct wrong){0};
}
