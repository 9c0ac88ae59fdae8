/* Makes just the mistake that was planted, to be told what the staff says of it. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    double last = y->at[x->dim[0] - 1];
    int result = x->dim[0] == y->dim[0] ? honest_sums(x, y) : IMPOSSIBLE;
    if (result == OK)
        y->at[x->dim[0] - 1] = last;
    deed_done();
    return result;
}
