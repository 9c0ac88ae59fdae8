/* The written part: from the answers file to one answer a question.  Markdown is a hostile format,
 * so it is parsed in a boxed process, which sends frames; each frame is checked here before it is
 * believed.  Nobody grades an answer here: a person does. */
#ifndef GRADUS_ANSWERS_H
#define GRADUS_ANSWERS_H

#include "score/card.h"

enum { ANSWER_BYTES = 32 * KIB };

/* The boxed part, pure: bytes in, frames out.  A frame is a struct answer_frame, then the name,
 * then the answer.  A section begins with a heading "## N.name (K points)" and ends with the next
 * heading of that form; headings in code blocks are code. */
struct answer_frame {
    uint32_t problem, name_length, answer_length;
};
void answers_extract(const char *bytes, size_t count, struct text *frames);

/* The careful part: believes a frame only when it names a question and is well formed.  What the
 * skeleton has below a heading, the question itself and a comment, is no answer. */
void answers_accept(struct card *card, const struct text *frames);

#endif
