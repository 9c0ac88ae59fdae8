/* Sentences on files, compilations and programs, and on where to begin (sentence.h).  Knows what
 * became of the submission as a whole; single tests have their sentences in sentence.c. */
#include "score/sentence.h"

#include "box/box.h"

#include <string.h>

struct row {
    const char *id, *what;
};

/* --- Files --- */

static const struct row fates[] = {
    [INTAKE_TAKEN] = {"taken", "taken"},
    [INTAKE_HELPER] = {"helper", "taken as a helper: it compiles along with the rest"},
    [INTAKE_IGNORED] = {"ignored", "ignored: the homework does not ask for it"},
    [INTAKE_TOO_LARGE] = {"too_large", "left out: it is larger than a file of this name may be"},
    [INTAKE_NOT_PLAIN] = {"not_plain", "left out: it is not a plain file"},
    [INTAKE_BAD_NAME] = {"bad_name",
                         "left out: its name is not allowed, or differs only in case from one "
                         "that is asked for"},
    [INTAKE_REPEATED] = {"repeated", "left out: a file of this name was taken already"},
    [INTAKE_TOO_MANY] = {"too_many", "left out: there are more helper files than are taken"},
};

static const struct row builds[] = {
    [BUILD_MISSING] = {"missing", "was not handed in"},
    [BUILD_FAILED] = {"failed", "does not compile"},
    [BUILD_EXCEEDED] = {"exceeded", "does not compile: the compiler exceeded its limits"},
    [BUILD_FAULT] = {"fault", "was not compiled, by a fault of ours"},
    [BUILD_COMPILED] = {"compiled", "compiles"},
};

const char *sentence_fate_id(enum intake_fate fate) {
    return fates[fate].id;
}
const char *sentence_build_id(enum build_state state) {
    return builds[state].id;
}

void sentence_fate(const struct intake_file *file, struct text *out) {
    sentence_add_line(out, file->name);
    text_add(out, ": %s", fates[file->fate].what);
}

void sentence_build(const struct build_file *file, struct text *out) {
    sentence_add_line(out, file->name);
    text_add(out, " %s.", builds[file->state].what);
}

/* --- Programs --- */

/* A row's sentence comes after the culprit's name, where there is one. */
static const struct row products[] = {
    [PRODUCT_READY] = {"ready", "The program was built."},
    [PRODUCT_FILE_MISSING] = {"file_missing", "was not handed in."},
    [PRODUCT_NOT_COMPILED] = {"not_compiled", "does not compile. Correct the first error that the "
                                              "compiler names; others often follow from it."},
    [PRODUCT_COMPILER_EXCEEDED] =
        {"compiler_exceeded", "does not compile: the compiler exceeded its limits. Look for a "
                              "file that includes itself, a macro that grows without end, or a "
                              "very large array that is not all zeros."},
    [PRODUCT_NOT_LINKED] = {"not_linked",
                            "The files do not link: a name is defined twice, or called and "
                            "defined nowhere. Helper functions that are static cannot clash."},
    [PRODUCT_LINKER_EXCEEDED] = {"linker_exceeded",
                                 "The files do not link: the linker exceeded its limits. Make the "
                                 "global arrays smaller."},
    [PRODUCT_ENDED_EARLY] = {"ended_early", "The program ended before main: take out what runs "
                                            "there."},
    [PRODUCT_FORBIDDEN] = {"forbidden", "The program made a forbidden call before main: take out "
                                        "what runs there."},
    [PRODUCT_NOT_GRADED] = {"not_graded", "The program was not built, by a fault of ours."},
};

/* The kinds of an early end that have words of their own. */
static const char *const early[VERDICT_COUNT] = {
    [VERDICT_TIMED_OUT] = "The program was still computing when it should have come to its main: "
                          "take out what runs before.",
    [VERDICT_BLOCKED] = "The program was waiting when it should have come to its main: take out "
                        "what runs before.",
    [VERDICT_OUT_OF_MEMORY] = "The program does not fit into its memory: make the global arrays "
                              "smaller.",
    [VERDICT_TOO_MUCH_OUTPUT] = "The program printed more than it may before main: take out what "
                                "runs there.",
};

const char *sentence_product_id(enum product_state state) {
    return products[state].id;
}

void sentence_product(const struct problem *problem, const struct product *product,
                      struct text *out) {
    if (product->state >= PRODUCT_FILE_MISSING && product->state <= PRODUCT_COMPILER_EXCEEDED) {
        const char *file = problem->file_count > 0 ? problem->files[0].name : "a file";
        sentence_add_line(out, product->culprit ? product->culprit : file);
        text_add(out, " ");
    }
    bool own_words = product->state == PRODUCT_ENDED_EARLY && early[product->status];
    text_add(out, "%s", own_words ? early[product->status] : products[product->state].what);
}

/* --- For a person --- */

void sentence_flags(const struct card *card, struct text *out) {
    for (int i = 0; i < card->test_count; i++) {
        const struct card_test *t = &card->tests[i];
        const char *at = t->verdict.flags;
        for (size_t length; card_flag(&at, &length); at += length) {
            text_add(out, "%s%d.%d: ", out->length == 0 ? "For a person to look at:\n" : "",
                     t->problem->number, t->number);
            text_add_clean(out, at, length);
            text_add(out, "\n");
        }
        if (t->verdict.flags_left_out > 0)
            text_add(out, "%d.%d: and %d more\n", t->problem->number, t->number,
                     t->verdict.flags_left_out);
    }
}

