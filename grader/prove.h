/* Proving a homework before it is given: `gradus prove`. */
#ifndef GRADUS_PROVE_H
#define GRADUS_PROVE_H

#include "build/build.h"

#include <stdio.h>

struct proof {
    const char *build;     /* holds judge-N and worker/ */
    const char *reference; /* must earn every point */
    int secret;            /* descriptor of the course's secret, or -1; the mistakes are tried without */
    int memo;              /* descriptor of the directory of memos, or -1 */
    struct compiler compiler;
    int idle_count;
    const char *const *idle; /* submissions that do no work and must earn nothing */
};

/* Prints one line a finding and one a success; returns the number of findings. */
int prove(const struct homework *h, const struct proof *proof, FILE *out);
/* The same for one submission that must earn every point.  With `margins` also the lines "margin
 * KIND TEST RATIO SUBMISSION": the largest error of its numbers, divided by what is allowed. */
int prove_right(const struct homework *h, const struct proof *proof, const char *submission,
                bool margins, FILE *out);

#endif
