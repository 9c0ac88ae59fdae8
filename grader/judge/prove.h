/* What an author must know before giving a problem: that its suite does its work. */
#ifndef GRADUS_JUDGE_PROVE_H
#define GRADUS_JUDGE_PROVE_H

#include <stdbool.h>
#include <stdio.h>

/* Writes one line "document:line: sentence" for each finding, and with `matrix` which tests kill
 * which mutant.  Returns the number of findings. */
int prove_suite(bool matrix, FILE *out);

#endif
