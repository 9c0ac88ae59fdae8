/* Numbers of activations as kernels see them: floats or bfloat16 in memory, floats in registers,
 * one at a time or as many as 16 bytes hold.  This and the other kernel_*.h are the insides of
 * kernels: functions of an index, or of a thread of a block between two barriers, which compile as
 * CUDA (kernels.cu) and as C (for tests, which run them in loops).  `bytes` of a number and
 * `lanes`, the numbers at a time, are constants wherever CUDA inlines them. */
#ifndef KERNEL_NUMBERS_H
#define KERNEL_NUMBERS_H

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __CUDACC__
#define KERNEL static __device__ __forceinline__
#define UNROLL _Pragma("unroll")
#define ROLLED _Pragma("unroll 1")
#else
#define KERNEL static inline
#define UNROLL
#define ROLLED
#endif

enum {
    BLOCK_THREADS = 256, /* of every kernel */
    MOST_LANES = 8,
    AHEAD = 2 /* loads of each tensor that a thread starts before it needs the first */
};

struct lanes {
    float at[MOST_LANES];
};
/* As they lie in memory. */
struct __attribute__((aligned(16))) words {
    uint32_t at[4];
};

#ifdef __CUDACC__
struct __attribute__((aligned(8))) half_words {
    uint32_t at[2];
};
#endif

KERNEL float float_of(uint32_t bits) {
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* The nearest, of two the even one; not-a-numbers become 0x7fff, as CUDA has it. */
KERNEL uint32_t bfloat_of(float number) {
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    if ((bits & 0x7fffffffU) > 0x7f800000U)
        return 0x7fffU;
    return (bits + 0x7fffU + (bits >> 16 & 1U)) >> 16;
}

/* The second in the upper half. */
KERNEL uint32_t two_bfloats_of(float first, float second) {
#if defined __CUDA_ARCH__ && __CUDA_ARCH__ >= 800
    uint32_t bits;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(second), "f"(first));
    return bits;
#else
    return bfloat_of(first) | bfloat_of(second) << 16;
#endif
}

/* 1, 2, 4, 8 or 16 bytes, which lie on a multiple of that: one instruction. */
KERNEL struct words bytes_fetch(const void *from, int count) {
    struct words w = {{0, 0, 0, 0}};
#ifdef __CUDACC__
    if (count == 16) {
        w = *(const struct words *)from;
    } else if (count == 8) {
        struct half_words half = *(const struct half_words *)from;
        w.at[0] = half.at[0];
        w.at[1] = half.at[1];
    } else {
        w.at[0] = count == 4   ? *(const uint32_t *)from
                  : count == 2 ? *(const uint16_t *)from
                               : *(const uint8_t *)from;
    }
#else
    assert((uintptr_t)from % (uintptr_t)count == 0);
    memcpy(w.at, from, (size_t)count); /* of little-endian machines */
#endif
    return w;
}

KERNEL void bytes_store(void *to, int count, struct words w) {
#ifdef __CUDACC__
    if (count == 16) {
        *(struct words *)to = w;
    } else if (count == 8) {
        struct half_words half = {{w.at[0], w.at[1]}};
        *(struct half_words *)to = half;
    } else if (count == 4) {
        *(uint32_t *)to = w.at[0];
    } else if (count == 2) {
        *(uint16_t *)to = (uint16_t)w.at[0];
    } else {
        *(uint8_t *)to = (uint8_t)w.at[0];
    }
#else
    assert((uintptr_t)to % (uintptr_t)count == 0);
    memcpy(to, w.at, (size_t)count);
#endif
}

KERNEL struct words numbers_fetch(const void *from, int64_t first, int bytes, int lanes) {
    return bytes_fetch((const char *)from + first * bytes, bytes * lanes);
}

KERNEL struct lanes numbers_unpack(struct words w, int bytes, int lanes) {
    struct lanes l;
    UNROLL
    for (int i = 0; i < MOST_LANES; i++) {
        if (i >= lanes)
            l.at[i] = 0;
        else if (bytes == 4)
            l.at[i] = float_of(w.at[i % 4]);
        else
            l.at[i] = float_of(i % 2 ? w.at[i / 2] & 0xffff0000U : w.at[i / 2] << 16);
    }
    return l;
}

KERNEL struct lanes numbers_load(const void *from, int64_t first, int bytes, int lanes) {
    return numbers_unpack(numbers_fetch(from, first, bytes, lanes), bytes, lanes);
}

KERNEL void numbers_store(void *to, int64_t first, int bytes, int lanes, struct lanes l) {
    struct words w = {{0, 0, 0, 0}};
    UNROLL
    for (int i = 0; i < lanes; i++) {
        if (bytes == 4)
            memcpy(&w.at[i], &l.at[i], sizeof w.at[i]);
        else if (i % 2 == 0)
            w.at[i / 2] = two_bfloats_of(l.at[i], i + 1 < lanes ? l.at[i + 1] : 0);
    }
    bytes_store((char *)to + first * bytes, bytes * lanes, w);
}

/* Floats of `lanes` channels in a row. */
KERNEL struct lanes floats_load(const float *from, int64_t first, int lanes) {
    struct lanes l = {{0, 0, 0, 0, 0, 0, 0, 0}};
    UNROLL
    for (int i = 0; i < lanes; i += 4) {
        struct words w = numbers_fetch(from, first + i, 4, lanes < 4 ? 1 : 4);
        UNROLL
        for (int k = 0; k < 4 && k < lanes; k++)
            l.at[i + k] = float_of(w.at[k]);
    }
    return l;
}

/* Not-a-numbers pass, so that they reach the loss. */
KERNEL float relu_of(float number) {
    return number < 0 ? 0 : number;
}
KERNEL float relu_back(float delta, float number) {
    return number <= 0 ? 0 : delta;
}

#endif
