#include "room.h"

int64_t conv_size(int64_t in, int size, int stride, int padding, int dilation)
{
    int64_t rest, result;

    result = -1;
    if (in > 0 && size > 0 && stride > 0 && padding >= 0 && dilation > 0) {
        rest = in + 2 * (int64_t)padding - (int64_t)dilation * (size - 1) - 1;
        if (rest >= 0)
            result = rest / stride + 1;
    }
    return result;
}

int conv_shape(const ints *x, const ints *w, int stride, int padding, int dilation, ints *y)
{
    int i, status;

    y->at[0] = x->at[0];
    y->at[1] = w->at[0];
    status = x->at[1] == w->at[1] ? OK : IMPOSSIBLE;
    for (i = 2; i < 4; i++) {
        y->at[i] = conv_size(x->at[i], (int)w->at[i], stride, padding, dilation);
        if (y->at[i] < 0)
            status = IMPOSSIBLE;
    }
    return status;
}

int64_t receptive_field(const ints *layers)
{
    int i, good;
    int64_t seen, apart;
    const int64_t *layer;

    seen = apart = 1;
    good = 1;
    for (i = 0; i < layers->dim[0]; i++) {
        layer = layers->at + i * LAYER_COLUMNS;
        good = good && layer[0] > 0 && layer[1] > 0 && layer[2] > 0;
        if (good) {
            seen += (layer[LAYER_SIZE] - 1) * layer[LAYER_DILATION] * apart;
            if (i + 1 < layers->dim[0])
                apart *= layer[LAYER_STRIDE];
        }
    }
    return good ? seen : -1;
}

void vertical_edge_filter(tensor *w) /* Sobel's, seen from the other side */
{
    static const double sobel[9] = {1, 0, -1, 2, 0, -2, 1, 0, -1};
    int i;

    for (i = 0; i < 9; i++)
        w->at[i] = sobel[i];
}

void blur_filter(tensor *w) /* a Gaussian without its corners, in sixths */
{
    int i;

    for (i = 0; i < 9; i++)
        w->at[i] = i == 4 ? 2.0 / 6 : i % 2 == 1 ? 1.0 / 6 : 0.0;
}

int conv2d(const tensor *x, const tensor *w, const tensor *b, int stride, int padding, int dilation,
           tensor *y)
{
    int n, c, f, i, status, h, l, out_size, kernel;
    double *large;

    status = IMPOSSIBLE;
    if (x->dim[1] == w->dim[1] && b->dim[0] == w->dim[0] && y->dim[0] == x->dim[0] &&
        y->dim[1] == w->dim[0] &&
        y->dim[2] == conv_size(x->dim[2], w->dim[2], stride, padding, dilation) &&
        y->dim[3] == conv_size(x->dim[3], w->dim[3], stride, padding, dilation)) {
        status = OK;
        h = x->dim[2], l = x->dim[3];
        out_size = y->dim[2] * y->dim[3];
        kernel = w->dim[2] * w->dim[3];
        large = room(ROOM_B, (long)(h + 2 * padding) * (l + 2 * padding));
        for (i = 0; i < y->dim[0] * y->dim[1] * out_size; i++)
            y->at[i] = b->at[i / out_size % y->dim[1]];
        for (n = 0; n < x->dim[0]; n++)
            for (c = 0; c < x->dim[1]; c++) {
                border_lay(BORDER_ZERO, x->at + (n * x->dim[1] + c) * h * l, h, l, padding, padding,
                           padding, padding, large);
                for (f = 0; f < w->dim[0]; f++)
                    plane_add(large, l + 2 * padding, w->at + (f * w->dim[1] + c) * kernel,
                              w->dim[2], w->dim[3], stride, dilation,
                              y->at + (n * y->dim[1] + f) * out_size, y->dim[2], y->dim[3]);
            }
    }
    return status;
}
