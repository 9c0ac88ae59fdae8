#include "homework.h"

/* Counts are made in 128 bits, in which nothing here overflows that is cut off often enough. */
typedef unsigned __int128 wide;

static const wide MOST = INT64_MAX;
static const wide TOO_MANY = (wide)INT64_MAX + 1;

static wide cut(wide n) {
    return n > MOST ? TOO_MANY : n;
}

static wide product(wide a, wide b) {
    return cut(cut(a) * cut(b)); /* at most 2^126 */
}

static int64_t answer(wide n) {
    return n > MOST ? -1 : (int64_t)n;
}

static wide block(wide in, wide w, wide out, int bottleneck) {
    return bottleneck ? cut(product(in, w) + product(9 * w, w) + product(w, out) + 4 * w + 2 * out)
                      : cut(product(9 * in, w) + product(9 * w, w) + 4 * w);
}

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    int stages = blocks->dim[0];
    wide expansion = bottleneck ? 4 : 1, sum = 7 * 7 * 3 * 64 + 2 * 64;
    if (classes < 1 || stages > 40) /* 64 * 2^40 channels, squared */
        return -1;
    for (int s = stages - 1; s >= 0; s--) {
        wide w = (wide)64 << s, out = expansion * w, in = s ? out / 2 : 64;
        if (blocks->at[s] < 1)
            return -1;
        sum = cut(sum + block(in, w, out, bottleneck));
        sum = cut(sum + product(block(out, w, out, bottleneck), (wide)blocks->at[s] - 1));
        if (in != out)
            sum = cut(sum + product(in, out) + 2 * out);
    }
    wide last = (expansion * 64) << (stages - 1);
    return answer(sum + product(last + 1, (wide)classes));
}

int64_t model_bytes(int64_t parameters, int width) {
    return parameters < 0 || width < 1 ? -1 : answer(product((wide)parameters, (wide)width));
}

int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    int64_t model = model_bytes(parameters, width);
    return model < 0 || kind < 0 || kind > 2 ? -1 : answer((wide)model * (wide)kind);
}

int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    wide bytes = 0;
    if (batch < 1 || width < 1)
        return -1;
    for (int i = layers->dim[0] - 1; i >= 0; i--) {
        const int64_t *l = layers->at + 7 * (int64_t)i, *in = l + 1, *out = l + 4;
        int shape_stays = in[0] == out[0] && in[1] == out[1] && in[2] == out[2];
        for (int k = 1; k < 7; k++)
            if (l[k] < 1)
                return -1;
        for (int k = 0; i > 0 && k < 3; k++)
            if (in[k] != in[k - 4])
                return -1;
        if (l[0] < 1 || l[0] > 5 || ((l[0] == 2 || l[0] == 3) && !shape_stays) ||
            (l[0] == 4 && in[0] != out[0]) || (l[0] == 5 && (out[1] != 1 || out[2] != 1)))
            return -1;
        wide reads = product(product((wide)in[0], (wide)in[1]), (wide)in[2]);
        wide puts = product(product((wide)out[0], (wide)out[1]), (wide)out[2]);
        if (i == 0 || l[-7] != KEPT_RELU)
            bytes = cut(bytes + product(product(reads, (wide)width), (wide)batch));
        if (l[0] == KEPT_MAX_POOL)
            bytes = cut(bytes + product(product(puts, 8), (wide)batch));
        if (l[0] == KEPT_NORM)
            bytes = cut(bytes + product(2 * (wide)in[0], (wide)width));
    }
    return answer(bytes);
}

int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind) {
    int64_t state = optimiser_bytes(parameters, width, kind);
    if (state < 0 || saved_per_image < 0 || batch < 1)
        return -1;
    return answer((wide)state + 2 * (wide)model_bytes(parameters, width) +
                  product((wide)saved_per_image, (wide)batch));
}

int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width, int kind) {
    int64_t state = optimiser_bytes(parameters, width, kind);
    if (state < 0 || saved_per_image < 1 || budget < 0)
        return -1;
    wide fixed = (wide)state + 2 * (wide)model_bytes(parameters, width);
    if (fixed > MOST)
        return -1;
    return fixed > (wide)budget ? 0 : (int64_t)(((wide)budget - fixed) / (wide)saved_per_image);
}

/* Asks of every tensor, at its last event, whether all its events alternate; then sums from the
 * end: what is there before an event is what is there behind it, less what it took. */
int64_t schedule_peak(const ints *events) {
    const int64_t *e = events->at;
    int count = events->dim[0];
    wide peak = 0, live = 0;
    for (int i = count - 1; i >= 0; i--) {
        int64_t bytes = e[2 * i + 1];
        int before = i - 1;
        while (before >= 0 && e[2 * before] != e[2 * i])
            before--;
        int there = before >= 0 && e[2 * before + 1] > 0;
        if (bytes == 0 || bytes == INT64_MIN || (bytes > 0) == there ||
            (bytes < 0 && e[2 * before + 1] != -bytes))
            return -1;
    }
    for (int i = 0; i < count; i++) {
        live = e[2 * i + 1] > 0 ? live + (wide)e[2 * i + 1] : live - (wide)-e[2 * i + 1];
        peak = live > peak ? live : peak;
    }
    return answer(peak);
}
