/* Series: running sums, reduced ratios, accumulation in place. */
#include "homework.h"

int running_sums(const tensor *x, tensor *y) {
    if (x->rank != 1 || y->rank != 1 || x->dim[0] != y->dim[0])
        return IMPOSSIBLE;
    double sum = 0;
    for (int i = 0; i < x->dim[0]; i++) {
        sum += x->at[i];
        y->at[i] = sum;
    }
    return OK;
}

void reduce_ratio(ints *v) {
    int64_t divisor = v->at[0];
    for (int i = 1; i < v->dim[0]; i++)
        divisor = common_divisor(divisor, v->at[i]);
    for (int i = 0; i < v->dim[0]; i++)
        v->at[i] /= divisor;
}

void accumulate(const tensor *x, tensor *total) {
    for (int i = 0; i < x->dim[0]; i++)
        total->at[i] += x->at[i];
}
