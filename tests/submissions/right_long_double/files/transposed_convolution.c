#include "ld.h"

#include <math.h>
#include <string.h>

/* What is left of column v when the m unit columns in q are taken out; shares go to r. */
static L reduce(int n, int m, L q[][n], L v[n], L *r) {
    memset(r, 0, (size_t)(m + 1) * sizeof *r);
    F(twice, 2) F(i, m) { /* once leaves rounding behind, twice does not */
        L s = 0;
        F(k, n) s += q[i][k] * v[k];
        r[i] += s;
        F(k, n) v[k] -= s * q[i][k];
    }
    L s = 0;
    F(k, n) s += v[k] * v[k];
    return r[m] = sqrtl(s);
}

int recover_filter(const tensor *x, const tensor *y, tensor *w) {
    int k = w->dim[0], n = y->dim[0];
    if (x->dim[0] != n + k - 1 || n < k)
        return IMPOSSIBLE;
    L q[k + 1][n], r[k + 1][k + 2];
    for (int i = 0; i <= k; ++i) {
        L a = 0;
        F(j, n) q[i][j] = i < k ? x->at[i + j] : y->at[j], a += q[i][j] * q[i][j];
        L left = reduce(n, i, q, q[i], r[i]);
        if (i < k && !(left > 1e-9L * sqrtl(a)))
            return IMPOSSIBLE;
        if (i == k && left > 1e-9L * sqrtl(a))
            return IMPOSSIBLE;
        if (i < k)
            F(j, n) q[i][j] /= left;
    }
    for (int i = k - 1; i >= 0; --i) {
        L s = r[k][i];
        for (int j = i + 1; j < k; ++j)
            s -= r[j][i] * w->at[j];
        w->at[i] = (double)(s / r[i][i]);
    }
    return OK;
}

static int fit(long n, long k, long s, long p, long o) {
    return s > 0 && p >= 0 && (n - 1) * s + k == o + 2 * p;
}

int conv_transpose1d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (!fit(x->dim[0], w->dim[0], stride, padding, y->dim[0]))
        return IMPOSSIBLE;
    F(o, y->dim[0]) {
        A a = {{0, 0}, 0};
        F(i, x->dim[0]) {
            long h = (long)o + padding - (long)i * stride;
            if (0 <= h && h < w->dim[0])
                add(&a, (L)x->at[i] * w->at[h]);
        }
        y->at[o] = sum(a);
    }
    return OK;
}

int conv_transpose2d(const tensor *x, const tensor *w, int stride, int padding, tensor *y) {
    if (x->dim[1] != w->dim[0] || w->dim[1] != y->dim[1] || y->dim[0] != x->dim[0] ||
        !fit(x->dim[2], w->dim[2], stride, padding, y->dim[2]) ||
        !fit(x->dim[3], w->dim[3], stride, padding, y->dim[3]))
        return IMPOSSIBLE;
    V4(X, x);
    V4(W, w);
    V4(Y, y);
    F(n, y->dim[0]) F(f, y->dim[1]) F(r, y->dim[2]) F(s, y->dim[3]) {
        A a = {{0, 0}, 0};
        F(c, x->dim[1]) F(i, x->dim[2]) {
            long u = (long)r + padding - (long)i * stride;
            if (u < 0 || u >= w->dim[2])
                continue;
            F(j, x->dim[3]) {
                long v = (long)s + padding - (long)j * stride;
                if (0 <= v && v < w->dim[3])
                    add(&a, (L)X[n][c][i][j] * W[c][f][u][v]);
            }
        }
        Y[n][f][r][s] = sum(a);
    }
    return OK;
}
