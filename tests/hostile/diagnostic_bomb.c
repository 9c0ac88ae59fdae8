/* Ten megabytes of messages. */
#include "honest.h"
#define A(x) x x x x x x x x
#define SAY  _Pragma("message(\"the compiler goes on and on about nothing that anybody asked for\")")
A(A(A(A(A(SAY)))))

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
