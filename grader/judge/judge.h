/* One judge-N grades one problem: it owns verdicts, expected values, seeds and hidden inputs, and
 * talks to one fresh sandboxed worker per test.  gradus starts it like this:
 *
 *   judge-3 --grade --worker=FD --result=FD [--seed=FD] [--memo=FD] [--data=NAME=FD]...
 *           --seconds=PROBLEM_SECONDS [--parent=PID] [--cpu=K | --spin]
 *           --limits=CPU_SECONDS,WALL_SECONDS,MEMORY_MIB,STACK_MIB,OUTPUT_KIB
 *       runs the suite; writes a judge_result, then one struct verdict a test, in order, and then
 *       what the tests attached (attachment.h) to FD; exit 0, or 2 for a fault of ours (gradus
 *       then reports "not graded").
 *   judge-3 --prove [--memo=FD]
 *       in this process, no worker: the reference passes every test, no expectation is dull, every
 *       mutant dies by the test it names.  One line a finding; exit 0 or 1.  With --matrix also
 *       which tests kill which mutant.
 *   judge-3 --list
 *       the tests, for people.
 *
 * --seed names an open file with the course's secret, mixed with the own seed of each hidden test;
 * without it the results are those of the practice seed.
 * --memo names an open directory of ours in which support code may remember numbers (memo.h).
 * --data: an open, sealed file that was handed in beside the code; those that were not are missing.
 * --parent: gradus's process, with which the judge ends, however that ends.
 * --spin: judge and worker own two processors; else both are pinned to processor K and sleep. */
#ifndef GRADUS_JUDGE_H
#define GRADUS_JUDGE_H

#include "judge/verdict.h"

struct judge_result {
    uint32_t magic, problem;
    uint32_t test_count, verdict_size; /* sizes must agree with the reader's */
    unsigned long digest;              /* suite.digest: an older judge is a fault */
    uint32_t attachment_count, unused;
};

enum { JUDGE_MAGIC = 0x67726164 };

#endif
