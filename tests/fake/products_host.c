/* The products of a fake GPU (products.h): what the CPU computes, queued on its stream.  Can fail
 * as libraries do. */
#include "cpu_work.h"
#include "fake.h"
#include "products.h"

#include <stdlib.h>

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

/* What goes wrong in here is a mistake of the order, which the CPU's own tests would show. */
static void multiply(const void *argument) {
    struct trouble t = {TROUBLE_NONE};
    if (!cpu_work(argument, &t))
        abort();
}

void products_run(struct products *p, const struct work *w) {
    fake_start(p->gpu, GPU_WORK, multiply, w, sizeof *w);
}
