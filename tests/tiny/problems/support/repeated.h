/* Running sums of running sums, through the functions of the homework, whoever wrote them. */
#ifndef REPEATED_H
#define REPEATED_H

#include "tensor.h"

/* The last number after `times` running sums of x (N), at most REPEATED_LENGTH numbers. */
enum { REPEATED_LENGTH = 16 };
double repeated_sums(const tensor *x, int times);

#endif
