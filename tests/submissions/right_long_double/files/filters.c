#include "ld.h"

void averaging_filter(tensor *w) {
    V2(a, w);
    F(i, w->dim[0]) F(j, w->dim[1]) a[i][j] = (double)(1.0L / w->dim[0] / w->dim[1]);
}

void laplacian_filter(tensor *w) {
    V2(a, w);
    F(i, 3) F(j, 3) a[i][j] = (i == 1) + (j == 1) == 1 ? 1 : (i == 1 && j == 1) ? -4 : 0;
}

void filter_image(const tensor *image, const tensor *w, tensor *y) {
    int h = image->dim[0], l = image->dim[1], p = w->dim[0], q = w->dim[1];
    V2(x, image);
    V2(k, w);
    V2(o, y);
    /* All rows and columns that the filter can reach, looked up once. */
    int r[h + p], c[l + q];
    F(i, h + p) {
        int t = i - (p - 1 - p / 2);
        while (t < 0 || t >= h)
            t = t < 0 ? ~t : 2 * h + ~t;
        r[i] = t;
    }
    F(j, l + q) {
        int t = j - (q - 1 - q / 2);
        while (t < 0 || t >= l)
            t = t < 0 ? ~t : 2 * l + ~t;
        c[j] = t;
    }
    F(i, h) F(j, l) {
        A a = {{0, 0}, 0};
        F(u, p) F(v, q) add(&a, (L)k[u][v] * x[r[i + p - 1 - u]][c[j + q - 1 - v]]);
        o[i][j] = sum(a);
    }
}
