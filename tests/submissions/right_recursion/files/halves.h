/* No loops: ranges are cut in halves until one index is left. */
#ifndef HALVES_H
#define HALVES_H

#include "homework.h"

#include <stdbool.h>
#include <stddef.h>

/* The sum over i in [from, to) of term(i, context). */
typedef double term(int64_t i, const void *context);
double halves_sum(int64_t from, int64_t to, term *t, const void *context);
/* Does it for every i in [from, to). */
typedef void deed(int64_t i, void *context);
void halves_do(int64_t from, int64_t to, deed *d, void *context);
/* The sum over i < n of a[i da] b[i db]. */
double halves_dot(int64_t n, const double *a, int64_t da, const double *b, int64_t db);
void halves_clear(tensor *t);

#endif
