/* Layers by plain loops (plain_layer.h). */
#include "plain_layer.h"

#include <math.h>
#include <stdlib.h>

int64_t plain_outputs(const struct plain_layer *p) {
    return p->batch * p->put.height * p->put.width * p->put.channels;
}

static double read_input(const struct plain_layer *p, int64_t n, int y, int x, int c,
                         double outside) {
    if (y < 0 || y >= p->read.height || x < 0 || x >= p->read.width)
        return outside;
    return p->input[((n * p->read.height + y) * p->read.width + x) * p->read.channels + c];
}

/* --- One output each --- */

static double convolve(const struct plain_layer *p, int64_t n, int y, int x, int k) {
    const struct layer *l = &p->layer;
    const double *w = p->weights + (int64_t)k * l->kernel * l->kernel * p->read.channels;
    double sum = 0;
    for (int i = 0; i < l->kernel; i++)
        for (int j = 0; j < l->kernel; j++)
            for (int c = 0; c < p->read.channels; c++)
                sum += *w++ * read_input(p, n, y * l->stride - l->padding + i,
                                         x * l->stride - l->padding + j, c, 0);
    return sum;
}

static double pool(const struct plain_layer *p, int64_t n, int y, int x, int c) {
    const struct layer *l = &p->layer;
    double most = -INFINITY;
    for (int i = 0; i < l->kernel; i++)
        for (int j = 0; j < l->kernel; j++)
            most = fmax(most, read_input(p, n, y * l->stride - l->padding + i,
                                         x * l->stride - l->padding + j, c, -INFINITY));
    return most;
}

static double average(const struct plain_layer *p, int64_t n, int y, int x, int c) {
    double sum = 0;
    (void)y, (void)x;
    for (int i = 0; i < p->read.height; i++)
        for (int j = 0; j < p->read.width; j++)
            sum += read_input(p, n, i, j, c, 0);
    return sum / (p->read.height * p->read.width);
}

static double multiply(const struct plain_layer *p, int64_t n, int y, int x, int k) {
    const int inputs = p->read.channels;
    double sum = p->weights[(int64_t)p->put.channels * inputs + k];
    (void)y, (void)x;
    for (int c = 0; c < inputs; c++)
        sum += p->weights[(int64_t)k * inputs + c] * read_input(p, n, 0, 0, c, 0);
    return sum;
}

/* --- All of them --- */

static void normalise(const struct plain_layer *p, double *output) {
    const int64_t channels = p->put.channels, count = plain_outputs(p);
    for (int64_t c = 0; c < channels; c++) {
        double mean = 0, variance = 0, pixels = (double)(count / channels);
        for (int64_t i = c; i < count; i += channels)
            mean += p->input[i] / pixels;
        for (int64_t i = c; i < count; i += channels)
            variance += (p->input[i] - mean) * (p->input[i] - mean) / pixels;
        for (int64_t i = c; i < count; i += channels) {
            double y = (p->input[i] - mean) / sqrt(variance + 1e-5) * p->weights[c] +
                       p->weights[channels + c] + (p->other ? p->other[i] : 0);
            output[i] = p->layer.relu ? fmax(y, 0) : y;
        }
    }
}

void plain_forward(const struct plain_layer *p, double *output) {
    static double (*const outputs[])(const struct plain_layer *, int64_t, int, int,
                                     int) = {[LAYER_CONV] = convolve,
                                             [LAYER_MAX_POOL] = pool,
                                             [LAYER_MEAN] = average,
                                             [LAYER_LINEAR] = multiply};
    if (p->layer.kind == LAYER_NORM) {
        normalise(p, output);
        return;
    }
    for (int64_t n = 0; n < p->batch; n++)
        for (int y = 0; y < p->put.height; y++)
            for (int x = 0; x < p->put.width; x++)
                for (int c = 0; c < p->put.channels; c++)
                    *output++ = outputs[p->layer.kind](p, n, y, x, c);
}

static double probe(const struct plain_layer *p) {
    int64_t count = plain_outputs(p);
    double *output = malloc((size_t)count * sizeof *output), sum = 0;
    plain_forward(p, output);
    for (int64_t i = 0; i < count; i++)
        sum += p->probe[i] * output[i];
    free(output);
    return sum;
}

double plain_slope(const struct plain_layer *p, double *number) {
    const double was = *number, far = 1e-6;
    *number = was + far;
    double above = probe(p);
    *number = was - far;
    double below = probe(p);
    *number = was;
    return (above - below) / (2 * far);
}
