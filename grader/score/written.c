/* Sentences on the written part (sentence.h): whether an answer is there, and where it was looked
 * for.  Knows headings and states; never what an answer says. */
#include "score/sentence.h"

static const struct {
    const char *id, *word;
} states[] = {
    [ANSWER_UNREAD] = {"not_read", "not read"}, [ANSWER_LOST] = {"no_heading", "heading not found"},
    [ANSWER_MISSING] = {"missing", "missing"},  [ANSWER_NO_NUMBER] = {"no_number", "not a number"},
    [ANSWER_GIVEN] = {"answered", "answered"},
};

/* Completes the name of the answers file. */
static const char *const files[] = {
    [ANSWERS_READ] = "",
    [ANSWERS_ABSENT] = "was not handed in",
    [ANSWERS_NOT_TAKEN] = "was handed in and not taken: the list of files says why",
    [ANSWERS_EMPTY] = "is empty",
    [ANSWERS_BINARY] = "is not text: save it as plain text, in UTF-8",
    [ANSWERS_UNREADABLE] = "is not Markdown that can be read",
    [ANSWERS_FAULT] = "was not read, by a fault of ours: grade it again",
};

const char *sentence_answer_id(enum answer_state state) {
    return states[state].id;
}
const char *sentence_answer_word(enum answer_state state) {
    return states[state].word;
}

void sentence_part(const struct problem *p, const struct block *b, struct text *out) {
    text_add(out, "%d%s", p->number, b->part ? b->part : "");
}

void sentence_answers(const struct card *card, struct text *out) {
    if (card->answers == ANSWERS_READ || !card->homework->answers.name)
        return;
    text_add(out, "%s %s", card->homework->answers.name, files[card->answers]);
    if (card->answers == ANSWERS_FAULT && card->answers_fault)
        text_add(out, " (%s)", card->answers_fault);
    text_add(out, ".");
}

void sentence_answer(const struct card *card, const struct card_question *q, struct text *out) {
    switch (q->state) {
    case ANSWER_UNREAD:
        sentence_answers(card, out);
        return;
    case ANSWER_LOST:
        text_add(out, "%s has no heading \"## ", card->homework->answers.name);
        question_heading(q->problem, q->block, out);
        text_add(out, "\".");
        return;
    case ANSWER_MISSING:
        text_add(out, "Nothing stands below its heading, on line %d of %s.", q->line,
                 card->homework->answers.name);
        break;
    case ANSWER_NO_NUMBER:
        text_add(out, "There is no number below its heading, on line %d of %s: write it in digits.",
                 q->line, card->homework->answers.name);
        break;
    case ANSWER_GIVEN:
        break;
    }
    if (q->sections > 1 && q->state != ANSWER_MISSING)
        text_add(out, "%sIts heading stands there %d times; the one that counts is on line %d.",
                 q->state == ANSWER_GIVEN ? "" : " ", q->sections, q->line);
}

/* --- Overviews --- */

/* The questions in one state that a person would read, as one line. */
static void add_unanswered(const struct card *card, enum answer_state state, const char *before,
                           struct text *out) {
    bool any = false;
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *q = &card->questions[i];
        if (q->state != state || q->block->check != CHECK_NOTHING)
            continue;
        text_add(out, "%s", any ? ", " : before);
        sentence_part(q->problem, q->block, out);
        text_add(out, ".%s", q->block->name);
        any = true;
    }
    text_add(out, "%s", any ? ".\n" : "");
}

static void add_repeated(const struct card *card, struct text *out) {
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *q = &card->questions[i];
        if (q->state != ANSWER_GIVEN || q->sections < 2)
            continue;
        sentence_part(q->problem, q->block, out);
        text_add(out, ".%s: ", q->block->name);
        sentence_answer(card, q, out);
        text_add(out, "\n");
    }
}

void sentence_written(const struct card *card, struct text *out) {
    int answered = 0, asked = 0, points = 0;
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *q = &card->questions[i];
        if (q->block->check != CHECK_NOTHING)
            continue;
        asked++;
        answered += q->state == ANSWER_GIVEN;
        points += q->block->extra ? 0 : q->block->points;
    }
    if (asked == 0)
        return;
    text_add(out, "Written part: %d of %d questions answered, %d points, read by a person.\n",
             answered, asked, points);
    if (card->answers != ANSWERS_READ) {
        sentence_answers(card, out);
        text_add(out, "\n");
        return;
    }
    add_unanswered(card, ANSWER_MISSING, "Nothing below the heading: ", out);
    add_unanswered(card, ANSWER_LOST, "Heading not found: ", out);
    add_repeated(card, out);
}

void sentence_checked(const struct card *card, const struct problem *p, struct text *out) {
    if (card->answers != ANSWERS_READ) {
        sentence_answers(card, out);
        text_add(out, "\n");
        return;
    }
    for (int state = ANSWER_UNREAD; state <= ANSWER_GIVEN; state++)
        for (int i = 0; i < card->question_count; i++) {
            const struct card_question *q = &card->questions[i];
            if (q->problem != p || q->block->check == CHECK_NOTHING || (int)q->state != state)
                continue;
            struct text more;
            text_init(&more, KIB);
            sentence_answer(card, q, &more);
            sentence_part(p, q->block, out);
            text_add(out, " %s, %s%s%s\n", q->block->heading, sentence_answer_word(q->state),
                     more.length > 0 ? ": " : ".", more.at);
            text_free(&more);
        }
}
