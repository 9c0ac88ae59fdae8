#include "shift.h"

#include <math.h>

static picture row_of(const tensor *t, int row) {
    return (picture){1, t->dim[1], t->at + (int64_t)row * t->dim[1]};
}

static const offset HERE = {0, 0, 1};

/* Each output is the sum of the inputs' columns; backwards rows are added to rows. */
void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    for (int n = 0; n < x->dim[0]; n++)
        for (int o = 0; o < w->dim[0]; o++)
            row_of(y, n).at[o] = b->at[o] + shift_dot(row_of(x, n), row_of(w, o), HERE);
}

void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    picture bias = {1, w->dim[0], db->at};
    picture_set(bias, 0);
    for (int n = 0; n < x->dim[0]; n++) {
        shift_in(bias, row_of(dy, n), HERE, 1);
        picture_set(row_of(dx, n), 0);
        for (int o = 0; o < w->dim[0]; o++)
            shift_in(row_of(dx, n), row_of(w, o), HERE, row_of(dy, n).at[o]);
    }
    for (int o = 0; o < w->dim[0]; o++) {
        picture_set(row_of(dw, o), 0);
        for (int n = 0; n < x->dim[0]; n++)
            shift_in(row_of(dw, o), row_of(x, n), HERE, row_of(dy, n).at[o]);
    }
}

void relu(const tensor *x, tensor *y) {
    const double *from = x->at, *end = x->at + tensor_count(x);
    for (double *to = y->at; from < end; from++)
        *to++ = *from > 0 ? *from : 0;
}

void relu_backward(const tensor *x, const tensor *dy, tensor *dx) {
    for (int64_t i = 0; i < tensor_count(x); i++)
        dx->at[i] = x->at[i] > 0 ? dy->at[i] : 0;
}

double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    double loss = 0, share = 1.0 / z->dim[0];
    for (int n = 0; n < z->dim[0]; n++) {
        picture score = row_of(z, n), p = row_of(dz, n);
        double most = score.at[0], sum = 0;
        for (int c = 0; c < score.columns; c++)
            most = score.at[c] > most ? score.at[c] : most;
        for (int c = 0; c < score.columns; c++)
            sum += p.at[c] = exp(score.at[c] - most);
        loss += share * (log(sum) + most - score.at[labels->at[n]]);
        for (int c = 0; c < score.columns; c++)
            p.at[c] *= share / sum;
        p.at[labels->at[n]] -= share;
    }
    return loss;
}

void global_average(const tensor *x, tensor *y) {
    for (int p = 0; p < x->dim[0] * x->dim[1]; p++) {
        picture map = plane_of(x, p);
        double sum = 0;
        for (int j = 0; j < map.columns; j++) {
            double column = 0;
            for (int i = 0; i < map.rows; i++)
                column += map.at[i * map.columns + j];
            sum += column / map.rows;
        }
        y->at[p] = sum / map.columns;
    }
}

void global_average_backward(const tensor *dy, tensor *dx) {
    for (int p = 0; p < dx->dim[0] * dx->dim[1]; p++) {
        picture map = plane_of(dx, p);
        picture_set(map, dy->at[p] / map.rows / map.columns);
    }
}

/* --- A mirrored border --- */

static int mirror(const tensor *x, const tensor *w, const tensor *y, frame *f) {
    int top = (w->dim[2] - 1) / 2, left = (w->dim[3] - 1) / 2;
    *f = (frame){top, top, left, left, 0};
    return x->dim[1] == w->dim[1] && y->dim[0] == x->dim[0] && y->dim[1] == w->dim[0] &&
           x->dim[2] > top && x->dim[3] > left &&
           y->dim[2] - 1 == x->dim[2] + 2 * top - w->dim[2] &&
           y->dim[3] - 1 == x->dim[3] + 2 * left - w->dim[3];
}

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    frame f;
    if (!mirror(x, w, y, &f) || b->dim[0] != w->dim[0])
        return IMPOSSIBLE;
    int channels = x->dim[1], filters = w->dim[0], kw = w->dim[3];
    for (int p = 0; p < y->dim[0] * filters; p++)
        picture_set(plane_of(y, p), b->at[p % filters]);
    for (int q = 0; q < x->dim[0] * channels; q++) {
        picture wide = framed(plane_of(x, q), f);
        for (int o = 0; o < filters; o++)
            for (int e = 0; e < w->dim[2] * kw; e++)
                shift_in(plane_of(y, q / channels * filters + o), wide,
                         (offset){e / kw, e % kw, 1},
                         plane_of(w, o * channels + q % channels).at[e]);
        picture_free(&wide);
    }
    return OK;
}

int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    frame f;
    if (!mirror(x, w, dy, &f))
        return IMPOSSIBLE;
    int channels = x->dim[1], filters = w->dim[0], kw = w->dim[3];
    for (int q = 0; q < filters * channels; q++)
        picture_set(plane_of(dw, q), 0);
    for (int q = 0; q < x->dim[0] * channels; q++) {
        picture wide = framed(plane_of(x, q), f), back = picture_new(wide.rows, wide.columns);
        for (int o = 0; o < filters; o++) {
            picture g = plane_of(dy, q / channels * filters + o);
            picture filter = plane_of(w, o * channels + q % channels);
            picture dfilter = plane_of(dw, o * channels + q % channels);
            for (int e = 0; e < w->dim[2] * kw; e++) {
                dfilter.at[e] += shift_dot(g, wide, (offset){e / kw, e % kw, 1});
                shift_out(back, g, (offset){e / kw, e % kw, 1}, filter.at[e]);
            }
        }
        unframed(plane_of(dx, q), back, f);
        picture_free(&back);
        picture_free(&wide);
    }
    for (int o = 0; o < filters; o++)
        db->at[o] = 0;
    for (int p = 0; p < dy->dim[0] * filters; p++)
        for (int i = 0; i < dy->dim[2] * dy->dim[3]; i++)
            db->at[p % filters] += plane_of(dy, p).at[i];
    return OK;
}

void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    int count = (int)tensor_count(w);
    picture weights = {1, count, w->at}, speed = {1, count, v->at}, slope = {1, count, g->at};
    for (int i = 0; i < count; i++)
        v->at[i] *= mu;
    shift_in(speed, slope, HERE, 1);
    shift_in(weights, speed, HERE, -rate);
}

static void put(tensor *s, const double *three) {
    for (int i = 0; i < 3; i++)
        s->at[i] = three[i];
}

void settings_few_images(tensor *s) {
    put(s, (const double[]){300, 0.02, 7});
}

void settings_shifted_edges(tensor *s) {
    put(s, (const double[]){800, 0.02, 3});
}
