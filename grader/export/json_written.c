/* The written part as JSON (json.h): what was found of each answer, and what a person gave for it.
 * Knows rubrics and marks; gives none. */
#include "export/json.h"

#include "base/fault.h"
#include "score/sentence.h"

#include <stdlib.h>

enum { SENTENCE_BYTES = 4 * KIB, MARKED_BYTES = 48 * KIB };

/* --- The scorecard --- */

cJSON *json_question(const struct card *card, const struct card_question *q) {
    struct text sentence;
    cJSON *question = json_object();
    text_init(&sentence, SENTENCE_BYTES);
    json_add_number(question, "problem", q->problem->number);
    if (q->block->part)
        json_add_string(question, "part", q->block->part);
    json_add_string(question, "name", q->block->name);
    json_add_string(question, "heading", q->block->heading);
    json_add_string(question, "found", sentence_answer_id(q->state));
    sentence_answer(card, q, &sentence);
    if (sentence.length > 0)
        json_add_text(question, "sentence", &sentence);
    text_free(&sentence);
    return question;
}

static cJSON *make_rubric(const struct card_question *q) {
    cJSON *lines = json_array();
    const char *at = q->rubric ? q->rubric->body : "", *words = NULL;
    int points = 0;
    size_t length = 0;
    for (int i = 0; rubric_next(&at, &points, &words, &length); i++) {
        struct text text;
        text_init(&text, length);
        text_add_bytes(&text, words, length);
        cJSON *line = json_append(lines, json_object());
        json_add_points(line, "points", points);
        json_add_text(line, "text", &text);
        text_free(&text);
        if (!q->marks[i].given)
            continue;
        json_add_points(line, "earned", q->marks[i].earned);
        json_add_string(line, "remark", q->marks[i].remark);
    }
    return lines;
}

cJSON *json_written(const struct card *card, const struct card_question *q) {
    double earned = 0;
    int marked = card_marked(q, &earned);
    bool graded = marked == q->mark_count && marked > 0;
    cJSON *written = json_question(card, q);
    json_add_points(written, "points", q->block->points);
    json_add_bool(written, "extra", q->block->extra);
    json_add_string(written, "question", q->block->body);
    json_add(written, "rubric", make_rubric(q));
    json_add_string(written, "answer", q->answer);
    json_add_string(written, "status",
                    graded       ? "graded"
                    : marked > 0 ? "partly graded"
                                 : "not yet graded");
    if (graded)
        json_add_points(written, "earned", earned);
    if (q->remark)
        json_add_string(written, "remark", q->remark);
    return written;
}

/* --- results.json --- */

static void add_remark(struct text *out, const char *before, const char *remark) {
    if (!remark)
        return;
    text_add(out, "%s", before);
    sentence_add_line(out, remark);
}

static void write_marks(const struct card_question *q, struct text *out) {
    char digits[NUMBER_ROOM];
    double earned = 0;
    int marked = card_marked(q, &earned);
    sentence_points(digits, earned);
    text_add(out,
             "%s of %d points%s, given by a person; they are no part of the automatic points.\n",
             digits, q->block->points, marked < q->mark_count ? " so far" : "");
    for (int i = 0; i < q->mark_count; i++) {
        const struct card_mark *m = &q->marks[i];
        text_add(out, "  %d. ", i + 1);
        if (m->given)
            text_add(out, "%s of %d.", sentence_points(digits, m->earned), m->points);
        else
            text_add(out, "not yet graded, %d point%s.", m->points, m->points == 1 ? "" : "s");
        add_remark(out, " ", m->remark);
        text_add(out, "\n");
    }
    add_remark(out, "On the whole: ", q->remark);
}

cJSON *json_marked(const struct card_question *q) {
    double earned = 0;
    if (card_marked(q, &earned) == 0 && !q->remark)
        return NULL;
    struct text number, label, output;
    text_init(&number, KIB);
    text_init(&label, KIB);
    text_init(&output, MARKED_BYTES);
    sentence_part(q->problem, q->block, &number);
    question_label(q->problem, q->block, &label);
    write_marks(q, &output);
    char *name =
        format_string("%s (written%s)", q->block->heading, q->block->extra ? ", optional" : "");
    cJSON *test = json_object();
    json_add_text(test, "number", &number);
    json_add_string(test, "name", name);
    json_add_text(test, "output", &output);
    json_add_string(test, "visibility", "visible");
    json_add_text(json_add(test, "extra_data", json_object()), "written", &label);
    free(name);
    text_free(&number);
    text_free(&label);
    text_free(&output);
    return test;
}
