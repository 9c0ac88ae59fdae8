/* Writes the table of points (points.h).  Knows blocks, parts and points; not what they test. */
#include "document/points.h"

#include <string.h>

/* --- How a part is judged --- */

/* In the order of the rows of one part; `words` complete "judged by". */
static const struct kind {
    enum role role;
    bool extra, checked;
    const char *words;
} kinds[] = {
    {ROLE_TEST, false, false, "public tests"},         {ROLE_HIDDEN, false, false, "hidden tests"},
    {ROLE_QUESTION, false, true, "completeness"},      {ROLE_QUESTION, false, false, "written"},
    {ROLE_QUESTION, true, false, "written, optional"},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static const struct kind *kind_of(const struct block *b) {
    for (int i = 0; i < KINDS; i++)
        if (kinds[i].role == b->role && kinds[i].extra == b->extra &&
            kinds[i].checked == (b->check != CHECK_NOTHING))
            return &kinds[i];
    return NULL;
}

/* --- One row: the blocks of one part and kind --- */

static const char *part_of(const struct block *b) {
    return b->part ? b->part : "";
}

/* Names that stand together share their heading: it is written once. */
static void add_headings(const struct problem *p, const char *part, const struct kind *kind,
                         struct text *out) {
    const char *last = "";
    for (int i = 0; i < p->block_count; i++) {
        const struct block *b = &p->blocks[i];
        if (kind_of(b) != kind || strcmp(part_of(b), part) != 0 || strcmp(b->heading, last) == 0)
            continue;
        text_add(out, "%s%s", *last ? "; " : "", b->heading);
        last = b->heading;
    }
}

static void add_row(const struct problem *p, const char *part, const struct kind *kind,
                    struct text *out) {
    int points = 0, blocks = 0;
    for (int i = 0; i < p->block_count; i++)
        if (kind_of(&p->blocks[i]) == kind && strcmp(part_of(&p->blocks[i]), part) == 0) {
            points += p->blocks[i].points;
            blocks++;
        }
    if (blocks == 0)
        return;
    text_add(out, "| %d%s | ", p->number, part);
    add_headings(p, part, kind, out);
    /* Points that a person gives stand in brackets: they never enter the automatic total. */
    if (kind->checked)
        text_add(out, " | %s | shared |\n", kind->words);
    else
        text_add(out, kind->role == ROLE_QUESTION ? " | %s | (%d) |\n" : " | %s | %d |\n",
                 kind->words, points);
}

/* --- The rows of a problem --- */

/* The part behind `last`, NULL after the last one: in the order of the alphabet, which is that of
 * roman numbers too as far as viii.  What has no part comes first, as the empty one. */
static const char *next_part(const struct problem *p, const char *last) {
    const char *next = NULL;
    for (int i = 0; i < p->block_count; i++) {
        const char *part = part_of(&p->blocks[i]);
        if (kind_of(&p->blocks[i]) && (!last || strcmp(part, last) > 0) &&
            (!next || strcmp(part, next) < 0))
            next = part;
    }
    return next;
}

static void add_problem(const struct problem *p, struct text *out) {
    for (const char *part = next_part(p, NULL); part; part = next_part(p, part))
        for (int i = 0; i < KINDS; i++)
            add_row(p, part, &kinds[i], out);
    text_add(out, "| **%d** | **%s** | automatic | **%d** |\n", p->number, p->title, p->points);
}

void points_table(const struct homework *h, struct text *out) {
    text_add(out, "| part | what | judged by | points |\n| --- | --- | --- | --- |\n");
    for (int i = 0; i < h->problem_count; i++)
        add_problem(&h->problems[i], out);
    text_add(out, "| | **%s** | automatic | **%d** |\n", h->title, h->points);
}
