#include "ld.h"

#include <math.h>
#include <string.h>

static int fit(long n, long k, long s, long p, long d, long o) {
    long r = n + 2 * p - 1 - (k - 1) * d;
    return s > 0 && p >= 0 && d > 0 && r >= 0 && r / s + 1 == o;
}

int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int s, int p, int d,
                    tensor *dx, tensor *dw, tensor *db) {
    int N = x->dim[0], C = x->dim[1], K = w->dim[0], h = x->dim[2], l = x->dim[3];
    int P = w->dim[2], Q = w->dim[3], O = dy->dim[2], R = dy->dim[3];
    if (w->dim[1] != C || dy->dim[0] != N || dy->dim[1] != K || !fit(h, P, s, p, d, O) ||
        !fit(l, Q, s, p, d, R))
        return IMPOSSIBLE;
    V4(X, x);
    V4(W, w);
    V4(G, dy);
    V4(DX, dx);
    V4(DW, dw);
    F(n, N) F(c, C) F(r, h) F(q, l) {
        A a = {{0, 0}, 0};
        F(u, P) F(v, Q) {
            long i = (long)r + p - (long)u * d, j = (long)q + p - (long)v * d;
            if (i >= 0 && j >= 0 && i % s == 0 && j % s == 0 && i / s < O && j / s < R)
                F(f, K) add(&a, (L)G[n][f][i / s][j / s] * W[f][c][u][v]);
        }
        DX[n][c][r][q] = sum(a);
    }
    F(f, K) F(c, C) F(u, P) F(v, Q) {
        A a = {{0, 0}, 0};
        F(i, O) F(j, R) {
            long r = (long)i * s + (long)u * d - p, q = (long)j * s + (long)v * d - p;
            if (r >= 0 && r < h && q >= 0 && q < l)
                F(n, N) add(&a, (L)G[n][f][i][j] * X[n][c][r][q]);
        }
        DW[f][c][u][v] = sum(a);
    }
    F(f, K) {
        A a = {{0, 0}, 0};
        F(n, N) F(i, O) F(j, R) add(&a, G[n][f][i][j]);
        db->at[f] = sum(a);
    }
    return OK;
}

void sgd_step(tensor *w, const tensor *dw, double rate) {
    F(i, tensor_count(w)) w->at[i] = (double)(w->at[i] - (L)rate * dw->at[i]);
}

double gradient_mean(int n, int k, double x, double g) {
    return n >= k ? (double)(0.0L * x * g) : NAN;
}

double gradient_variance(int n, int k, double x, double g) {
    return (double)powl((L)(n - k + 1) * x * g, 2);
}

double gradient_growth(int a, int b, int k) {
    return (double)((L)(b - k + 1) / (a - k + 1));
}

/* --- Pooling --- */

static int pool_fit(const tensor *x, const tensor *y, int k, int s) {
    return k > 0 && x->dim[0] == y->dim[0] && x->dim[1] == y->dim[1] &&
           fit(x->dim[2], k, s, 0, 1, y->dim[2]) && fit(x->dim[3], k, s, 0, 1, y->dim[3]);
}

#define WINDOWS(y) F(n, (y)->dim[0]) F(c, (y)->dim[1]) F(i, (y)->dim[2]) F(j, (y)->dim[3])

int max_pool(const tensor *x, int k, int s, tensor *y) {
    if (!pool_fit(x, y, k, s))
        return IMPOSSIBLE;
    V4(X, x);
    V4(Y, y);
    WINDOWS(y) {
        double m = -HUGE_VAL;
        F(u, k) F(v, k) m = fmax(m, X[n][c][i * s + u][j * s + v]);
        Y[n][c][i][j] = m;
    }
    return OK;
}

int max_pool_backward(const tensor *x, const tensor *dy, int k, int s, tensor *dx) {
    if (!pool_fit(x, dy, k, s))
        return IMPOSSIBLE;
    V4(X, x);
    V4(G, dy);
    V4(D, dx);
    memset(dx->at, 0, sizeof(double) * (size_t)tensor_count(dx));
    WINDOWS(dy) {
        double m = X[n][c][i * s][j * s];
        int t = 0;
        F(u, k) F(v, k) m = fmax(m, X[n][c][i * s + u][j * s + v]);
        F(u, k) F(v, k) t += X[n][c][i * s + u][j * s + v] == m;
        F(u, k) F(v, k) if (X[n][c][i * s + u][j * s + v] == m)
            D[n][c][i * s + u][j * s + v] += G[n][c][i][j] / t;
    }
    return OK;
}

int average_pool(const tensor *x, int k, int s, tensor *y) {
    if (!pool_fit(x, y, k, s))
        return IMPOSSIBLE;
    V4(X, x);
    V4(Y, y);
    WINDOWS(y) {
        L m = 0; /* of the numbers so far */
        F(e, k *k) m += (X[n][c][i * s + e / k][j * s + e % k] - m) / (e + 1);
        Y[n][c][i][j] = (double)m;
    }
    return OK;
}

int average_pool_backward(const tensor *dy, int k, int s, tensor *dx) {
    if (!pool_fit(dx, dy, k, s))
        return IMPOSSIBLE;
    V4(G, dy);
    V4(D, dx);
    F(n, dx->dim[0]) F(c, dx->dim[1]) F(r, dx->dim[2]) F(q, dx->dim[3]) {
        A a = {{0, 0}, 0};
        F(i, dy->dim[2]) F(j, dy->dim[3])
            if (i * s <= r && r < i * s + k && j * s <= q && q < j * s + k)
                add(&a, G[n][c][i][j]);
        D[n][c][r][q] = sum(a) / k / k;
    }
    return OK;
}