/* --- Where to begin --- */

static bool nothing_handed_in(const struct card *card) {
    int missing = 0;
    for (int i = 0; card->intake && i < card->intake->file_count; i++)
        if (card->intake->files[i].fate == INTAKE_TAKEN)
            return false; /* data */
    for (int i = 0; i < card->problem_count; i++) {
        const struct product *p = card->problems[i].product;
        if (card->problems[i].problem->file_count == 0)
            continue;
        if (!p || p->state != PRODUCT_FILE_MISSING)
            return false;
        missing++;
    }
    return missing > 0 && card->answers == ANSWERS_ABSENT;
}

static void ask_for_files(const struct card *card, struct text *out) {
    text_add(out, "None of the files that the homework asks for was found. Hand them in under the "
                  "names that they were given with:");
    const char *before = " ";
    for (int i = 0; i < card->problem_count; i++)
        for (int k = 0; k < card->problems[i].problem->file_count; k++) {
            text_add(out, "%s%s", before, card->problems[i].problem->files[k].name);
            before = ", ";
        }
    text_add(out, ".");
}

static bool nothing_started(const struct card *card) {
    for (int i = 0; i < card->test_count; i++) {
        const struct card_test *t = &card->tests[i];
        bool absent = t->product && t->product->state == PRODUCT_FILE_MISSING;
        if (t->verdict.status != VERDICT_NOT_STARTED && !absent)
            return false;
    }
    return card->test_count > 0;
}

static void start_from_nothing(const struct problem *p, struct text *out) {
    text_add(out, "Start with problem %d, %s: ", p->number, p->title);
    if (p->function_count > 0)
        text_add(out, "write %s", p->functions[0].call.name);
    else
        text_add(out, "write its first function");
    if (p->file_count > 0)
        text_add(out, " in %s", p->files[0].name);
    text_add(out, ". %s says what it must do; make check shows how far you are.", p->path);
}

static bool tell_unbuilt(const struct card *card, struct text *out) {
    for (int i = 0; i < card->problem_count; i++) {
        const struct card_problem *p = &card->problems[i];
        if (!p->graded || !p->product || p->product->state == PRODUCT_READY)
            continue;
        text_add(out, "Start with problem %d, %s: ", p->problem->number, p->problem->title);
        sentence_product(p->problem, p->product, out);
        return true;
    }
    return false;
}

/* A test that the student can read and run comes before one that is hidden. */
static const struct card_test *first_to_mend(const struct card *card) {
    const struct card_test *hidden = NULL;
    for (int i = 0; i < card->test_count; i++) {
        const struct card_test *t = &card->tests[i];
        if (t->verdict.status == VERDICT_PASSED || t->verdict.status == VERDICT_AWAITING ||
            t->verdict.status == VERDICT_NOT_GRADED)
            continue;
        if (t->block->role != ROLE_HIDDEN)
            return t;
        hidden = hidden ? hidden : t;
    }
    return hidden;
}

static const struct card_question *first_unanswered(const struct card *card) {
    for (int i = 0; i < card->question_count; i++)
        if (card->questions[i].block->check != CHECK_NOTHING &&
            card->questions[i].state != ANSWER_GIVEN)
            return &card->questions[i];
    return NULL;
}

/* With all tests passed, or awaiting something. */
static void end_with_words(const struct card *card, struct text *out) {
    const struct card_question *q = first_unanswered(card);
    text_add(out, "Every test%s%s passes", card->graded ? "" : " that was graded",
             card->awaiting > 0 ? " that awaits nothing" : "");
    if (q && card->answers != ANSWERS_FAULT) {
        text_add(out, ". ");
        if (q->state != ANSWER_UNREAD) {
            text_add(out, "Go on with ");
            sentence_part(q->problem, q->block, out);
            text_add(out, ", %s (%s): ", q->block->heading, sentence_answer_word(q->state));
        }
        sentence_answer(card, q, out);
        return;
    }
    if (!card->graded)
        text_add(out, "; the rest is not graded.");
    else
        text_add(out, "%s.", card->question_count > 0 ? "; what is left is the written part" : "");
}

static bool all_awaited(const struct card *card) {
    for (int i = 0; i < card->problem_count; i++)
        if (!card->problems[i].awaited)
            return false;
    return true;
}

static bool no_test_graded(const struct card *card) {
    for (int i = 0; i < card->test_count; i++)
        if (card->tests[i].verdict.status != VERDICT_NOT_GRADED)
            return false;
    return card->test_count > 0;
}

void sentence_start(const struct card *card, struct text *out) {
    const struct card_test *t = first_to_mend(card);
    if (card->intake && card->intake->fault)
        text_add(out, "The submission was not read, by a fault of ours: grade it again.");
    else if (all_awaited(card))
        text_add(out, "Nothing of this submission is graded yet.");
    else if (no_test_graded(card))
        text_add(out, "No test of this submission was graded, by a fault of ours: grade it again.");
    else if (card->intake && card->intake->problem)
        sentence_add_line(out, card->intake->problem);
    else if (nothing_handed_in(card))
        ask_for_files(card, out);
    else if (nothing_started(card))
        start_from_nothing(card->tests[0].problem, out);
    else if (t && !tell_unbuilt(card, out))
        text_add(out, "Go on with test %d.%d, %s (%s).", t->problem->number, t->number,
                 t->block->heading, sentence_status_word(t->verdict.status));
    else if (!t)
        end_with_words(card, out);
}
