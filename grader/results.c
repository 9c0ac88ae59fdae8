/* Writing results as they are gained (results.h).  Knows file names and their order; nothing of
 * what is in them. */
#include "results.h"

#include "base/fault.h"
#include "base/file.h"
#include "export/export.h"
#include "score/score.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SCORECARD "scorecard.json"
#define RESULTS   "results.json"

/* --- The directory --- */

int results_lock(const char *directory) {
    int lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Some file systems have no locks: then nobody else is known of. */
    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        refuse("another gradus is writing to %s: let it end, or give this one a directory of its "
               "own (--out)",
               directory);
    return lock;
}

/* --- Files --- */

static char *put(const char *directory, const char *name, const struct text *t) {
    char *path = format_string("%s/%s", directory, name);
    char *beside = format_string("%s/.%s", directory, name); /* ours: we hold the directory */
    char *reason = NULL;
    if (t->cut)
        reason = format_string("%s would be larger than %zu bytes", path, t->limit);
    else if (!file_write_through(beside, path, t->at, t->length))
        reason = format_string("cannot write %s: %s; what stood there before is unchanged", path,
                               strerror(errno));
    free(path);
    free(beside);
    return reason;
}

void results_save(const char *directory, const char *name, const struct text *t) {
    char *reason = put(directory, name, t);
    if (reason)
        refuse("%s", reason);
}

static char *put_card(const char *directory, const char *name, export_format *format,
                      const struct card *card) {
    struct text t;
    text_init(&t, RESULTS_BYTES);
    format(card, &t);
    char *reason = put(directory, name, &t);
    text_free(&t);
    return reason;
}

static char *put_scorecard(const char *directory, const struct card *card) {
    return put_card(directory, SCORECARD, export_scorecard, card);
}
static char *put_results(const char *directory, const struct card *card) {
    return put_card(directory, RESULTS, export_gradescope, card);
}

static int count_attachments(const struct card *card) {
    int count = 0;
    for (int i = 0; i < card->test_count; i++)
        count += card->tests[i].attachment_count;
    return count;
}

/* What was renamed is on the disk only when its directory is; some file systems cannot say so. */
static char *settle(const struct results *r) {
    if (fsync(r->lock) == 0 || errno == EINVAL)
        return NULL;
    return format_string("cannot write %s: %s", r->directory, strerror(errno));
}

/* --- In their order --- */

void results_begin(struct results *r, const char *directory, const struct homework *homework) {
    *r = (struct results){.directory = directory, .lock = -1};
    if (directory_make(directory))
        r->lock = results_lock(directory);
    if (r->lock < 0)
        refuse("cannot write to %s: %s", directory, strerror(errno));
    struct card *card = card_make(homework, NULL, NULL);
    for (int i = 0; i < card->problem_count; i++)
        card_await(card, card->problems[i].problem->number);
    card_sum(card);
    char *reason = put_results(directory, card);
    if (!reason)
        reason = put_scorecard(directory, card);
    if (!reason)
        reason = export_attachments(card, directory);
    if (!reason)
        reason = settle(r);
    if (reason)
        refuse("%s", reason);
    card_free(card);
}

void results_write(struct results *r, const struct card *card) {
    char *reason = NULL;
    if (count_attachments(card) != r->attachment_count)
        reason = export_attachments(card, r->directory);
    if (!reason) {
        r->attachment_count = count_attachments(card);
        reason = put_scorecard(r->directory, card);
    }
    if (!reason)
        reason = put_results(r->directory, card);
    if (!reason)
        reason = settle(r);
    free(r->reason);
    r->reason = reason;
}

void results_end(struct results *r) {
    close(r->lock);
    free(r->reason);
}
