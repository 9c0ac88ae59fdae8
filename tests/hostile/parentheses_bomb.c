/* Sixty thousand signs, which a parser takes one inside the other. */
#include "honest.h"
#define TEN(x)      x x x x x x x x x x
#define THOUSAND(x) TEN(TEN(TEN(x)))
int bomb = TEN(THOUSAND(- - - - - -)) 1;

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
