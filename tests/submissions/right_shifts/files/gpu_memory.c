#include "homework.h"

#include <stdlib.h>
#include <string.h>

/* Sums and products leave through here; `lost` remembers that one did not fit. */
static int lost;

static int64_t grow(int64_t sum, int64_t a, int64_t b)
{
    int64_t result = -1;

    if (a < 0 || b < 0 || sum < 0)
        lost = 1;
    else if (a != 0 && b > (INT64_MAX - sum) / a)
        lost = 1;
    else
        result = sum + a * b;
    return result;
}

static int64_t finish(int64_t sum)
{
    int64_t result = lost ? -1 : sum;

    lost = 0;
    return result;
}

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes)
{
    int64_t sum = 9408 + 128, in = 64, w = 64, out, block, i, n;
    int stage;

    for (stage = 0; stage < blocks->dim[0] && !lost; stage++) {
        out = grow(0, w, bottleneck ? 4 : 1);
        n = blocks->at[stage];
        if (n < 1)
            lost = 1;
        for (i = 0; i < 2 && !lost; i++) { /* the first block, then one of the others */
            if (i == 1 && n == 1)
                break;
            if (bottleneck) {
                block = grow(grow(grow(0, i ? out : in, w), grow(0, 9, w), w), w, out);
                block = grow(grow(block, 4, w), 2, out);
            } else {
                block = grow(grow(grow(0, grow(0, 9, i ? out : in), w), grow(0, 9, w), w), 4, w);
            }
            sum = grow(sum, block, i ? n - 1 : 1);
        }
        if (in != out)
            sum = grow(grow(sum, in, out), 2, out);
        in = out;
        w = grow(0, w, 2);
    }
    if (classes < 1)
        lost = 1;
    sum = grow(grow(sum, in, classes), classes, 1);
    return finish(sum);
}

int64_t model_bytes(int64_t parameters, int width)
{
    if (width < 1)
        lost = 1;
    return finish(grow(0, parameters, width));
}

int64_t optimiser_bytes(int64_t parameters, int width, int kind)
{
    int64_t model = model_bytes(parameters, width), sum = 0;

    if (kind != OPTIMISER_SGD && kind != OPTIMISER_MOMENTUM && kind != OPTIMISER_ADAM)
        lost = 1;
    else
        sum = grow(0, model, kind == OPTIMISER_SGD ? 0 : kind == OPTIMISER_ADAM ? 2 : 1);
    return finish(sum);
}

static int fits_together(const int64_t *l, const int64_t *before)
{
    int k, stays = !memcmp(l + 1, l + 4, 3 * sizeof *l);

    for (k = 1; k < KEPT_COLUMNS; k++)
        if (l[k] < 1)
            return 0;
    if (before && memcmp(before + 4, l + 1, 3 * sizeof *l) != 0)
        return 0;
    if (l[0] == KEPT_NORM || l[0] == KEPT_RELU)
        return stays;
    if (l[0] == KEPT_MAX_POOL)
        return l[1] == l[4];
    if (l[0] == KEPT_CONNECTED)
        return l[5] == 1 && l[6] == 1;
    return l[0] == KEPT_CONV;
}

int64_t saved_bytes(const ints *layers, int64_t batch, int width)
{
    int64_t sum = 0, map;
    const int64_t *l = layers->at, *before = NULL;
    int i;

    if (batch < 1 || width < 1)
        return -1;
    for (i = 0; i < layers->dim[0]; i++, before = l, l += KEPT_COLUMNS) {
        if (!fits_together(l, before))
            lost = 1;
        if (lost)
            break;
        if (!before || before[0] != KEPT_RELU) {
            map = grow(0, grow(0, grow(0, l[1], l[2]), l[3]), batch);
            sum = grow(sum, map, width);
        }
        if (l[0] == KEPT_MAX_POOL) {
            map = grow(0, grow(0, grow(0, l[4], l[5]), l[6]), batch);
            sum = grow(sum, map, 8);
        }
        if (l[0] == KEPT_NORM)
            sum = grow(sum, grow(0, l[1], 2), width);
    }
    return finish(sum);
}

int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind)
{
    int64_t model = model_bytes(parameters, width), state = optimiser_bytes(parameters, width, kind);

    if (batch < 1)
        lost = 1;
    return finish(grow(grow(grow(0, model, 2), state, 1), saved_per_image, batch));
}

/* Every image of the first few is taken for itself, the others by division. */
int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width, int kind)
{
    int64_t lasting = peak_bytes(parameters, 0, 1, width, kind), batch = 0;

    if (lasting < 0 || budget < 0 || saved_per_image < 1)
        return -1;
    for (budget -= lasting; batch < 100 && budget >= saved_per_image; batch++)
        budget -= saved_per_image;
    return budget < 0 ? batch : batch + budget / saved_per_image;
}

/* What each tensor holds, in the order in which they first appeared; kept from call to call. */
int64_t schedule_peak(const ints *events)
{
    static struct {
        int64_t tensor, bytes;
    } *held;
    static int room;
    int64_t live = 0, peak = 0, tensor, bytes;
    int count = 0, i, k;

    if (room < events->dim[0]) {
        room = events->dim[0];
        held = realloc(held, (size_t)room * sizeof *held);
    }
    for (i = 0; i < events->dim[0]; i++) {
        tensor = events->at[i * EVENT_COLUMNS + EVENT_TENSOR];
        bytes = events->at[i * EVENT_COLUMNS + EVENT_BYTES];
        for (k = 0; k < count && held[k].tensor != tensor; k++)
            ;
        if (k == count) {
            held[count].tensor = tensor;
            held[count++].bytes = 0;
        }
        if (bytes == 0 || (bytes > 0 && held[k].bytes > 0))
            return -1;
        if (bytes < 0 && (held[k].bytes == 0 || held[k].bytes + bytes != 0))
            return -1;
        if (bytes > INT64_MAX - live && bytes > 0)
            return -1;
        held[k].bytes += bytes;
        live += bytes;
        if (live > peak)
            peak = live;
    }
    return peak;
}
