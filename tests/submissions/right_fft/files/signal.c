#include "signal.h"

#include <math.h>
#include <stdlib.h>

struct transformer transformer_begin(int least) {
    struct transformer t = {1, 0, NULL, NULL};
    while (t.count < least) {
        t.count *= 2;
        t.bits++;
    }
    t.cosine = malloc(sizeof(double) * (size_t)t.count);
    t.sine = malloc(sizeof(double) * (size_t)t.count);
    for (int i = 0; i < t.count; i++) {
        t.cosine[i] = cos(2 * acos(-1) * i / t.count);
        t.sine[i] = sin(2 * acos(-1) * i / t.count);
    }
    return t;
}

void transformer_end(struct transformer *t) {
    free(t->cosine);
    free(t->sine);
}

struct spectrum spectrum_new(const struct transformer *t) {
    struct spectrum s = {t->count, calloc((size_t)t->count, sizeof(double)),
                         calloc((size_t)t->count, sizeof(double))};
    return s;
}

void spectrum_clear(struct spectrum *s) {
    for (int i = 0; i < s->count; i++)
        s->re[i] = s->im[i] = 0;
}

void spectrum_free(struct spectrum *s) {
    free(s->re);
    free(s->im);
}

static void exchange(double *a, double *b) {
    double kept = *a;
    *a = *b;
    *b = kept;
}

/* Cooley and Tukey, in place, by bit reversal. */
static void run(const struct transformer *t, struct spectrum *s, double sign) {
    for (int i = 0; i < t->count; i++) {
        int j = 0;
        for (int bit = 0; bit < t->bits; bit++)
            j |= (i >> bit & 1) << (t->bits - 1 - bit);
        if (i < j) {
            exchange(&s->re[i], &s->re[j]);
            exchange(&s->im[i], &s->im[j]);
        }
    }
    for (int half = 1; half < t->count; half *= 2)
        for (int k = 0; k < half; k++) {
            double c = t->cosine[k * (t->count / half / 2)];
            double d = sign * t->sine[k * (t->count / half / 2)];
            for (int i = k; i < t->count; i += 2 * half) {
                int j = i + half;
                double re = s->re[j] * c - s->im[j] * d, im = s->re[j] * d + s->im[j] * c;
                s->re[j] = s->re[i] - re;
                s->im[j] = s->im[i] - im;
                s->re[i] += re;
                s->im[i] += im;
            }
        }
}

void spectrum_forward(const struct transformer *t, struct spectrum *s) {
    run(t, s, -1);
}

void spectrum_backward(const struct transformer *t, struct spectrum *s) {
    run(t, s, 1);
    for (int i = 0; i < t->count; i++) {
        s->re[i] /= t->count;
        s->im[i] /= t->count;
    }
}

void spectrum_multiply(const struct spectrum *a, const struct spectrum *b, int conjugate,
                       struct spectrum *sum) {
    double sign = conjugate ? -1 : 1;
    for (int i = 0; i < sum->count; i++) {
        double im = sign * b->im[i];
        sum->re[i] += a->re[i] * b->re[i] - a->im[i] * im;
        sum->im[i] += a->re[i] * im + a->im[i] * b->re[i];
    }
}
