/* The models of problem 6 by the plainest loops in double, for the fast ones to be compared with.
 * Knows no layout but PyTorch's. */
#ifndef PLAIN_MODEL_H
#define PLAIN_MODEL_H

#include "model.h"

struct plain_model;

struct plain_model *plain_make(const struct model_plan *plan, const double *parameters);
void plain_free(struct plain_model *p);
/* The parameters, which steps change. */
const double *plain_parameters(const struct plain_model *p);
void plain_scores(struct plain_model *p, const float *pixels, int count, double *scores);
double plain_step(struct plain_model *p, const float *pixels, const int *labels, int count,
                  double rate, double momentum);

#endif
