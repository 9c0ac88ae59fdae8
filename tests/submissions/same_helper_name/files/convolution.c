/* Problem 4: what comes out of a convolution layer, how large it is, and how much of the input it
 * sees.  Cross-correlation with stride, zero padding and dilation.  Knows nothing of gradients. */
#include "homework.h"

/* --- Sizes --- */

/* How far a filter reaches: the distance from its first to its last element, plus one; -1 when that
 * does not fit into 63 bits. */
static int64_t reach(int64_t size, int64_t dilation) {
    if (size - 1 > (INT64_MAX - 1) / dilation)
        return -1;
    return dilation * (size - 1) + 1;
}

static int64_t output_size(int64_t in, int64_t size, int stride, int padding, int dilation) {
    if (in < 1 || size < 1 || stride < 1 || padding < 0 || dilation < 1)
        return -1;
    if (in > INT64_MAX - 2 * (int64_t)padding)
        return -1;
    int64_t padded = in + 2 * (int64_t)padding;
    int64_t extent = reach(size, dilation);
    if (extent < 0 || extent > padded)
        return -1;
    return (padded - extent) / stride + 1;
}

/* Sheet 4(a), and 4(d) for the dilation. */
int64_t conv_size(int64_t in, int size, int stride, int padding, int dilation) {
    return output_size(in, size, stride, padding, dilation);
}

/* Sheet 4(a).  x (4) holds N, C, H, W; w (4) holds F, C, KH, KW; y (4) receives N, F, OH, OW. */
int conv_shape(const ints *x, const ints *w, int stride, int padding, int dilation, ints *y) {
    if (x->rank != 1 || w->rank != 1 || y->rank != 1)
        return IMPOSSIBLE;
    if (x->dim[0] != 4 || w->dim[0] != 4 || y->dim[0] != 4)
        return IMPOSSIBLE;
    if (x->at[0] < 1 || w->at[0] < 1 || x->at[1] < 1)
        return IMPOSSIBLE;
    if (w->at[1] != x->at[1])
        return IMPOSSIBLE;
    int64_t height = output_size(x->at[2], w->at[2], stride, padding, dilation);
    int64_t width = output_size(x->at[3], w->at[3], stride, padding, dilation);
    if (height < 0 || width < 0)
        return IMPOSSIBLE;
    y->at[0] = x->at[0];
    y->at[1] = w->at[0];
    y->at[2] = height;
    y->at[3] = width;
    return OK;
}

/* a * b for positive numbers, or INT64_MAX where that is too large: "further than anything". */
static int64_t product(int64_t a, int64_t b) {
    return a > INT64_MAX / b ? INT64_MAX : a * b;
}

/* Sheet 4(d)(ii).  layers (L, 3), the input's neighbour first.  `apart` is the distance, in the
 * input, between two neighbours of the current map; a layer whose filter reaches e elements sees
 * e - 1 such distances more than the layer before it. */
int64_t receptive_field(const ints *layers) {
    if (layers->rank != 2 || layers->dim[1] != LAYER_COLUMNS)
        return -1;
    int64_t seen = 1, apart = 1;
    for (int i = 0; i < layers->dim[0]; i++) {
        const int64_t *layer = layers->at + (int64_t)i * LAYER_COLUMNS;
        int64_t size = layer[LAYER_SIZE];
        int64_t stride = layer[LAYER_STRIDE];
        int64_t dilation = layer[LAYER_DILATION];
        if (size < 1 || stride < 1 || dilation < 1)
            return -1;
        if (size > 1) {
            int64_t further = product(product(size - 1, dilation), apart);
            if (further > INT64_MAX - seen)
                return -1;
            seen += further;
        }
        apart = product(apart, stride);
    }
    return seen;
}

/* --- Filters made by hand --- */

/* Sheet 4(b), Sobel's: how much brighter it is to the right.  w (3, 3). */
void vertical_edge_filter(tensor *w) {
    static const double sobel[9] = {
        -1, 0, 1, /* */
        -2, 0, 2, /* */
        -1, 0, 1, /* */
    };
    for (int i = 0; i < 9; i++)
        w->at[i] = sobel[i];
}

/* Sheet 4(c), the binomial filter, nearest to a Gaussian.  w (3, 3). */
void blur_filter(tensor *w) {
    static const double binomial[3] = {0.25, 0.5, 0.25};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            w->at[3 * i + j] = binomial[i] * binomial[j];
}

/* --- The layer --- */

double *at4(const tensor *t, int a, int b, int64_t c, int64_t d) {
    return &t->at[(((int64_t)a * t->dim[1] + b) * t->dim[2] + c) * t->dim[3] + d];
}

/* What filter f sees of image n when its corner lies at (top, left), which may be outside. */
static double look(const tensor *x, int n, const tensor *w, int f, int64_t top, int64_t left,
                   int dilation) {
    double sum = 0;
    for (int c = 0; c < w->dim[1]; c++)
        for (int u = 0; u < w->dim[2]; u++) {
            int64_t row = top + (int64_t)u * dilation;
            if (row < 0 || row >= x->dim[2])
                continue;
            for (int v = 0; v < w->dim[3]; v++) {
                int64_t column = left + (int64_t)v * dilation;
                if (column < 0 || column >= x->dim[3])
                    continue;
                sum += *at4(x, n, c, row, column) * *at4(w, f, c, u, v);
            }
        }
    return sum;
}

/* Sheet 5, equation (4), with 4(d)(i).  x (N, C, H, W), w (F, C, KH, KW), b (F),
 * y (N, F, OH, OW). */
int conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding, int dilation,
           tensor *y) {
    if (x->rank != 4 || w->rank != 4 || b->rank != 1 || y->rank != 4)
        return IMPOSSIBLE;
    if (w->dim[1] != x->dim[1] || b->dim[0] != w->dim[0])
        return IMPOSSIBLE;
    if (y->dim[0] != x->dim[0] || y->dim[1] != w->dim[0])
        return IMPOSSIBLE;
    if (y->dim[2] != output_size(x->dim[2], w->dim[2], stride, padding, dilation))
        return IMPOSSIBLE;
    if (y->dim[3] != output_size(x->dim[3], w->dim[3], stride, padding, dilation))
        return IMPOSSIBLE;
    for (int n = 0; n < y->dim[0]; n++)
        for (int f = 0; f < y->dim[1]; f++)
            for (int i = 0; i < y->dim[2]; i++)
                for (int j = 0; j < y->dim[3]; j++) {
                    int64_t top = (int64_t)i * stride - padding;
                    int64_t left = (int64_t)j * stride - padding;
                    *at4(y, n, f, i, j) = b->at[f] + look(x, n, w, f, top, left, dilation);
                }
    return OK;
}
