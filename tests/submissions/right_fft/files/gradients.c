#include "spectrum.h"

#include "homework.h"

#include <stdlib.h>
#include <string.h>

/* --- Convolution, backwards --- */

static int fits(int in, int size, int stride, int padding, int dilation, int out) {
    int64_t rest = in + 2 * (int64_t)padding - dilation * (size - (int64_t)1) - 1;
    return stride > 0 && padding >= 0 && dilation > 0 && rest >= 0 && rest / stride == out - 1;
}

static const double *plane_of(const tensor *t, int a, int b) {
    return t->at + (a * t->dim[1] + b) * t->dim[2] * t->dim[3];
}

/* dx: the gradients with gaps, convolved with the filters with gaps; the border is cut off. */
static void to_input(const tensor *w, const tensor *dy, int stride, int padding, int dilation,
                     tensor *dx, int n, int c) {
    struct plane sum = plane_new(dx->dim[2] + 2L * padding, dx->dim[3] + 2L * padding);
    for (int f = 0; f < w->dim[0]; f++) {
        struct plane back = plane_spread(plane_of(dy, n, f), dy->dim[2], dy->dim[3], stride, 0);
        struct plane filter = plane_spread(plane_of(w, f, c), w->dim[2], w->dim[3], dilation, 0);
        plane_convolve(&back, &filter, &sum);
        free(back.at);
        free(filter.at);
    }
    for (int i = 0; i < dx->dim[2]; i++)
        memcpy((double *)plane_of(dx, n, c) + i * dx->dim[3],
               sum.at + (i + padding) * sum.columns + padding, sizeof(double) * (size_t)dx->dim[3]);
    free(sum.at);
}

/* dw: the images, correlated with the gradients with gaps, read at the places of the filter. */
static void to_filter(const tensor *x, const tensor *dy, int stride, int padding, int dilation,
                      tensor *dw, int f, int c) {
    struct plane sum =
        plane_new((dw->dim[2] - 1L) * dilation + 1, (dw->dim[3] - 1L) * dilation + 1);
    for (int n = 0; n < x->dim[0]; n++) {
        struct plane image = plane_spread(plane_of(x, n, c), x->dim[2], x->dim[3], 1, padding);
        struct plane back = plane_spread(plane_of(dy, n, f), dy->dim[2], dy->dim[3], stride, 0);
        plane_correlate(&image, &back, &sum);
        free(back.at);
        free(image.at);
    }
    double *out = (double *)plane_of(dw, f, c);
    for (int u = 0; u < dw->dim[2]; u++)
        for (int v = 0; v < dw->dim[3]; v++)
            *out++ = sum.at[u * dilation * sum.columns + v * dilation];
    free(sum.at);
}

int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db) {
    if (x->dim[1] != w->dim[1] || dy->dim[1] != w->dim[0] || dy->dim[0] != x->dim[0] ||
        !fits(x->dim[2], w->dim[2], stride, padding, dilation, dy->dim[2]) ||
        !fits(x->dim[3], w->dim[3], stride, padding, dilation, dy->dim[3]))
        return IMPOSSIBLE;
    for (int c = 0; c < x->dim[1]; c++) {
        for (int n = 0; n < x->dim[0]; n++)
            to_input(w, dy, stride, padding, dilation, dx, n, c);
        for (int f = 0; f < w->dim[0]; f++)
            to_filter(x, dy, stride, padding, dilation, dw, f, c);
    }
    int places = dy->dim[2] * dy->dim[3];
    for (int f = 0; f < w->dim[0]; f++) {
        db->at[f] = 0;
        for (int n = 0; n < dy->dim[0]; n++)
            for (int i = 0; i < places; i++)
                db->at[f] += plane_of(dy, n, f)[i];
    }
    return OK;
}

void sgd_step(tensor *w, const tensor *dw, double rate) {
    double *to = w->at;
    for (const double *from = dw->at; from < dw->at + tensor_count(dw); from++)
        *to++ -= *from * rate;
}

double gradient_mean(int n, int k, double sigma_x, double sigma_g) {
    (void)n, (void)k, (void)sigma_x, (void)sigma_g;
    return 0;
}

