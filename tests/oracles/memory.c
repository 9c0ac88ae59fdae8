/* Problem 7 of the reference and the planner behind it, called as golden data asks: parameters,
 * what is kept for the backward pass, peaks. */
#include "operations.h"

#include "eager.h"
#include "reference.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { FLOAT_BYTES = 4 };
/* Of a peak: what an allocator's small change may be off by, with oneDNN's scratch in 16 bits. */
static const double PEAK_ROOM = 1e-4, AUTOCAST_ROOM = 2e-3;

/* --- ResNets --- */

/* The planner's network; of small images where the case says nothing of them.  The caller frees. */
static struct resnet *read_resnet(const struct golden *g, bool sized) {
    const ints *blocks = golden_ints(g, "blocks");
    struct resnet_plan plan = {.bottleneck = golden_int(g, "bottleneck"),
                               .width = 64,
                               .classes = golden_int(g, "classes"),
                               .height = sized ? golden_int(g, "height") : 32,
                               .width_pixels = sized ? golden_int(g, "pixels") : 32};
    for (int stage = 0; stage < RESNET_STAGES; stage++)
        plan.blocks[stage] = (int)blocks->at[stage];
    struct resnet *net = malloc(sizeof *net);
    ck_assert_msg(net && resnet_make(&plan, net), "%s: the planner knows no such network", g->name);
    return net;
}

/* The reference takes any number of stages, the planner four. */
static void run_resnet_parameters(const struct golden *g) {
    const ints *blocks = golden_ints(g, "blocks");
    golden_expect_int(
        g, "result",
        REF(resnet_parameters)(blocks, golden_int(g, "bottleneck"), golden_int(g, "classes")));
    if (blocks->dim[0] != RESNET_STAGES)
        return;
    struct resnet *net = read_resnet(g, false);
    golden_expect_int(g, "result", resnet_parameter_count(net));
    free(net);
}

/* --- Rows of layers, schedules --- */

static void run_saved_bytes(const struct golden *g) {
    golden_expect_int(
        g, "result",
        REF(saved_bytes)(golden_ints(g, "layers"), golden_int(g, "batch"), golden_int(g, "width")));
}

static void run_schedule_peak(const struct golden *g) {
    golden_expect_int(g, "result", REF(schedule_peak)(golden_ints(g, "events")));
}

/* --- Whole steps of PyTorch --- */

static void run_eager_saved(const struct golden *g) {
    struct resnet *net = read_resnet(g, true);
    int64_t fixed = 0, per_image = 0;
    eager_saved(net, golden_int(g, "autocast"), &fixed, &per_image);
    golden_expect_int(g, "result", fixed + per_image * golden_int(g, "batch"));
    free(net);
}

static enum step_optimiser find_optimiser(const char *name) {
    static const char *const names[STEP_OPTIMISERS] = {
        [STEP_SGD] = "sgd", [STEP_MOMENTUM] = "momentum", [STEP_ADAM] = "adam"};
    for (int i = 0; i < STEP_OPTIMISERS; i++)
        if (!strcmp(names[i], name))
            return (enum step_optimiser)i;
    ck_abort_msg("no such optimiser: %s", name);
    return STEP_SGD;
}

/* On a CPU nothing is rounded.  Tensors alone are what a GPU would hold. */
static void run_eager_peak(const struct golden *g) {
    struct resnet *net = read_resnet(g, true);
    struct eager_plan plan = {.optimiser = find_optimiser(golden_word(g, "optimiser")),
                              .width = FLOAT_BYTES,
                              .autocast = golden_int(g, "autocast"),
                              .batch = golden_int(g, "batch"),
                              .rounding = 1,
                              .first_step = true,
                              .onednn = golden_int(g, "onednn"),
                              .foreach = !golden_int(g, "onednn")};
    double room = plan.autocast ? AUTOCAST_ROOM : PEAK_ROOM;
    golden_expect_real_within(g, "first", (double)eager_peak(net, &plan), room);
    plan.first_step = false;
    golden_expect_real_within(g, "second", (double)eager_peak(net, &plan), room);
    free(net);
}

const struct golden_operation memory_operations[] = {
    {"resnet_parameters", run_resnet_parameters},
    {"saved_bytes", run_saved_bytes},
    {"schedule_peak", run_schedule_peak},
    {"eager_saved", run_eager_saved},
    {"eager_peak", run_eager_peak},
    {NULL, NULL},
};
