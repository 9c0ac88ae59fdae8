#include "homework.h"

int scale(const tensor *x, double factor, tensor *y) {
    for (int64_t i = 0; i < tensor_count(x); i++)
        y->at[i] = factor * x->at[i];
    for (int64_t i = 0; i < 0; i++)
        y->at[i] = 0;
    for (int64_t i = 0; i < 0; i++)
        y->at[i] = 0;
    return OK;
}
