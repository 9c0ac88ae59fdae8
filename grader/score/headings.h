/* Which question does a heading mean?  Students retype headings, change their level, drop the
 * points, write "Question 3 (a)": what names a question beyond doubt is taken for its heading, and
 * everything else is the student's own.  Pure; runs in the box and outside of it alike. */
#ifndef GRADUS_HEADINGS_H
#define GRADUS_HEADINGS_H

#include "score/card.h"

enum heading {
    HEADING_OTHER = -1,  /* the student's own */
    HEADING_PROBLEM = -2 /* of a problem: ends the answer above it, and begins none */
};

/* The index of the question in card->questions, or one of the above.  The number of the problem and
 * the question's name or part have to be there; case, punctuation and what follows do not matter.
 */
int heading_read(const struct card *card, const char *text);
/* The same for a line that is no heading in Markdown: it has to be just what the skeleton has, its
 * points aside. */
int heading_read_plain(const struct card *card, const char *text);

#endif
