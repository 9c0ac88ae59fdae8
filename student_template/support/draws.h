/* Random numbers whose state belongs to the caller: SplitMix64 (Steele, Lea and Flood, 2014).  The
 * same seed gives the same draws on every machine.  Knows nothing of what is drawn. */
#ifndef DRAWS_H
#define DRAWS_H

#include <math.h>
#include <stdint.h>

struct draws {
    uint64_t state;
};

static inline uint64_t draws_mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Neighbouring seeds, and one seed with different purposes, give unrelated draws. */
static inline struct draws draws_from(uint64_t seed, uint64_t purpose) {
    const uint64_t step = UINT64_C(0x9E3779B97F4A7C15);
    return (struct draws){draws_mix(draws_mix(seed + step) + purpose * step)};
}

static inline uint64_t draws_bits(struct draws *d) {
    d->state += UINT64_C(0x9E3779B97F4A7C15);
    return draws_mix(d->state);
}

/* In [low, high).  The fma is written out: a compiler that fused it by itself would change bits. */
static inline double draws_uniform(struct draws *d, double low, double high) {
    return fma(high - low, (double)(draws_bits(d) >> 11) * 0x1p-53, low);
}

/* In 0 ... count - 1; for counts far below 2^53 no value is favoured noticeably. */
static inline int draws_below(struct draws *d, int count) {
    return (int)((double)(draws_bits(d) >> 11) * 0x1p-53 * count);
}

/* Puts the first `count` numbers of `order` into a random order (Fisher and Yates). */
static inline void draws_shuffle(struct draws *d, int *order, int count) {
    for (int i = count - 1; i > 0; i--) {
        int k = draws_below(d, i + 1), other = order[k];
        order[k] = order[i];
        order[i] = other;
    }
}

#endif
