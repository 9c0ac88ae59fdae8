/* The table from verdicts to English (sentence.h).  A row says what happened and what to do next;
 * {places} in it are filled with the facts of the verdict.  Knows no homework: what a test is about
 * stands in its document. */
#include "score/sentence.h"

#include "box/box.h"
#include "public/finding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- The table --- */

struct row {
    const char *id, *what, *next;
};

/* `hidden` is all that a student reads of a hidden test. */
static const struct status {
    struct row row;
    const char *word, *hidden;
} statuses[VERDICT_COUNT] = {
    [VERDICT_UNSET] = {{"unset", "", ""}, "unset", ""},
    [VERDICT_PASSED] = {{"passed", "", ""}, "passed", ""},
    [VERDICT_PARTIAL] = {{"partial", "{share} of {of} parts of this test are right.",
                          "Compare the part that is right with the one that is not: {place}."},
                         "partly right",
                         "Some parts of this test are right."},
    [VERDICT_AWAITING] = {{"awaiting", "Awaiting {property}",
                           "Nothing is wrong here: hand that in when you have it."},
                          "awaiting",
                          "This test awaits something that was not handed in; nothing is wrong."},
    [VERDICT_WRONG] = {{"wrong", "The result is wrong.", ""},
                       "wrong",
                       "For the inputs of this test the result is wrong."},
    [VERDICT_NOT_STARTED] = {{"not_started", "{function} is not written yet.",
                              "Write it in {files}; {place} says what it must do."},
                             "not started",
                             "A function that this test needs is not written yet."},
    [VERDICT_CRASHED] = {{"crashed", "", ""},
                         "crashed",
                         "The program crashed in a call that this test makes."},
    [VERDICT_EXITED] = {{"exited", "{function} ended the whole program, with exit code {code}.",
                         "Return from the function instead of calling exit."},
                        "ended the program",
                        "A call that this test makes ended the whole program."},
    [VERDICT_ENDED_EARLY] = {{"ended_early", "", ""},
                             "ended before main",
                             "The program ended before any function of it was called."},
    [VERDICT_FORBIDDEN] = {{"forbidden",
                            "{function} asked the system for {call}, which is not "
                            "allowed here.",
                            "The functions only compute: they need no files, network, processes "
                            "or threads. To look at a number, print it with printf."},
                           "forbidden call",
                           "A call that this test makes asked the system for something that is "
                           "not allowed here."},
    [VERDICT_TIMED_OUT] = {{"timed_out", "{function} was still computing after {cpu} seconds.",
                            "Look for a loop whose end is never reached, and for work that is "
                            "repeated inside a loop."},
                           "timed out",
                           "A call that this test makes was still computing at the time limit."},
    [VERDICT_BLOCKED] = {{"blocked", "{function} was waiting, not computing, for {wall} seconds.",
                          "There is nothing to wait for here: no input to read, no need to "
                          "sleep."},
                         "blocked",
                         "A call that this test makes was waiting, not computing, at the time "
                         "limit."},
    [VERDICT_OUT_OF_MEMORY] = {{"out_of_memory",
                                "{function} needed more than {code} MiB of "
                                "memory.",
                                "Free what is allocated, and check each size before allocating."},
                               "out of memory",
                               "A call that this test makes needed more memory than there is."},
    [VERDICT_TOO_MUCH_OUTPUT] = {{"too_much_output", "{function} printed more than {code} KiB.",
                                  "Take out what prints inside of loops."},
                                 "too much output",
                                 "A call that this test makes printed too much."},
    [VERDICT_NOT_BUILT] = {{"not_built", "There was nothing to build.", ""},
                           "not built",
                           "The program for this problem could not be built."},
    [VERDICT_NOT_GRADED] = {{"not_graded",
                             "This was not graded, by a fault of ours and not of yours.",
                             "It costs you nothing, and you need not do anything: the course "
                             "staff will grade it again."},
                            "not graded",
                            "This was not graded, by a fault of ours and not of yours."},
};

/* It was not even begun: others of its problem had used up the time. */
static const struct status used_up = {
    {"timed_out",
     "The tests of this problem had already taken the {together} seconds that they may take "
     "together, most of them in {costly}.",
     "Make {costly} faster, then run the tests again."},
    "timed out",
    "The tests of this problem had already taken the time that they may take together."};
static const struct status awaited = {
    {"not_graded", "This is not graded yet.", ""}, "not graded", "This is not graded yet."};

static const struct status *status_of(const struct card_test *test) {
    const struct verdict *v = &test->verdict;
    if (v->status == VERDICT_TIMED_OUT && v->costly > 0)
        return &used_up;
    return test->awaited ? &awaited : &statuses[v->status];
}

