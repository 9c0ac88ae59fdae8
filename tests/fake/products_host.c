/* The products of a fake GPU (products.h): what the CPU computes, queued on its stream.  Can fail
 * as libraries do. */
#include "cpu_work.h"
#include "fake.h"
#include "products.h"

#include <stdlib.h>
#include <string.h>

struct products {
    struct gpu *gpu;
};

struct products *products_open(struct gpu *g) {
    if (gpu_trouble(g) || fake.products_closed) {
        gpu_failed(g, TROUBLE_DEVICE, "cuDNN: not initialised");
        return NULL;
    }
    struct products *p = malloc(sizeof *p);
    if (p)
        p->gpu = g;
    fake.libraries += p != NULL;
    return p;
}

void products_close(struct products *p) {
    fake.libraries -= p != NULL;
    free(p);
}

const char *products_version(const struct products *p) {
    (void)p;
    return "fake 1.0";
}

int64_t products_plan(struct products *p, const struct resnet *net, int64_t batch,
                      enum numbers numbers, int64_t most) {
    if (gpu_trouble(p->gpu))
        return -1;
    if (numbers == NUMBERS_BF16 && gpu_facts(p->gpu)->major < 8) {
        gpu_failed(p->gpu, TROUBLE_PLAN, "cuDNN has no products in bfloat16 for this GPU");
        return -1;
    }
    return fake.only_addresses ? most : cpu_work_scratch(net, batch, most);
}

/* --- bfloat16: the CPU multiplies floats --- */

static float *widen(const void *from, int64_t count) {
    const uint16_t *numbers = from;
    uint32_t *out = malloc((size_t)count * sizeof *out + 1);
    if (!out)
        abort();
    for (int64_t i = 0; i < count; i++)
        out[i] = (uint32_t)numbers[i] << 16;
    return (float *)out;
}

/* To the nearest number, and to an even one in between. */
static void narrow(const float *from, int64_t count, void *to) {
    uint16_t *numbers = to;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &from[i], sizeof bits);
        numbers[i] = (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
}

static bool compute(const struct work *w) {
    struct trouble t = {TROUBLE_NONE};
    return cpu_work(w, &t);
}

static bool compute_narrow(struct work w) {
    static const int roles[] = {ROLE_INPUT, ROLE_OUTPUT, ROLE_DELTA, ROLE_DELTA_INPUT, ROLE_COPY};
    enum { ROLES = sizeof roles / sizeof *roles };
    const struct work before = w;
    for (int i = 0; i < ROLES; i++)
        if (w.at[roles[i]]) {
            w.at[roles[i]] = widen(before.at[roles[i]], before.bytes[roles[i]] / 2);
            w.bytes[roles[i]] *= 2;
        }
    struct work wide = w;
    if (w.at[ROLE_COPY]) {
        wide.at[ROLE_WEIGHTS] = w.at[ROLE_COPY];
        wide.bytes[ROLE_WEIGHTS] = w.bytes[ROLE_COPY];
        wide.at[ROLE_COPY] = NULL;
    }
    bool done = compute(&wide);
    for (int i = 0; i < ROLES; i++)
        if (w.at[roles[i]]) {
            narrow(w.at[roles[i]], before.bytes[roles[i]] / 2, before.at[roles[i]]);
            free(w.at[roles[i]]);
        }
    return done;
}

/* What goes wrong in here is a mistake of the order, which the CPU's own tests would show. */
static void multiply(const void *argument) {
    struct work w = *(const struct work *)argument;
    const bool narrow_numbers = w.numbers == NUMBERS_BF16;
    w.numbers = NUMBERS_FP32;
    if (!(narrow_numbers ? compute_narrow(w) : compute(&w)))
        abort();
}

void products_run(struct products *p, const struct work *w) {
    fake_start(p->gpu, GPU_WORK, multiply, w, sizeof *w);
}
