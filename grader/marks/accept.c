/* Compares marks with the rubrics (marks.h).  A mistake anywhere keeps every mark out: half of a
 * file of marks is worse than none, since nobody would know which half. */
#include "marks/marks.h"

#include "base/fault.h"
#include "score/sentence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REMARK_BYTES = 4000, MISTAKES = 100 /* a file with more is another file */ };

struct accepting {
    struct card *card;
    const char *path;
    const struct mark_rows *rows;
    struct text *mistakes, *changes;
};

/* --- One row --- */

static struct card_question *find_question(const struct card *card, const char *label) {
    struct card_question *found = NULL;
    struct text own;
    text_init(&own, KIB);
    for (int i = 0; i < card->question_count && !found; i++) {
        text_clear(&own);
        question_label(card->questions[i].problem, card->questions[i].block, &own);
        if (strcmp(own.at, label) == 0)
            found = &card->questions[i];
    }
    text_free(&own);
    return found;
}

/* From 1; 0 for a remark on the whole answer; -1 for anything else. */
static int read_line(const char *words, int count) {
    if (!words)
        return 0;
    size_t digits = strspn(words, "0123456789");
    /* Written in one way only, so that what is given twice looks the same. */
    bool plain = digits > 0 && digits < 6 && !words[digits] && words[0] != '0';
    long line = plain ? strtol(words, NULL, 10) : -1;
    return line >= 1 && line <= count ? (int)line : -1;
}

/* Plainly written numbers only: no "nan", no "0x1". */
static bool read_points(const char *words, double *points) {
    char *end = NULL;
    if (!*words || strspn(words, "0123456789.+-eE") != strlen(words))
        return false;
    *points = strtod(words, &end);
    return !*end && isfinite(*points);
}

/* What is wrong with the points for a line that is worth `most`, as a sentence for the caller to
 * free, or NULL. */
static char *check_points(const char *words, int most, double *points) {
    if (!words)
        return copy_string("the points are missing");
    if (!read_points(words, points))
        return format_string("the points \"%.40s\" are no number", words);
    if (*points < 0)
        return format_string("the points %.40s are below 0", words);
    if (*points > most)
        return format_string("the points %.40s are more than this line is worth, %d", words, most);
    if (fabs(*points * 1000 - round(*points * 1000)) > 1e-6)
        return format_string("the points %.40s have more than three decimals", words);
    *points = round(*points * 1000) / 1000 + 0.0; /* not -0 */
    return NULL;
}

