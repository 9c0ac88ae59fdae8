/* Carries out the trainings of a study in several processes at a time.  Knows processes and time;
 * not what is trained. */
#ifndef STUDIES_POOL_H
#define STUDIES_POOL_H

#include "studies.h"

struct pool_progress {
    double seconds, share; /* since the beginning; of the expected work, in [0, 1] */
    int finished, count;   /* trainings */
};

struct pool {
    const struct model_engine *engine;
    int jobs;              /* processes at a time */
    const double *seconds; /* what each run is expected to take */
    /* Called some times a second.  May be NULL. */
    void (*watch)(void *context, const struct pool_progress *progress);
    void *context;
};

enum { POOL_MOST = 64 }; /* processes */

enum pool_outcome {
    POOL_DONE,
    POOL_STOPPED, /* pool_stop was called: what had finished stays */
    POOL_FAILED   /* some process died (`pool_trouble` says of what) or could not begin */
};

/* The results do not depend on the number of processes. */
enum pool_outcome pool_run(struct study_runs *runs, const struct pool *pool);
/* From a signal handler too: the processes end, and pool_run returns. */
void pool_stop(void);
bool pool_stopped(void);
/* What the first process that failed died of: "Segmentation fault", in static memory. */
const char *pool_trouble(void);

/* Runs `work` in a process of its own for at most `seconds`.  Returns NULL when it came to its end,
 * else what it died of. */
const char *pool_try(void (*work)(void *context), void *context, unsigned seconds);

#endif
