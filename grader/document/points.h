/* The table of points for people, from the documents: GRADING.md carries it. */
#ifndef GRADUS_POINTS_H
#define GRADUS_POINTS_H

#include "document/document.h"

/* A Markdown table: one row a test and one a written question, one a problem's total. */
void points_table(const struct homework *h, struct text *out);

#endif
