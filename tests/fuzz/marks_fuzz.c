/* Marks as people write them, in CSV or JSON: refused line by line, or given within the rubric;
 * written once more in either form they are the same. */
#include "fabricated.h"
#include "fuzz.h"

#include "export/export.h"
#include "marks/marks.h"

#include <stdlib.h>
#include <unistd.h>

enum { TEXT_BYTES = 4 * MIB };

static bool read_marks(const void *bytes, size_t count, struct mark_rows *rows,
                       struct text *mistakes) {
    int file = memory_file(bytes, count);
    bool read = marks_read(memory_path(file), homework.id, rows, mistakes);
    DEMAND(read == (mistakes->length == 0));
    close(file);
    return read;
}

/* --- Writing them again --- */

static void add_field(struct text *out, const char *field, const char *end) {
    text_add(out, "\"");
    for (; field && *field; field++)
        text_add(out, *field == '"' ? "\"\"" : "%c", *field);
    text_add(out, "\"%s", end);
}

static void write_csv(const struct mark_rows *rows, struct text *out) {
    text_add(out, "line,remark,question,points\r\n");
    for (int i = 0; i < rows->count; i++) {
        const struct mark_row *r = &rows->at[i];
        add_field(out, r->rubric_line, ",");
        add_field(out, r->remark, ",");
        add_field(out, r->question, ",");
        add_field(out, r->points, "\r\n");
    }
}

static bool same(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static void demand_csv(const struct mark_rows *rows) {
    struct text csv, mistakes;
    struct mark_rows again = {0};
    text_init(&csv, TEXT_BYTES);
    text_init(&mistakes, TEXT_BYTES);
    write_csv(rows, &csv);
    DEMAND(read_marks(csv.at, csv.length, &again, &mistakes));
    DEMAND(again.count == rows->count);
    for (int i = 0; i < rows->count; i++) {
        const struct mark_row *a = &rows->at[i], *b = &again.at[i];
        DEMAND(same(a->question, b->question) && same(a->rubric_line, b->rubric_line));
        DEMAND(same(a->points, b->points) && same(a->remark, b->remark));
    }
    marks_free(&again);
    text_free(&csv);
    text_free(&mistakes);
}

/* --- Giving them --- */

static void demand_marks(const struct card *card) {
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *q = &card->questions[i];
        if (q->remark)
            demand_clean(q->remark, strlen(q->remark));
        for (int k = 0; k < q->mark_count; k++) {
            const struct card_mark *m = &q->marks[k];
            DEMAND(m->earned >= 0 && m->earned <= m->points && (m->given || m->earned == 0));
            if (m->remark)
                demand_clean(m->remark, strlen(m->remark));
        }
    }
}

/* The marks go into files that were written without them, and come back from there. */
static void demand_merged(const struct card *card, const struct card *before) {
    struct text old_card, old_results, new_card, new_results;
    struct text *const texts[] = {&old_card, &old_results, &new_card, &new_results};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        text_init(texts[i], TEXT_BYTES);
    export_scorecard(before, &old_card);
    export_gradescope(before, &old_results);
    DEMAND(marks_merge(card, old_card.at, old_results.at, &new_card, &new_results));
    demand_clean(new_card.at, new_card.length);
    demand_clean(new_results.at, new_results.length);
    struct card *again = card_make(&homework, NULL, NULL);
    char *reason = marks_restore(again, new_card.at);
    DEMAND(!reason);
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *a = &card->questions[i], *b = &again->questions[i];
        DEMAND(a->block->check != CHECK_NOTHING || same(a->remark, b->remark));
        for (int k = 0; k < a->mark_count; k++)
            DEMAND(a->marks[k].given == b->marks[k].given &&
                   a->marks[k].earned == b->marks[k].earned &&
                   same(a->marks[k].remark, b->marks[k].remark));
    }
    card_free(again);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        text_free(texts[i]);
}

static struct card *make_card(void) {
    struct card *card = card_make(&homework, NULL, NULL);
    answer_some(card);
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_WRONG));
    return card;
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    struct mark_rows rows = {0};
    struct card *card = make_card(), *before = make_card();
    struct text mistakes, changes, summary;
    text_init(&mistakes, TEXT_BYTES);
    text_init(&changes, TEXT_BYTES);
    text_init(&summary, TEXT_BYTES);
    if (read_marks(bytes, count, &rows, &mistakes)) {
        demand_csv(&rows);
        if (marks_accept(card, "marks", &rows, &mistakes, &changes)) {
            DEMAND(mistakes.length == 0 && changes.length == 0);
            demand_marks(card);
            DEMAND(marks_accept(card, "marks", &rows, &mistakes, &changes));
            DEMAND(changes.length == 0); /* the same once more changes nothing */
            demand_merged(card, before);
            marks_summary(card, &summary);
        } else {
            DEMAND(mistakes.length > 0);
        }
    }
    demand_clean(mistakes.at, mistakes.length);
    demand_clean(summary.at, summary.length);
    marks_free(&rows);
    card_free(card);
    card_free(before);
    text_free(&mistakes);
    text_free(&changes);
    text_free(&summary);
}
