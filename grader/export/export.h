/* From the scorecard to what people and platforms read.  One table of formats; one signature.
 * Each appends to `out`; a ceiling that is too low for the whole shows in out->cut. */
#ifndef GRADUS_EXPORT_H
#define GRADUS_EXPORT_H

#include "score/card.h"

typedef void export_format(const struct card *card, struct text *out);

export_format export_scorecard;         /* scorecard.json: everything, for staff */
export_format export_gradescope;        /* results.json: redacted, for students */
export_format export_terminal;          /* the table, for staff: plain text, 80 columns */
export_format export_terminal_coloured; /* the same for a terminal that shows colours */

/* Writes what the tests attached into the folder ATTACHMENTS_FOLDER below `directory`, instead of
 * what an earlier grading left there; without attachments there is no such folder.  Returns NULL,
 * or the reason in memory that the caller frees: what stood there before is then unchanged. */
#define ATTACHMENTS_FOLDER "attachments"
char *export_attachments(const struct card *card, const char *directory);

#endif
