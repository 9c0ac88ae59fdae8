#include "ld.h"

int64_t conv_size(int64_t n, int k, int s, int p, int d) {
    if (n < 1 || k < 1 || s < 1 || p < 0 || d < 1)
        return -1;
    int64_t r = n - 1 - (k - (int64_t)1) * d + p + p;
    return r >= 0 ? 1 + r / s : -1;
}

int conv_shape(const ints *x, const ints *w, int s, int p, int d, ints *y) {
    int bad = x->at[1] != w->at[1];
    y->at[0] = x->at[0];
    y->at[1] = w->at[0];
    F(i, 2) bad |= (y->at[2 + i] = conv_size(x->at[2 + i], (int)w->at[2 + i], s, p, d)) < 0;
    return bad ? IMPOSSIBLE : OK;
}

int64_t receptive_field(const ints *layers) {
    L r = 1;
    for (int i = layers->dim[0]; i-- > 0;) {
        const int64_t *l = layers->at + 3 * i;
        if (l[0] < 1 || l[1] < 1 || l[2] < 1)
            return -1;
        r = (r - 1) * l[1] + (L)(l[0] - 1) * l[2] + 1;
    }
    return (int64_t)r;
}

void vertical_edge_filter(tensor *w) { /* Prewitt's with weights, small */
    V2(a, w);
    F(i, 3) F(j, 3) a[i][j] = 0.125 * (j - 1) * (i == 1 ? 2 : 1);
}

void blur_filter(tensor *w) { /* four pixels */
    V2(a, w);
    F(i, 3) F(j, 3) a[i][j] = i < 2 && j < 2 ? 0.25 : 0;
}

int conv2d(const tensor *x, const tensor *w, const tensor *b, int s, int p, int d, tensor *y) {
    int h = x->dim[2], l = x->dim[3];
    if (x->dim[1] != w->dim[1] || y->dim[0] != x->dim[0] || y->dim[1] != w->dim[0] ||
        b->dim[0] != w->dim[0] || y->dim[2] != conv_size(h, w->dim[2], s, p, d) ||
        y->dim[3] != conv_size(l, w->dim[3], s, p, d))
        return IMPOSSIBLE;
    V4(X, x);
    V4(W, w);
    V4(Y, y);
    F(n, y->dim[0]) F(f, y->dim[1]) F(i, y->dim[2]) F(j, y->dim[3]) {
        A a = {{0, b->at[f]}, 0};
        F(u, w->dim[2]) F(v, w->dim[3]) {
            long r = (long)i * s + (long)u * d - p, q = (long)j * s + (long)v * d - p;
            if (r >= 0 && r < h && q >= 0 && q < l)
                F(c, x->dim[1]) add(&a, (L)X[n][c][r][q] * W[f][c][u][v]);
        }
        Y[n][f][i][j] = sum(a);
    }
    return OK;
}
