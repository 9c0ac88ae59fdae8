#include "homework.h"

/* Everything below 0 stands for what is impossible, and stays so. */
static int64_t add(int64_t a, int64_t b) {
    return a < 0 || b < 0 || b > INT64_MAX - a ? -1 : a + b;
}

/* a * b by doubling: half of b, twice, and one more where b is odd. */
static int64_t multiply(int64_t a, int64_t b) {
    if (a < 0 || b < 0)
        return -1;
    if (a == 0 || b == 0)
        return 0;
    int64_t half = multiply(a, b / 2);
    return add(add(half, half), b % 2 ? a : 0);
}

static int64_t convolution(int64_t kernel, int64_t from, int64_t to) {
    return add(multiply(multiply(multiply(kernel, kernel), from), to), add(to, to));
}

static int64_t branch(int64_t from, int64_t width, int deep) {
    return deep ? add(convolution(1, from, width),
                      add(convolution(3, width, width), convolution(1, width, multiply(4, width))))
                : add(convolution(3, from, width), convolution(3, width, width));
}

/* The stages from this one on, and the classes behind them. */
static int64_t rest(const ints *blocks, int stage, int64_t from, int64_t width, int deep, int classes) {
    if (stage == blocks->dim[0])
        return add(multiply(from, classes), classes);
    if (blocks->at[stage] < 1 || width < 0)
        return -1;
    int64_t to = deep ? multiply(4, width) : width;
    int64_t first = add(branch(from, width, deep), from == to ? 0 : convolution(1, from, to));
    int64_t others = multiply(branch(to, width, deep), blocks->at[stage] - 1);
    return add(add(first, others), rest(blocks, stage + 1, to, add(width, width), deep, classes));
}

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    return classes < 1 ? -1 : add(convolution(7, 3, 64), rest(blocks, 0, 64, 64, bottleneck, classes));
}

int64_t model_bytes(int64_t parameters, int width) {
    return width < 1 ? -1 : multiply(parameters, width);
}

int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    int64_t model = model_bytes(parameters, width);
    return kind == OPTIMISER_SGD        ? add(0, model) < 0 ? -1 : 0
           : kind == OPTIMISER_MOMENTUM ? model
           : kind == OPTIMISER_ADAM     ? add(model, model)
                                        : -1;
}

static int64_t numbers(const int64_t *map) {
    return multiply(multiply(map[0], map[1]), map[2]);
}

static int same(const int64_t *a, const int64_t *b, int count) {
    return count == 0 || (*a == *b && same(a + 1, b + 1, count - 1));
}

static int positive(const int64_t *a, int count) {
    return count == 0 || (*a > 0 && positive(a + 1, count - 1));
}

static int possible(const int64_t *layer) {
    const int64_t *in = layer + KEPT_CHANNELS, *out = layer + KEPT_OUT_CHANNELS;
    if (!positive(in, 6))
        return 0;
    return layer[KEPT_KIND] == KEPT_CONV ||
           ((layer[KEPT_KIND] == KEPT_NORM || layer[KEPT_KIND] == KEPT_RELU) && same(in, out, 3)) ||
           (layer[KEPT_KIND] == KEPT_MAX_POOL && in[0] == out[0]) ||
           (layer[KEPT_KIND] == KEPT_CONNECTED && out[1] == 1 && out[2] == 1);
}

/* From this row on; `there` says that the map that it reads has been counted. */
static int64_t rows(const int64_t *layer, int left, int there, int64_t batch, int width) {
    if (left == 0)
        return 0;
    int relu = layer[KEPT_KIND] == KEPT_RELU;
    if (!possible(layer) ||
        (left > 1 && !same(layer + KEPT_OUT_CHANNELS, layer + KEPT_COLUMNS + KEPT_CHANNELS, 3)))
        return -1;
    int64_t map = there ? 0 : multiply(multiply(numbers(layer + KEPT_CHANNELS), batch), width);
    int64_t places = layer[KEPT_KIND] == KEPT_MAX_POOL
                         ? multiply(multiply(numbers(layer + KEPT_OUT_CHANNELS), batch), 8)
                         : 0;
    int64_t moments =
        layer[KEPT_KIND] == KEPT_NORM ? multiply(add(layer[KEPT_CHANNELS], layer[KEPT_CHANNELS]), width) : 0;
    return add(add(map, add(places, moments)), rows(layer + KEPT_COLUMNS, left - 1, relu, batch, width));
}

int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    return batch < 1 || width < 1 ? -1 : rows(layers->at, layers->dim[0], 0, batch, width);
}

int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind) {
    int64_t model = model_bytes(parameters, width);
    return batch < 1 ? -1
                     : add(add(add(model, model), optimiser_bytes(parameters, width, kind)),
                           multiply(saved_per_image, batch));
}

/* Between a batch that fits and one that does not. */
static int64_t between(int64_t fits, int64_t fails, int64_t room, int64_t image) {
    int64_t middle = fits + (fails - fits) / 2, bytes = multiply(middle, image);
    if (fails - fits <= 1)
        return fits;
    return bytes >= 0 && bytes <= room ? between(middle, fails, room, image)
                                       : between(fits, middle, room, image);
}

int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width, int kind) {
    int64_t before = peak_bytes(parameters, 0, 1, width, kind);
    if (budget < 0 || saved_per_image < 1 || before < 0)
        return -1;
    int64_t room = budget - before;
    if (room < saved_per_image)
        return 0;
    return multiply(saved_per_image, INT64_MAX) >= 0 && room == INT64_MAX
               ? INT64_MAX
               : between(0, INT64_MAX, room, saved_per_image);
}

/* What a tensor holds behind the first `count` events, if these are possible. */
static int64_t holds(const int64_t *events, int count, int64_t tensor) {
    if (count == 0)
        return 0;
    const int64_t *last = events + EVENT_COLUMNS * (int64_t)(count - 1);
    if (last[EVENT_TENSOR] != tensor)
        return holds(events, count - 1, tensor);
    return last[EVENT_BYTES] > 0 ? last[EVENT_BYTES] : 0;
}

static int64_t peak_from(const ints *events, int at, int64_t live, int64_t peak) {
    if (at == events->dim[0])
        return peak;
    const int64_t *event = events->at + EVENT_COLUMNS * (int64_t)at;
    int64_t bytes = event[EVENT_BYTES], held = holds(events->at, at, event[EVENT_TENSOR]);
    if (bytes == 0 || (bytes > 0 && held != 0) || (bytes < 0 && (held == 0 || bytes != -held)))
        return -1;
    if (bytes > 0 && add(live, bytes) < 0)
        return -1;
    return peak_from(events, at + 1, live + bytes, live + bytes > peak ? live + bytes : peak);
}

int64_t schedule_peak(const ints *events) {
    return peak_from(events, 0, 0, 0);
}
