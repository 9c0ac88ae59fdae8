/* Insides of kernels: batch normalisation with what it adds and its ReLU, forward and backward.
 * Tensors are rows of channels.  A block lies over `across` groups of channels, which are adjacent
 * in memory, times BLOCK_THREADS / across rows; `chunks` of such blocks share all rows in turns.
 * Sums over rows go thread, block, chunk, always in the same order: a pair of numbers a channel,
 * merged pairwise (Chan et al., Stanford STAN-CS-79-773). */
#ifndef KERNEL_NORMS_H
#define KERNEL_NORMS_H

#include "kernel_numbers.h"
#include "work.h"

/* Of the kernel that ends sums: so many channels a block, one at a time. */
enum { NORM_END_ACROSS = 8 };

struct norm_task {
    int64_t rows;
    int channels, across, chunks;
    bool relu, gathers, evaluates;
    const void *read, *other, *mask; /* `mask`: the output, where it tells where ReLU was at work */
    void *put, *delta, *delta_read;
    const float *weights;
    float *moments, *running, *gradient;
    float *partials; /* (chunks, 2, channels) */
    float *terms;    /* (2, channels) */
};

struct norm_place {
    int64_t row, stride;
    int channel;
    bool idle; /* beyond the last channel */
};

KERNEL struct norm_place norm_place(const struct norm_task *t, int64_t column, int64_t chunk,
                                    int thread, int lanes) {
    int height = BLOCK_THREADS / t->across;
    struct norm_place p;
    p.row = chunk * height + thread / t->across;
    p.stride = (int64_t)t->chunks * height;
    p.channel = ((int)column * t->across + thread % t->across) * lanes;
    p.idle = p.channel >= t->channels;
    return p;
}

/* --- Sums in a block: `room` has (2 * lanes + 1) * BLOCK_THREADS numbers --- */

/* Of `count` numbers `first` is the mean and `second` the sum of squares about it, or both are
 * plain sums. */
struct norm_pair {
    float count, first, second;
};

KERNEL struct norm_pair norm_merge(struct norm_pair a, struct norm_pair b, bool moments) {
    struct norm_pair sum = {a.count + b.count, a.first + b.first, a.second + b.second};
    if (moments && sum.count > 0) {
        float apart = b.first - a.first, part = b.count / sum.count;
        sum.first = fmaf(apart, part, a.first);
        sum.second = fmaf(apart * apart, a.count * part, sum.second);
    }
    return sum;
}

KERNEL struct norm_pair room_get(const float *room, int thread, int lane, int lanes) {
    const float *at = room + thread;
    struct norm_pair p = {at[2 * lanes * BLOCK_THREADS], at[2 * lane * BLOCK_THREADS],
                          at[(2 * lane + 1) * BLOCK_THREADS]};
    return p;
}

KERNEL void room_set(float *room, int thread, int lane, int lanes, struct norm_pair p) {
    float *at = room + thread;
    at[2 * lanes * BLOCK_THREADS] = p.count;
    at[2 * lane * BLOCK_THREADS] = p.first;
    at[(2 * lane + 1) * BLOCK_THREADS] = p.second;
}

/* Between barriers, for `step` = half the block's rows, a quarter, ..., 1.  A thread changes only
 * what is its own, and reads what nobody changes until the next barrier. */
KERNEL void norm_halve(float *room, int across, int step, int thread, int lanes, bool moments) {
    if (thread >= step * across)
        return;
    struct norm_pair sums[MOST_LANES];
    UNROLL
    for (int i = 0; i < lanes; i++)
        sums[i] = norm_merge(room_get(room, thread, i, lanes),
                             room_get(room, thread + step * across, i, lanes), moments);
    UNROLL
    for (int i = 0; i < lanes; i++)
        room_set(room, thread, i, lanes, sums[i]);
}

/* The block's sums, by its first row of threads. */
KERNEL void norm_partials(const struct norm_task *t, int64_t column, int64_t chunk, int thread,
                          const float *room, int lanes) {
    struct norm_place p = norm_place(t, column, chunk, thread, lanes);
    if (thread >= t->across || p.idle)
        return;
    float *at = t->partials + 2 * chunk * t->channels + p.channel;
    UNROLL
    for (int i = 0; i < lanes; i++) {
        struct norm_pair sums = room_get(room, thread, i, lanes);
        at[i] = sums.first;
        at[t->channels + i] = sums.second;
    }
}

