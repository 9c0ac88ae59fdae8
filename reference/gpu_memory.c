/* Problem 7: where a GPU's memory goes when a network trains, counted in 64 bits and refused where
 * that is too few.  Knows no GPU: only how many numbers there are, and how long they are needed. */
#include "homework.h"

#include <stdbool.h>

/* --- Counting --- */

/* a * b, or -1 when one of them is below 0 or the product does not fit; so -1 goes through. */
static int64_t times(int64_t a, int64_t b) {
    if (a < 0 || b < 0)
        return -1;
    return b > 0 && a > INT64_MAX / b ? -1 : a * b;
}

static int64_t plus(int64_t a, int64_t b) {
    return a < 0 || b < 0 || a > INT64_MAX - b ? -1 : a + b;
}

/* A convolution without bias, and the scales and shifts of the normalisation behind it. */
static int64_t pair_parameters(int64_t kernel, int64_t channels, int64_t filters) {
    return plus(times(times(times(kernel, kernel), channels), filters), times(2, filters));
}

/* --- ResNets --- */

enum { STEM_KERNEL = 7, STEM_CHANNELS = 64, COLOURS = 3, EXPANSION = 4 };

/* The main branch of a block of so many channels. */
static int64_t branch_parameters(int64_t in, int64_t width, bool bottleneck) {
    if (!bottleneck)
        return plus(pair_parameters(3, in, width), pair_parameters(3, width, width));
    return plus(plus(pair_parameters(1, in, width), pair_parameters(3, width, width)),
                pair_parameters(1, width, times(EXPANSION, width)));
}

/* Sheet 7(a)(i).  blocks (stages). */
int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    int64_t sum = pair_parameters(STEM_KERNEL, COLOURS, STEM_CHANNELS);
    int64_t channels = STEM_CHANNELS, width = STEM_CHANNELS;
    for (int stage = 0; stage < blocks->dim[0]; stage++) {
        int64_t out = bottleneck ? times(EXPANSION, width) : width;
        if (blocks->at[stage] < 1)
            return -1;
        int64_t later = times(blocks->at[stage] - 1, branch_parameters(out, width, bottleneck));
        sum = plus(sum, plus(branch_parameters(channels, width, bottleneck), later));
        if (channels != out)
            sum = plus(sum, pair_parameters(1, channels, out));
        channels = out;
        width = times(2, width);
    }
    return classes < 1 ? -1 : plus(sum, times(plus(channels, 1), classes));
}

/* --- What lasts --- */

/* Numbers that the optimiser keeps for each parameter, or -1. */
static int64_t state_numbers(int kind) {
    switch (kind) {
    case OPTIMISER_SGD:
        return 0;
    case OPTIMISER_MOMENTUM:
        return 1;
    case OPTIMISER_ADAM:
        return 2;
    default:
        return -1;
    }
}

int64_t model_bytes(int64_t parameters, int width) {
    return width < 1 ? -1 : times(parameters, width);
}

/* Sheet 7(b)(i). */
int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    return times(state_numbers(kind), model_bytes(parameters, width));
}

/* --- What the backward pass needs --- */

enum { PLACE_BYTES = 8 };

static int64_t numbers_before(const int64_t *row) {
    return times(times(row[KEPT_CHANNELS], row[KEPT_HEIGHT]), row[KEPT_WIDTH]);
}

static int64_t numbers_behind(const int64_t *row) {
    return times(times(row[KEPT_OUT_CHANNELS], row[KEPT_OUT_HEIGHT]), row[KEPT_OUT_WIDTH]);
}

static bool is_possible(const int64_t *row) {
    for (int column = KEPT_CHANNELS; column < KEPT_COLUMNS; column++)
        if (row[column] < 1)
            return false;
    bool same_channels = row[KEPT_CHANNELS] == row[KEPT_OUT_CHANNELS];
    bool same_size =
        row[KEPT_HEIGHT] == row[KEPT_OUT_HEIGHT] && row[KEPT_WIDTH] == row[KEPT_OUT_WIDTH];
    switch (row[KEPT_KIND]) {
    case KEPT_CONV:
        return true;
    case KEPT_NORM:
    case KEPT_RELU:
        return same_channels && same_size;
    case KEPT_MAX_POOL:
        return same_channels;
    case KEPT_CONNECTED:
        return row[KEPT_OUT_HEIGHT] == 1 && row[KEPT_OUT_WIDTH] == 1;
    default:
        return false;
    }
}

static bool connects(const int64_t *before, const int64_t *row) {
    return before[KEPT_OUT_CHANNELS] == row[KEPT_CHANNELS] &&
           before[KEPT_OUT_HEIGHT] == row[KEPT_HEIGHT] && before[KEPT_OUT_WIDTH] == row[KEPT_WIDTH];
}

/* layers (L, KEPT_COLUMNS). */
int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    int64_t numbers = 0, places = 0, statistics = 0;
    bool kept = false; /* already, by the ReLU that put out what this row reads */
    for (int i = 0; i < layers->dim[0]; i++) {
        const int64_t *row = layers->at + (int64_t)i * KEPT_COLUMNS;
        if (!is_possible(row) || (i > 0 && !connects(row - KEPT_COLUMNS, row)))
            return -1;
        if (!kept) /* of a ReLU the output, which lies where its input lay */
            numbers = plus(numbers, numbers_before(row));
        if (row[KEPT_KIND] == KEPT_MAX_POOL)
            places = plus(places, numbers_behind(row));
        if (row[KEPT_KIND] == KEPT_NORM)
            statistics = plus(statistics, times(2, row[KEPT_CHANNELS]));
        kept = row[KEPT_KIND] == KEPT_RELU;
    }
    if (batch < 1 || width < 1)
        return -1;
    int64_t of_image = plus(times(numbers, width), times(places, PLACE_BYTES));
    return plus(times(of_image, batch), times(statistics, width));
}

/* --- What fits --- */

/* Sheet 7(c)(i). */
int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width,
                   int kind) {
    int64_t model = model_bytes(parameters, width);
    int64_t lasting = plus(times(2, model), optimiser_bytes(parameters, width, kind));
    return batch < 1 ? -1 : plus(lasting, times(saved_per_image, batch));
}

int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width,
                      int kind) {
    int64_t lasting = peak_bytes(parameters, 0, 1, width, kind);
    if (budget < 0 || saved_per_image < 1 || lasting < 0)
        return -1;
    return budget < lasting ? 0 : (budget - lasting) / saved_per_image;
}

/* The last event of this tensor before `row`, or 0: what it holds, if that is more than nothing. */
static int64_t held(const ints *events, int row) {
    for (int i = row - 1; i >= 0; i--)
        if (events->at[(int64_t)i * EVENT_COLUMNS + EVENT_TENSOR] ==
            events->at[(int64_t)row * EVENT_COLUMNS + EVENT_TENSOR])
            return events->at[(int64_t)i * EVENT_COLUMNS + EVENT_BYTES];
    return 0;
}

/* events (L, EVENT_COLUMNS). */
int64_t schedule_peak(const ints *events) {
    int64_t live = 0, peak = 0;
    for (int i = 0; i < events->dim[0]; i++) {
        int64_t bytes = events->at[(int64_t)i * EVENT_COLUMNS + EVENT_BYTES];
        int64_t before = held(events, i);
        bool takes = bytes > 0 && before <= 0, frees = before > 0 && bytes == -before;
        if (!takes && !frees)
            return -1;
        live = takes ? plus(live, bytes) : live + bytes;
        if (live < 0)
            return -1;
        peak = live > peak ? live : peak;
    }
    return peak;
}
