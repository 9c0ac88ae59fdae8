/* A scorecard and results that lay in a folder since they were written, and that anybody may have
 * edited: refused with a reason, or read and written again without a change to what is not ours. */
#include "fabricated.h"
#include "fuzz.h"

#include "export/json.h"
#include "marks/marks.h"

#include <stdlib.h>

enum { LONGEST = 64 * KIB, TEXT_BYTES = 4 * MIB };

/* Printed and read again it is the same. */
static void demand_stable(const char *text) {
    int line = 0;
    cJSON *value = json_read(text, &line);
    DEMAND(line >= 1);
    if (!value)
        return;
    char *printed = cJSON_Print(value);
    cJSON *again = json_read(printed, &line);
    DEMAND(again != NULL);
    char *twice = cJSON_Print(again);
    DEMAND(strcmp(printed, twice) == 0);
    cJSON_Delete(value);
    cJSON_Delete(again);
    free(printed);
    free(twice);
    value = json_read_lines(text, &line);
    DEMAND(value != NULL);
    cJSON_Delete(value);
}

static void merge(const struct card *card, const char *scorecard, const char *results) {
    struct text new_scorecard, new_results;
    text_init(&new_scorecard, TEXT_BYTES);
    text_init(&new_results, TEXT_BYTES);
    if (marks_merge(card, scorecard, results, &new_scorecard, &new_results)) {
        demand_stable(new_scorecard.at);
        demand_stable(new_results.at);
    } else {
        DEMAND(new_scorecard.length == 0 && new_results.length == 0);
    }
    text_free(&new_scorecard);
    text_free(&new_results);
}

/* Two texts, parted by a NUL. */
void fuzz_one(const uint8_t *bytes, size_t count) {
    static char scorecard[LONGEST], results[LONGEST];
    struct input in = {bytes, count};
    input_string(&in, scorecard, sizeof scorecard);
    input_string(&in, results, sizeof results);
    demand_stable(scorecard);
    demand_stable(results);
    struct card *card = card_make(&homework, NULL, NULL);
    char *reason = marks_restore(card, scorecard);
    if (!reason) {
        for (int i = 0; i < card->question_count; i++)
            for (int k = 0; k < card->questions[i].mark_count; k++) {
                const struct card_mark *m = &card->questions[i].marks[k];
                DEMAND(m->earned >= 0 && m->earned <= m->points);
            }
        merge(card, scorecard, results);
    }
    free(reason);
    card_free(card);
}
