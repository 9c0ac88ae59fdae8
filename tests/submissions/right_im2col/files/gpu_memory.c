#include "homework.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Nothing is added up here: everything is taken from what an int64_t has room for, until there is
 * no room left.  A room below 0 stays so. */
static void take(int64_t *room, int64_t count, int64_t each) {
    if (*room < 0 || count < 0 || each < 0 || (each > 0 && count > *room / each))
        *room = -1;
    else
        *room -= count * each;
}

static int64_t taken(int64_t room) {
    return room < 0 ? -1 : INT64_MAX - room;
}

/* The numbers in a matrix, or -1. */
static int64_t matrix(int64_t rows, int64_t columns) {
    int64_t room = INT64_MAX;
    take(&room, rows, columns);
    return taken(room);
}

/* A convolution is a matrix: a row for each filter, with its scale and its shift. */
static void convolutions(int64_t *room, int64_t count, int64_t patch, int64_t channels,
                         int64_t filters) {
    if (count == 0)
        return;
    take(room, count, matrix(filters, matrix(patch, channels)));
    take(room, count, matrix(filters, 2));
}

static void basic_stage(int64_t *room, int64_t count, int64_t from, int64_t w) {
    convolutions(room, 1, 9, from, w);
    convolutions(room, count - 1, 9, w, w);
    convolutions(room, count, 9, w, w);
    if (from != w)
        convolutions(room, 1, 1, from, w);
}

static void deep_stage(int64_t *room, int64_t count, int64_t from, int64_t w) {
    int64_t to = matrix(4, w);
    convolutions(room, 1, 1, from, w);
    convolutions(room, count - 1, 1, to, w);
    convolutions(room, count, 9, w, w);
    convolutions(room, count, 1, w, to);
    if (from != to)
        convolutions(room, 1, 1, from, to);
}

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    int64_t room = INT64_MAX, from = 64, w = 64;
    if (classes < 1)
        return -1;
    for (int s = 0; s < blocks->dim[0]; s++)
        if (blocks->at[s] < 1)
            return -1;
    convolutions(&room, 1, 49, 3, 64);
    for (int s = 0; s < blocks->dim[0]; s++) {
        (bottleneck ? deep_stage : basic_stage)(&room, blocks->at[s], from, w);
        if (room < 0)
            return -1;
        from = bottleneck ? 4 * w : w; /* there was room for these, squared */
        w *= 2;
    }
    take(&room, from, classes);
    take(&room, 1, classes);
    return taken(room);
}

int64_t model_bytes(int64_t parameters, int width) {
    if (width < 1)
        return -1;
    return matrix(parameters, width);
}

int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    int64_t model = model_bytes(parameters, width);
    if (model < 0)
        return -1;
    if (kind == OPTIMISER_SGD)
        return 0;
    if (kind == OPTIMISER_MOMENTUM)
        return model;
    if (kind == OPTIMISER_ADAM)
        return matrix(model, 2);
    return -1;
}

/* Compares what a layer of this kind must leave alone. */
static bool is_allowed(int64_t kind, const int64_t *in, const int64_t *out) {
    if (kind == KEPT_CONV)
        return true;
    if (kind == KEPT_NORM || kind == KEPT_RELU)
        return memcmp(in, out, 3 * sizeof *in) == 0;
    if (kind == KEPT_MAX_POOL)
        return in[0] == out[0];
    return kind == KEPT_CONNECTED && out[1] == 1 && out[2] == 1;
}

int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    int64_t room = INT64_MAX, before = 0;
    const int64_t *map = NULL; /* what the layer before put out */
    if (batch < 1)
        return -1;
    if (width < 1)
        return -1;
    for (int i = 0; i < layers->dim[0]; i++) {
        const int64_t *row = &layers->at[i * KEPT_COLUMNS];
        const int64_t *in = row + KEPT_CHANNELS, *out = row + KEPT_OUT_CHANNELS;
        for (int k = 0; k < 3; k++) {
            if (in[k] < 1 || out[k] < 1)
                return -1;
            if (map && map[k] != in[k])
                return -1;
        }
        if (!is_allowed(row[KEPT_KIND], in, out))
            return -1;
        if (before != KEPT_RELU)
            take(&room, matrix(batch, width), matrix(in[0], matrix(in[1], in[2])));
        if (row[KEPT_KIND] == KEPT_MAX_POOL)
            take(&room, matrix(batch, 8), matrix(out[0], matrix(out[1], out[2])));
        if (row[KEPT_KIND] == KEPT_NORM)
            take(&room, matrix(2, width), in[0]);
        map = out;
        before = row[KEPT_KIND];
    }
    return taken(room);
}

/* What is left of `room` when a training has everything but images. */
static int64_t furnished(int64_t room, int64_t parameters, int width, int kind) {
    take(&room, 2, model_bytes(parameters, width));
    take(&room, 1, optimiser_bytes(parameters, width, kind));
    return room;
}

int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind) {
    int64_t room = furnished(INT64_MAX, parameters, width, kind);
    if (batch < 1)
        return -1;
    take(&room, saved_per_image, batch);
    return taken(room);
}

int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width, int kind) {
    if (budget < 0)
        return -1;
    if (saved_per_image < 1)
        return -1;
    if (furnished(INT64_MAX, parameters, width, kind) < 0)
        return -1;
    int64_t room = furnished(budget, parameters, width, kind);
    if (room < 0)
        return 0;
    return (room - room % saved_per_image) / saved_per_image;
}

/* A shelf with what is there, in any order: the last one goes where one was given back. */
int64_t schedule_peak(const ints *events) {
    int64_t(*shelf)[EVENT_COLUMNS] = malloc((size_t)events->dim[0] * sizeof *shelf);
    int64_t room = INT64_MAX, least = INT64_MAX;
    int there = 0;
    for (int i = 0; shelf && i < events->dim[0]; i++) {
        const int64_t *event = &events->at[i * EVENT_COLUMNS];
        int at = 0;
        while (at < there && shelf[at][EVENT_TENSOR] != event[EVENT_TENSOR])
            at++;
        if (at == there && event[EVENT_BYTES] > 0 && event[EVENT_BYTES] <= room) {
            memcpy(shelf[there++], event, sizeof *shelf);
            room -= event[EVENT_BYTES];
        } else if (at < there && event[EVENT_BYTES] == -shelf[at][EVENT_BYTES]) {
            room += shelf[at][EVENT_BYTES];
            memmove(shelf[at], shelf[--there], sizeof *shelf);
        } else {
            free(shelf);
            return -1;
        }
        least = room < least ? room : least;
    }
    free(shelf);
    return taken(least);
}
