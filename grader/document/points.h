/* The table of points for people, from the documents: GRADING.md carries it. */
#ifndef GRADUS_POINTS_H
#define GRADUS_POINTS_H

#include "document/document.h"

/* A Markdown table: for every part of the sheet a row for each way in which it is judged, and for
 * every problem a row with its automatic total. */
void points_table(const struct homework *h, struct text *out);

#endif
