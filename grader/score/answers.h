/* The written part: from the answers file to one answer a question.  Markdown is a hostile format,
 * so it is parsed in a boxed process, which sends frames; each frame is checked here before it is
 * believed.  Nobody grades an answer here: a person does.  Of questions that are only checked for
 * being answered, the answer is looked at and forgotten. */
#ifndef GRADUS_ANSWERS_H
#define GRADUS_ANSWERS_H

#include "score/card.h"

enum { ANSWER_BYTES = 32 * KIB };

/* The boxed part, pure: bytes in, frames out (sections.c).  First an enum answers_state as 32 bits;
 * then for each section a struct answer_frame and what stands below its heading.  A section ends
 * with the next heading of a question or a problem (headings.h).  `bytes` end in a NUL. */
struct answer_frame {
    uint32_t question; /* index in card->questions */
    uint32_t line;     /* of the heading */
    uint32_t answer_length;
};
void answers_extract(const struct card *card, const char *bytes, size_t count, struct text *frames);

/* The careful part: believes a frame only when it names a question and is well formed.  What the
 * skeleton has below a heading, the question itself and a comment, is no answer.  Of several
 * sections for one question, the first that says something counts. */
void answers_accept(struct card *card, const struct text *frames);

/* Where line `line` (from 1) begins.  A lone carriage return ends a line too, as in CommonMark. */
const char *answers_line(const char *at, const char *end, int line);

#endif
