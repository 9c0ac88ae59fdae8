/* Calling a function on the other side of the wall.
 *
 * Theory of operation.  Who runs, with whose rights:
 *
 *   gradus    its caller's; reads documents, takes the submission, keeps the run's clock, writes
 *   judge-N   the same; one for each problem, holds its suite, the reference and the course's
 * secret worker    a user id of its own (as root) in an empty root directory; no file, no socket,
 * no other process, only the system calls of box/filter.c; holds the submission's code.  A fresh
 *             one for every test, started by the judge and closed (box/box.h) before its first
 *             foreign instruction
 *
 * What passes between judge and worker, and nothing else does:
 *
 *   input file    request, arguments: mapped writable by the judge alone, sealed against any other
 *   output file   reply, results, a crash note: the worker's, so only data.  The judge copies once,
 *                 checks bounds and canaries, and then believes no more than any other bytes
 *   futex         wake-ups in both directions; a lost or a forged one costs a look, never a verdict
 *   memory file   what it prints, with a limit; shown as text, never read as anything
 *   listener      refused system calls, from the kernel; the judge then ends the worker
 *   process fd    its end, and its processor time, from the kernel
 *
 * Both files hold fixed slots, one an argument, that end at a guard page in the worker; outputs are
 * filled with NaN and surrounded by canaries.  The judge keeps the clock, the number of the call
 * and the only truth about progress; a reply with another number than the one it waits for is no
 * reply.
 *
 * What happens when one dies: the worker, and its test has a verdict, the others go on.  The judge,
 * and its workers die with it (PDEATHSIG); its problem is not graded.  gradus, and all judges and
 * workers die with it; what was written is the truth so far (results.h), and the next run wipes
 * what it left.
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
