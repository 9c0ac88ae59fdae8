/* Problem 6: the layers of two small networks, forwards and backwards, the loss, the step that
 * learns, and the settings to learn with.  Knows no data set and no training loop. */
#include "homework.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static void tensor_clear(tensor *t) {
    for (int64_t i = 0, n = tensor_count(t); i < n; i++)
        t->at[i] = 0;
}

/* --- Fully connected --- */

/* x (N, I), w (O, I), b (O), y (N, O). */
void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    int inputs = w->dim[1], outputs = w->dim[0];
    for (int n = 0; n < x->dim[0]; n++)
        for (int o = 0; o < outputs; o++) {
            const double *image = x->at + (int64_t)n * inputs;
            const double *weight = w->at + (int64_t)o * inputs;
            double sum = b->at[o];
            for (int i = 0; i < inputs; i++)
                sum += weight[i] * image[i];
            y->at[(int64_t)n * outputs + o] = sum;
        }
}

/* Each product w x of the forward pass sends g w to x and g x to w. */
void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    int inputs = w->dim[1], outputs = w->dim[0];
    tensor_clear(dx);
    tensor_clear(dw);
    tensor_clear(db);
    for (int n = 0; n < x->dim[0]; n++)
        for (int o = 0; o < outputs; o++) {
            int64_t image = (int64_t)n * inputs, weight = (int64_t)o * inputs;
            double g = dy->at[(int64_t)n * outputs + o];
            db->at[o] += g;
            for (int i = 0; i < inputs; i++) {
                dx->at[image + i] += g * w->at[weight + i];
                dw->at[weight + i] += g * x->at[image + i];
            }
        }
}

/* --- ReLU --- */

void relu(const tensor *x, tensor *y) {
    for (int64_t i = 0, n = tensor_count(x); i < n; i++)
        y->at[i] = x->at[i] > 0 ? x->at[i] : 0;
}

/* At 0 the gradient is 0, as in PyTorch. */
void relu_backward(const tensor *x, const tensor *dy, tensor *dx) {
    for (int64_t i = 0, n = tensor_count(x); i < n; i++)
        dx->at[i] = x->at[i] > 0 ? dy->at[i] : 0;
}

/* --- Loss --- */

/* The loss of one image and its gradient; both are to be divided by the batch.  The largest score
 * is taken off first: exp of it could be infinite, and of the others 0 in all. */
static double cross_entropy(const double *score, int classes, int64_t label, double *gradient) {
    double largest = score[0];
    for (int c = 1; c < classes; c++)
        largest = score[c] > largest ? score[c] : largest;
    for (int c = 0; c < classes; c++)
        gradient[c] = exp(score[c] - largest);
    double sum = gradient[0];
    for (int c = 1; c < classes; c++)
        sum += gradient[c];
    for (int c = 0; c < classes; c++)
        gradient[c] /= sum;
    gradient[label] -= 1;
    return log(sum) + (largest - score[label]);
}

/* z and dz (N, C), labels (N). */
double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    int images = z->dim[0], classes = z->dim[1];
    double loss = 0;
    for (int n = 0; n < images; n++) {
        int64_t row = (int64_t)n * classes;
        loss += cross_entropy(z->at + row, classes, labels->at[n], dz->at + row);
    }
    for (int64_t i = 0; i < tensor_count(dz); i++)
        dz->at[i] /= images;
    return loss / images;
}

/* --- Global average pool --- */

/* x (N, C, H, W), y (N, C). */
void global_average(const tensor *x, tensor *y) {
    int64_t pixels = (int64_t)x->dim[2] * x->dim[3];
    for (int64_t map = 0; map < tensor_count(y); map++) {
        double sum = 0;
        for (int64_t i = 0; i < pixels; i++)
            sum += x->at[map * pixels + i];
        y->at[map] = sum / (double)pixels;
    }
}

void global_average_backward(const tensor *dy, tensor *dx) {
    int64_t pixels = (int64_t)dx->dim[2] * dx->dim[3];
    for (int64_t i = 0; i < tensor_count(dx); i++)
        dx->at[i] = dy->at[i / pixels] / (double)pixels;
}

/* --- Convolution with reflect padding --- */

/* One channel of one image with its border around it, so that what follows is a convolution without
 * padding. */
struct plane {
    int64_t height, width; /* with the border */
    int64_t top, left;     /* rows above, columns to the left, as many below and to the right */
    double *at;
};

/* Which pixel lies at `i` when the picture is mirrored at its outermost pixels. */
static int64_t mirror(int64_t i, int64_t size) {
    if (i < 0)
        return -i;
    return i < size ? i : 2 * (size - 1) - i;
}

static struct plane plane_new(const tensor *x, const tensor *w) {
    struct plane p = {.top = (w->dim[2] - 1) / 2, .left = (w->dim[3] - 1) / 2};
    p.height = x->dim[2] + 2 * p.top;
    p.width = x->dim[3] + 2 * p.left;
    p.at = calloc((size_t)(p.height * p.width), sizeof *p.at);
    if (!p.at)
        abort(); /* no status says "out of memory" */
    return p;
}

static void plane_fill(struct plane *p, const double *picture) {
    int64_t height = p->height - 2 * p->top, width = p->width - 2 * p->left;
    for (int64_t i = 0; i < p->height; i++)
        for (int64_t j = 0; j < p->width; j++)
            p->at[i * p->width + j] =
                picture[mirror(i - p->top, height) * width + mirror(j - p->left, width)];
}

