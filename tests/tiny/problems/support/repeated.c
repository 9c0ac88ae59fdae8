/* Running sums of running sums (repeated.h).  Knows one function of the homework. */
#include "repeated.h"

#include "homework.h"

#include <string.h>

double repeated_sums(const tensor *x, int times) {
    double from[REPEATED_LENGTH], to[REPEATED_LENGTH];
    tensor in = *x, out = *x;
    in.at = from;
    out.at = to;
    size_t size = (size_t)x->dim[0] * sizeof *from;
    memcpy(from, x->at, size);
    for (int i = 0; i < times; i++) {
        running_sums(&in, &out);
        memcpy(from, to, size);
    }
    return from[x->dim[0] - 1];
}
