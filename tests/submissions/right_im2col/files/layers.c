#include "matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *take(int64_t count) {
    return malloc(sizeof(double) * (size_t)count);
}

void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    for (int n = 0; n < y->dim[0]; n++)
        memcpy(y->at + n * y->dim[1], b->at, sizeof(double) * (size_t)y->dim[1]);
    matrix_multiply(y->dim[0], y->dim[1], x->dim[1], x->at, 0, w->at, 1, y->at, 1);
}

void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    int images = dy->dim[0], outputs = dy->dim[1], inputs = x->dim[1];
    double *ones = take(images);
    for (int n = 0; n < images; n++)
        ones[n] = 1;
    matrix_multiply(images, inputs, outputs, dy->at, 0, w->at, 0, dx->at, 0);
    matrix_multiply(outputs, inputs, images, dy->at, 1, x->at, 0, dw->at, 0);
    matrix_multiply(1, outputs, images, ones, 0, dy->at, 0, db->at, 0);
    free(ones);
}

void relu(const tensor *x, tensor *y) {
    for (int64_t i = 0; i < tensor_count(x); i++)
        y->at[i] = fmax(x->at[i], 0);
}

void relu_backward(const tensor *x, const tensor *dy, tensor *dx) {
    for (int64_t i = 0; i < tensor_count(x); i++)
        dx->at[i] = dy->at[i] * (x->at[i] > 0);
}

double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    int images = z->dim[0], classes = z->dim[1];
    double loss = 0;
    for (int n = 0; n < images; n++) {
        const double *score = z->at + n * classes;
        double most = -INFINITY, sum = 0;
        for (int c = 0; c < classes; c++)
            most = fmax(most, score[c]);
        for (int c = 0; c < classes; c++)
            sum += exp(score[c] - most);
        double level = most + log(sum); /* of which each score falls short by -ln p */
        for (int c = 0; c < classes; c++)
            dz->at[n * classes + c] = (exp(score[c] - level) - (c == labels->at[n])) / images;
        loss += (level - score[labels->at[n]]) / images;
    }
    return loss;
}

void global_average(const tensor *x, tensor *y) {
    int pixels = x->dim[2] * x->dim[3];
    double *weights = take(pixels);
    for (int i = 0; i < pixels; i++)
        weights[i] = 1.0 / pixels;
    matrix_multiply(x->dim[0] * x->dim[1], 1, pixels, x->at, 0, weights, 0, y->at, 0);
    free(weights);
}

void global_average_backward(const tensor *dy, tensor *dx) {
    int pixels = dx->dim[2] * dx->dim[3];
    double *weights = take(pixels);
    for (int i = 0; i < pixels; i++)
        weights[i] = 1.0 / pixels;
    matrix_multiply(dx->dim[0] * dx->dim[1], pixels, 1, dy->at, 0, weights, 0, dx->at, 0);
    free(weights);
}

/* --- The mirrored border: for every pixel of the larger picture, the one that is seen there --- */

struct frame {
    struct windows g;
    int *source; /* within a channel */
};

static int fold(int i, int size) {
    int back = i < 0 ? -i : i;
    return back < size ? back : 2 * size - 2 - back;
}

static int frame_make(struct frame *f, const tensor *x, const tensor *w, const tensor *y) {
    int top = (w->dim[2] - 1) / 2, left = (w->dim[3] - 1) / 2;
    f->g = (struct windows){x->dim[1], x->dim[2] + 2 * top, x->dim[3] + 2 * left, w->dim[2],
                            w->dim[3], 1, 0, 1, y->dim[2], y->dim[3]};
    if (x->dim[1] != w->dim[1] || y->dim[0] != x->dim[0] || y->dim[1] != w->dim[0] ||
        top >= x->dim[2] || left >= x->dim[3] || f->g.height - w->dim[2] + 1 != y->dim[2] ||
        f->g.width - w->dim[3] + 1 != y->dim[3])
        return IMPOSSIBLE;
    f->source = malloc(sizeof(int) * (size_t)(f->g.height * f->g.width));
    for (int i = 0; i < f->g.height * f->g.width; i++)
        f->source[i] = fold(i / f->g.width - top, x->dim[2]) * x->dim[3] +
                       fold(i % f->g.width - left, x->dim[3]);
    return OK;
}

static void frame_fill(const struct frame *f, const double *image, int pixels, double *wide) {
    int size = f->g.height * f->g.width;
    for (int i = 0; i < f->g.channels * size; i++)
        wide[i] = image[i / size * pixels + f->source[i % size]];
}

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    struct frame f;
    if (b->dim[0] != w->dim[0] || frame_make(&f, x, w, y) != OK)
        return IMPOSSIBLE;
    int elements = w->dim[1] * w->dim[2] * w->dim[3], places = y->dim[2] * y->dim[3];
    int pixels = x->dim[2] * x->dim[3];
    double *wide = take(f.g.channels * f.g.height * f.g.width), *matrix = take(elements * places);
    for (int n = 0; n < x->dim[0]; n++) {
        double *out = y->at + n * w->dim[0] * places;
        for (int i = 0; i < w->dim[0] * places; i++)
            out[i] = b->at[i / places];
        frame_fill(&f, x->at + n * x->dim[1] * pixels, pixels, wide);
        windows_take(&f.g, wide, matrix);
        matrix_multiply(w->dim[0], places, elements, w->at, 0, matrix, 0, out, 1);
    }
    free(matrix);
    free(wide);
    free(f.source);
    return OK;
}

int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    struct frame f;
    if (frame_make(&f, x, w, dy) != OK)
        return IMPOSSIBLE;
    int elements = w->dim[1] * w->dim[2] * w->dim[3], places = dy->dim[2] * dy->dim[3];
    int pixels = x->dim[2] * x->dim[3], size = f.g.height * f.g.width, wide_size = x->dim[1] * size;
    double *wide = take(wide_size), *matrix = take(elements * places);
    memset(dx->at, 0, sizeof(double) * (size_t)tensor_count(dx));
    memset(dw->at, 0, sizeof(double) * (size_t)tensor_count(dw));
    memset(db->at, 0, sizeof(double) * (size_t)tensor_count(db));
    for (int n = 0; n < x->dim[0]; n++) {
        const double *back = dy->at + n * w->dim[0] * places;
        int image = n * x->dim[1] * pixels;
        frame_fill(&f, x->at + image, pixels, wide);
        windows_take(&f.g, wide, matrix);
        matrix_multiply(w->dim[0], elements, places, back, 0, matrix, 1, dw->at, 1);
        matrix_multiply(elements, places, w->dim[0], w->at, 1, back, 0, matrix, 0);
        memset(wide, 0, sizeof(double) * (size_t)wide_size);
        windows_put(&f.g, matrix, wide);
        for (int i = 0; i < wide_size; i++)
            dx->at[image + i / size * pixels + f.source[i % size]] += wide[i];
        for (int i = 0; i < w->dim[0] * places; i++)
            db->at[i / places] += back[i];
    }
    free(matrix);
    free(wide);
    free(f.source);
    return OK;
}

void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    for (int64_t i = tensor_count(w) - 1; i >= 0; i--) {
        double speed = g->at[i] + v->at[i] * mu;
        w->at[i] -= speed * rate;
        v->at[i] = speed;
    }
}

void settings_few_images(tensor *s) {
    const double settings[3] = {300, 0.01, 7};
    memcpy(s->at, settings, sizeof settings);
}

void settings_shifted_edges(tensor *s) {
    const double settings[3] = {1500, 0.03, 3};
    memcpy(s->at, settings, sizeof settings);
}
