/* Fifty steps of a network from a seed, for two implementations to be compared. */
#ifndef TRAJECTORY_H
#define TRAJECTORY_H

#include "model.h"

enum { TRAJECTORY_STEPS = 50 };

/* The loss before each step of the network of `plan` (pictures of EDGES_SIDE, EDGES_THREE classes)
 * over the functions of the homework.  `losses` holds TRAJECTORY_STEPS numbers. */
void trajectory_losses(const struct model_plan *plan, uint64_t seed, double *losses);

#endif
