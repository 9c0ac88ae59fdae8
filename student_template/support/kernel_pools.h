/* Insides of kernels: the maximum of a window and the mean of an image, forward and backward, for
 * `lanes` channels at one place at a time.  A block is a part of one row of one image, so that no
 * place takes a division of 64 bits.  Going back, places gather what came of them: nothing is added
 * to by two threads. */
#ifndef KERNEL_POOLS_H
#define KERNEL_POOLS_H

#include "kernel_numbers.h"
#include "work.h"

struct pool_task {
    int parts;               /* blocks that a row of what is written takes */
    struct map large, small; /* what the layer reads and what it puts out, of one image */
    int kernel, stride, padding;
    const void *from;
    void *to;
    const unsigned char *choices;
    unsigned char *chosen;
};

struct pool_place {
    int64_t image;
    int row, column, channel;
    bool idle; /* beyond the row's end */
};

KERNEL struct pool_place pool_place(const struct pool_task *t, struct map m, int64_t block, int row,
                                    int thread, int lanes) {
    unsigned at = (unsigned)block, groups = (unsigned)(m.channels / lanes);
    unsigned item = at % (unsigned)t->parts * BLOCK_THREADS + (unsigned)thread;
    struct pool_place p;
    p.image = at / (unsigned)t->parts;
    p.row = row;
    p.column = (int)(item / groups);
    p.channel = (int)(item % groups) * lanes;
    p.idle = p.column >= m.width;
    return p;
}

KERNEL int64_t pool_index(struct map m, int64_t image, int row, int column, int channel) {
    return ((image * m.height + row) * m.width + column) * m.channels + channel;
}

/* The first of equal ones, as PyTorch chooses; a not-a-number is larger than any. */
KERNEL void max_thread(const struct pool_task *t, int64_t block, int line, int thread, int bytes,
                       int lanes) {
    struct pool_place p = pool_place(t, t->small, block, line, thread, lanes);
    if (p.idle)
        return;
    int64_t here = pool_index(t->small, p.image, p.row, p.column, p.channel);
    int top = p.row * t->stride - t->padding, left = p.column * t->stride - t->padding;
    uint32_t first = (uint32_t)((top < 0 ? -top * t->kernel : 0) + (left < 0 ? -left : 0));
    first *= 0x01010101U;
    struct lanes most;
    struct words chosen = {{first, first, first, first}};
    UNROLL
    for (int i = 0; i < MOST_LANES; i++)
        most.at[i] = -INFINITY;
    for (int row = top < 0 ? 0 : top; row < top + t->kernel && row < t->large.height; row++)
        for (int column = left < 0 ? 0 : left; column < left + t->kernel && column < t->large.width;
             column++) {
            struct lanes x = numbers_load(
                t->from, pool_index(t->large, p.image, row, column, p.channel), bytes, lanes);
            uint32_t place = (uint32_t)((row - top) * t->kernel + column - left);
            UNROLL
            for (int i = 0; i < lanes; i++)
                if (x.at[i] > most.at[i] || x.at[i] != x.at[i]) {
                    most.at[i] = x.at[i];
                    chosen.at[i / 4] &= ~(255U << (8 * (i % 4)));
                    chosen.at[i / 4] |= place << (8 * (i % 4));
                }
        }
    numbers_store(t->to, here, bytes, lanes, most);
    bytes_store(t->chosen + here, lanes, chosen);
}

/* Windows that a place lies in: those whose first row is at most `at`, and whose last at least. */
KERNEL int window_first(const struct pool_task *t, int at) {
    int first = at + t->padding - t->kernel + t->stride;
    return first < 0 ? 0 : first / t->stride;
}

KERNEL int window_last(const struct pool_task *t, int at, int count) {
    int last = (at + t->padding) / t->stride;
    return last < count ? last : count - 1;
}

KERNEL void max_back_thread(const struct pool_task *t, int64_t block, int line, int thread,
                            int bytes, int lanes) {
    struct pool_place p = pool_place(t, t->large, block, line, thread, lanes);
    if (p.idle)
        return;
    int64_t here = pool_index(t->large, p.image, p.row, p.column, p.channel);
    struct lanes sum = {{0, 0, 0, 0, 0, 0, 0, 0}};
    int last_row = window_last(t, p.row, t->small.height),
        last_column = window_last(t, p.column, t->small.width);
    ROLLED
    for (int row = window_first(t, p.row); row <= last_row; row++) {
        ROLLED
        for (int column = window_first(t, p.column); column <= last_column; column++) {
            int64_t at = pool_index(t->small, p.image, row, column, p.channel);
            struct words chosen = bytes_fetch(t->choices + at, lanes);
            struct lanes delta = numbers_load(t->from, at, bytes, lanes);
            int place = (p.row + t->padding - row * t->stride) * t->kernel + p.column + t->padding -
                        column * t->stride;
            UNROLL
            for (int i = 0; i < lanes; i++)
                sum.at[i] +=
                    (int)(chosen.at[i / 4] >> (8 * (i % 4)) & 255U) == place ? delta.at[i] : 0;
        }
    }
    numbers_store(t->to, here, bytes, lanes, sum);
}

KERNEL void mean_thread(const struct pool_task *t, int64_t block, int line, int thread, int bytes,
                        int lanes) {
    struct pool_place p = pool_place(t, t->small, block, line, thread, lanes);
    if (p.idle)
        return;
    int64_t here = pool_index(t->small, p.image, p.row, p.column, p.channel);
    struct lanes sum = {{0, 0, 0, 0, 0, 0, 0, 0}};
    int64_t first = pool_index(t->large, p.image, 0, 0, p.channel);
    int places = t->large.height * t->large.width;
    for (int i = 0; i < places; i++) {
        struct lanes x =
            numbers_load(t->from, first + (int64_t)i * t->large.channels, bytes, lanes);
        UNROLL
        for (int k = 0; k < lanes; k++)
            sum.at[k] += x.at[k];
    }
    UNROLL
    for (int k = 0; k < lanes; k++)
        sum.at[k] /= (float)places;
    numbers_store(t->to, here, bytes, lanes, sum);
}

KERNEL void mean_back_thread(const struct pool_task *t, int64_t block, int line, int thread,
                             int bytes, int lanes) {
    struct pool_place p = pool_place(t, t->large, block, line, thread, lanes);
    if (p.idle)
        return;
    int64_t here = pool_index(t->large, p.image, p.row, p.column, p.channel);
    struct lanes delta =
        numbers_load(t->from, p.image * t->small.channels + p.channel, bytes, lanes);
    UNROLL
    for (int k = 0; k < lanes; k++)
        delta.at[k] /= (float)(t->large.height * t->large.width);
    numbers_store(t->to, here, bytes, lanes, delta);
}

#endif
