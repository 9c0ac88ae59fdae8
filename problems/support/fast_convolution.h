/* The convolution layer of problems 4 and 5 in float64, with the arguments of conv2d and
 * conv2d_backward, where speed matters: the plain loops of the reference are compared with it over
 * shapes in tests.  Numbers must be finite: beside a border 0 * infinity is added. */
#ifndef FAST_CONVOLUTION_H
#define FAST_CONVOLUTION_H

#include "tensor.h"

/* x (N, C, H, W), w (F, C, KH, KW), b (F), y (N, F, OH, OW) with sizes as conv_size says; OK or
 * IMPOSSIBLE. */
int fast_conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding,
                int dilation, tensor *y);
/* dx, dw and db have the shapes of x, w and b. */
int fast_conv2d_backward(const tensor *x, const tensor *w, const tensor *dy, int stride,
                         int padding, int dilation, tensor *dx, tensor *dw, tensor *db);

#endif
