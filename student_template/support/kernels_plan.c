/* From operations to launches (kernels_plan.h).  How many blocks share a sum depends on shapes
 * alone, never on the device: the same numbers come out everywhere, and scratch is known before
 * there is a device. */
#include "kernels_plan.h"

#include "kernels.h"

/* Blocks that fill any device a few times over, and rows that are worth a thread's while. */
enum { NORM_BLOCKS = 1024, NORM_ROWS = 4, MOST_BLOCKS = 1 << 16, MOST_ACROSS = 32 };

static int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* --- Norms --- */

static int lanes_of(int channels, int bytes) {
    enum { LOAD = 16 };
    return channels % (LOAD / bytes) == 0 ? LOAD / bytes : 1;
}

/* A warp reads up to 512 bytes in a row. */
static int norm_across(int channels, int lanes) {
    int across = 1;
    while (across < MOST_ACROSS && across * lanes < channels)
        across *= 2;
    return across;
}

static int64_t norm_columns(int channels, int lanes) {
    return divide_up(channels, (int64_t)norm_across(channels, lanes) * lanes);
}

/* Every chunk has at least one row. */
static int norm_chunks(int64_t rows, int channels, int lanes) {
    int64_t height = BLOCK_THREADS / norm_across(channels, lanes);
    int64_t most = NORM_BLOCKS / norm_columns(channels, lanes);
    return (int)smaller(most > 0 ? most : 1, divide_up(rows, height * NORM_ROWS));
}

/* Floats of scratch: partial sums, then terms. */
static int64_t norm_scratch(int64_t rows, int channels, int lanes) {
    return 2 * (int64_t)channels * (norm_chunks(rows, channels, lanes) + 1);
}

int64_t kernels_workspace(const struct resnet *net, int64_t batch) {
    static const int widths[] = {4, 2};
    int64_t most = 0;
    for (int i = 0; i < net->layer_count; i++)
        for (int k = 0; k < 2 && net->layers[i].kind == LAYER_NORM; k++) {
            const struct layer *l = &net->layers[i];
            int64_t rows = batch * l->height * l->width;
            int64_t here = norm_scratch(rows, l->channels, lanes_of(l->channels, widths[k]));
            most = here > most ? here : most;
        }
    return most * (int64_t)sizeof(float);
}

static int plan_norm(const struct work *w, int bytes, struct launch *launches) {
    static const enum kernel kernels[2][KERNELS_LAUNCHES] = {
        {KERNEL_NORM_MOMENTS, KERNEL_NORM_MOMENTS_END, KERNEL_NORM},
        {KERNEL_NORM_SUMS, KERNEL_NORM_SUMS_END, KERNEL_NORM_BACK}};
    bool back = w->kind == OPERATION_BACKWARD;
    int channels = w->put.channels, lanes = lanes_of(channels, bytes);
    struct norm_task t = {.rows = w->batch * w->put.height * w->put.width,
                          .channels = channels,
                          .across = norm_across(channels, lanes),
                          .relu = w->layer->relu,
                          .gathers = w->gathers,
                          .evaluates = w->evaluates,
                          .read = w->at[ROLE_INPUT],
                          .other = w->at[ROLE_OTHER],
                          .mask = back && w->layer->relu ? w->at[ROLE_OUTPUT] : NULL,
                          .put = w->at[ROLE_OUTPUT],
                          .delta = w->at[ROLE_DELTA],
                          .delta_read = w->at[ROLE_DELTA_INPUT],
                          .weights = w->at[ROLE_WEIGHTS],
                          .moments = w->at[ROLE_MOMENTS],
                          .running = w->at[ROLE_RUNNING],
                          .gradient = w->at[ROLE_GRADIENT],
                          .partials = w->at[ROLE_WORKSPACE]};
    t.chunks = norm_chunks(t.rows, channels, lanes);
    if (t.partials)
        t.terms = t.partials + 2 * (int64_t)channels * t.chunks;
    int first = back ? 0 : w->again ? 2 : w->evaluates ? 1 : 0, count = 0;
    for (int i = first; i < KERNELS_LAUNCHES; i++) {
        bool ends = i == 1;
        struct launch l = {.kernel = kernels[back][i],
                           .blocks = ends ? divide_up(channels, NORM_END_ACROSS)
                                          : norm_columns(channels, lanes),
                           .chunks = ends ? 1 : t.chunks,
                           .bytes = bytes,
                           .lanes = lanes};
        l.task.norm = t;
        launches[count++] = l;
    }
    return count;
}

