/* A constant that takes for ever to fold: each name is the one before it, twice. */
#include "honest.h"
#define STEP(a, b) enum { b = a + (a ? a * 2 : a + a) + sizeof(char[a ? 1 + a % 7 : 1]) };
#define SUM(x)     (x ^ x) + (x ? x : x)
int bomb = SUM(SUM(SUM(SUM(SUM(SUM(SUM(SUM(SUM(SUM(SUM(SUM(1LL)))))))))))) != 0;

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