static const struct row crashes[] = {
    [CRASH_UNKNOWN] = {"unknown", "{function} crashed with {signal}.",
                       "Look for an index that is far out of range or a pointer that was never "
                       "set; a debugger shows the line."},
    [CRASH_NULL] = {"null", "{function} used a null pointer.",
                    "Look for a pointer that was never set, or an allocation whose result was not "
                    "checked."},
    [CRASH_PAST_ARGUMENT] = {"past_argument",
                             "{function} went past the end of {argument}"
                             "{elements}.",
                             "Check the bounds of the loops that index {argument}, and the order "
                             "of its dimensions."},
    [CRASH_BEFORE_ARGUMENT] = {"before_argument",
                               "{function} went before the beginning of "
                               "{argument}.",
                               "An index below zero does this: check where one is computed by a "
                               "subtraction."},
    [CRASH_WROTE_INPUT] = {"wrote_input",
                           "{function} wrote into its input {argument}, which is "
                           "const.",
                           "Write only to the outputs, and copy what has to change."},
    [CRASH_STACK] = {"stack", "{function} used up its stack.",
                     "A recursion without an end does this, or a very large local array; allocate "
                     "large arrays with malloc."},
    [CRASH_DIVISION] = {"division", "{function} divided a whole number by zero.",
                        "Find the / or % whose right side can be zero for these arguments."},
    [CRASH_ABORTED] = {"aborted", "{function} was aborted.",
                       "A failed assert does this, or the C library when it finds its memory "
                       "damaged: look for a write outside of an allocation, or a second free."},
    [CRASH_DAMAGED_OUTPUT] = {"damaged_output",
                              "{function} wrote just outside of its output "
                              "{argument}.",
                              "Check the bounds of the loops that write to {argument}: an index "
                              "is one too large, or below zero."},
};

static const struct row findings[] = {
    [FINDING_INT] = {"int", "{expression} is {got}, expected {want}.",
                     "Compute it on paper for these arguments, step by step."},
    [FINDING_STATUS] = {"status", "{expression} is {got_status}, expected {want_status}.",
                        "IMPOSSIBLE is for shapes or numbers that have no answer, OK for all "
                        "others."},
    [FINDING_REAL] = {"real",
                      "{expression} is {got}, expected {want}; an error of {allowed} "
                      "would be accepted.",
                      "Compute it on paper for these arguments, step by step."},
    [FINDING_PROPERTY] = {"property", "This does not hold: {property}",
                          "The text above {place} says why it must."},
    [FINDING_VALUES] = {"values", "{expression}{index} is {got}, expected {want}{count}.",
                        "Compute that one number on paper from what was fed, then follow the "
                        "loops to it."},
    [FINDING_SHAPE] = {"shape", "{expression} has another number of elements than was expected.",
                       ""},
    [FINDING_ADJOINT] = {"adjoint",
                         "{expression} is not the adjoint: the two inner products are "
                         "{got} and {want}, and may differ by {allowed}.",
                         "Forward and backward disagree about which input meets which output: "
                         "compare the indices in their loops."},
    [FINDING_GRADIENT] = {"gradient",
                          "{expression}{index} is {got}, but the numeric gradient "
                          "there is {want}{count}.",
                          "Change that one input a little and see which outputs follow: each of "
                          "them adds to this gradient."},
    [FINDING_UNTOUCHED] = {"untouched", "Nothing was written to {expression}.",
                           "{function} returned without assigning any number of it."},
    [FINDING_UNFINISHED] = {"unfinished", "{function} says that it is not written yet.",
                            "Write it in {files}; {place} says what it must do."},
    [FINDING_MISSING] =
        {"missing", "There is no function {function} in what was handed in.",
         "Write it in {files}, under just this name; {place} says what it must do."},
};

/* A NaN among numbers has its own cause, whatever it is compared with. */
static const struct row nan_found = {
    "", "{expression}{index} is NaN, expected {want}{count}.",
    "An output is full of NaN before the call: did you add to it before clearing it? If not, this "
    "number was never written, or comes from 0/0."};

static const struct row early_exit = {
    "", "The program ended before main, with exit code {code}.",
    "A constructor does this, code that runs before main; take it out."};
static const struct row early_signal = {
    "", "The program crashed before main, with {signal}.",
    "A constructor does this, code that runs before main; take it out."};
static const struct row early_call = {
    "", "The program asked the system for {call} before main, which is not allowed here.",
    "A constructor does this, code that runs before main; take it out."};

/* --- Choosing a row --- */

static bool finding_has_element(const struct verdict *v) {
    return v->finding == FINDING_VALUES || v->finding == FINDING_GRADIENT;
}

