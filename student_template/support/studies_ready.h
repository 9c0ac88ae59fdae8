/* Finds out before hours are spent whether studies can run, and how long they will take.  Knows the
 * functions of the homework by name; not whether they are right. */
#ifndef STUDIES_READY_H
#define STUDIES_READY_H

#include "studies.h"

/* Calls each function that the study's networks need once, on a small example and in a process of
 * its own.  False, with a sentence for each on the standard error, when one is not written, refuses
 * a possible example, crashes or does not return. */
bool ready_check_functions(const bool chosen[STUDIES]);

/* Asks the homework for the settings of 6(c) and 6(d).  Those that are not written, or cannot be
 * trained, are left out, with a sentence on the standard error. */
void ready_ask_settings(const bool chosen[STUDIES], struct study_settings *settings);

/* What each run will take, in seconds of one processor, from a few steps.  False, with a sentence,
 * when these crash. */
bool ready_estimate(const struct study_runs *runs, const struct model_engine *engine,
                    double *seconds);

#endif
