#include "room.h"

#define NO ((int64_t)-1)

static int64_t times(int64_t a, int64_t b)
{
    int64_t result;

    if (a < 1 || b < 1 || b > INT64_MAX / a)
        result = NO;
    else
        result = a * b;
    return result;
}

static int64_t plus(int64_t a, int64_t b)
{
    int64_t result;

    result = NO;
    if (a >= 0 && b >= 0 && b <= INT64_MAX - a)
        result = a + b;
    return result;
}

int64_t conv_parameters(int k, int c, int f)
{
    int64_t weights, result;

    result = NO;
    if (k > 0 && c > 0 && f > 0) {
        weights = times(times(k, k), times(c, f));
        result = plus(weights, f);
    }
    return result;
}

int64_t pool_size(int64_t in, int k, int s)
{
    int64_t result;

    result = NO;
    if (in >= k && k > 0 && s > 0)
        result = (in - k) / s + 1;
    return result;
}

/* What the walk through a network has come to. */
static int64_t channels, height, width, parameters, work;

static int64_t slid(int64_t side, int64_t k, int64_t s, int64_t p)
{
    int64_t result;

    result = 0;
    if (k > 0 && s > 0 && p >= 0 && side + 2 * p >= k)
        result = (side + 2 * p - k + s) / s;
    return result;
}

static void step(const int64_t *l)
{
    int64_t seen, places;

    parameters = work = 0;
    if (l[NET_KIND] == NET_CONV) {
        seen = times(channels, times(l[NET_KERNEL], l[NET_KERNEL]));
        height = slid(height, l[NET_KERNEL], l[NET_STRIDE], l[NET_PADDING]);
        width = slid(width, l[NET_KERNEL], l[NET_STRIDE], l[NET_PADDING]);
        channels = l[NET_FILTERS];
        places = times(height, width);
        parameters = plus(times(seen, channels), channels);
        work = times(times(seen, channels), places);
    } else if (l[NET_KIND] == NET_POOL) {
        height = slid(height, l[NET_KERNEL], l[NET_STRIDE], 0);
        width = slid(width, l[NET_KERNEL], l[NET_STRIDE], 0);
    } else if (l[NET_KIND] == NET_FLATTEN || l[NET_KIND] == NET_CONNECTED) {
        channels = times(times(channels, height), width);
        height = width = 1;
        if (l[NET_KIND] == NET_CONNECTED) {
            work = times(channels, l[NET_FILTERS]);
            parameters = plus(work, l[NET_FILTERS]);
            channels = l[NET_FILTERS];
        }
    } else {
        channels = NO;
    }
}

static int begin(const ints *input)
{
    channels = input->at[INPUT_CHANNELS];
    height = input->at[INPUT_HEIGHT];
    width = input->at[INPUT_WIDTH];
    parameters = work = 0;
    return channels > 0 && height > 0 && width > 0;
}

int64_t multiply_adds(const ints *input, const ints *layers)
{
    int i, good;
    int64_t total;

    total = 0;
    good = begin(input);
    for (i = 0; i < layers->dim[0] && good; i++) {
        step(layers->at + i * NET_COLUMNS);
        good = channels > 0 && height > 0 && width > 0;
        total = plus(total, work);
    }
    return good ? total : NO;
}

int network_table(const ints *input, const ints *layers, ints *rows)
{
    int i, good;
    int64_t *row;

    good = begin(input) && rows->dim[0] == layers->dim[0] + 1;
    for (i = 0; i <= layers->dim[0] && good; i++) {
        if (i > 0)
            step(layers->at + (i - 1) * NET_COLUMNS);
        good = channels > 0 && height > 0 && width > 0 && parameters >= 0 &&
               times(times(channels, height), width) > 0;
        row = rows->at + i * TABLE_COLUMNS;
        row[TABLE_PARAMETERS] = parameters;
        row[TABLE_CHANNELS] = channels;
        row[TABLE_HEIGHT] = height;
        row[TABLE_WIDTH] = width;
        row[TABLE_SIZE] = channels > 0 ? times(times(channels, height), width) : NO;
    }
    return good ? OK : IMPOSSIBLE;
}

void cyclic_conv2d(const tensor *x, const tensor *w, const tensor *b, tensor *y)
{
    int n, c, f, i, h, l, kh, kw;
    double *large, *out;

    h = x->dim[2], l = x->dim[3], kh = w->dim[2], kw = w->dim[3];
    large = room(ROOM_B, (long)(h + kh) * (l + kw));
    for (n = 0; n < x->dim[0]; n++) {
        for (f = 0; f < w->dim[0]; f++)
            for (i = 0; i < h * l; i++)
                y->at[(n * w->dim[0] + f) * h * l + i] = b->at[f];
        for (c = 0; c < x->dim[1]; c++) {
            border_lay(BORDER_WRAP, x->at + (n * x->dim[1] + c) * h * l, h, l, kh - 1, 0, kw - 1, 0,
                       large);
            for (f = 0; f < w->dim[0]; f++) {
                out = y->at + (n * w->dim[0] + f) * h * l;
                plane_add(large, l + kw - 1, w->at + (f * x->dim[1] + c) * kh * kw, kh, kw, 1, 1,
                          out, h, l);
            }
        }
    }
}

void edge_features(tensor *g)
{
    static const double both[6] = {0, 0.8, 0, 0.8, 0, 0};
    int i;

    for (i = 0; i < 6; i++)
        g->at[i] = both[i];
}