/* --- The others --- */

static int64_t blocks_of(int64_t items) {
    return smaller(divide_up(items, BLOCK_THREADS), MOST_BLOCKS);
}

static int plan_pool(const struct work *w, int bytes, struct launch *launches) {
    bool back = w->kind == OPERATION_BACKWARD, most = w->layer->kind == LAYER_MAX_POOL;
    int lanes = lanes_of(w->put.channels, bytes);
    struct map written = back ? w->read : w->put;
    struct pool_task t = {
        .parts = (int)divide_up((int64_t)written.width * (written.channels / lanes), BLOCK_THREADS),
        .large = w->read,
        .small = w->put,
        .kernel = w->layer->kernel,
        .stride = w->layer->stride,
        .padding = w->layer->padding,
        .from = w->at[back ? ROLE_DELTA : ROLE_INPUT],
        .to = w->at[back ? ROLE_DELTA_INPUT : ROLE_OUTPUT],
        .choices = w->at[ROLE_CHOICES],
        .chosen = w->at[ROLE_CHOICES]};
    launches[0] = (struct launch){.kernel = most   ? back ? KERNEL_MAX_BACK : KERNEL_MAX
                                            : back ? KERNEL_MEAN_BACK
                                                   : KERNEL_MEAN,
                                  .blocks = w->batch * t.parts,
                                  .chunks = written.height,
                                  .bytes = bytes,
                                  .lanes = lanes};
    launches[0].task.pool = t;
    return 1;
}

static int plan_load(const struct work *w, int bytes, struct launch *launches) {
    if (!w->at[ROLE_RECORDS])
        return 0;
    int64_t record = 1 + (int64_t)w->read.channels * w->read.height * w->read.width;
    struct load_task t = {.items = w->batch * w->put.height * w->put.width,
                          .record = w->read,
                          .image = w->put,
                          .images = w->at[ROLE_INPUT],
                          .labels = w->at[ROLE_LABELS]};
    t.records = (const unsigned char *)w->at[ROLE_RECORDS] + w->half * w->batch * record;
    for (int c = 0; c < 3; c++) {
        t.means[c] = image_means[c];
        t.deviations[c] = image_deviations[c];
    }
    launches[0] = (struct launch){.kernel = KERNEL_LOAD,
                                  .blocks = blocks_of(t.items),
                                  .chunks = 1,
                                  .bytes = bytes,
                                  .lanes = 1};
    launches[0].task.load = t;
    return 1;
}

static int plan_loss(const struct work *w, int bytes, struct launch *launches) {
    struct loss_task t = {.batch = w->batch,
                          .classes = w->put.channels,
                          .outputs = w->at[ROLE_OUTPUT],
                          .labels = w->at[ROLE_LABELS],
                          .settings = w->at[ROLE_SETTINGS],
                          .result = w->at[ROLE_LOSS],
                          .delta = w->at[ROLE_DELTA]};
    launches[0] = (struct launch){
        .kernel = KERNEL_LOSS, .blocks = 1, .chunks = 1, .bytes = bytes, .lanes = 1};
    launches[0].task.loss = t;
    return 1;
}

