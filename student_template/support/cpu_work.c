/* Who computes which operation, and how much scratch that takes (cpu_work.h). */
#include "cpu_work.h"

#include "cpu_parts.h"

typedef void part(const struct work *);

static part *find_part(const struct work *w) {
    static part *const forward[] = {[LAYER_CONV] = cpu_convolve,
                                    [LAYER_NORM] = cpu_norm,
                                    [LAYER_MAX_POOL] = cpu_max_pool,
                                    [LAYER_MEAN] = cpu_mean,
                                    [LAYER_LINEAR] = cpu_linear};
    static part *const backward[] = {[LAYER_CONV] = cpu_convolve_back,
                                     [LAYER_NORM] = cpu_norm_back,
                                     [LAYER_MAX_POOL] = cpu_max_pool_back,
                                     [LAYER_MEAN] = cpu_mean_back,
                                     [LAYER_LINEAR] = cpu_linear_back};
    switch (w->kind) {
    case OPERATION_LOAD:
        return cpu_load;
    case OPERATION_FORWARD:
        return forward[w->layer->kind];
    case OPERATION_LOSS:
        return cpu_loss;
    case OPERATION_BACKWARD:
        return backward[w->layer->kind];
    case OPERATION_WEIGHT_GRADIENT:
        return w->layer->kind == LAYER_CONV ? cpu_convolve_gradient : cpu_linear_gradient;
    case OPERATION_UPDATE:
        break;
    }
    return cpu_update;
}

static int64_t least_scratch(const struct work *w) {
    bool gathers_patches = w->kind != OPERATION_LOAD && w->kind != OPERATION_UPDATE &&
                           w->layer->kind == LAYER_CONV && !cpu_is_direct(w->layer);
    return gathers_patches ? cpu_patch(w->layer, w->read.channels) * (int64_t)sizeof(float) : 0;
}

bool cpu_work(const struct work *w, struct trouble *t) {
    if (w->numbers != NUMBERS_FP32)
        return trouble_tell(t, TROUBLE_PLAN, "the CPU computes in fp32 only");
    if (w->bytes[ROLE_WORKSPACE] < least_scratch(w))
        return trouble_tell(t, TROUBLE_PLAN, "%s takes %lld bytes of scratch and has %lld",
                            w->layer->name, (long long)least_scratch(w),
                            (long long)w->bytes[ROLE_WORKSPACE]);
    find_part(w)(w);
    return true;
}

int64_t cpu_work_scratch(const struct resnet *net, int64_t batch, int64_t most) {
    const int64_t enough = 4 << 20; /* more makes no product quicker */
    int64_t scratch = 0, least = 0;
    for (int i = 0; i < net->layer_count; i++) {
        const struct layer *l = &net->layers[i];
        int channels, height, width;
        if (l->kind != LAYER_CONV || cpu_is_direct(l))
            continue;
        resnet_input(net, i, &channels, &height, &width);
        int64_t patch = cpu_patch(l, channels) * (int64_t)sizeof(float);
        int64_t all = patch * batch * l->height * l->width;
        least = patch > least ? patch : least;
        scratch = all > scratch ? all : scratch;
    }
    scratch = scratch < enough ? scratch : enough;
    scratch = scratch < most ? scratch : most;
    return scratch > least ? scratch : least;
}
