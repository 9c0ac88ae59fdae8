/* Proving a homework before it is given: `gradus prove`. */
#ifndef GRADUS_PROVE_H
#define GRADUS_PROVE_H

#include "document/document.h"

#include <stdio.h>

struct proof {
    const char *build;     /* holds judge-N and worker/ */
    const char *reference; /* must earn every point */
    int idle_count;
    const char *const *idle; /* submissions that do no work and must earn nothing */
};

/* Prints one line a finding and one a success; returns the number of findings. */
int prove(const struct homework *h, const struct proof *proof, FILE *out);

#endif
