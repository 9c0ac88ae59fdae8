/* answers.md as a student hands it in: what the boxed part finds in it and what the careful part
 * makes of that. */
#include "fabricated.h"
#include "fuzz.h"

#include "score/answers.h"

#include <stdlib.h>

static struct card *read_answers(const char *bytes, size_t count) {
    struct text frames;
    text_init(&frames, 4 * MIB);
    struct card *card = card_make(&homework, NULL, NULL);
    answers_extract(card, bytes, count, &frames);
    answers_accept(card, &frames);
    text_free(&frames);
    return card;
}

static void demand_answers(struct card *card, int lines) {
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *q = &card->questions[i];
        bool read = q->block->check == CHECK_NOTHING && q->state == ANSWER_GIVEN;
        DEMAND((q->answer != NULL) == read);
        DEMAND(q->sections == 0 || (q->line >= 1 && q->line <= lines));
        DEMAND((q->sections == 0) == (q->state == ANSWER_LOST || q->state == ANSWER_UNREAD));
        if (q->answer)
            demand_clean(q->answer, strlen(q->answer));
    }
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    demand_exports(card);
}

/* How a line ends and how the file begins is the editor's business, not the student's. */
static void demand_same(const struct card *card, const char *prefix, const char *bytes,
                        size_t count) {
    struct text other;
    text_init(&other, 2 * count + 3);
    text_add(&other, "%s", prefix);
    for (size_t i = 0; i < count; i++)
        text_add_bytes(&other, bytes[i] == '\n' && !*prefix ? "\r\n" : bytes + i,
                       bytes[i] == '\n' && !*prefix ? 2 : 1);
    struct card *again = read_answers(other.at, other.length);
    DEMAND(again->answers == card->answers);
    for (int i = 0; i < card->question_count; i++) {
        DEMAND(again->questions[i].state == card->questions[i].state);
        DEMAND(again->questions[i].line == card->questions[i].line);
    }
    card_free(again);
    text_free(&other);
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    enum { LONGEST = 16 * KIB };
    if (count > LONGEST)
        return;
    char *text = allocate(count + 1, 1);
    int lines = 1;
    for (size_t i = 0; i < count; i++) {
        text[i] = (char)bytes[i];
        lines += text[i] == '\n' || text[i] == '\r';
    }
    struct card *card = read_answers(text, count);
    if (!memchr(text, '\r', count))
        demand_same(card, "", text, count);
    if (count < 3 || memcmp(text, "\xef\xbb\xbf", 3) != 0)
        demand_same(card, "\xef\xbb\xbf", text, count);
    demand_answers(card, lines);
    card_free(card);
    free(text);
}
