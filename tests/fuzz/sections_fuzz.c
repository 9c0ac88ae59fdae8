/* What comes out of the box that reads answers.md: the box held hostile bytes, so its frames are
 * hostile, too. */
#include "fabricated.h"
#include "fuzz.h"

#include "score/answers.h"

void fuzz_one(const uint8_t *bytes, size_t count) {
    struct card *card = card_make(&homework, NULL, NULL);
    struct text frames;
    text_init(&frames, count);
    text_add_bytes(&frames, (const char *)bytes, count);
    answers_accept(card, &frames);
    text_free(&frames);
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *q = &card->questions[i];
        DEMAND(q->state <= ANSWER_GIVEN && q->line >= 0);
        DEMAND(!q->answer || q->block->check == CHECK_NOTHING);
        if (q->answer)
            demand_clean(q->answer, strlen(q->answer));
    }
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    demand_exports(card);
    card_free(card);
}
