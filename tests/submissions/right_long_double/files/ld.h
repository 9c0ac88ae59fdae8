#ifndef LD_H
#define LD_H
#include "homework.h"
typedef long double L;
/* Views with real dimensions: V4(x, t) makes x[n][c][h][w] of tensor t. */
#define V4(v, t)                                                                                   \
    double(*v)[(t)->dim[1]][(t)->dim[2]][(t)->dim[3]] =                                            \
        (double(*)[(t)->dim[1]][(t)->dim[2]][(t)->dim[3]])(t)->at
#define V2(v, t) double(*v)[(t)->dim[1]] = (double(*)[(t)->dim[1]])(t)->at
#define F(i, n)  for (int i = 0; i < (n); ++i)
/* Two sums that take turns. */
typedef struct {
    L s[2];
    int i;
} A;
static inline void add(A *a, L x) {
    a->s[a->i ^= 1] += x;
}
static inline double sum(A a) {
    return (double)(a.s[0] + a.s[1]);
}
#endif
