/* What the homework's convolution shapes take, forwards and backwards in float64, on one thread:
 * the fast path, and beside it the plain loops of the reference.  Prints `name value` lines:
 * microseconds, medians of processor time. */
#include "fast_convolution.h"
#include "public/inputs.h"
#include "reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 101 };

typedef int layer(const tensor *x, const tensor *w, const tensor *b, int stride, int padding,
                  int dilation, tensor *y);
typedef int layer_back(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                       int dilation, tensor *dx, tensor *dw, tensor *db);

struct shape_row {
    int n, c, size, f, k; /* padded so that the output is as large as the input */
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_time(const struct shape_row *s, layer *forward, layer_back *backward) {
    tensor *x = random_integers(SHAPE(s->n, s->c, s->size, s->size), 9), *dx = tensor_like(x);
    tensor *w = random_integers(SHAPE(s->f, s->c, s->k, s->k), 9), *dw = tensor_like(w);
    tensor *b = random_integers(SHAPE(s->f), 9), *db = tensor_like(b);
    tensor *y = tensor_new(SHAPE(s->n, s->f, s->size, s->size));
    tensor *dy = random_integers(SHAPE(s->n, s->f, s->size, s->size), 9);
    double times[RUNS];
    for (int i = 0; i < RUNS; i++) {
        double start = now();
        if (forward(x, w, b, 1, s->k / 2, 1, y) != OK ||
            backward(x, w, dy, 1, s->k / 2, 1, dx, dw, db) != OK)
            exit(2);
        times[i] = now() - start;
    }
    inputs_release();
    qsort(times, RUNS, sizeof times[0], compare);
    return times[RUNS / 2];
}

int main(void) {
    static const struct shape_row rows[] = {
        {10, 1, 28, 3, 7}, {10, 3, 14, 3, 7}, {10, 3, 32, 64, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct shape_row *s = &rows[i];
        char name[64];
        snprintf(name, sizeof name, "conv_%d_%d_%d_%d_%d", s->n, s->c, s->size, s->f, s->k);
        printf("%s_us %.1f\n", name, median_time(s, fast_conv2d, fast_conv2d_backward));
        printf("%s_plain_us %.1f\n", name, median_time(s, REF(conv2d), REF(conv2d_backward)));
    }
    return 0;
}
