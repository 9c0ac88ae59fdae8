#include "homework.h"

#include <stdlib.h>

/* A network is a table of its layers: how many it is of them, and each one's matrix. */
struct part {
    int64_t count, rows, columns, kernel, extras;
};

/* What long double cannot say exactly is too many: it has 64 bits. */
static int64_t whole(long double n) {
    return n < 0 || n > 9223372036854775807.0L ? -1 : (int64_t)n;
}

static int64_t part_size(const struct part *p) {
    int64_t row = whole((long double)p->columns * (long double)(p->kernel * p->kernel));
    int64_t all = row < 0 ? -1 : whole((long double)row * (long double)p->rows);
    int64_t more = whole((long double)p->extras * (long double)p->rows);
    int64_t one = all < 0 || more < 0 ? -1 : whole((long double)all + (long double)more);
    if (p->count == 0)
        return 0;
    return one < 0 ? -1 : whole((long double)one * (long double)p->count);
}

static struct part *add_part(struct part *p, int64_t count, int64_t kernel, int64_t columns,
                             int64_t rows) {
    *p = (struct part){count, rows, columns, kernel, 2};
    return p + 1;
}

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    const int stages = blocks->dim[0] < 50 ? blocks->dim[0] : 50; /* 2^56 channels are too many */
    for (int s = 0; s < blocks->dim[0]; s++)
        if (blocks->at[s] < 1)
            return -1;
    struct part *parts = calloc((size_t)stages * 6 + 2, sizeof *parts), *end = parts;
    int64_t sum = 0, in = 64;
    end = add_part(end, 1, 7, 3, 64);
    for (int s = 0; s < stages; s++) {
        const int64_t w = (int64_t)64 << s, out = bottleneck ? 4 * w : w, n = blocks->at[s];
        const int first = bottleneck ? 1 : 3;
        end = add_part(end, 1, first, in, w);
        end = add_part(end, n - 1, first, out, w);
        end = add_part(end, n, 3, w, w);
        end = add_part(end, bottleneck ? n : 0, 1, w, out);
        end = add_part(end, in != out, 1, in, out);
        in = out;
    }
    *end++ = (struct part){1, classes, in, 1, 1};
    for (const struct part *p = parts; p < end && sum >= 0; p++) {
        int64_t size = part_size(p);
        sum = size < 0 ? -1 : whole((long double)sum + (long double)size);
    }
    free(parts);
    return classes < 1 ? -1 : sum;
}

static int64_t numbers_of(int64_t count, int64_t each) {
    return count < 0 || each < 0 ? -1 : whole((long double)count * (long double)each);
}

static int64_t both(int64_t a, int64_t b) {
    return a < 0 || b < 0 ? -1 : whole((long double)a + (long double)b);
}

int64_t model_bytes(int64_t parameters, int width) {
    return width <= 0 ? -1 : numbers_of(parameters, width);
}

int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    static const int copies[] = {[OPTIMISER_SGD] = 0, [OPTIMISER_MOMENTUM] = 1, [OPTIMISER_ADAM] = 2};
    if (kind < 0 || kind >= (int)(sizeof copies / sizeof *copies))
        return -1;
    return numbers_of(copies[kind], model_bytes(parameters, width));
}

int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    /* Whether a kind keeps its statistics and places, and which sizes of the map it must leave. */
    static const struct {
        int known, statistics, places, stays[3], one[3];
    } kinds[] = {
        [KEPT_CONV] = {.known = 1},
        [KEPT_NORM] = {.known = 1, .statistics = 1, .stays = {1, 1, 1}},
        [KEPT_RELU] = {.known = 1, .stays = {1, 1, 1}},
        [KEPT_MAX_POOL] = {.known = 1, .places = 1, .stays = {1, 0, 0}},
        [KEPT_CONNECTED] = {.known = 1, .one = {0, 1, 1}},
    };
    int64_t bytes = 0;
    if (batch <= 0 || width <= 0)
        return -1;
    for (int i = 0; i < layers->dim[0]; i++) {
        const int64_t *l = layers->at + (int64_t)i * KEPT_COLUMNS;
        int64_t kind = l[KEPT_KIND], reads = batch, puts = batch;
        if (kind < 0 || kind >= (int64_t)(sizeof kinds / sizeof *kinds) || !kinds[kind].known)
            return -1;
        for (int k = 0; k < 3; k++) {
            int64_t in = l[KEPT_CHANNELS + k], out = l[KEPT_OUT_CHANNELS + k];
            if (in <= 0 || out <= 0 || (kinds[kind].stays[k] && in != out) ||
                (kinds[kind].one[k] && out != 1) || (i && in != l[KEPT_OUT_CHANNELS + k - KEPT_COLUMNS]))
                return -1;
            reads = numbers_of(reads, in);
            puts = numbers_of(puts, out);
        }
        if (!i || l[KEPT_KIND - KEPT_COLUMNS] != KEPT_RELU)
            bytes = both(bytes, numbers_of(reads, width));
        if (kinds[kind].places)
            bytes = both(bytes, numbers_of(puts, 8));
        if (kinds[kind].statistics)
            bytes = both(bytes, numbers_of(numbers_of(l[KEPT_CHANNELS], 2), width));
    }
    return bytes;
}

int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind) {
    int64_t model = model_bytes(parameters, width);
    const int64_t terms[] = {model, model, optimiser_bytes(parameters, width, kind),
                             batch <= 0 ? -1 : numbers_of(saved_per_image, batch)};
    int64_t sum = 0;
    for (int i = 0; i < 4; i++)
        sum = both(sum, terms[i]);
    return sum;
}

int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width, int kind) {
    int64_t low = 0, high = INT64_MAX;
    if (peak_bytes(parameters, 0, 1, width, kind) < 0 || budget < 0 || saved_per_image <= 0)
        return -1;
    while (low < high) { /* low fits, or is 0; above high nothing fits */
        int64_t middle = low + (high - low) / 2 + 1;
        int64_t peak = peak_bytes(parameters, saved_per_image, middle, width, kind);
        if (peak >= 0 && peak <= budget)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* --- What is there, in a table that is looked up by a hash of the tensor's number --- */

struct slot {
    int used;
    int64_t tensor, bytes;
};

static struct slot *find(struct slot *slots, size_t count, int64_t tensor) {
    size_t at = (size_t)((uint64_t)tensor * 0x9E3779B97F4A7C15u % count);
    while (slots[at].used && slots[at].tensor != tensor)
        at = (at + 1) % count;
    slots[at].used = 1;
    slots[at].tensor = tensor;
    return &slots[at];
}

int64_t schedule_peak(const ints *events) {
    size_t count = 2 * (size_t)events->dim[0] + 1;
    struct slot *slots = calloc(count, sizeof *slots);
    int64_t live = 0, peak = 0;
    for (int i = 0; i < events->dim[0] && peak >= 0; i++) {
        int64_t bytes = events->at[2 * i + EVENT_BYTES];
        struct slot *slot = find(slots, count, events->at[2 * i + EVENT_TENSOR]);
        if (bytes > 0 ? slot->bytes != 0 || bytes > INT64_MAX - live
                      : slot->bytes == 0 || bytes + slot->bytes != 0) {
            peak = -1;
            break;
        }
        slot->bytes += bytes;
        live += bytes;
        peak = peak > live ? peak : live;
    }
    free(slots);
    return peak;
}