double gradient_variance(int n, int k, double sigma_x, double sigma_g) {
    double sum = 0;
    for (int i = 0; i < (n - k + 1) * (n - k + 1); i++)
        sum += sigma_x * sigma_x * sigma_g * sigma_g;
    return sum;
}

double gradient_growth(int n1, int n2, int k) {
    return (double)(n2 - k + 1) / (n1 - k + 1);
}

/* --- Pooling --- */

static int pool_fits(const tensor *x, const tensor *y, int k, int stride) {
    return k > 0 && x->dim[0] == y->dim[0] && x->dim[1] == y->dim[1] &&
           fits(x->dim[2], k, stride, 0, 1, y->dim[2]) &&
           fits(x->dim[3], k, stride, 0, 1, y->dim[3]);
}

int max_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    int width = x->dim[3];
    for (int p = 0; p < x->dim[0] * x->dim[1]; p++)
        for (int o = 0; o < y->dim[2] * y->dim[3]; o++) {
            const double *corner = x->at + p * x->dim[2] * width + o / y->dim[3] * stride * width +
                                   o % y->dim[3] * stride;
            double largest = *corner;
            for (int e = 1; e < k * k; e++)
                if (corner[e / k * width + e % k] > largest)
                    largest = corner[e / k * width + e % k];
            y->at[p * y->dim[2] * y->dim[3] + o] = largest;
        }
    return OK;
}

/* Several largest numbers share what comes back. */
int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(x, dy, k, stride))
        return IMPOSSIBLE;
    memset(dx->at, 0, sizeof(double) * (size_t)tensor_count(dx));
    int width = x->dim[3], places = dy->dim[2] * dy->dim[3];
    for (int p = 0; p < x->dim[0] * x->dim[1]; p++)
        for (int o = 0; o < places; o++) {
            int corner =
                p * x->dim[2] * width + o / dy->dim[3] * stride * width + o % dy->dim[3] * stride;
            int winners = 0;
            double largest = x->at[corner];
            for (int e = 0; e < k * k; e++) {
                double number = x->at[corner + e / k * width + e % k];
                winners = number > largest ? 1 : winners + (number == largest);
                largest = number > largest ? number : largest;
            }
            for (int e = 0; e < k * k; e++)
                if (x->at[corner + e / k * width + e % k] == largest)
                    dx->at[corner + e / k * width + e % k] += dy->at[p * places + o] / winners;
        }
    return OK;
}

/* Averages by running sums over rectangles. */
int average_pool(const tensor *x, int k, int stride, tensor *y) {
    if (!pool_fits(x, y, k, stride))
        return IMPOSSIBLE;
    int height = x->dim[2], width = x->dim[3], places = y->dim[2] * y->dim[3];
    double *sum = calloc((size_t)(height + 1) * (size_t)(width + 1), sizeof *sum);
    for (int p = 0; p < x->dim[0] * x->dim[1]; p++) {
        for (int i = 1; i <= height; i++)
            for (int j = 1; j <= width; j++)
                sum[i * (width + 1) + j] =
                    x->at[(p * height + i - 1) * width + j - 1] + sum[(i - 1) * (width + 1) + j] +
                    sum[i * (width + 1) + j - 1] - sum[(i - 1) * (width + 1) + j - 1];
        for (int o = 0; o < places; o++) {
            double *top = sum + o / y->dim[3] * stride * (width + 1) + o % y->dim[3] * stride;
            double *bottom = top + k * (width + 1);
            y->at[p * places + o] = (bottom[k] - bottom[0] - top[k] + top[0]) / (k * k);
        }
    }
    free(sum);
    return OK;
}

int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx) {
    if (!pool_fits(dx, dy, k, stride))
        return IMPOSSIBLE;
    int width = dx->dim[3], pixels = dx->dim[2] * width, places = dy->dim[2] * dy->dim[3];
    for (int64_t q = 0; q < tensor_count(dx); q++) {
        int row = (int)(q % pixels) / width, column = (int)(q % pixels) % width;
        double sum = 0;
        for (int o = 0; o < places; o++) {
            int down = row - o / dy->dim[3] * stride, right = column - o % dy->dim[3] * stride;
            if (down >= 0 && down < k && right >= 0 && right < k)
                sum += dy->at[q / pixels * places + o];
        }
        dx->at[q] = sum / (k * k);
    }
    return OK;
}
