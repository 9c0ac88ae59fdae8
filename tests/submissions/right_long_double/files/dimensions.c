#include "ld.h"

#include <stdbool.h>
#include <string.h>

typedef int64_t I;
#define M INT64_MAX

/* r = a * b; false when it does not fit. */
static bool mul(I a, I b, I *r) {
    bool f = b == 0 || a <= M / b;
    *r = f ? a * b : M;
    return f;
}

I conv_parameters(int k, int c, int f) {
    I n;
    if (k < 1 || c < 1 || f < 1 || !mul(k, k, &n) || !mul(n, c, &n) || n == M || !mul(n + 1, f, &n))
        return -1;
    return n;
}

I pool_size(I n, int k, int s) {
    return s > 0 && k > 0 && n >= k ? (n - k) / s + 1 : -1;
}

typedef struct {
    I d[3];
    I p, m;      /* parameters, products */
    bool pf, mf; /* do they fit? */
} S;

static bool vol(const S *s, I *v) {
    return mul(s->d[0], s->d[1], v) && mul(*v, s->d[2], v);
}

static bool next(S *s, const I *l) {
    I k = l[NET_KERNEL], t = l[NET_STRIDE], z = 0, n = 0;
    bool f = true, conv = l[0] == NET_CONV, full = l[0] == NET_CONNECTED;
    s->p = s->m = 0;
    s->pf = s->mf = true;
    if ((conv || full) && l[NET_FILTERS] < 1)
        return false;
    if (conv || l[0] == NET_POOL) {
        z = conv ? l[NET_PADDING] : 0;
        if (k < 1 || t < 1 || z < 0)
            return false;
        f = mul(k, k, &n) && mul(n, s->d[0], &n);
        for (int i = 1; i < 3; ++i) {
            if (s->d[i] + 2 * z < k)
                return false;
            s->d[i] = (s->d[i] + 2 * z - k) / t + 1;
        }
    } else if (full || l[0] == NET_FLATTEN) {
        f = vol(s, &n);
        if (!full && !f)
            return false;
        memcpy(s->d, (I[3]){n, 1, 1}, sizeof s->d);
    } else {
        return false;
    }
    if (conv || full) {
        s->d[0] = l[NET_FILTERS];
        s->pf = f && mul(n, s->d[0], &s->p) && s->p <= M - s->d[0];
        s->p += s->pf ? s->d[0] : 0;
        s->mf = vol(s, &z) && f && mul(n, z, &s->m);
    }
    return true;
}

#define START(s, in)                                                                               \
    S s = {.d = {(in)->at[0], (in)->at[1], (in)->at[2]}, .pf = true, .mf = true};                  \
    bool g = s.d[0] > 0 && s.d[1] > 0 && s.d[2] > 0

I multiply_adds(const ints *input, const ints *layers) {
    START(s, input);
    I m = 0;
    F(i, layers->dim[0]) {
        g = g && next(&s, layers->at + i * NET_COLUMNS) && s.mf && m <= M - s.m;
        if (g)
            m += s.m;
    }
    return g ? m : -1;
}

int network_table(const ints *input, const ints *layers, ints *rows) {
    START(s, input);
    g = g && rows->dim[0] == layers->dim[0] + 1;
    I(*t)[TABLE_COLUMNS] = (I(*)[TABLE_COLUMNS])rows->at;
    for (int i = 0; g && i <= layers->dim[0]; ++i) {
        I v = 0;
        g = (i == 0 || next(&s, layers->at + (i - 1) * NET_COLUMNS)) && s.pf && vol(&s, &v);
        memcpy(t[i], (I[TABLE_COLUMNS]){s.p, s.d[0], s.d[1], s.d[2], v}, sizeof t[i]);
    }
    return g ? OK : IMPOSSIBLE;
}

void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    V4(X, x);
    V4(W, w);
    V4(Y, y);
    int h = x->dim[2], l = x->dim[3], p = w->dim[2], q = w->dim[3];
    F(n, x->dim[0]) F(f, w->dim[0]) F(i, h) F(j, l) {
        A a = {{b->at[f], 0}, 0};
        F(c, x->dim[1]) F(u, p) F(v, q)
            add(&a, (L)W[f][c][u][v] * X[n][c][(i + u + (p - 1) * (h - 1)) % h]
                                          [(j + v + (q - 1) * (l - 1)) % l]);
        Y[n][f][i][j] = sum(a);
    }
}

void edge_features(tensor *g) {
    V2(a, g);
    F(i, 2) F(j, 3) a[i][j] = j == 1 - i ? 0.8 : 0;
}
