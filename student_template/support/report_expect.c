/* What the planner expects of a report's rows (report_look.h): which card it is, and the bytes of
 * tensors that its software takes for its network, optimiser and batch.  Knows nothing of what is
 * demanded of them. */
#include "eager.h"
#include "report_look.h"

#include <string.h>
#include <strings.h>

#define MIB ((int64_t)1 << 20)

/* --- The card --- */

static const char *without_maker(const char *name) {
    static const char *const words[] = {"NVIDIA ", "Tesla ", "GeForce "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncasecmp(name, words[i], strlen(words[i])) == 0)
            name += strlen(words[i]);
    return name;
}

/* A card can be cut into slices, which drivers call by the whole card's name. */
static bool is_slice(const struct card *card, int64_t total) {
    double share = (double)total / (double)card->total_bytes;
    return share > 0.05 && share < 0.6;
}

/* The whole name; or, as people type it, its beginning ("A100"), which several cards share, so that
 * the memory decides: a name that is not known must not make a wrong report of an honest one. */
static const struct card *find_card(const char *name, int64_t total) {
    name = without_maker(name);
    size_t length = strlen(name);
    for (int i = 0; i < card_count; i++)
        if (strcasecmp(name, without_maker(cards[i].name)) == 0)
            return is_slice(&cards[i], total) ? NULL : &cards[i];
    for (int i = 0; i < card_count && length > 0; i++) {
        const char *full = without_maker(cards[i].name);
        double share = (double)total / (double)cards[i].total_bytes;
        if (strncasecmp(name, full, length) == 0 && strchr("- ", full[length]) && share > 0.965 &&
            share < 1.005)
            return &cards[i];
    }
    return NULL;
}

/* --- Tensors --- */

/* What cuDNN's choices take at most where nobody caps them, as its own planner says for ResNet-18
 * to 152 on T4 to H200: up to 3.9 MiB an image in fp32. */
static int64_t workspace_bytes(int64_t batch) {
    return 64 * MIB + 5 * MIB * batch;
}

/* One network, and for the trainer its step by optimiser, made when first needed. */
struct planner {
    const struct report *r;
    struct resnet net;
    struct step *steps[STEP_OPTIMISERS];
};

/* Whether the whole model was converted to 16 bits, by its size; else there is autocast. */
static bool is_halved(const struct report *r) {
    return r->software.precision >= REPORT_BF16 && r->model.size < 3 * r->model.parameters;
}

static struct report_band expect_pytorch(const struct report *r, const struct resnet *net,
                                         int optimiser, int64_t batch, bool first_step) {
    bool narrow = r->software.precision >= REPORT_BF16, halved = is_halved(r);
    struct eager_plan plan = {.optimiser = (enum step_optimiser)optimiser,
                              .width = halved ? 2 : 4,
                              .autocast = narrow && !halved,
                              .batch = batch,
                              .rounding = 512,
                              .first_step = first_step,
                              .foreach = true};
    struct report_band band;
    band.likely = eager_peak(net, &plan);
    struct eager_plan least = plan;
    least.foreach = least.autocast = false;
    least.width = narrow ? 2 : 4; /* whatever `size` says, perhaps before it was converted */
    band.low = eager_peak(net, &least);
    plan.keeps_gradients = true;
    plan.first_step = false;
    band.high = eager_peak(net, &plan);
    return band;
}

static struct report_band expect_trainer(struct planner *p, int optimiser, int64_t batch) {
    const unsigned levers = p->r->software.levers;
    struct step_plan plan = {.optimiser = (enum step_optimiser)optimiser,
                             .width = p->r->software.precision >= REPORT_BF16 ? 2 : 4,
                             .levers = levers & ~(unsigned)REPORT_ACCUMULATES,
                             .accumulates = (levers & REPORT_ACCUMULATES) != 0};
    struct step **s = &p->steps[optimiser];
    *s = *s ? *s : step_make(&p->net, &plan);
    int64_t peak = *s ? step_peak(*s, batch, NULL, NULL) : REPORT_NONE;
    return (struct report_band){peak, peak, peak};
}