/* --- Sums over chunks, by blocks of NORM_END_ACROSS channels --- */

KERNEL float norm_chunk_count(const struct norm_task *t, int chunk) {
    int64_t height = BLOCK_THREADS / t->across, turn = t->chunks * height;
    int64_t left = t->rows % turn - chunk * height;
    left = left < 0 ? 0 : left > height ? height : left;
    return (float)(t->rows / turn * height + left);
}

KERNEL void norm_end_rows(const struct norm_task *t, int64_t block, int thread, float *room,
                          bool moments) {
    int channel = (int)block * NORM_END_ACROSS + thread % NORM_END_ACROSS;
    struct norm_pair sums = {0, 0, 0};
    if (channel < t->channels && !t->evaluates) {
        int step = BLOCK_THREADS / NORM_END_ACROSS;
        for (int chunk = thread / NORM_END_ACROSS; chunk < t->chunks; chunk += step) {
            const float *at = t->partials + 2 * (int64_t)chunk * t->channels + channel;
            struct norm_pair part = {norm_chunk_count(t, chunk), at[0], at[t->channels]};
            sums = norm_merge(sums, part, moments);
        }
    }
    room_set(room, thread, 0, 1, sums);
}

/* Moments and running statistics. */
KERNEL void norm_end_moments(const struct norm_task *t, int64_t block, int thread,
                             const float *room) {
    int channel = (int)block * NORM_END_ACROSS + thread;
    if (thread >= NORM_END_ACROSS || channel >= t->channels)
        return;
    float *mean = t->running + channel, *variance = mean + t->channels;
    float moments[2] = {*mean, *variance};
    if (!t->evaluates) {
        struct norm_pair sums = room_get(room, thread, 0, 1);
        float rows = (float)t->rows;
        moments[0] = sums.first;
        moments[1] = sums.second / rows;
        *mean += NORM_MOMENTUM * (moments[0] - *mean);
        *variance += NORM_MOMENTUM * (sums.second / (rows > 1 ? rows - 1 : 1) - *variance);
        if (channel == 0) {
            int64_t seen;
            memcpy(&seen, t->running + 2 * (int64_t)t->channels, sizeof seen);
            seen++;
            memcpy(t->running + 2 * (int64_t)t->channels, &seen, sizeof seen);
        }
    }
    t->moments[channel] = moments[0];
    t->moments[t->channels + channel] = 1 / sqrtf(moments[1] + NORM_EPSILON);
}

/* Gradients of factors and biases, and what the way back takes of them. */
KERNEL void norm_end_sums(const struct norm_task *t, int64_t block, int thread, const float *room) {
    int channel = (int)block * NORM_END_ACROSS + thread;
    if (thread >= NORM_END_ACROSS || channel >= t->channels)
        return;
    struct norm_pair sums = room_get(room, thread, 0, 1);
    float inverse = t->moments[t->channels + channel], rows = (float)t->rows;
    float *factor = t->gradient + channel, *bias = factor + t->channels;
    *factor = (t->gathers ? *factor : 0) + sums.second * inverse;
    *bias = (t->gathers ? *bias : 0) + sums.first;
    t->terms[channel] = sums.first / rows;
    t->terms[t->channels + channel] = sums.second * inverse * inverse / rows;
}

/* --- Forward --- */

