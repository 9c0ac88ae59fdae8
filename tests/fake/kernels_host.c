/* The kernels of a fake GPU (kernels.h): what the CPU computes, queued on its stream. */
#include "cpu_work.h"
#include "fake.h"
#include "kernels.h"

#include <stdlib.h>

int64_t kernels_workspace(const struct resnet *net, int64_t batch) {
    (void)net, (void)batch;
    return 0;
}

/* What goes wrong in here is a mistake of the order, which the CPU's own tests would show. */
static void compute(const void *argument) {
    struct trouble t = {TROUBLE_NONE};
    if (!cpu_work(argument, &t))
        abort();
}

void kernels_run(struct gpu *g, const struct work *w) {
    fake_start(g, GPU_WORK, compute, w, sizeof *w);
}
