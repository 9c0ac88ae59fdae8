#include "homework.h"
#include "sum.h"

/* Everything is counted in 128 bits, where three numbers of an int's size always fit; what exceeds
 * 63 bits is cut to one more than they hold, so that the next product fits as well. */
typedef __int128 wide;
#define LIMIT ((wide)INT64_MAX + 1)

static wide cut(wide number) {
    return number > LIMIT ? LIMIT : number;
}

static int64_t narrow(wide number) {
    return number >= LIMIT || number < 0 ? -1 : (int64_t)number;
}

int64_t conv_parameters(int k, int c, int f) {
    if (k <= 0 || c <= 0 || f <= 0)
        return -1;
    return narrow(cut((wide)k * k * c) * f + f);
}

int64_t pool_size(int64_t in, int k, int s) {
    return k > 0 && s > 0 && in >= k ? (in + s - k) / s : -1;
}

struct box {
    wide c, h, w;
};

static wide volume(const struct box *b) {
    return cut(cut(b->c * b->h) * b->w);
}

/* The output of row `row`; the layers before it are asked first. */
static int output(const ints *input, const ints *layers, int row, struct box *b, wide *parameters,
                  wide *work) {
    *parameters = *work = 0;
    if (row < 0) {
        b->c = input->at[INPUT_CHANNELS];
        b->h = input->at[INPUT_HEIGHT];
        b->w = input->at[INPUT_WIDTH];
        return b->c > 0 && b->h > 0 && b->w > 0;
    }
    if (!output(input, layers, row - 1, b, parameters, work))
        return 0;
    const int64_t *layer = layers->at + row * NET_COLUMNS;
    int64_t f = layer[NET_FILTERS], k = layer[NET_KERNEL], s = layer[NET_STRIDE];
    int64_t p = layer[NET_KIND] == NET_CONV ? layer[NET_PADDING] : 0;
    int slides = layer[NET_KIND] == NET_CONV || layer[NET_KIND] == NET_POOL;
    int learns = layer[NET_KIND] == NET_CONV || layer[NET_KIND] == NET_CONNECTED;
    *parameters = *work = 0;
    if (!slides && !learns && layer[NET_KIND] != NET_FLATTEN)
        return 0;
    if ((slides && (k < 1 || s < 1 || p < 0)) || (learns && f < 1))
        return 0;
    wide seen = slides ? cut((wide)k * k * b->c) : volume(b);
    if (slides) {
        b->h = b->h + 2 * p < k ? 0 : (b->h + 2 * p - k) / s + 1;
        b->w = b->w + 2 * p < k ? 0 : (b->w + 2 * p - k) / s + 1;
    } else {
        *b = (struct box){volume(b), 1, 1};
    }
    if (learns) {
        b->c = f;
        *parameters = cut(cut(seen * f) + f);
        *work = cut(seen * volume(b));
    }
    return b->c < LIMIT && b->h > 0 && b->w > 0;
}

int64_t multiply_adds(const ints *input, const ints *layers) {
    wide total = 0;
    for (int row = layers->dim[0] - 1; row >= 0; row--) {
        struct box b;
        wide parameters, work;
        if (!output(input, layers, row, &b, &parameters, &work))
            return -1;
        total = cut(total + work);
    }
    return narrow(total);
}

int network_table(const ints *input, const ints *layers, ints *rows) {
    if (rows->dim[0] != layers->dim[0] + 1)
        return IMPOSSIBLE;
    for (int row = layers->dim[0]; row >= 0; row--) {
        struct box b;
        wide parameters, work;
        int64_t *to = rows->at + row * TABLE_COLUMNS;
        if (!output(input, layers, row - 1, &b, &parameters, &work))
            return IMPOSSIBLE;
        if (narrow(parameters) < 0 || narrow(volume(&b)) < 0)
            return IMPOSSIBLE;
        to[TABLE_PARAMETERS] = narrow(parameters);
        to[TABLE_CHANNELS] = narrow(b.c);
        to[TABLE_HEIGHT] = narrow(b.h);
        to[TABLE_WIDTH] = narrow(b.w);
        to[TABLE_SIZE] = narrow(volume(&b));
    }
    return OK;
}

void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y) {
    int height = x->dim[2], width = x->dim[3], kh = w->dim[2], kw = w->dim[3];
    for (int64_t o = tensor_count(y) - 1; o >= 0; o--) {
        int j = (int)(o % width), i = (int)(o / width % height);
        int f = (int)(o / width / height % y->dim[1]), n = (int)(o / width / height / y->dim[1]);
        struct sum sum = {0, 0};
        for (int c = x->dim[1] - 1; c >= 0; c--)
            for (int back = kh * kw - 1; back >= 0; back--) {
                int row = i - back / kw, column = j - back % kw;
                while (row < 0)
                    row += height;
                while (column < 0)
                    column += width;
                sum_add(&sum, w->at[(f * x->dim[1] + c + 1) * kh * kw - 1 - back] *
                                  x->at[((n * x->dim[1] + c) * height + row) * width + column]);
            }
        sum_add(&sum, b->at[f]);
        y->at[o] = sum_of(sum);
    }
}

void edge_features(tensor *g) {
    static const double known[2][3] = {{0.8, 0, 0}, {0, 0.8, 0}};
    for (int image = 1; image >= 0; image--)
        for (int i = 2; i >= 0; i--)
            g->at[3 * image + i] = known[1 - image][i];
}