static bool same(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The first row for the same question and line, which is this one unless it was given before. */
static const struct mark_row *find_first(const struct mark_rows *rows, const struct mark_row *row) {
    const struct mark_row *first = rows->at;
    while (!same(first->question, row->question) || !same(first->rubric_line, row->rubric_line))
        first++;
    return first;
}

/* A sentence for the caller to free, or NULL. */
static char *check_row(const struct accepting *a, const struct mark_row *row,
                       const struct card_question *q, double *points) {
    if (!row->question)
        return copy_string("the question is missing");
    if (!q)
        return format_string("this homework has no question \"%.60s\"", row->question);
    if (q->block->check != CHECK_NOTHING)
        return format_string("%s is only checked for being answered: nobody marks it",
                             row->question);
    int line = read_line(row->rubric_line, q->mark_count);
    if (line < 0)
        return format_string("the rubric of %s has no line \"%.40s\", only 1 to %d", row->question,
                             row->rubric_line, q->mark_count);
    const struct mark_row *first = find_first(a->rows, row);
    if (first != row)
        return format_string("%s, line %s, was given on line %d already", row->question,
                             line > 0 ? row->rubric_line : "none", first->line);
    if (row->remark && strlen(row->remark) > REMARK_BYTES)
        return format_string("the remark is longer than %d bytes", REMARK_BYTES);
    if (line > 0)
        return check_points(row->points, q->marks[line - 1].points, points);
    if (row->points)
        return copy_string("points belong to a line of the rubric, and none is given");
    return row->remark ? NULL : copy_string("there are neither points nor a remark");
}

/* --- Giving --- */

static char *clean_remark(const char *remark) {
    if (!remark)
        return NULL;
    struct text clean;
    text_init(&clean, 3 * strlen(remark)); /* a byte that is no text becomes three */
    text_add_clean(&clean, remark, strlen(remark));
    return clean.at;
}

static void tell_change(const struct accepting *a, const struct mark_row *row,
                        const struct card_mark *m, double points) {
    char was[NUMBER_ROOM];
    char is[NUMBER_ROOM];
    text_add(a->changes, "Changed: %s, line %s: %s points, where there were %s.\n", row->question,
             row->rubric_line, sentence_points(is, points), sentence_points(was, m->earned));
}

static void give(const struct accepting *a, const struct mark_row *row, struct card_question *q,
                 double points) {
    int line = read_line(row->rubric_line, q->mark_count);
    char **remark = line > 0 ? &q->marks[line - 1].remark : &q->remark;
    char *clean = clean_remark(row->remark);
    bool changed = *remark && !same(*remark, clean);
    if (line > 0) {
        struct card_mark *m = &q->marks[line - 1];
        if (m->given && m->earned != points)
            tell_change(a, row, m, points);
        m->given = true;
        m->earned = points;
    }
    if (changed)
        text_add(a->changes, "Changed: %s, line %s: the remark is another one now.\n",
                 row->question, line > 0 ? row->rubric_line : "none");
    free(*remark);
    *remark = clean;
}

bool marks_accept(struct card *card, const char *path, const struct mark_rows *rows,
                  struct text *mistakes, struct text *changes) {
    struct accepting a = {card, path, rows, mistakes, changes};
    size_t before = mistakes->length;
    int wrong = 0;
    for (int pass = 0; pass < 2 && mistakes->length == before; pass++)
        for (int i = 0; i < rows->count && wrong < MISTAKES; i++) {
            const struct mark_row *row = &rows->at[i];
            struct card_question *q = row->question ? find_question(card, row->question) : NULL;
            double points = 0;
            char *sentence = check_row(&a, row, q, &points);
            wrong += sentence != NULL;
            if (sentence)
                marks_add_mistake(mistakes, path, row->line, sentence);
            else if (q && pass > 0)
                give(&a, row, q, points);
            free(sentence);
        }
    if (wrong == MISTAKES)
        text_add(mistakes, "%s: and perhaps more; these are the first %d\n", path, MISTAKES);
    return mistakes->length == before;
}

/* --- What is open --- */

enum openness { OPEN_ANSWERED, OPEN_UNANSWERED };

static void add_open(const struct card *card, enum openness which, const char *before,
                     struct text *out) {
    bool any = false;
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *q = &card->questions[i];
        double earned = 0;
        int marked = card_marked(q, &earned);
        if (q->block->check != CHECK_NOTHING || marked == q->mark_count ||
            (q->state == ANSWER_GIVEN) != (which == OPEN_ANSWERED))
            continue;
        text_add(out, "%s", any ? ", " : before);
        question_label(q->problem, q->block, out);
        if (marked > 0)
            text_add(out, " (%d of %d lines)", q->mark_count - marked, q->mark_count);
        any = true;
    }
    text_add(out, "%s", any ? ".\n" : "");
}

void marks_summary(const struct card *card, struct text *out) {
    int asked = 0, done = 0, points = 0;
    double sum = 0;
    char digits[NUMBER_ROOM];
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *q = &card->questions[i];
        double earned = 0;
        if (q->block->check != CHECK_NOTHING)
            continue;
        asked++;
        done += card_marked(q, &earned) == q->mark_count;
        sum += earned;
        points += q->block->extra ? 0 : q->block->points;
    }
    text_add(out, "Written part: %d of %d questions are marked, %s of %d points given.\n", done,
             asked, sentence_points(digits, sum), points);
    add_open(card, OPEN_ANSWERED, "Still open: ", out);
    add_open(card, OPEN_UNANSWERED, "Open, and without an answer: ", out);
    if (done == asked)
        text_add(out, "Nothing is open.\n");
}