/* Sums about each thread's first row: squares stay small where a mean is large. */
KERNEL void norm_moments_rows(const struct norm_task *t, int64_t column, int64_t chunk, int thread,
                              float *room, int bytes, int lanes) {
    struct norm_place p = norm_place(t, column, chunk, thread, lanes);
    struct lanes about, sums, squares;
    float count = 0;
    UNROLL
    for (int i = 0; i < MOST_LANES; i++)
        about.at[i] = sums.at[i] = squares.at[i] = 0;
    if (!p.idle && p.row < t->rows) {
        about = numbers_load(t->read, p.row * t->channels + p.channel, bytes, lanes);
        count = (float)((t->rows - p.row + p.stride - 1) / p.stride);
    }
    for (int64_t row = p.row; row < t->rows && !p.idle; row += AHEAD * p.stride) {
        struct words read[AHEAD];
        UNROLL
        for (int k = 0; k < AHEAD; k++)
            if (row + k * p.stride < t->rows)
                read[k] = numbers_fetch(t->read, (row + k * p.stride) * t->channels + p.channel,
                                        bytes, lanes);
        UNROLL
        for (int k = 0; k < AHEAD; k++) {
            if (row + k * p.stride >= t->rows)
                break;
            struct lanes x = numbers_unpack(read[k], bytes, lanes);
            UNROLL
            for (int i = 0; i < lanes; i++) {
                float apart = x.at[i] - about.at[i];
                sums.at[i] += apart;
                squares.at[i] = fmaf(apart, apart, squares.at[i]);
            }
        }
    }
    UNROLL
    for (int i = 0; i < lanes; i++) {
        float mean = count > 0 ? sums.at[i] / count : 0,
              rest = fmaf(-mean, sums.at[i], squares.at[i]);
        struct norm_pair pair = {count, about.at[i] + mean, rest < 0 ? 0 : rest};
        room_set(room, thread, i, lanes, pair);
    }
}

/* What a channel's numbers go through. */
struct norm_factors {
    struct lanes mean, scale, bias;
};

KERNEL struct norm_factors norm_factors(const struct norm_task *t, int channel, int lanes) {
    struct norm_factors f;
    struct lanes inverse = floats_load(t->moments, t->channels + channel, lanes);
    f.mean = floats_load(t->moments, channel, lanes);
    f.scale = floats_load(t->weights, channel, lanes);
    f.bias = floats_load(t->weights, t->channels + channel, lanes);
    UNROLL
    for (int i = 0; i < lanes; i++)
        f.scale.at[i] *= inverse.at[i];
    return f;
}

KERNEL float norm_of(const struct norm_factors *f, int lane, float number) {
    return fmaf(number - f->mean.at[lane], f->scale.at[lane], f->bias.at[lane]);
}

KERNEL void norm_rows(const struct norm_task *t, int64_t column, int64_t chunk, int thread,
                      int bytes, int lanes) {
    struct norm_place p = norm_place(t, column, chunk, thread, lanes);
    if (p.idle)
        return;
    struct norm_factors f = norm_factors(t, p.channel, lanes);
    for (int64_t row = p.row; row < t->rows; row += AHEAD * p.stride) {
        struct words read[AHEAD], other[AHEAD];
        UNROLL
        for (int k = 0; k < AHEAD; k++) {
            int64_t at = (row + k * p.stride) * t->channels + p.channel;
            if (row + k * p.stride < t->rows) {
                read[k] = numbers_fetch(t->read, at, bytes, lanes);
                if (t->other)
                    other[k] = numbers_fetch(t->other, at, bytes, lanes);
            }
        }
        UNROLL
        for (int k = 0; k < AHEAD; k++) {
            if (row + k * p.stride >= t->rows)
                break;
            struct lanes x = numbers_unpack(read[k], bytes, lanes), y = x;
            UNROLL
            for (int i = 0; i < lanes; i++)
                y.at[i] = norm_of(&f, i, x.at[i]);
            if (t->other) {
                struct lanes added = numbers_unpack(other[k], bytes, lanes);
                UNROLL
                for (int i = 0; i < lanes; i++)
                    y.at[i] += added.at[i];
            }
            UNROLL
            for (int i = 0; i < lanes; i++)
                y.at[i] = t->relu ? relu_of(y.at[i]) : y.at[i];
            numbers_store(t->put, (row + k * p.stride) * t->channels + p.channel, bytes, lanes, y);
        }
    }
}

/* --- Backward --- */

/* Of one row: the numbers about their mean, and the gradient behind the ReLU. */
struct norm_row {
    struct lanes apart, delta;
};

KERNEL struct norm_row norm_row_back(const struct norm_task *t, const struct norm_factors *f,
                                     struct words read, struct words delta, struct words mask,
                                     int bytes, int lanes) {
    struct norm_row r = {numbers_unpack(read, bytes, lanes), numbers_unpack(delta, bytes, lanes)};
    struct lanes put = numbers_unpack(mask, bytes, lanes);
    UNROLL
    for (int i = 0; i < lanes; i++) {
        float y = t->mask ? put.at[i] : norm_of(f, i, r.apart.at[i]);
        r.delta.at[i] = t->relu ? relu_back(r.delta.at[i], y) : r.delta.at[i];
        r.apart.at[i] -= f->mean.at[i];
    }
    return r;
}

