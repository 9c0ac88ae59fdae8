/* The models of problem 6 by the plainest loops in double. */
#include "plain_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct plain_model {
    struct model_plan plan;
    struct model_layer layers[MODEL_LAYERS];
    int layer_count, parameter_count;
    double *w, *g, *v;
    double *x[MODEL_LAYERS], *y[MODEL_LAYERS]; /* input, and output after the ReLU, of a layer */
    double *dx[MODEL_LAYERS], *dy[MODEL_LAYERS];
};

static int size_in(const struct model_layer *l) {
    return l->inputs * l->height * l->width;
}

static int size_out(const struct model_layer *l) {
    return l->outputs * l->out_height * l->out_width;
}

static bool pooled(const struct plain_model *p, int layer) {
    return p->plan.kind == MODEL_CNN && layer == p->plan.depth / 2 - 1;
}

struct plain_model *plain_make(const struct model_plan *plan, const double *parameters) {
    struct plain_model *p = calloc(1, sizeof *p);
    p->plan = *plan;
    p->layer_count = model_layers(plan, p->layers);
    p->parameter_count = (int)model_parameter_count(plan);
    size_t bytes = sizeof(double) * (size_t)p->parameter_count;
    p->w = memcpy(malloc(bytes), parameters, bytes);
    p->g = calloc(1, bytes);
    p->v = calloc(1, bytes);
    for (int i = 0; i < p->layer_count; i++) {
        p->x[i] = calloc((size_t)size_in(&p->layers[i]), sizeof(double));
        p->dx[i] = calloc((size_t)size_in(&p->layers[i]), sizeof(double));
        p->y[i] = calloc((size_t)size_out(&p->layers[i]), sizeof(double));
        p->dy[i] = calloc((size_t)size_out(&p->layers[i]), sizeof(double));
    }
    return p;
}

void plain_free(struct plain_model *p) {
    for (int i = 0; i < p->layer_count; i++) {
        free(p->x[i]);
        free(p->dx[i]);
        free(p->y[i]);
        free(p->dy[i]);
    }
    free(p->w);
    free(p->g);
    free(p->v);
    free(p);
}

const double *plain_parameters(const struct plain_model *p) {
    return p->w;
}

/* --- One layer: a dense one is a convolution of one pixel --- */

static int reflect(int i, int size) {
    return i < 0 ? -i : i < size ? i : 2 * (size - 1) - i;
}

/* Visits every product of weight, input and output: forward, or with `back` all gradients. */
static void convolve(const struct model_layer *l, const double *w, double *g, const double *x,
                     double *dx, double *y, const double *dy, bool back) {
    int k = l->kernel, weights = l->outputs * l->inputs * k * k, at = 0;
    for (int f = 0; f < l->outputs; f++)
        for (int row = 0; row < l->out_height; row++)
            for (int column = 0; column < l->out_width; column++, at++) {
                if (back)
                    g[weights + f] += dy[at];
                else
                    y[at] = w[weights + f];
                for (int n = 0; n < l->inputs * k * k; n++) {
                    int c = n / (k * k), i = n / k % k, j = n % k;
                    int r = reflect(row + i - l->padding, l->height);
                    int s = reflect(column + j - l->padding, l->width);
                    int from = (c * l->height + r) * l->width + s,
                        weight = f * l->inputs * k * k + n;
                    if (back) {
                        g[weight] += dy[at] * x[from];
                        dx[from] += dy[at] * w[weight];
                    } else {
                        y[at] += w[weight] * x[from];
                    }
                }
            }
}

/* --- Between layers: y of layer i to x of layer i + 1, and back --- */

