#include "homework.h"

#include <stdbool.h>
#include <stdlib.h>

/* Whether it could be done says each of these; what is in *n then has changed. */
static bool add(int64_t *n, int64_t more) {
    if (more < 0 || more > INT64_MAX - *n)
        return false;
    *n += more;
    return true;
}

static bool shift(int64_t *n, int bits) {
    if (bits > 62 || *n > INT64_MAX >> bits)
        return *n == 0;
    *n <<= bits;
    return true;
}

/* Multiplies by halves of 32 bits, as one does on paper. */
static bool scale(int64_t *n, int64_t factor) {
    if (*n < 0 || factor < 0)
        return false;
    const int64_t half = 0xffffffff;
    int64_t high = *n >> 32, low = *n & half, factor_high = factor >> 32, factor_low = factor & half;
    if (high > 0 && factor_high > 0)
        return false;
    int64_t across = high * factor_low + factor_high * low;
    uint64_t behind = (uint64_t)low * (uint64_t)factor_low;
    if (!shift(&across, 32) || behind > INT64_MAX)
        return false;
    *n = across;
    return add(n, (int64_t)behind);
}

/* Adds so many convolutions of k by k, from 2^in channels to 2^out: all widths of a ResNet are
 * powers of 2. */
static bool convolve(int64_t *sum, int64_t count, int k, int in, int out) {
    int64_t weights = count, norms = count;
    return scale(&weights, (int64_t)k * k) && shift(&weights, in + out) && shift(&norms, out + 1) &&
           add(sum, weights) && add(sum, norms);
}

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    int64_t sum = 3 * 49 * 64 + 2 * 64, last = classes;
    int in = 6;
    bool fits = classes >= 1;
    for (int s = 0; s < blocks->dim[0] && fits; s++) {
        const int64_t n = blocks->at[s];
        const int w = 6 + s, out = bottleneck ? w + 2 : w, k = bottleneck ? 1 : 3;
        fits = n >= 1 && convolve(&sum, 1, k, in, w) && convolve(&sum, n - 1, k, out, w) &&
               convolve(&sum, n, 3, w, w) && (!bottleneck || convolve(&sum, n, 1, w, out)) &&
               (in == out || convolve(&sum, 1, 1, in, out));
        in = out;
    }
    fits = fits && shift(&last, in) && add(&sum, last) && add(&sum, classes);
    return fits ? sum : -1;
}

int64_t model_bytes(int64_t parameters, int width) {
    return width > 0 && scale(&parameters, width) ? parameters : -1;
}

int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    int64_t bytes = model_bytes(parameters, width);
    if (bytes < 0 || kind < OPTIMISER_SGD || kind > OPTIMISER_ADAM)
        return -1;
    switch (kind) {
    case OPTIMISER_SGD:
        return 0;
    case OPTIMISER_ADAM:
        return shift(&bytes, 1) ? bytes : -1;
    default:
        return bytes;
    }
}

/* --- What is saved --- */

/* The bytes of `count` maps. */
static bool add_maps(int64_t *sum, int64_t count, const int64_t *map, int64_t width) {
    for (int k = 0; k < 3; k++)
        if (!scale(&count, map[k]))
            return false;
    return scale(&count, width) && add(sum, count);
}

/* One bit for each number that changes from `a` to `b`. */
static unsigned changes(const int64_t *a, const int64_t *b) {
    unsigned bits = 0;
    for (unsigned k = 0; k < 3; k++)
        bits |= (unsigned)(a[k] != b[k]) << k;
    return bits;
}

int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    enum { CHANNELS = 1, HEIGHT = 2, WIDTH = 4, ANY = CHANNELS | HEIGHT | WIDTH };
    static const int64_t point[] = {1, 1, 1};
    static const unsigned may_change[] = {
        [KEPT_CONV] = ANY, [KEPT_NORM] = 0, [KEPT_RELU] = 0, [KEPT_MAX_POOL] = HEIGHT | WIDTH,
        [KEPT_CONNECTED] = ANY};
    int64_t sum = 0, last = KEPT_CONV;
    for (int i = 0; i < layers->dim[0]; i++) {
        const int64_t *row = layers->at + (int64_t)i * KEPT_COLUMNS, kind = row[0];
        const int64_t *in = row + 1, *out = in + 3;
        if (kind < KEPT_CONV || kind > KEPT_CONNECTED || changes(in, out) & ~may_change[kind])
            goto impossible;
        if (i > 0 && changes(in - 4, in))
            goto impossible;
        for (int k = 0; k < 6; k++)
            if (in[k] <= 0)
                goto impossible;
        if (kind == KEPT_CONNECTED && changes(out, point) & ~(unsigned)CHANNELS)
            goto impossible;
        if (last != KEPT_RELU && !add_maps(&sum, batch, in, width))
            goto impossible;
        if (kind == KEPT_MAX_POOL && !add_maps(&sum, batch, out, 8))
            goto impossible;
        if (kind == KEPT_NORM && !add_maps(&sum, 2, (const int64_t[]){in[0], 1, 1}, width))
            goto impossible;
        last = kind;
    }
    if (batch >= 1 && width >= 1)
        return sum;
impossible:
    return -1;
}

/* --- What fits --- */

int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind) {
    int64_t sum = optimiser_bytes(parameters, width, kind), twice = model_bytes(parameters, width);
    if (sum < 0 || batch < 1 || !shift(&twice, 1) || !scale(&saved_per_image, batch))
        return -1;
    return add(&sum, twice) && add(&sum, saved_per_image) ? sum : -1;
}

/* Divides bit by bit. */
int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width, int kind) {
    int64_t lasting = peak_bytes(parameters, 0, 1, width, kind), batch = 0;
    if (lasting < 0 || budget < 0 || saved_per_image < 1)
        return -1;
    budget -= lasting;
    for (int bit = 62; bit >= 0; bit--) {
        int64_t images = saved_per_image;
        if (shift(&images, bit) && images <= budget) {
            budget -= images;
            batch |= (int64_t)1 << bit;
        }
    }
    return batch;
}

/* --- At every moment: who is there from when until when --- */

/* The next event of the same tensor, or the end. */
static int next_of(const ints *events, int at) {
    int64_t tensor = events->at[2 * at];
    do
        at++;
    while (at < events->dim[0] && events->at[2 * at] != tensor);
    return at;
}

/* The bytes that are there behind event `at`, or -1. */
static int64_t there(const ints *events, const int *until, int at) {
    int64_t sum = 0;
    for (int i = 0; i <= at; i++)
        if (until[i] > at && !add(&sum, events->at[2 * i + 1]))
            return -1;
    return sum;
}

int64_t schedule_peak(const ints *events) {
    int count = events->dim[0];
    int *until = calloc((size_t)count, sizeof *until); /* 0: nobody comes here */
    bool *goes = calloc((size_t)count, sizeof *goes);
    int64_t peak = until && goes ? 0 : -1;
    for (int i = 0; i < count && peak >= 0; i++) {
        if (goes[i])
            continue;
        until[i] = next_of(events, i);
        if (events->at[2 * i + 1] <= 0) {
            peak = -1;
        } else if (until[i] < count) {
            goes[until[i]] = true;
            if (events->at[2 * until[i] + 1] != -events->at[2 * i + 1])
                peak = -1;
        }
    }
    for (int i = 0; i < count && peak >= 0; i++) {
        int64_t now = there(events, until, i);
        if (now < 0 || now > peak)
            peak = now;
    }
    free(until);
    free(goes);
    return peak;
}
