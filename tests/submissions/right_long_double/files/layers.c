#include "ld.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void linear(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    V2(X, x);
    V2(W, w);
    V2(Y, y);
    F(n, x->dim[0]) F(o, w->dim[0]) {
        A a = {{b->at[o], 0}, 0};
        F(i, w->dim[1]) add(&a, (L)X[n][i] * W[o][i]);
        Y[n][o] = sum(a);
    }
}

void linear_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx, tensor *dw,
                     tensor *db) {
    int N = x->dim[0], I = x->dim[1], O = w->dim[0];
    V2(X, x);
    V2(W, w);
    V2(G, dy);
    V2(DX, dx);
    V2(DW, dw);
    F(n, N) F(i, I) {
        A a = {{0, 0}, 0};
        F(o, O) add(&a, (L)G[n][o] * W[o][i]);
        DX[n][i] = sum(a);
    }
    F(o, O) {
        A b = {{0, 0}, 0};
        F(n, N) add(&b, G[n][o]);
        db->at[o] = sum(b);
        F(i, I) {
            A a = {{0, 0}, 0};
            F(n, N) add(&a, (L)G[n][o] * X[n][i]);
            DW[o][i] = sum(a);
        }
    }
}

void relu(const tensor *x, tensor *y) {
    F(i, tensor_count(x)) y->at[i] = fdim(x->at[i], 0);
}

void relu_backward(const tensor *x, const tensor *dy, tensor *dx) {
    F(i, tensor_count(x)) dx->at[i] = fdim(x->at[i], 0) == 0 ? 0 : dy->at[i];
}

double softmax_cross_entropy(const tensor *z, const ints *labels, tensor *dz) {
    int N = z->dim[0], C = z->dim[1];
    V2(Z, z);
    V2(D, dz);
    L t = 0;
    F(n, N) {
        int m = 0;
        F(c, C) m = Z[n][c] > Z[n][m] ? c : m;
        L e[C], s = 0;
        F(c, C) e[c] = expl((L)Z[n][c] - Z[n][m]), s += c == m ? 0 : e[c];
        F(c, C) D[n][c] = (double)((e[c] / (1 + s) - (labels->at[n] == c)) / N);
        t += log1pl(s) + ((L)Z[n][m] - Z[n][labels->at[n]]);
    }
    return (double)(t / N);
}

void global_average(const tensor *x, tensor *y) {
    V4(X, x);
    V2(Y, y);
    F(n, x->dim[0]) F(c, x->dim[1]) {
        A a = {{0, 0}, 0};
        F(i, x->dim[2]) F(j, x->dim[3]) add(&a, X[n][c][i][j]);
        Y[n][c] = sum(a) / (x->dim[2] * x->dim[3]);
    }
}

void global_average_backward(const tensor *dy, tensor *dx) {
    V4(D, dx);
    V2(G, dy);
    F(n, dx->dim[0]) F(c, dx->dim[1]) F(i, dx->dim[2]) F(j, dx->dim[3])
        D[n][c][i][j] = G[n][c] / (dx->dim[2] * dx->dim[3]);
}

/* --- A mirrored border --- */

static int fit(const tensor *x, const tensor *w, const tensor *y) {
    int a = (w->dim[2] - 1) / 2, b = (w->dim[3] - 1) / 2;
    return x->dim[1] == w->dim[1] && y->dim[1] == w->dim[0] && y->dim[0] == x->dim[0] &&
           a < x->dim[2] && b < x->dim[3] && y->dim[2] == x->dim[2] + 2 * a + 1 - w->dim[2] &&
           y->dim[3] == x->dim[3] + 2 * b + 1 - w->dim[3];
}

/* m[i] is the place that is seen at i - a. */
static void mirror(int n, int a, int m[n + 2 * a]) {
    F(i, n + 2 * a) m[i] = abs(i - a) < n ? abs(i - a) : 2 * n - 2 - (i - a);
}

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    if (!fit(x, w, y) || b->dim[0] != w->dim[0])
        return IMPOSSIBLE;
    int p = (w->dim[2] - 1) / 2, q = (w->dim[3] - 1) / 2, r[x->dim[2] + 2 * p], s[x->dim[3] + 2 * q];
    mirror(x->dim[2], p, r);
    mirror(x->dim[3], q, s);
    V4(X, x);
    V4(W, w);
    V4(Y, y);
    F(n, y->dim[0]) F(f, y->dim[1]) F(i, y->dim[2]) F(j, y->dim[3]) {
        A a = {{0, 0}, 0};
        F(c, x->dim[1]) F(u, w->dim[2]) F(v, w->dim[3])
            add(&a, (L)X[n][c][r[i + u]][s[j + v]] * W[f][c][u][v]);
        add(&a, b->at[f]);
        Y[n][f][i][j] = sum(a);
    }
    return OK;
}

int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    if (!fit(x, w, dy))
        return IMPOSSIBLE;
    int N = x->dim[0], C = x->dim[1], K = w->dim[0], H = x->dim[2], B = x->dim[3];
    int P = w->dim[2], Q = w->dim[3], O = dy->dim[2], R = dy->dim[3];
    int p = (P - 1) / 2, q = (Q - 1) / 2, r[H + 2 * p], s[B + 2 * q];
    mirror(H, p, r);
    mirror(B, q, s);
    V4(X, x);
    V4(W, w);
    V4(G, dy);
    V4(DX, dx);
    V4(DW, dw);
    F(n, N) F(c, C) {
        L t[H][B];
        memset(t, 0, sizeof t);
        F(f, K) F(u, P) F(v, Q) F(i, O) F(j, R)
            t[r[i + u]][s[j + v]] += (L)G[n][f][i][j] * W[f][c][u][v];
        F(i, H) F(j, B) DX[n][c][i][j] = (double)t[i][j];
    }
    F(f, K) {
        A b = {{0, 0}, 0};
        F(n, N) F(i, O) F(j, R) add(&b, G[n][f][i][j]);
        db->at[f] = sum(b);
        F(c, C) F(u, P) F(v, Q) {
            A a = {{0, 0}, 0};
            F(n, N) F(i, O) F(j, R) add(&a, (L)G[n][f][i][j] * X[n][c][r[i + u]][s[j + v]]);
            DW[f][c][u][v] = sum(a);
        }
    }
    return OK;
}

void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    F(i, tensor_count(w)) {
        L s = (L)mu * v->at[i] + g->at[i];
        v->at[i] = (double)s;
        w->at[i] = (double)(w->at[i] - rate * s);
    }
}

void settings_few_images(tensor *s) {
    memcpy(s->at, (double[]){[0] = 300, [1] = 0.01, [2] = 7}, 3 * sizeof(double));
}

void settings_shifted_edges(tensor *s) {
    memcpy(s->at, (double[]){[2] = 3, [1] = 0.02, [0] = 800}, 3 * sizeof(double));
}