static struct report_band expect(struct planner *p, int optimiser, int64_t batch, bool first_step) {
    const struct report *r = p->r;
    struct report_band band = {0, REPORT_NONE, 0};
    if (r->software.framework == REPORT_TRAINER)
        band = expect_trainer(p, optimiser, batch);
    else if (r->software.framework == REPORT_PYTORCH && r->software.levers == 0)
        band = expect_pytorch(r, &p->net, optimiser, batch, first_step);
    if (band.likely < 0) /* whatever it is, it has its weights somewhere */
        return (struct report_band){2 * resnet_parameter_count(&p->net), REPORT_NONE,
                                    INT64_MAX / 4};
    band.high += workspace_bytes(batch);
    return band;
}

/* A measurement is of the whole network, whatever it says. */
static bool is_scaled(const struct report *r) {
    return r->kind == REPORT_REHEARSAL && r->scale.blocks > 0;
}

static bool planner_begin(const struct report *r, int network, struct planner *p) {
    struct resnet_plan plan;
    p->r = r;
    memset(p->steps, 0, sizeof p->steps);
    if (network < 0 || !resnet_find(report_depths[network], &plan))
        return false;
    if (is_scaled(r)) {
        for (int i = 0; i < RESNET_STAGES; i++)
            plan.blocks[i] = (int)r->scale.blocks;
        plan.width = (int)r->scale.width;
        plan.height = plan.width_pixels = (int)r->scale.pixels;
    }
    return resnet_make(&plan, &p->net);
}

static void planner_end(struct planner *p) {
    for (int i = 0; i < STEP_OPTIMISERS; i++)
        step_free(p->steps[i]);
}

static void expect_optimisers(const struct report *r, struct report_case *c) {
    const struct report_protocol *protocol = &r->protocol.optimisers;
    struct planner p;
    if (!planner_begin(r, protocol->network, &p))
        return;
    c->optimiser_parameters = resnet_parameter_count(&p.net);
    for (int i = 0; i < r->optimiser_count; i++)
        c->optimisers[i] =
            expect(&p, r->optimisers[i].optimiser, r->optimisers[i].batch, protocol->steps == 1);
    planner_end(&p);
}

static void expect_batches(const struct report *r, struct report_case *c) {
    const struct report_protocol *protocol = &r->protocol.batches;
    struct planner p;
    int64_t fixed;
    if (!planner_begin(r, protocol->network, &p))
        return;
    eager_saved(&p.net, r->software.precision >= REPORT_BF16, &fixed, &c->saved_per_image);
    for (int i = 0; i < p.net.layer_count; i++)
        c->multiply_adds += resnet_layer_multiply_adds(&p.net, i);
    for (int i = 0; i < r->batch_count; i++)
        c->batches[i] = expect(&p, protocol->optimiser, r->batches[i].batch, false);
    if (r->largest.fits > 0)
        c->fits = expect(&p, protocol->optimiser, r->largest.fits, false);
    if (r->largest.fails > 0)
        c->fails = expect(&p, protocol->optimiser, r->largest.fails, false);
    planner_end(&p);
}

void report_expect(const struct report *r, struct report_case *c) {
    struct planner p;
    *c = (struct report_case){
        .r = r, .card = find_card(r->device.name, r->device.total), .overhead = REPORT_NONE};
    if (planner_begin(r, r->model.network, &p))
        c->parameters = resnet_parameter_count(&p.net);
    if (r->context.loaded >= 0 && !is_scaled(r)) /* no GPU, no context */
        c->overhead =
            r->context.loaded - r->context.before - c->parameters * (is_halved(r) ? 2 : 4);
    expect_optimisers(r, c);
    expect_batches(r, c);
}
