/* What an author must know before giving a problem: that its suite does its work. */
#ifndef GRADUS_JUDGE_PROVE_H
#define GRADUS_JUDGE_PROVE_H

#include <stdio.h>

/* What is printed besides findings: which tests kill which mutant; or "margin KIND PROBLEM.TEST
 * RATIO MUTANT", how many times more than allowed the numbers of a mutant are off. */
enum proof_print { PROOF_FINDINGS, PROOF_MATRIX, PROOF_MARGINS };

/* Writes one line "document:line: sentence" for each finding; returns their number. */
int prove_suite(enum proof_print print, FILE *out);

#endif
