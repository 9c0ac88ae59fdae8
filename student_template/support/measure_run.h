/* Carrying a measurement out: piece by piece, each in a process of its own; what an earlier run
 * found under the same settings is taken over.  Knows processes, folders and who is told what; not
 * how a piece is measured (its `doer` does) nor what a report is. */
#ifndef MEASURE_RUN_H
#define MEASURE_RUN_H

#include "measure.h"

struct measurement {
    const struct measure_options *options;
    const char *folder;
    struct measure_record device;
    int count; /* of the pieces by now; a record without a name is not measured yet */
    struct measure_piece pieces[MEASURE_PIECES];
    struct measure_record records[MEASURE_PIECES];
    int64_t planned_fit;     /* the largest batch, as planned */
    int64_t fits, fails;     /* the largest that trained; the smallest that did not; 0: none */
    bool fails_by_plan_only; /* nobody tried it */
};

/* What measures a piece: measure_do, unless a test puts something else in its place. */
typedef void measure_doer(const struct measure_options *o, const struct measure_record *device,
                          const struct measure_piece *p, measure_watch *watch, void *context,
                          struct measure_record *record);

/* What happens meanwhile, for people; each may be NULL. */
struct measure_news {
    void (*started)(void *context, const struct measure_piece *p, bool known);
    /* `share` of this piece; what is left of all, in seconds, or below 0. */
    void (*went_on)(void *context, const struct measure_piece *p, double share, double left);
    void (*ended)(void *context, const struct measurement *m, const struct measure_piece *p,
                  const struct measure_record *r);
    void *context;
};

enum measure_outcome {
    MEASURED,         /* everything */
    MEASURED_PARTLY,  /* some pieces failed: their records say why */
    MEASURED_NOTHING, /* no device or no data: `trouble` says why */
    MEASURED_UNSAVED, /* until the disk was full or away: `trouble` */
    MEASURE_STOPPED
};

/* In a process of its own; a crash is a trouble in the record.  False when it was stopped. */
bool measure_apart(measure_doer *doer, const struct measure_options *o,
                   const struct measure_record *device, const struct measure_piece *p,
                   measure_watch *watch, void *context, struct measure_record *record);

/* `m` has options and folder (measure_enter). */
enum measure_outcome measure_run(struct measurement *m, measure_doer *doer,
                                 const struct measure_news *news, struct trouble *t);
/* For a signal's handler: ends the piece that runs. */
void measure_stop(void);
bool measure_stopped(void);

/* The record of that name; NULL where it failed or was not measured. */
const struct measure_record *measure_find(const struct measurement *m, const char *name);
/* The same by piece. */
const struct measure_record *measure_good(const struct measurement *m, int piece);

#endif
