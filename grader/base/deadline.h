/* The one clock of a run.  Whoever waits, for a box or a judge, asks it; when it is over, be it by
 * the time or by a signal, all end what they started, and what was found until then is kept.  In a
 * process that never set it, as in the judges, it is never over. */
#ifndef GRADUS_DEADLINE_H
#define GRADUS_DEADLINE_H

#include <stdbool.h>

/* Seconds of the clock that never jumps. */
double moment_now(void);

/* The run has `seconds` from now; 0 for as long as it likes. */
void deadline_begin(double seconds);
/* SIGINT, SIGTERM and SIGHUP end the run, from now on, instead of the process. */
void deadline_heed_signals(void);

bool deadline_passed(void);
double deadline_left(void); /* seconds, never negative, INFINITY where there is no end */
/* Why it is over, in one sentence; the caller frees it. */
char *deadline_reason(void);

#endif
