#include "halves.h"

double halves_sum(int64_t from, int64_t to, term *t, const void *context) {
    if (to - from <= 0)
        return 0;
    if (to - from == 1)
        return t(from, context);
    int64_t middle = from + (to - from) / 2;
    return halves_sum(from, middle, t, context) + halves_sum(middle, to, t, context);
}

void halves_do(int64_t from, int64_t to, deed *d, void *context) {
    if (to - from <= 0)
        return;
    if (to - from == 1) {
        d(from, context);
        return;
    }
    int64_t middle = from + (to - from) / 2;
    halves_do(from, middle, d, context);
    halves_do(middle, to, d, context);
}

double halves_dot(int64_t n, const double *a, int64_t da, const double *b, int64_t db) {
    switch (n) {
    case 0:
        return 0;
    case 1:
        return *a * *b;
    case 2:
        return *a * *b + a[da] * b[db];
    case 3:
        return *a * *b + (a[da] * b[db] + a[2 * da] * b[2 * db]);
    case 4:
        return (*a * *b + a[da] * b[db]) + (a[2 * da] * b[2 * db] + a[3 * da] * b[3 * db]);
    default:
        return halves_dot(n / 2, a, da, b, db) +
               halves_dot(n - n / 2, a + n / 2 * da, da, b + n / 2 * db, db);
    }
}

static void clear(int64_t i, void *context) {
    ((double *)context)[i] = 0;
}

void halves_clear(tensor *t) {
    halves_do(0, tensor_count(t), clear, t->at);
}
