/* The operations of a training step (work.h) on the CPU, in memory of the host and in floats:
 * products by OpenBLAS, everything else by plain loops.  Each leaves what step.h says that it
 * writes, and reads nothing else.  Knows neither networks nor steps. */
#ifndef CPU_WORK_H
#define CPU_WORK_H

#include "trouble.h"
#include "work.h"

/* Computes it.  False with TROUBLE_PLAN when it is not in floats, or has less scratch than it
 * takes. */
bool cpu_work(const struct work *w, struct trouble *t);

/* Bytes of scratch with which the operations of this network run well, at most `most`; but never
 * less than what they cannot do without: the inputs of one output of a convolution. */
int64_t cpu_work_scratch(const struct resnet *net, int64_t batch, int64_t most);

#endif
