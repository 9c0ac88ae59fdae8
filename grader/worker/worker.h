/* Calling a function on the other side of the wall.
 *
 * The judge and one worker share two memory files.  The input file (request, arguments) is mapped
 * writable by the judge alone and sealed against any other writer; the output file (reply, results)
 * belongs to the worker and is data that the judge copies once, checks, and then believes no more
 * than any other bytes.  Each holds fixed slots, one an argument, that end at a guard page in the
 * worker; outputs are filled with NaN and surrounded by canaries.  The judge keeps the clock, the
 * call counter and the only truth about progress; a reply with another number than the one it waits
 * for is no reply.
 *
 * worker.h and client.c are the judge's side; inside.c is the worker's main; wire.h what both see.
 */
#ifndef GRADUS_WORKER_H
#define GRADUS_WORKER_H

#include "base/limits.h"
#include "judge/verdict.h"
#include "public/call.h"

struct worker;

struct worker_setup {
    const struct call_function *functions; /* the generated table; NULL for no more than a hello */
    int executable;                        /* sealed memfd */
    struct limits limits;
    int cpu;   /* pin both sides to it, or -1 */
    bool spin; /* wait by spinning: only while both sides have a processor of their own */
};

/* Starts a worker and waits for its hello.  On failure returns NULL and sets `v`: ENDED_EARLY,
 * FORBIDDEN, TIMED_OUT, OUT_OF_MEMORY …, or NOT_GRADED when the fault is ours. */
struct worker *worker_start(const struct worker_setup *setup, struct verdict *v);

/* One call.  Outputs and `result` are written only when it returns true; otherwise `v` says what
 * became of the worker, which then takes no more calls and only waits for worker_stop.  Sets
 * v->function, v->argument, v->calls.  v->element counts from 1 past or before an argument, and
 * from 0 within an input that was written to; of a damaged output it is negative before its
 * numbers. */
bool worker_call(struct worker *w, int function, const union call_value *argument,
                 union call_value *result, struct verdict *v);

/* True when the last call went to a function that the submission lacks (the worker's own word: used
 * for the wording only). */
bool worker_said_missing(const struct worker *w);

/* Ends it, whatever the last call returned, and frees it; copies what was printed and the machine's
 * figures (times, peak) into `v`. */
void worker_stop(struct worker *w, struct verdict *v);

#endif
