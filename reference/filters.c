/* Problem 1: two filters made by hand, and a filter of any size laid over a picture, as
 * scipy.ndimage.convolve does it.  Knows no channels, batches or strides. */
#include "homework.h"

/* Sheet 1(a).  w (K, K). */
void averaging_filter(tensor *w) {
    int64_t count = tensor_count(w);
    for (int64_t i = 0; i < count; i++)
        w->at[i] = 1.0 / (double)count;
}

/* Sheet 1(b): the second difference down the columns plus that along the rows.  w (3, 3). */
void laplacian_filter(tensor *w) {
    static const double laplacian[9] = {
        0, 1,  0, /* */
        1, -4, 1, /* */
        0, 1,  0, /* */
    };
    for (int i = 0; i < 9; i++)
        w->at[i] = laplacian[i];
}

/* Where the picture, mirrored again and again with its edge pixel repeated, takes its pixel from:
 * the mirrored picture repeats itself after twice its size. */
static int64_t reflected(int64_t place, int64_t size) {
    int64_t period = 2 * size;
    int64_t within = (place % period + period) % period;
    return within < size ? within : period - 1 - within;
}

/* One pixel of the result: the filter, turned by half a turn, over pixel (i, j). */
static double look(const tensor *image, const tensor *w, int64_t i, int64_t j) {
    int64_t rows = image->dim[0], columns = image->dim[1];
    double sum = 0;
    for (int u = 0; u < w->dim[0]; u++)
        for (int v = 0; v < w->dim[1]; v++) {
            int64_t row = reflected(i + w->dim[0] / 2 - u, rows);
            int64_t column = reflected(j + w->dim[1] / 2 - v, columns);
            sum += w->at[u * w->dim[1] + v] * image->at[row * columns + column];
        }
    return sum;
}

/* Sheet 1(a, b).  image and y (H, W), w (KH, KW). */
void filter_image(const tensor *image, const tensor *w, tensor *y) {
    for (int i = 0; i < image->dim[0]; i++)
        for (int j = 0; j < image->dim[1]; j++)
            y->at[i * image->dim[1] + j] = look(image, w, i, j);
}
