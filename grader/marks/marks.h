/* Marks: the points and remarks that people give to written answers.  A file of them is read,
 * compared with the rubrics, and merged into a scorecard that was made before.  Knows who may give
 * how much for what; gives nothing itself, and nothing that it does not tell. */
#ifndef GRADUS_MARKS_H
#define GRADUS_MARKS_H

#include "score/card.h"

/* --- The file (csv.c, read.c) --- */

/* One row as it was written; NULL for what is not given. */
struct mark_row {
    int line; /* of the file */
    char *question, *rubric_line, *points, *remark;
};
struct mark_rows {
    struct mark_row *at;
    int count;
};

/* Reads JSON when the first letter is a brace, otherwise CSV.  Mistakes are added as
 * "path:line: sentence"; false when there were any. */
bool marks_read(const char *path, const char *homework, struct mark_rows *rows,
                struct text *mistakes);
void marks_free(struct mark_rows *rows);
/* One line "path:line: sentence", fit for a terminal whatever the sentence quotes. */
void marks_add_mistake(struct text *mistakes, const char *path, int line, const char *sentence);

/* The next record of a CSV file as RFC 4180 has them, its fields cut apart: their number, 0 at the
 * end of the file, -1 where `mistake` says what is wrong.  The caller frees the fields. */
struct csv {
    const char *at;
    int line, next_line; /* of the record, and of what follows it */
    const char *mistake;
};
enum { CSV_FIELDS = 16 };
int csv_read(struct csv *csv, char *fields[CSV_FIELDS]);

/* --- The rubrics (accept.c) --- */

/* Puts the rows into the card's questions.  All of them are checked; mistakes are added as above,
 * and then the card may not be used.  What replaces an earlier mark is told in `changes`. */
bool marks_accept(struct card *card, const char *path, const struct mark_rows *rows,
                  struct text *mistakes, struct text *changes);

/* What is marked and what is still open, as lines. */
void marks_summary(const struct card *card, struct text *out);

/* --- The scorecard (merge.c) --- */

/* Fills the questions of a fresh card from a scorecard; the reason why not, or NULL.  The caller
 * frees the reason. */
char *marks_restore(struct card *card, const char *scorecard);
/* The scorecard and the students' results with the card's marks, all else byte for byte as before;
 * false when `results` is none of ours. */
bool marks_merge(const struct card *card, const char *scorecard, const char *results,
                 struct text *new_scorecard, struct text *new_results);

#endif
