/* Sends calls to where they are carried out (judge/call.h).  Knows nothing of tests: when a worker
 * is lost it leaves the test, and the verdict is the worker's. */
#include "judge/call.h"

#include "base/fault.h"
#include "judge/attempt.h"
#include "public/record.h"

static struct worker *worker;
static struct verdict *verdict;
static call_thunk *const *thunks;

void call_use_worker(struct worker *w, struct verdict *v) {
    worker = w;
    verdict = v;
    thunks = NULL;
}

void call_use_thunks(call_thunk *const *t) {
    worker = NULL;
    verdict = NULL;
    thunks = t;
}

union call_value call_perform(int function, const union call_value *argument) {
    if (function < 0 || function >= call_function_count)
        fault("there is no function %d", function);
    struct record *r = record_take(function, argument);
    if (thunks)
        thunks[function](argument, &r->result);
    else if (!worker)
        fault("%s is called outside of a test", call_functions[function].name);
    else if (!worker_call(worker, function, argument, &r->result, verdict))
        attempt_leave();
    record_finish(r);
    r->missing = worker && worker_said_missing(worker);
    return r->result;
}
