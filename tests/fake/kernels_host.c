/* The kernels of a fake GPU (kernels.h): the launches of the real ones, queued on its stream, each
 * run as loops. */
#include "fake.h"
#include "kernels.h"
#include "kernels_loops.h"

void kernels_run(struct gpu *g, const struct work *w) {
    struct launch launches[KERNELS_LAUNCHES];
    int count = kernels_plan(w, launches);
    for (int i = 0; i < count; i++)
        fake_start(g, GPU_WORK, kernels_loops_launch, &launches[i], sizeof *launches);
}
