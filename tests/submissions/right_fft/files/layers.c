#include "homework.h"

#include "signal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    const double *weight = w->at;
    for (int o = 0; o < w->dim[0]; o++, weight += w->dim[1]) {
        const double *number = x->at;
        for (int n = 0; n < x->dim[0]; n++) {
            double sum = 0;
            for (int i = 0; i < w->dim[1]; i++)
                sum += *number++ * weight[i];
            y->at[n * w->dim[0] + o] = sum + b->at[o];
        }
    }
}

void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    int images = x->dim[0], inputs = x->dim[1], outputs = w->dim[0];
    for (int i = 0; i < inputs; i++) {
        for (int n = 0; n < images; n++) {
            double sum = 0;
            for (int o = 0; o < outputs; o++)
                sum += dy->at[n * outputs + o] * w->at[o * inputs + i];
            dx->at[n * inputs + i] = sum;
        }
        for (int o = 0; o < outputs; o++) {
            double sum = 0;
            for (int n = 0; n < images; n++)
                sum += dy->at[n * outputs + o] * x->at[n * inputs + i];
            dw->at[o * inputs + i] = sum;
        }
    }
    for (int o = 0; o < outputs; o++) {
        double sum = 0;
        for (int n = 0; n < images; n++)
            sum += dy->at[n * outputs + o];
        db->at[o] = sum;
    }
}

void relu(const tensor *x, tensor *y) {
    for (int64_t i = 0; i < tensor_count(x); i++)
        y->at[i] = (x->at[i] + fabs(x->at[i])) / 2;
}

void relu_backward(const tensor *x, const tensor *dy, tensor *dx) {
    for (int64_t i = 0; i < tensor_count(x); i++)
        dx->at[i] = x->at[i] <= 0 ? 0 : dy->at[i];
}

double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    int images = z->dim[0], classes = z->dim[1];
    double loss = 0;
    for (int n = 0; n < images; n++) {
        const double *score = z->at + n * classes, right = score[labels->at[n]];
        double most = right, sum = 0, *gradient = dz->at + n * classes;
        for (int c = 0; c < classes; c++)
            if (score[c] > most)
                most = score[c];
        for (int c = 0; c < classes; c++)
            sum += gradient[c] = exp(score[c] - most);
        for (int c = 0; c < classes; c++)
            gradient[c] = gradient[c] / sum / images;
        gradient[labels->at[n]] -= 1.0 / images;
        loss += log(sum) - (right - most);
    }
    return loss / images;
}

void global_average(const tensor *x, tensor *y) {
    int64_t pixels = tensor_count(x) / tensor_count(y);
    memset(y->at, 0, sizeof(double) * (size_t)tensor_count(y));
    for (int64_t i = 0; i < tensor_count(x); i++)
        y->at[i / pixels] += x->at[i];
    for (int64_t i = 0; i < tensor_count(y); i++)
        y->at[i] /= (double)pixels;
}

void global_average_backward(const tensor *dy, tensor *dx) {
    int64_t pixels = tensor_count(dx) / tensor_count(dy);
    double *to = dx->at;
    for (const double *from = dy->at; from < dy->at + tensor_count(dy); from++)
        for (int64_t i = 0; i < pixels; i++)
            *to++ = *from / (double)pixels;
}

/* --- Convolution: all spectra of a layer --- */

struct layer {
    int images, channels, filters, height, width, kh, kw, out_height, out_width;
    int top, left, wide; /* the border; numbers from row to row */
    struct transformer transformer;
};

static int layer_begin(struct layer *l, const tensor *x, const tensor *w, const tensor *y) {
    *l = (struct layer){x->dim[0], x->dim[1], w->dim[0], x->dim[2], x->dim[3], w->dim[2], w->dim[3],
                        y->dim[2], y->dim[3], (w->dim[2] - 1) / 2, (w->dim[3] - 1) / 2, 0, {0}};
    if (w->dim[1] != l->channels || y->dim[0] != l->images || y->dim[1] != l->filters ||
        l->top >= l->height || l->left >= l->width ||
        l->out_height != l->height - (l->kh + 1) % 2 || l->out_width != l->width - (l->kw + 1) % 2)
        return 0;
    l->wide = l->width + 2 * l->left;
    /* What comes in again from the end falls on places that nobody reads. */
    l->transformer = transformer_begin((l->height + 2 * l->top) * l->wide);
    return 1;
}

static int reflect(int i, int size) {
    i = abs(i);
    return i >= size ? 2 * (size - 1) - i : i;
}

static struct spectrum *picture_spectra(const struct layer *l, const tensor *x) {
    struct spectrum *s = malloc(sizeof *s * (size_t)(l->images * l->channels));
    for (int p = 0; p < l->images * l->channels; p++) {
        s[p] = spectrum_new(&l->transformer);
        for (int i = 0; i < l->height + 2 * l->top; i++)
            for (int j = 0; j < l->wide; j++)
                s[p].re[i * l->wide + j] =
                    x->at[(p * l->height + reflect(i - l->top, l->height)) * l->width +
                          reflect(j - l->left, l->width)];
        spectrum_forward(&l->transformer, &s[p]);
    }
    return s;
}