/* The way back: what arrived in the border belongs to the pixels that it mirrors. */
static void plane_fold(const struct plane *p, double *picture) {
    int64_t height = p->height - 2 * p->top, width = p->width - 2 * p->left;
    for (int64_t i = 0; i < p->height; i++)
        for (int64_t j = 0; j < p->width; j++)
            picture[mirror(i - p->top, height) * width + mirror(j - p->left, width)] +=
                p->at[i * p->width + j];
}

static bool reflection_fits(const tensor *x, const tensor *w, const tensor *y) {
    if (x->rank != 4 || w->rank != 4 || y->rank != 4)
        return false;
    if (w->dim[1] != x->dim[1] || y->dim[0] != x->dim[0] || y->dim[1] != w->dim[0])
        return false;
    for (int side = 2; side < 4; side++) {
        int padding = (w->dim[side] - 1) / 2;
        if (padding >= x->dim[side]) /* there are no more pixels to mirror */
            return false;
        if (y->dim[side] != x->dim[side] + 2 * padding - w->dim[side] + 1)
            return false;
    }
    return true;
}

/* y += what one filter of `kh` x `kw` sees of the plane.  The columns run innermost: their sums do
 * not wait for each other. */
static void plane_correlate(const struct plane *p, const double *filter, int kh, int kw,
                            double *y) {
    int64_t height = p->height - kh + 1, width = p->width - kw + 1;
    for (int64_t i = 0; i < height; i++)
        for (int u = 0; u < kh; u++)
            for (int v = 0; v < kw; v++) {
                const double *from = p->at + (i + u) * p->width + v;
                double weight = filter[u * kw + v], *to = y + i * width;
                for (int64_t j = 0; j < width; j++)
                    to[j] += weight * from[j];
            }
}

/* Each product of plane_correlate sends something back to both of its factors; what the plane gets
 * goes to `back`. */
static void plane_send_back(const struct plane *p, const double *filter, int kh, int kw,
                            const double *dy, struct plane *back, double *dfilter) {
    int64_t height = p->height - kh + 1, width = p->width - kw + 1;
    for (int64_t i = 0; i < height; i++)
        for (int u = 0; u < kh; u++)
            for (int v = 0; v < kw; v++) {
                int64_t corner = (i + u) * p->width + v;
                const double *g = dy + i * width, *from = p->at + corner;
                double weight = filter[u * kw + v], sum = 0, *to = back->at + corner;
                for (int64_t j = 0; j < width; j++) {
                    to[j] += weight * g[j];
                    sum += from[j] * g[j];
                }
                dfilter[u * kw + v] += sum;
            }
}

/* x (N, C, H, W), w (F, C, KH, KW), b (F), y (N, F, OH, OW). */
int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    if (!reflection_fits(x, w, y) || b->rank != 1 || b->dim[0] != w->dim[0])
        return IMPOSSIBLE;
    int channels = w->dim[1], filters = w->dim[0], kh = w->dim[2], kw = w->dim[3];
    int64_t size = (int64_t)x->dim[2] * x->dim[3], out = (int64_t)y->dim[2] * y->dim[3];
    for (int64_t i = 0; i < tensor_count(y); i++)
        y->at[i] = b->at[i / out % filters];
    struct plane plane = plane_new(x, w);
    for (int n = 0; n < x->dim[0]; n++)
        for (int c = 0; c < channels; c++) {
            plane_fill(&plane, x->at + ((int64_t)n * channels + c) * size);
            for (int f = 0; f < filters; f++)
                plane_correlate(&plane, w->at + ((int64_t)f * channels + c) * kh * kw, kh, kw,
                                y->at + ((int64_t)n * filters + f) * out);
        }
    free(plane.at);
    return OK;
}

/* Shapes as above; dx, dw and db have those of x, w and b. */
int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    if (!reflection_fits(x, w, dy))
        return IMPOSSIBLE;
    int channels = w->dim[1], filters = w->dim[0], kh = w->dim[2], kw = w->dim[3];
    int64_t size = (int64_t)x->dim[2] * x->dim[3], out = (int64_t)dy->dim[2] * dy->dim[3];
    tensor_clear(dx);
    tensor_clear(dw);
    tensor_clear(db);
    for (int64_t i = 0; i < tensor_count(dy); i++)
        db->at[i / out % filters] += dy->at[i];
    struct plane plane = plane_new(x, w), back = plane_new(x, w);
    for (int n = 0; n < x->dim[0]; n++)
        for (int c = 0; c < channels; c++) {
            int64_t picture = ((int64_t)n * channels + c) * size;
            plane_fill(&plane, x->at + picture);
            for (int64_t i = 0; i < back.height * back.width; i++)
                back.at[i] = 0;
            for (int f = 0; f < filters; f++) {
                int64_t filter = ((int64_t)f * channels + c) * kh * kw;
                plane_send_back(&plane, w->at + filter, kh, kw,
                                dy->at + ((int64_t)n * filters + f) * out, &back, dw->at + filter);
            }
            plane_fold(&back, dx->at + picture);
        }
    free(plane.at);
    free(back.at);
    return OK;
}

/* --- Learning --- */

/* PyTorch's form: the rate is no part of the velocity. */
void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    for (int64_t i = 0, n = tensor_count(w); i < n; i++) {
        v->at[i] = mu * v->at[i] + g->at[i];
        w->at[i] -= rate * v->at[i];
    }
}

/* Epochs, rate, kernel. */
static void set(tensor *s, double epochs, double rate, double kernel) {
    s->at[0] = epochs;
    s->at[1] = rate;
    s->at[2] = kernel;
}

/* 6(c): what the notebook has, until the curves are flat. */
void settings_few_images(tensor *s) {
    set(s, 300, 0.01, 7);
}

/* 6(d): a filter as small as an edge has fewer ways to notice where it is. */
void settings_shifted_edges(tensor *s) {
    set(s, 1500, 0.03, 3);
}