/* NULL: the product's own sentence is the one. */
static const struct row *choose(const struct card_test *test) {
    const struct verdict *v = &test->verdict;
    bool before_main = test->product && test->product->state != PRODUCT_READY;
    switch (v->status) {
    case VERDICT_WRONG:
        return finding_has_element(v) && isnan(v->got) ? &nan_found : &findings[v->finding];
    case VERDICT_CRASHED:
        return &crashes[v->crash];
    case VERDICT_ENDED_EARLY:
        return v->code < 0 ? &early_signal : &early_exit;
    case VERDICT_FORBIDDEN:
        return before_main ? &early_call : &statuses[v->status].row;
    case VERDICT_NOT_STARTED:
        return v->finding == FINDING_MISSING ? &findings[FINDING_MISSING]
                                             : &statuses[v->status].row;
    case VERDICT_NOT_GRADED:
        return &status_of(test)->row;
    default: /* what is true of a call may not be of a program's start */
        return before_main ? NULL : &status_of(test)->row;
    }
}

/* --- Filling places --- */

struct filling {
    const struct card_test *test;
    const struct verdict *v;
    size_t start; /* of the sentence in the text */
};

static void add_number(struct text *out, double number) {
    static const double unset = -0x1p63; /* what fills whole-number outputs before a call */
    char digits[NUMBER_ROOM];
    text_add(out, "%s", number == unset ? "unset" : sentence_number(digits, number));
}

static void add_named(struct text *out, const char *name, const struct filling *f,
                      const char *otherwise) {
    size_t before = out->length;
    sentence_add_line(out, name[0] ? name : otherwise);
    if (!name[0] && before == f->start && out->length > before)
        out->at[before] = (char)(out->at[before] - 'a' + 'A');
}

static void add_function(const struct filling *f, struct text *out) {
    add_named(out, f->v->function, f, "your code");
}
static void add_argument(const struct filling *f, struct text *out) {
    add_named(out, f->v->argument, f, "an argument");
}
static void add_expression(const struct filling *f, struct text *out) {
    add_named(out, f->v->expression, f, "the result");
}
static void add_property(const struct filling *f, struct text *out) {
    add_named(out, f->v->sentence, f, "a property does not hold.");
    if (out->length > f->start && !strchr(".?", out->at[out->length - 1]))
        text_add(out, ".");
}
static void add_elements(const struct filling *f, struct text *out) {
    if (f->v->element > 0)
        text_add(out, ", by %lld number%s", (long long)f->v->element,
                 f->v->element == 1 ? "" : "s");
}
static void add_code(const struct filling *f, struct text *out) {
    text_add(out, "%d", f->v->code);
}
static void add_signal(const struct filling *f, struct text *out) {
    unsigned number = f->v->code < 0 ? 0U - (unsigned)f->v->code : (unsigned)f->v->code;
    const char *name = sigabbrev_np((int)number);
    if (name)
        text_add(out, "SIG%s", name);
    else
        text_add(out, "signal %u", number);
}
static void add_call(const struct filling *f, struct text *out) {
    text_add(out, "%s", box_call_name(f->v->code));
}
/* The limits, not the measured times: those differ from run to run. */
static void add_cpu(const struct filling *f, struct text *out) {
    add_number(out, f->test->problem->limits.cpu_seconds);
}
static void add_wall(const struct filling *f, struct text *out) {
    add_number(out, f->test->problem->limits.wall_seconds);
}
static void add_together(const struct filling *f, struct text *out) {
    add_number(out, f->test->problem->problem_seconds);
}
static void add_costly(const struct filling *f, struct text *out) {
    const struct block *test = card_test_block(f->test->problem, f->v->costly);
    text_add(out, "%d.%d", f->test->problem->number, f->v->costly);
    if (test)
        text_add(out, " (%s)", test->heading);
}
/* A double would round large counts. */
static void add_side(const struct filling *f, struct text *out, double number, int64_t integer) {
    if (f->v->finding == FINDING_INT)
        text_add(out, "%lld", (long long)integer);
    else
        add_number(out, number);
}
static void add_got(const struct filling *f, struct text *out) {
    add_side(f, out, f->v->got, f->v->got_integer);
}
static void add_want(const struct filling *f, struct text *out) {
    add_side(f, out, f->v->want, f->v->want_integer);
}
/* Two digits of an error are enough, unless it is a whole number. */
static void add_error(struct text *out, double error) {
    if (error == floor(error) && error < 1e6)
        add_number(out, error);
    else
        text_add(out, "%.2g", error);
}
static void add_allowed(const struct filling *f, struct text *out) {
    add_error(out, f->v->allowed);
}
static void add_status(struct text *out, double status) {
    static const char *const names[] = {
        [OK] = "OK", [IMPOSSIBLE] = "IMPOSSIBLE", [UNFINISHED] = "UNFINISHED"};
    if (status == OK || status == IMPOSSIBLE || status == UNFINISHED)
        text_add(out, "%s", names[(int)status]);
    else
        add_number(out, status);
}
static void add_got_status(const struct filling *f, struct text *out) {
    add_status(out, f->v->got);
}
static void add_want_status(const struct filling *f, struct text *out) {
    add_status(out, f->v->want);
}
static void add_index(const struct filling *f, struct text *out) {
    for (int i = 0; i < f->v->rank; i++)
        text_add(out, "%s%d%s", i == 0 ? "[" : ",", f->v->index[i], i + 1 == f->v->rank ? "]" : "");
}
static void add_count(const struct filling *f, struct text *out) {
    if (f->v->total < 2)
        return;
    text_add(out, " (%lld of %lld numbers %s wrong", (long long)f->v->bad, (long long)f->v->total,
             f->v->bad == 1 ? "is" : "are");
    /* Errors are those of finite numbers: where there is none, nothing is known. */
    if (f->v->bad > 1 && isfinite(f->v->worst_absolute) && f->v->worst_absolute > 0) {
        text_add(out, ", the worst by ");
        add_error(out, f->v->worst_absolute);
    }
    text_add(out, ")");
}
static void add_share(const struct filling *f, struct text *out) {
    text_add(out, "%d", f->v->share);
}
static void add_of(const struct filling *f, struct text *out) {
    text_add(out, "%d", f->v->of);
}
static void add_files(const struct filling *f, struct text *out) {
    const struct problem *p = f->test->problem;
    for (int i = 0; i < p->file_count; i++) {
        text_add(out, "%s", i == 0 ? "" : " or ");
        sentence_add_line(out, p->files[i].name);
    }
}
static void add_place(const struct filling *f, struct text *out) {
    int line = f->v->line > 0 ? f->v->line : f->test->block->line;
    text_add(out, "%s:%d", f->test->problem->path, line);
}

