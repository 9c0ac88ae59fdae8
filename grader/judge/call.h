/* Where the calls of a suite go in the judge: to a worker with the student's code, or to functions
 * in this process (the reference, a mutant). */
#ifndef GRADUS_JUDGE_CALL_H
#define GRADUS_JUDGE_CALL_H

#include "public/call.h"
#include "worker/worker.h"

/* From now on; `v` learns what becomes of the worker. */
void call_use_worker(struct worker *w, struct verdict *v);
void call_use_thunks(call_thunk *const *thunks);

#endif
