/* Loops that everybody writes a hundred times. */
#ifndef LOOPS_H
#define LOOPS_H

#include "homework.h"

#define UPTO(i, n) for (int i = 0; i < (int)(n); i++)
#define ALL(i, t)  for (int64_t i = 0; i < tensor_count(t); i++)
#define ZERO(t)    ALL(zero_, t) (t)->at[zero_] = 0

/* Where plane (a, b) of a tensor of rank 4 begins. */
#define PLANE(t, a, b)                                                                             \
    ((t)->at + ((int64_t)(a) * (t)->dim[1] + (b)) * (t)->dim[2] * (t)->dim[3])

/* The window of output `o` has its element `e` over this place of the input. */
#define PLACE(o, stride, e, dilation, padding)                                                     \
    ((int64_t)(o) * (stride) + (int64_t)(e) * (dilation) - (padding))

#endif