/* The sums of deltas, and of deltas times numbers about their mean.  Where an output masks, deltas
 * behind the ReLU are left in place: they are the gradient of what was added. */
KERNEL void norm_sums_rows(const struct norm_task *t, int64_t column, int64_t chunk, int thread,
                           float *room, int bytes, int lanes) {
    struct norm_place p = norm_place(t, column, chunk, thread, lanes);
    struct norm_factors f = norm_factors(t, p.idle ? 0 : p.channel, lanes);
    struct lanes plain, weighted;
    UNROLL
    for (int i = 0; i < MOST_LANES; i++)
        plain.at[i] = weighted.at[i] = 0;
    for (int64_t row = p.row; row < t->rows && !p.idle; row += AHEAD * p.stride) {
        struct words read[AHEAD], delta[AHEAD], mask[AHEAD];
        UNROLL
        for (int k = 0; k < AHEAD; k++) {
            int64_t at = (row + k * p.stride) * t->channels + p.channel;
            if (row + k * p.stride < t->rows) {
                read[k] = numbers_fetch(t->read, at, bytes, lanes);
                delta[k] = numbers_fetch(t->delta, at, bytes, lanes);
                mask[k] = t->mask ? numbers_fetch(t->mask, at, bytes, lanes) : read[k];
            }
        }
        UNROLL
        for (int k = 0; k < AHEAD; k++) {
            if (row + k * p.stride >= t->rows)
                break;
            struct norm_row r = norm_row_back(t, &f, read[k], delta[k], mask[k], bytes, lanes);
            UNROLL
            for (int i = 0; i < lanes; i++) {
                plain.at[i] += r.delta.at[i];
                weighted.at[i] = fmaf(r.delta.at[i], r.apart.at[i], weighted.at[i]);
            }
            if (t->mask)
                numbers_store(t->delta, (row + k * p.stride) * t->channels + p.channel, bytes,
                              lanes, r.delta);
        }
    }
    UNROLL
    for (int i = 0; i < lanes; i++) {
        struct norm_pair pair = {0, plain.at[i], weighted.at[i]};
        room_set(room, thread, i, lanes, pair);
    }
}

/* To what the layer read; the tensor may be that of the deltas. */
KERNEL void norm_back_rows(const struct norm_task *t, int64_t column, int64_t chunk, int thread,
                           int bytes, int lanes) {
    struct norm_place p = norm_place(t, column, chunk, thread, lanes);
    if (p.idle)
        return;
    struct norm_factors f = norm_factors(t, p.channel, lanes);
    struct lanes mean = floats_load(t->terms, p.channel, lanes);
    struct lanes slope = floats_load(t->terms, t->channels + p.channel, lanes);
    for (int64_t row = p.row; row < t->rows; row += AHEAD * p.stride) {
        struct words read[AHEAD], delta[AHEAD];
        UNROLL
        for (int k = 0; k < AHEAD; k++) {
            int64_t at = (row + k * p.stride) * t->channels + p.channel;
            if (row + k * p.stride < t->rows) {
                read[k] = numbers_fetch(t->read, at, bytes, lanes);
                delta[k] = numbers_fetch(t->delta, at, bytes, lanes);
            }
        }
        UNROLL
        for (int k = 0; k < AHEAD; k++) {
            if (row + k * p.stride >= t->rows)
                break;
            struct lanes x = numbers_unpack(read[k], bytes, lanes),
                         d = numbers_unpack(delta[k], bytes, lanes);
            UNROLL
            for (int i = 0; i < lanes; i++) {
                if (t->relu && !t->mask)
                    d.at[i] = relu_back(d.at[i], norm_of(&f, i, x.at[i]));
                float rest = fmaf(f.mean.at[i] - x.at[i], slope.at[i], d.at[i] - mean.at[i]);
                d.at[i] = f.scale.at[i] * rest;
            }
            numbers_store(t->delta_read, (row + k * p.stride) * t->channels + p.channel, bytes,
                          lanes, d);
        }
    }
}

#endif
