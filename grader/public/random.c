/* Random inputs that are the same from the same seed on every machine: SplitMix64 (Steele, Lea and
 * Flood, 2014), whole-number arithmetic throughout. */
#include "inputs.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

/* --- Bits --- */

static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void random_seed(uint64_t seed) {
    state = seed;
}

uint64_t random_mixed(uint64_t seed, const char *text) {
    for (; *text; text++)
        seed = mix((seed ^ (unsigned char)*text) + UINT64_C(0x9E3779B97F4A7C15));
    return mix(seed + UINT64_C(0x9E3779B97F4A7C15));
}

uint64_t random_bits(void) {
    state += UINT64_C(0x9E3779B97F4A7C15);
    return mix(state);
}

/* --- Numbers --- */

double random_uniform(void) {
    return (double)(random_bits() >> 11) * 0x1p-53;
}

int random_between(int low, int high) {
    if (low > high) {
        fprintf(stderr, "random_between(%d, %d): there is no such number\n", low, high);
        exit(2);
    }
    uint64_t span = (uint64_t)((int64_t)high - low) + 1;
    /* The lowest 2^64 mod span values are drawn again: all others fall evenly. */
    uint64_t surplus = (UINT64_MAX - span + 1) % span;
    uint64_t bits = random_bits();
    while (bits < surplus)
        bits = random_bits();
    return (int)(low + (int64_t)(bits % span));
}

/* --- Tensors --- */

static bool all_alike(const tensor *t) {
    int64_t count = tensor_count(t);
    if (count == 1)
        return t->at[0] == 0;
    for (int64_t i = 1; i < count; i++)
        if (t->at[i] != t->at[0])
            return false;
    return true;
}

tensor *random_integers(shape s, int range) {
    if (range < 1) {
        fprintf(stderr, "random_integers: the range must be at least 1\n");
        exit(2);
    }
    tensor *t = tensor_new(s);
    do
        for (int64_t i = 0, n = tensor_count(t); i < n; i++)
            t->at[i] = random_between(-range, range);
    while (all_alike(t));
    return t;
}

tensor *random_signs(shape s) {
    tensor *t = tensor_new(s);
    for (int64_t i = 0, n = tensor_count(t); i < n; i++)
        t->at[i] = random_bits() >> 63 ? 1 : -1;
    return t;
}

tensor *random_distinct(shape s) {
    tensor *t = tensor_new(s);
    int64_t count = tensor_count(t);
    for (int64_t i = 0; i < count; i++)
        t->at[i] = (double)i;
    for (int64_t i = count - 1; i > 0; i--) { /* Fisher and Yates */
        int64_t k = (int64_t)(random_uniform() * (double)(i + 1));
        double other = t->at[k];
        t->at[k] = t->at[i];
        t->at[i] = other;
    }
    return t;
}
