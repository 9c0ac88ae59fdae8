#include "homework.h"

#include <stdlib.h>
#include <string.h>

/* Each function keeps a flag: whether something did not fit. */
#define ADD(sum, a) (lost |= __builtin_add_overflow((sum), (a), &(sum)))
#define MULTIPLY(product, a) (lost |= __builtin_mul_overflow((product), (a), &(product)))

static int multiply(int64_t *product, int count, const int64_t *factors) {
    int lost = 0;
    for (*product = 1; count--; factors++)
        MULTIPLY(*product, *factors);
    return lost;
}

#define SCATTER(...)                                                                               \
    do {                                                                                           \
        const int64_t factors[] = {__VA_ARGS__};                                                   \
        int64_t one;                                                                               \
        lost |= multiply(&one, sizeof factors / sizeof *factors, factors);                         \
        ADD(sum, one);                                                                             \
    } while (0)

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    int64_t sum = 49 * 3 * 64 + 128, in = 64, w = 64;
    int lost = classes < 1;
    for (const int64_t *b = blocks->at; b < blocks->at + blocks->dim[0]; b++) {
        int64_t out = w;
        if (bottleneck)
            MULTIPLY(out, 4);
        if (*b < 1 || lost)
            return -1;
        /* a shortcut */
        if (in != out) {
            SCATTER(in, out);
            SCATTER(2, out);
        }
        /* the first convolution, of the first block and of the others */
        SCATTER(bottleneck ? 1 : 9, in, w);
        SCATTER(bottleneck ? 1 : 9, out, w, *b - 1);
        /* the others, and the normalisations */
        SCATTER(9, w, w, *b);
        SCATTER(2, w, *b, 2);
        if (bottleneck) {
            SCATTER(w, out, *b);
            SCATTER(2, out, *b);
        }
        in = out;
        MULTIPLY(w, 2);
    }
    SCATTER(in, classes);
    ADD(sum, classes);
    return lost ? -1 : sum;
}

int64_t model_bytes(int64_t parameters, int width) {
    int64_t sum = 0;
    int lost = parameters < 0 || width < 1;
    SCATTER(parameters, width);
    return lost ? -1 : sum;
}

int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    int64_t sum = 0;
    int lost = model_bytes(parameters, width) < 0 || kind < 0 || kind > 2;
    SCATTER(parameters, width, kind);
    return lost ? -1 : sum;
}

int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    int64_t sum = 0;
    int lost = batch < 1 || width < 1;
    const int64_t *end = layers->at + KEPT_COLUMNS * (size_t)layers->dim[0];
    for (const int64_t *l = layers->at; l < end; l += KEPT_COLUMNS) {
        const int64_t *in = l + KEPT_CHANNELS, *out = l + KEPT_OUT_CHANNELS;
        for (const int64_t *n = in; n < out + 3; n++)
            lost |= *n < 1;
        if (l + KEPT_COLUMNS < end)
            lost |= memcmp(out, out + 4, 3 * sizeof *out) != 0;
        /* Who keeps what this layer reads: itself, unless a ReLU before it did. */
        if (l == layers->at || l[-KEPT_COLUMNS] != KEPT_RELU)
            SCATTER(in[0], in[1], in[2], batch, width);
        switch (*l) {
        case KEPT_CONV:
            break;
        case KEPT_NORM:
            SCATTER(2, *in, width); /* and as a ReLU */
            /* fall through */
        case KEPT_RELU:
            lost |= memcmp(in, out, 3 * sizeof *in) != 0;
            break;
        case KEPT_MAX_POOL:
            lost |= *in != *out;
            SCATTER(out[0], out[1], out[2], batch, 8);
            break;
        case KEPT_CONNECTED:
            lost |= out[1] != 1 || out[2] != 1;
            break;
        default:
            return -1;
        }
    }
    return lost ? -1 : sum;
}

int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind) {
    int64_t sum = optimiser_bytes(parameters, width, kind);
    int lost = sum < 0 || saved_per_image < 0 || batch < 1;
    if (lost)
        return -1;
    ADD(sum, model_bytes(parameters, width));
    ADD(sum, model_bytes(parameters, width));
    SCATTER(saved_per_image, batch);
    return lost ? -1 : sum;
}

/* Doubles the steps as long as they fit, then halves them. */
int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width, int kind) {
    int64_t lasting = peak_bytes(parameters, 0, 1, width, kind), batch = 0;
    if (lasting < 0 || budget < 0 || saved_per_image < 1)
        return -1;
    for (int64_t step = INT64_C(1) << 62; step; step >>= 1) {
        int64_t peak = peak_bytes(parameters, saved_per_image, batch + step, width, kind);
        if (peak >= 0 && peak <= budget)
            batch += step;
    }
    return batch;
}

/* --- Events, sorted by tensor; those of one stay in their order --- */

struct event {
    int64_t tensor, bytes;
    int at;
};

static int compare(const void *left, const void *right) {
    const struct event *a = left, *b = right;
    if (a->tensor != b->tensor)
        return a->tensor < b->tensor ? -1 : 1;
    return a->at - b->at;
}

int64_t schedule_peak(const ints *events) {
    int count = events->dim[0], lost = 0;
    struct event *sorted = malloc((size_t)count * sizeof *sorted), *e;
    int64_t live = 0, peak = 0;
    for (e = sorted; e < sorted + count; e++) {
        e->at = (int)(e - sorted);
        e->tensor = events->at[2 * (e - sorted)];
        e->bytes = events->at[2 * (e - sorted) + 1];
    }
    qsort(sorted, (size_t)count, sizeof *sorted, compare);
    for (e = sorted; e < sorted + count; e++) {
        int goes_on = e > sorted && e[-1].tensor == e->tensor && e[-1].bytes > 0;
        lost |= goes_on ? e->bytes != -e[-1].bytes : e->bytes <= 0;
    }
    free(sorted);
    for (int i = 0; i < count && !lost; i++) {
        ADD(live, events->at[2 * i + 1]);
        peak = live > peak ? live : peak;
    }
    return lost ? -1 : peak;
}