static void hand_on(struct plain_model *p, int i, bool back) {
    const struct model_layer *l = &p->layers[i], *next = &p->layers[i + 1];
    bool average = p->plan.pool == MODEL_AVERAGE_POOL;
    double *y = p->y[i], *dy = p->dy[i], *x = p->x[i + 1], *dx = p->dx[i + 1];
    int size = l->out_height * l->out_width;
    if (back)
        memset(dy, 0, sizeof *dy * (size_t)size_out(l));
    if (p->plan.kind == MODEL_CNN && i == p->plan.depth - 1) { /* global average */
        for (int n = 0; n < size_out(l); n++)
            if (back)
                dy[n] = dx[n / size] / size;
            else
                x[n / size] = (n % size ? x[n / size] : 0) + y[n] / size;
    } else if (!pooled(p, i)) {
        memcpy(back ? dy : x, back ? dx : y, sizeof *x * (size_t)size_out(l));
    } else {
        for (int n = 0; n < size_in(next); n++) {
            int c = n / (next->height * next->width);
            int row = n / next->width % next->height * 2, column = n % next->width * 2, best = -1;
            double sum = 0;
            for (int q = 0; q < 4; q++) {
                int at = (c * l->out_height + row + q / 2) * l->out_width + column + q % 2;
                sum += y[at] / 4;
                if (best < 0 || y[at] > y[best])
                    best = at;
                if (back && average)
                    dy[at] += dx[n] / 4;
            }
            if (!back)
                x[n] = average ? sum : y[best];
            else if (!average)
                dy[best] += dx[n];
        }
    }
    for (int n = 0; back && n < size_out(l); n++)
        dy[n] = y[n] > 0 ? dy[n] : 0;
}

/* --- All of it --- */

static void forward(struct plain_model *p, const float *pixels) {
    const double *w = p->w;
    for (int n = 0; n < size_in(&p->layers[0]); n++)
        p->x[0][n] = pixels[n];
    for (int i = 0; i < p->layer_count; i++) {
        const struct model_layer *l = &p->layers[i];
        convolve(l, w, NULL, p->x[i], NULL, p->y[i], NULL, false);
        w += l->outputs * (l->inputs * l->kernel * l->kernel + 1);
        if (i + 1 == p->layer_count)
            break;
        for (int n = 0; n < size_out(l); n++)
            p->y[i][n] = fmax(p->y[i][n], 0);
        hand_on(p, i, false);
    }
}

static void backward(struct plain_model *p) {
    int offset = p->parameter_count;
    for (int i = p->layer_count - 1; i >= 0; i--) {
        const struct model_layer *l = &p->layers[i];
        offset -= l->outputs * (l->inputs * l->kernel * l->kernel + 1);
        memset(p->dx[i], 0, sizeof(double) * (size_t)size_in(l));
        convolve(l, p->w + offset, p->g + offset, p->x[i], p->dx[i], NULL, p->dy[i], true);
        if (i > 0)
            hand_on(p, i - 1, true);
    }
}

void plain_scores(struct plain_model *p, const float *pixels, int count, double *scores) {
    int classes = p->plan.classes;
    for (int n = 0; n < count; n++) {
        forward(p, pixels + (size_t)n * (size_t)(p->plan.height * p->plan.width));
        memcpy(scores + n * classes, p->y[p->layer_count - 1], sizeof(double) * (size_t)classes);
    }
}

double plain_step(struct plain_model *p, const float *pixels, const int *labels, int count,
                  double rate, double momentum) {
    int last = p->layer_count - 1, classes = p->plan.classes;
    double loss = 0;
    memset(p->g, 0, sizeof *p->g * (size_t)p->parameter_count);
    for (int n = 0; n < count; n++) {
        forward(p, pixels + (size_t)n * (size_t)(p->plan.height * p->plan.width));
        double sum = 0;
        for (int c = 0; c < classes; c++)
            sum += exp(p->y[last][c]);
        loss += log(sum) - p->y[last][labels[n]];
        for (int c = 0; c < classes; c++)
            p->dy[last][c] = (exp(p->y[last][c]) / sum - (c == labels[n])) / count;
        backward(p);
    }
    for (int i = 0; i < p->parameter_count; i++) {
        p->v[i] = momentum * p->v[i] + p->g[i];
        p->w[i] -= rate * p->v[i];
    }
    return loss / count;
}
