/* The results of one grading in its directory OUT: attachments/, scorecard.json and results.json,
 * written as they are gained, each at once a whole document.
 *
 * results.json is the first to be replaced when a grading begins and the last when there is more to
 * tell, and it has a score only when everything was graded.  So whenever gradus is stopped, the
 * platform reads one of these, and nothing else:
 *   - before results_begin: the results of an earlier grading, all of them;
 *   - after it: that this submission is not graded yet, or what was gained, without any score; the
 *     scorecard, for staff, may still be that of before, or already tell of one problem more;
 *   - after the last results_write: the whole. */
#ifndef GRADUS_RESULTS_H
#define GRADUS_RESULTS_H

#include "base/text.h"
#include "score/card.h"

struct results {
    const char *directory;
    int lock;
    int attachment_count; /* as written */
    char *reason;         /* why the last writing failed, or NULL */
};

/* Takes the directory, which nobody else may then write to, and replaces what is in it by a card on
 * which nothing is graded yet.  Refuses where that cannot be done: at most results.json is
 * replaced then. */
void results_begin(struct results *r, const char *directory, const struct homework *homework);
/* Writes what is known by now.  Where that fails the last results stay, and `reason` says why; the
 * next call tries again. */
void results_write(struct results *r, const struct card *card);
void results_end(struct results *r);

/* For whoever changes results that are there.  Holds the directory until it is closed: refuses
 * while somebody else does, and returns -1 (errno) where there is none. */
int results_lock(const char *directory);
/* Refuses where it cannot be written. */
void results_save(const char *directory, const char *name, const struct text *t);

/* No result of ours is larger. */
enum { RESULTS_BYTES = 64 * MIB };

#endif
