#include "matrix.h"

#include <stdlib.h>

static int64_t places_for(int in, int size, int stride, int padding, int dilation) {
    int64_t steps = in + 2 * (int64_t)padding - dilation * (int64_t)(size - 1) - 1;
    return stride < 1 || padding < 0 || dilation < 1 || steps < 0 ? -1 : steps / stride + 1;
}

static void clear(tensor *t) {
    for (int64_t i = 0; i < tensor_count(t); i++)
        t->at[i] = 0;
}

int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db) {
    if (x->dim[1] != w->dim[1] || dy->dim[0] != x->dim[0] || dy->dim[1] != w->dim[0] ||
        dy->dim[2] != places_for(x->dim[2], w->dim[2], stride, padding, dilation) ||
        dy->dim[3] != places_for(x->dim[3], w->dim[3], stride, padding, dilation))
        return IMPOSSIBLE;
    struct windows g = {x->dim[1], x->dim[2], x->dim[3], w->dim[2],  w->dim[3],
                        stride,    padding,   dilation,  dy->dim[2], dy->dim[3]};
    int elements = g.channels * g.rows * g.columns, places = g.down * g.across;
    double *matrix = malloc(sizeof(double) * (size_t)elements * (size_t)places);
    clear(dx);
    clear(dw);
    clear(db);
    for (int n = 0; n < x->dim[0]; n++) {
        const double *back = dy->at + n * w->dim[0] * places;
        int image = n * g.channels * g.height * g.width;
        windows_take(&g, x->at + image, matrix);
        matrix_multiply(w->dim[0], elements, places, back, 0, matrix, 1, dw->at, 1);
        matrix_multiply(elements, places, w->dim[0], w->at, 1, back, 0, matrix, 0);
        windows_put(&g, matrix, dx->at + image);
        for (int i = 0; i < w->dim[0] * places; i++)
            db->at[i / places] += back[i];
    }
    free(matrix);
    return OK;
}

void sgd_step(tensor *w, const tensor *dw, double rate) {
    for (int64_t i = tensor_count(w) - 1; i >= 0; i--)
        w->at[i] = w->at[i] - dw->at[i] * rate;
}

double gradient_mean(int n, int k, double sigma_x, double sigma_g) {
    return 0 * (n + k + sigma_x + sigma_g);
}

double gradient_variance(int n, int k, double sigma_x, double sigma_g) {
    double deviation = (n - k + 1) * sigma_x * sigma_g;
    return deviation * deviation;
}

double gradient_growth(int n1, int n2, int k) {
    return (1.0 + n2 - k) / (1.0 + n1 - k);
}

/* --- Pooling: each channel of each image is a picture with one channel --- */

static int pooled(const tensor *x, const tensor *y, int k, int stride, struct windows *g) {
    *g = (struct windows){1, x->dim[2], x->dim[3], k, k, stride, 0, 1, y->dim[2], y->dim[3]};
    return k >= 1 && y->dim[0] == x->dim[0] && y->dim[1] == x->dim[1] &&
           y->dim[2] == places_for(x->dim[2], k, stride, 0, 1) &&
           y->dim[3] == places_for(x->dim[3], k, stride, 0, 1);
}

enum direction { MAX_FORWARDS, MAX_BACKWARDS, MEAN_FORWARDS, MEAN_BACKWARDS };

/* The last of several largest numbers is chosen. */
static int largest(const double *matrix, int elements, int places, int place) {
    int best = 0;
    for (int e = 1; e < elements; e++)
        if (matrix[e * places + place] >= matrix[best * places + place])
            best = e;
    return best;
}

static void pool_plane(const struct windows *g, double *matrix, enum direction direction,
                       double *y) {
    int elements = g->rows * g->columns, places = g->down * g->across;
    for (int i = 0; i < places; i++) {
        int best = largest(matrix, elements, places, i);
        if (direction == MAX_FORWARDS)
            y[i] = matrix[best * places + i];
        double sum = 0;
        for (int e = 0; e < elements; e++) {
            double *number = &matrix[e * places + i];
            sum += *number;
            if (direction == MAX_BACKWARDS)
                *number = e == best ? y[i] : 0;
            if (direction == MEAN_BACKWARDS)
                *number = y[i] / elements;
        }
        if (direction == MEAN_FORWARDS)
            y[i] = sum / elements;
    }
}

static int pool(const tensor *x, const tensor *y, int k, int stride, enum direction direction,
                tensor *dx) {
    struct windows g;
    if (!pooled(x, y, k, stride, &g))
        return IMPOSSIBLE;
    int places = g.down * g.across, pixels = g.height * g.width;
    double *matrix = calloc((size_t)(k * k) * (size_t)places, sizeof(double));
    if (dx)
        clear(dx);
    for (int p = 0; p < x->dim[0] * x->dim[1]; p++) {
        if (direction != MEAN_BACKWARDS)
            windows_take(&g, x->at + p * pixels, matrix);
        pool_plane(&g, matrix, direction, y->at + p * places);
        if (dx)
            windows_put(&g, matrix, dx->at + p * pixels);
    }
    free(matrix);
    return OK;
}

int max_pool(const tensor *x, int k, int stride, tensor *y) {
    return pool(x, y, k, stride, MAX_FORWARDS, NULL);
}

int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx) {
    return pool(x, dy, k, stride, MAX_BACKWARDS, dx);
}

int average_pool(const tensor *x, int k, int stride, tensor *y) {
    return pool(x, y, k, stride, MEAN_FORWARDS, NULL);
}

int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx) {
    return pool(dx, dy, k, stride, MEAN_BACKWARDS, dx);
}