static int plan_update(const struct work *w, struct launch *launches) {
    int64_t count = w->bytes[ROLE_WEIGHTS] / (int64_t)sizeof(float);
    int lanes = count % 4 == 0 ? 4 : 1; /* Adam's second half begins on 16 bytes, too */
    struct update_task t = {.items = count / lanes,
                            .count = count,
                            .optimiser = w->optimiser,
                            .gathers = w->gathers,
                            .settings = w->at[ROLE_SETTINGS],
                            .weights = w->at[ROLE_WEIGHTS],
                            .state = w->at[ROLE_STATE],
                            .gradient = w->at[ROLE_GRADIENT],
                            .copy = w->at[ROLE_COPY]};
    launches[0] = (struct launch){.kernel = KERNEL_UPDATE,
                                  .blocks = blocks_of(t.items),
                                  .chunks = 1,
                                  .bytes = 4,
                                  .lanes = lanes};
    launches[0].task.update = t;
    return 1;
}

/* --- What is left of products --- */

static int plan_bias(const struct work *w, int bytes, struct launch *launches) {
    bool back = w->kind == OPERATION_WEIGHT_GRADIENT;
    int64_t weights = (int64_t)w->read.channels * w->put.channels;
    const char *all = w->at[ROLE_COPY] ? w->at[ROLE_COPY] : w->at[ROLE_WEIGHTS];
    struct bias_task t = {.items = (back ? 1 : w->batch) * w->put.channels,
                          .batch = w->batch,
                          .classes = w->put.channels,
                          .gathers = w->gathers};
    if (back) {
        t.delta = w->at[ROLE_DELTA];
        t.gradient = (float *)w->at[ROLE_GRADIENT] + weights;
    } else {
        t.biases = all + weights * bytes;
        t.outputs = w->at[ROLE_OUTPUT];
    }
    launches[0] = (struct launch){.kernel = back ? KERNEL_BIAS_BACK : KERNEL_BIAS,
                                  .blocks = blocks_of(t.items),
                                  .chunks = 1,
                                  .bytes = bytes,
                                  .lanes = 1};
    launches[0].task.bias = t;
    return 1;
}

static int plan_widen(const struct work *w, struct launch *launches) {
    int64_t count = w->bytes[ROLE_GRADIENT] / (int64_t)sizeof(float);
    int lanes = count % MOST_LANES == 0 ? MOST_LANES : 1;
    struct widen_task t = {.items = count / lanes,
                           .gathers = w->gathers,
                           .narrow = w->at[ROLE_WORKSPACE],
                           .gradient = w->at[ROLE_GRADIENT]};
    launches[0] = (struct launch){.kernel = KERNEL_WIDEN,
                                  .blocks = blocks_of(t.items),
                                  .chunks = 1,
                                  .bytes = 2,
                                  .lanes = lanes};
    launches[0].task.widen = t;
    return 1;
}

static int plan_rest_of_product(const struct work *w, int bytes, struct launch *launches) {
    if (w->kind == OPERATION_BACKWARD)
        return 0;
    if (w->layer->kind == LAYER_LINEAR)
        return plan_bias(w, bytes, launches);
    return w->kind == OPERATION_WEIGHT_GRADIENT && bytes == 2 ? plan_widen(w, launches) : 0;
}

int kernels_plan(const struct work *w, struct launch *launches) {
    int bytes = w->numbers == NUMBERS_BF16 ? 2 : 4;
    if (w->kind == OPERATION_LOAD)
        return plan_load(w, bytes, launches);
    if (w->kind == OPERATION_LOSS)
        return plan_loss(w, bytes, launches);
    if (w->kind == OPERATION_UPDATE)
        return plan_update(w, launches);
    if (w->layer->kind == LAYER_NORM)
        return plan_norm(w, bytes, launches);
    if (w->layer->kind == LAYER_MAX_POOL || w->layer->kind == LAYER_MEAN)
        return plan_pool(w, bytes, launches);
    return plan_rest_of_product(w, bytes, launches);
}
