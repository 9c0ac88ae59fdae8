/* Grading one submission's answers to one problem. */
#ifndef GRADUS_RUN_H
#define GRADUS_RUN_H

#include "judge/verdict.h"
#include "worker/worker.h"

/* Runs every test of the suite, each with a fresh worker, until they have used up the
 * `seconds` of the problem: those that are left have timed out without being begun.  Fills
 * `verdicts` (one a test, all zero before).  Faults when Check ran another number of tests than the
 * suite has. */
void run_suite(const struct worker_setup *setup, const char *secret, double seconds,
               struct verdict *verdicts);

#endif
