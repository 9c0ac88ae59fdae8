#include "spectrum.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

typedef double complex number;

struct plane plane_new(long rows, long columns) {
    struct plane p = {(int)rows, (int)columns, calloc((size_t)(rows * columns), sizeof(double))};
    return p;
}

struct plane plane_spread(const double *source, int rows, int columns, int apart, int border) {
    struct plane p =
        plane_new((rows - 1L) * apart + 1 + 2L * border, (columns - 1L) * apart + 1 + 2L * border);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            p.at[(i * apart + border) * p.columns + j * apart + border] = source[i * columns + j];
    return p;
}

static void transform(number *at, int count, int step, double sign) {
    if (count == 1)
        return;
    int half = count / 2;
    transform(at, half, 2 * step, sign);
    transform(at + step, half, 2 * step, sign);
    number *sorted = malloc((size_t)count * sizeof *sorted);
    double angle = sign * 2 * acos(-1) / count;
    number turn = 1, turning = cos(angle) + I * sin(angle);
    for (int k = 0; k < half; k++) {
        number even = at[2 * k * step], odd = at[(2 * k + 1) * step] * turn;
        sorted[k] = even + odd;
        sorted[k + half] = even - odd;
        turn *= turning;
    }
    for (int k = 0; k < count; k++)
        at[k * step] = sorted[k];
    free(sorted);
}

static void transform_plane(number *at, int rows, int columns, double sign) {
    for (int i = 0; i < rows; i++)
        transform(at + i * columns, columns, 1, sign);
    for (int j = 0; j < columns; j++)
        transform(at + j, rows, columns, sign);
}

static int power_of_two(int least) {
    int power = 1;
    while (power < least)
        power *= 2;
    return power;
}

static number *load(const struct plane *p, int rows, int columns) {
    number *at = calloc((size_t)(rows * columns), sizeof *at);
    for (int i = 0; i < p->rows; i++)
        for (int j = 0; j < p->columns; j++)
            at[i * columns + j] = p->at[i * p->columns + j];
    transform_plane(at, rows, columns, -1);
    return at;
}

static void multiply(const struct plane *a, const struct plane *b, struct plane *sum,
                     int mirrored) {
    /* Large enough that nothing comes in again from the other side. */
    int rows = power_of_two(a->rows + b->rows), columns = power_of_two(a->columns + b->columns);
    number *left = load(a, rows, columns), *right = load(b, rows, columns);
    for (int i = 0; i < rows * columns; i++)
        left[i] *= mirrored ? conj(right[i]) : right[i];
    transform_plane(left, rows, columns, 1);
    for (int i = 0; i < sum->rows && i < rows; i++)
        for (int j = 0; j < sum->columns && j < columns; j++)
            sum->at[i * sum->columns + j] += creal(left[i * columns + j]) / (rows * columns);
    free(left);
    free(right);
}

void plane_correlate(const struct plane *a, const struct plane *b, struct plane *sum) {
    multiply(a, b, sum, 1);
}

void plane_convolve(const struct plane *a, const struct plane *b, struct plane *sum) {
    multiply(a, b, sum, 0);
}
