/* Writes the table of points (points.h).  Knows blocks and points; not what they test. */
#include "document/points.h"

static void add_tests(const struct problem *p, struct text *out) {
    int number = 0;
    for (int i = 0; i < p->block_count; i++) {
        const struct block *b = &p->blocks[i];
        if (b->role == ROLE_TEST || b->role == ROLE_HIDDEN)
            text_add(out, "| %d.%d | %s | %s | %s | %d |\n", p->number, ++number, b->heading,
                     b->name, b->role == ROLE_HIDDEN ? "hidden" : "public", b->points);
    }
}

static void add_questions(const struct problem *p, struct text *out) {
    for (int i = 0; i < p->block_count; i++) {
        const struct block *b = &p->blocks[i];
        if (b->role == ROLE_QUESTION)
            text_add(out, "| %d | %s | %s | written%s | (%d) |\n", p->number, b->heading, b->name,
                     b->extra ? ", optional" : "", b->points);
    }
}

void points_table(const struct homework *h, struct text *out) {
    text_add(out, "| number | part | name | kind | points |\n| --- | --- | --- | --- | --- |\n");
    for (int i = 0; i < h->problem_count; i++) {
        const struct problem *p = &h->problems[i];
        add_tests(p, out);
        add_questions(p, out);
        text_add(out, "| **%d** | **%s** | | automatic | **%d** |\n", p->number, p->title,
                 p->points);
    }
    text_add(out, "| | **%s** | | automatic | **%d** |\n", h->title, h->points);
}
