/* 5. Gradients
 *
 * Write these functions; problems/5-gradients.md says what each has to do.
 * Keep their names and parameters; functions of your own are welcome.
 * What still returns as it does here counts as not started. */
#include "homework.h"

#include <math.h>

/* The gradients of a convolution layer.
 *   x (N, C, H, W)       what went in
 *   w (F, C, KH, KW)     the filters
 *   dy (N, F, OH, OW)    the gradient of what came out
 *   dx (N, C, H, W)      is assigned
 *   dw (F, C, KH, KW)    is assigned
 *   db (F)               is assigned */
int conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                    int dilation, tensor *dx, tensor *dw, tensor *db) {
    (void)x, (void)w, (void)dy, (void)stride, (void)padding, (void)dilation, (void)dx, (void)dw, (void)db;
    return UNFINISHED;
}

/* One step of SGD.
 *   w (any shape)       is updated in place
 *   dw (the same)       its gradient */
void sgd_step(tensor *w, const tensor *dw, double rate) {
    (void)w, (void)dw, (void)rate;
}

/* Mean and variance of an element of dw, for an image of n x n and a filter of k x k, k <= n. */
double gradient_mean(int n, int k, double sigma_x, double sigma_g) {
    (void)n, (void)k, (void)sigma_x, (void)sigma_g;
    return NAN;
}

double gradient_variance(int n, int k, double sigma_x, double sigma_g) {
    (void)n, (void)k, (void)sigma_x, (void)sigma_g;
    return NAN;
}

/* How many times larger the standard deviation is for images of n2 x n2 than of n1 x n1. */
double gradient_growth(int n1, int n2, int k) {
    (void)n1, (void)n2, (void)k;
    return NAN;
}

/* The largest number of each window.
 *   x (N, C, H, W)
 *   y (N, C, (H - k) / stride + 1, (W - k) / stride + 1)    is assigned */
int max_pool(const tensor *x, int k, int stride, tensor *y) {
    (void)x, (void)k, (void)stride, (void)y;
    return UNFINISHED;
}

/* What comes back to x when dy comes back to the output; dx is assigned. */
int max_pool_backward(const tensor *x, const tensor *dy, int k, int stride, tensor *dx) {
    (void)x, (void)dy, (void)k, (void)stride, (void)dx;
    return UNFINISHED;
}

/* The mean of each window; shapes as in max_pool. */
int average_pool(const tensor *x, int k, int stride, tensor *y) {
    (void)x, (void)k, (void)stride, (void)y;
    return UNFINISHED;
}

/* What comes back to the input when dy comes back to the output; dx is assigned. */
int average_pool_backward(const tensor *dy, int k, int stride, tensor *dx) {
    (void)dy, (void)k, (void)stride, (void)dx;
    return UNFINISHED;
}