static const struct place {
    const char *name;
    void (*add)(const struct filling *, struct text *);
} places[] = {
    {"function", add_function},
    {"argument", add_argument},
    {"expression", add_expression},
    {"property", add_property},
    {"elements", add_elements},
    {"code", add_code},
    {"signal", add_signal},
    {"call", add_call},
    {"cpu", add_cpu},
    {"wall", add_wall},
    {"together", add_together},
    {"costly", add_costly},
    {"got", add_got},
    {"want", add_want},
    {"allowed", add_allowed},
    {"got_status", add_got_status},
    {"index", add_index},
    {"want_status", add_want_status},
    {"count", add_count},
    {"share", add_share},
    {"of", add_of},
    {"files", add_files},
    {"place", add_place},
};

static void fill(const char *sentence, const struct card_test *test, struct text *out) {
    struct filling f = {test, &test->verdict, out->length};
    while (*sentence) {
        size_t plain = strcspn(sentence, "{");
        text_add_bytes(out, sentence, plain);
        sentence += plain;
        const char *end = strchr(sentence, '}');
        for (size_t i = 0; end && i < sizeof places / sizeof places[0]; i++)
            if (strlen(places[i].name) == (size_t)(end - sentence - 1) &&
                strncmp(places[i].name, sentence + 1, (size_t)(end - sentence - 1)) == 0)
                places[i].add(&f, out);
        sentence = end ? end + 1 : sentence + strlen(sentence);
    }
}

/* --- For those who ask --- */

const char *sentence_status_id(enum verdict_status status) {
    return statuses[status].row.id;
}
const char *sentence_status_word(enum verdict_status status) {
    return statuses[status].word;
}
const char *sentence_crash_id(enum verdict_crash crash) {
    return crashes[crash].id;
}
const char *sentence_finding_id(int finding) {
    return findings[finding].id;
}

bool sentence_may_tell(const struct card_test *test, enum audience audience) {
    return audience == AUDIENCE_STAFF || test->block->role != ROLE_HIDDEN;
}

void sentence_verdict(const struct card_test *test, struct text *out, enum audience audience) {
    const struct row *row = choose(test);
    if (!sentence_may_tell(test, audience))
        text_add(out, "%s", status_of(test)->hidden);
    else if (row)
        fill(row->what, test, out);
    else
        sentence_product(test->problem, test->product, out);
}

void sentence_next(const struct card_test *test, struct text *out, enum audience audience) {
    const struct row *row = choose(test);
    if (row && sentence_may_tell(test, audience))
        fill(row->next, test, out);
}

const char *sentence_hint(const struct card_test *test) {
    const struct block *mutant = card_mutant(test);
    return mutant ? mutant->hint : NULL;
}
