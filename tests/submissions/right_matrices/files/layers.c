#include "sparse.h"

#include <math.h>

/* --- Fully connected --- */

static sparse *matrix_of(const double *at, long rows, long columns) {
    sparse *m = sparse_new();
    for (long i = 0; i < rows * columns; i++)
        sparse_put(m, i / columns, i % columns, at[i]);
    return m;
}

void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    sparse *m = matrix_of(w->at, w->dim[0], w->dim[1]);
    for (long i = 0; i < tensor_count(y); i++)
        y->at[i] = b->at[i % w->dim[0]];
    for (long n = 0; n < x->dim[0]; n++)
        sparse_times(m, x->at + n * w->dim[1], y->at + n * w->dim[0]);
    sparse_free(m);
}

void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    long images = x->dim[0], inputs = w->dim[1], outputs = w->dim[0];
    sparse *weights = matrix_of(w->at, outputs, inputs);
    const double one = 1;
    clear(dx->at, tensor_count(dx));
    clear(dw->at, tensor_count(dw));
    clear(db->at, outputs);
    for (long n = 0; n < images; n++) {
        sparse_transposed_times(weights, dy->at + n * outputs, dx->at + n * inputs);
        for (long o = 0; o < outputs; o++)
            for (long i = 0; i < inputs; i++)
                dw->at[o * inputs + i] += dy->at[n * outputs + o] * x->at[n * inputs + i];
        sparse *row = matrix_of(dy->at + n * outputs, 1, outputs);
        sparse_transposed_times(row, &one, db->at);
        sparse_free(row);
    }
    sparse_free(weights);
}

/* --- ReLU: a diagonal of ones and zeros --- */

static void cut(const double *x, const double *from, double *to, long count) {
    sparse *m = sparse_new();
    for (long i = 0; i < count; i++)
        if (x[i] > 0)
            sparse_put(m, i, i, 1);
    clear(to, count);
    sparse_times(m, from, to);
    sparse_free(m);
}

void relu(const tensor *x, tensor *y) {
    cut(x->at, x->at, y->at, tensor_count(x));
}

void relu_backward(const tensor *x, const tensor *dy, tensor *dx) {
    cut(x->at, dy->at, dx->at, tensor_count(x));
}

/* --- Loss --- */

/* With differences of scores only: p_c = 1 / (1 + sum over the others of e^(z_j - z_c)). */
double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    long images = z->dim[0], classes = z->dim[1];
    double loss = 0;
    for (long n = 0; n < images; n++) {
        const double *score = z->at + n * classes;
        long top = 0;
        for (long c = 0; c < classes; c++) {
            double sum = 1;
            for (long j = 0; j < classes; j++)
                sum += j == c ? 0 : exp(score[j] - score[c]);
            dz->at[n * classes + c] = (1 / sum - (labels->at[n] == c ? 1 : 0)) / (double)images;
            top = score[c] > score[top] ? c : top;
        }
        double others = 0;
        for (long j = 0; j < classes; j++)
            others += j == top ? 0 : exp(score[j] - score[top]);
        loss += log1p(others) + (score[top] - score[labels->at[n]]);
    }
    return loss / (double)images;
}

/* --- Means --- */

static sparse *means(long maps, long pixels) {
    sparse *m = sparse_new();
    for (long i = 0; i < maps * pixels; i++)
        sparse_put(m, i / pixels, i, 1.0 / (double)pixels);
    return m;
}

void global_average(const tensor *x, tensor *y) {
    sparse *m = means(tensor_count(y), (long)x->dim[2] * x->dim[3]);
    clear(y->at, tensor_count(y));
    sparse_times(m, x->at, y->at);
    sparse_free(m);
}

void global_average_backward(const tensor *dy, tensor *dx) {
    sparse *m = means(tensor_count(dy), (long)dx->dim[2] * dx->dim[3]);
    clear(dx->at, tensor_count(dx));
    sparse_transposed_times(m, dy->at, dx->at);
    sparse_free(m);
}

/* --- A mirrored border --- */

static int is_axis(struct axis *a, int in, int size, int out) {
    int border = (size - 1) / 2;
    *a = (struct axis){in, out, size, 1, border, 1, EDGE_MIRROR};
    return border < in && out == in + 2 * border - size + 1;
}

static int fits(struct layer *l, const tensor *x, const tensor *w, const tensor *y) {
    *l = (struct layer){.channels = w->dim[1], .filters = w->dim[0]};
    return x->dim[1] == l->channels && y->dim[0] == x->dim[0] && y->dim[1] == l->filters &&
           is_axis(&l->down, x->dim[2], w->dim[2], y->dim[2]) &&
           is_axis(&l->along, x->dim[3], w->dim[3], y->dim[3]);
}

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    struct layer l;
    if (!fits(&l, x, w, y) || b->dim[0] != w->dim[0])
        return IMPOSSIBLE;
    long in = tensor_count(x) / x->dim[0], out = tensor_count(y) / y->dim[0];
    sparse *m = layer_by_filter(&l, w->at);
    for (long i = 0; i < tensor_count(y); i++)
        y->at[i] = b->at[i % out / (out / l.filters)];
    for (int n = 0; n < x->dim[0]; n++)
        sparse_times(m, x->at + n * in, y->at + n * out);
    sparse_free(m);
    return OK;
}

int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    struct layer l;
    if (!fits(&l, x, w, dy))
        return IMPOSSIBLE;
    long in = tensor_count(x) / x->dim[0], filter = tensor_count(w) / w->dim[0];
    long out = (long)dy->dim[2] * dy->dim[3];
    sparse *by_filter = layer_by_filter(&l, w->at);
    clear(dx->at, tensor_count(dx));
    clear(dw->at, tensor_count(dw));
    clear(db->at, tensor_count(db));
    for (int n = 0; n < x->dim[0]; n++) {
        const double *back = dy->at + n * l.filters * out;
        sparse *by_picture = layer_by_picture(&l, x->at + n * in);
        sparse_transposed_times(by_filter, back, dx->at + n * in);
        for (int f = 0; f < l.filters; f++) {
            sparse_transposed_times(by_picture, back + f * out, dw->at + f * filter);
            for (long i = 0; i < out; i++)
                db->at[f] += back[f * out + i];
        }
        sparse_free(by_picture);
    }
    sparse_free(by_filter);
    return OK;
}

/* --- Learning --- */

/* (v, w) -> (mu v + g, w - rate v), element by element. */
void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    for (long i = 0; i < tensor_count(w); i++) {
        const double old[3] = {v->at[i], w->at[i], g->at[i]};
        v->at[i] = mu * old[0] + 0 * old[1] + 1 * old[2];
        w->at[i] = -rate * mu * old[0] + 1 * old[1] - rate * old[2];
    }
}

void settings_few_images(tensor *s) {
    const double row[3] = {300, 0.02, 7};
    for (int i = 0; i < 3; i++)
        s->at[i] = row[i];
}

void settings_shifted_edges(tensor *s) {
    const double row[3] = {800, 0.02, 3};
    for (int i = 0; i < 3; i++)
        s->at[i] = row[i];
}
