/* Finds everything impossible, and otherwise does nothing. */
#include "homework.h"

int reflect_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    (void)x, (void)w, (void)b, (void)y;
    return IMPOSSIBLE;
}
int reflect_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, tensor *dx,
                            tensor *dw, tensor *db) {
    (void)x, (void)w, (void)dy, (void)dx, (void)dw, (void)db;
    return IMPOSSIBLE;
}
void momentum_step(tensor *w, tensor *v, const tensor *g, double rate, double mu) {
    (void)w, (void)v, (void)g, (void)rate, (void)mu;
}
void relu(const tensor *x, tensor *y) {
    for (int64_t i = 0; i < x->dim[0]; i++)
        y->at[i] = 0;
}