/* Of `count` planes of height x width. */
static struct spectrum *plane_spectra(const struct layer *l, const double *at, int count, int height,
                                      int width) {
    struct spectrum *s = malloc(sizeof *s * (size_t)count);
    for (int p = 0; p < count; p++) {
        s[p] = spectrum_new(&l->transformer);
        for (int i = 0; i < height * width; i++)
            s[p].re[i / width * l->wide + i % width] = at[p * height * width + i];
        spectrum_forward(&l->transformer, &s[p]);
    }
    return s;
}

static void free_spectra(struct spectrum *s, int count) {
    while (count-- > 0)
        spectrum_free(&s[count]);
    free(s);
}

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    struct layer l;
    if (b->dim[0] != w->dim[0] || !layer_begin(&l, x, w, y))
        return IMPOSSIBLE;
    struct spectrum *pictures = picture_spectra(&l, x);
    struct spectrum *filters = plane_spectra(&l, w->at, l.filters * l.channels, l.kh, l.kw);
    struct spectrum sum = spectrum_new(&l.transformer);
    double *out = y->at;
    for (int p = 0; p < l.images * l.filters; p++) {
        spectrum_clear(&sum);
        for (int c = 0; c < l.channels; c++)
            spectrum_multiply(&pictures[p / l.filters * l.channels + c],
                              &filters[p % l.filters * l.channels + c], 1, &sum);
        spectrum_backward(&l.transformer, &sum);
        for (int i = 0; i < l.out_height; i++)
            for (int j = 0; j < l.out_width; j++)
                *out++ = sum.re[i * l.wide + j] + b->at[p % l.filters];
    }
    spectrum_free(&sum);
    free_spectra(pictures, l.images * l.channels);
    free_spectra(filters, l.filters * l.channels);
    transformer_end(&l.transformer);
    return OK;
}

/* dx of plane p (image and channel) from the spectrum of the larger picture's gradient. */
static void fold(const struct layer *l, const struct spectrum *s, double *dx) {
    for (int i = 0; i < l->height * l->width; i++)
        dx[i] = 0;
    for (int i = 0; i < l->height + 2 * l->top; i++)
        for (int j = 0; j < l->wide; j++)
            dx[reflect(i - l->top, l->height) * l->width + reflect(j - l->left, l->width)] +=
                s->re[i * l->wide + j];
}

int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    struct layer l;
    if (!layer_begin(&l, x, w, dy))
        return IMPOSSIBLE;
    int planes = l.images * l.channels, pairs = l.filters * l.channels;
    struct spectrum *pictures = picture_spectra(&l, x);
    struct spectrum *filters = plane_spectra(&l, w->at, pairs, l.kh, l.kw);
    struct spectrum *back =
        plane_spectra(&l, dy->at, l.images * l.filters, l.out_height, l.out_width);
    struct spectrum sum = spectrum_new(&l.transformer);
    for (int p = 0; p < planes; p++) {
        spectrum_clear(&sum);
        for (int f = 0; f < l.filters; f++)
            spectrum_multiply(&back[p / l.channels * l.filters + f],
                              &filters[f * l.channels + p % l.channels], 0, &sum);
        spectrum_backward(&l.transformer, &sum);
        fold(&l, &sum, dx->at + p * l.height * l.width);
    }
    for (int q = 0; q < pairs; q++) {
        spectrum_clear(&sum);
        for (int n = 0; n < l.images; n++)
            spectrum_multiply(&pictures[n * l.channels + q % l.channels],
                              &back[n * l.filters + q / l.channels], 1, &sum);
        spectrum_backward(&l.transformer, &sum);
        for (int i = 0; i < l.kh * l.kw; i++)
            dw->at[q * l.kh * l.kw + i] = sum.re[i / l.kw * l.wide + i % l.kw];
    }
    /* The first number of a spectrum is the sum of its plane. */
    for (int f = 0; f < l.filters; f++) {
        db->at[f] = 0;
        for (int n = 0; n < l.images; n++)
            db->at[f] += back[n * l.filters + f].re[0];
    }
    spectrum_free(&sum);
    free_spectra(pictures, planes);
    free_spectra(filters, pairs);
    free_spectra(back, l.images * l.filters);
    transformer_end(&l.transformer);
    return OK;
}

void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    for (int64_t i = 0; i < tensor_count(v); i++)
        v->at[i] = v->at[i] * mu + g->at[i];
    for (int64_t i = 0; i < tensor_count(w); i++)
        w->at[i] -= v->at[i] * rate;
}

void settings_few_images(tensor *s) {
    s->at[0] = 300;
    s->at[1] = 0.01;
    s->at[2] = 7;
}

void settings_shifted_edges(tensor *s) {
    s->at[0] = 800;
    s->at[1] = 0.02;
    s->at[2] = 3;
}
