/* What memory figures of a report must satisfy: card, model, context, rows by optimiser and by
 * batch, the largest batch.  Bounds are one-sided where the other side has honest explanations: a
 * tensor that is needed is there, but fragments, workspaces and other people's programs may add. */
#include "report_look.h"
#include "step.h"

#define MIB    ((int64_t)1 << 20)
#define NO_LOW (-INFINITY)

static bool is_narrow(const struct report *r) {
    return r->software.precision >= REPORT_BF16;
}

/* --- The card and the model --- */

void check_card_known(const struct report_case *c, struct report_look *look) {
    report_demand(look, c->card ? 1 : 0, 1, 1, "cards named \"%s\" with this memory in our table",
                  c->r->device.name);
}

/* Drivers and frameworks keep back up to 2.3 % for error correction and themselves; a MB is 4.6 %
 * less than a MiB. */
void check_card_total(const struct report_case *c, struct report_look *look) {
    look->unit = "MiB";
    if (c->card)
        report_demand(look, (double)c->r->device.total, 0.965 * (double)c->card->total_bytes,
                      1.005 * (double)c->card->total_bytes, "device.total of a %s", c->card->name);
}

void check_card_facts(const struct report_case *c, struct report_look *look) {
    if (c->card && c->r->device.multiprocessors > 0)
        report_demand(look, (double)c->r->device.multiprocessors, c->card->multiprocessors,
                      c->card->multiprocessors, "device.multiprocessors");
    double compute = c->card ? c->card->major + c->card->minor / 10.0 : 0;
    if (c->card && c->r->device.compute > 0)
        report_demand(look, c->r->device.compute, compute - 0.01, compute + 0.01, "device.compute");
}

void check_parameters(const struct report_case *c, struct report_look *look) {
    report_demand(look, (double)c->r->model.parameters, (double)c->parameters,
                  (double)c->parameters, "model.parameters of %s",
                  report_networks[c->r->model.network]);
}

/* Weights alone, or with the running statistics and the rounding of each tensor. */
void check_model_size(const struct report_case *c, struct report_look *look) {
    double whole = 4 * (double)c->parameters, size = (double)c->r->model.size;
    bool halved = is_narrow(c->r) && size < 0.75 * whole;
    look->unit = "MiB";
    report_demand(look, size, (halved ? 0.49 : 0.98) * whole, (halved ? 0.515 : 1.03) * whole,
                  "model.size");
}

/* --- The context --- */

#define CONTEXT_SEEN (24 * MIB)
#define CONTEXT_MOST (1536 * MIB)

void check_context_seen(const struct report_case *c, struct report_look *look) {
    look->unit = "MiB";
    if (c->overhead != REPORT_NONE)
        report_demand(look, (double)c->overhead, (double)CONTEXT_SEEN, INFINITY,
                      "context.loaded - context.before - the model");
}

void check_context_bound(const struct report_case *c, struct report_look *look) {
    look->unit = "MiB";
    if (c->overhead != REPORT_NONE) {
        report_demand(look, (double)c->overhead, NO_LOW, (double)CONTEXT_MOST,
                      "context.loaded - context.before - the model");
        report_demand(look, (double)c->r->context.loaded, NO_LOW, (double)c->r->device.total,
                      "context.loaded");
    }
}

/* Stacks of all threads that can be resident, by measurement; libraries and modules on top. */
void check_context_usual(const struct report_case *c, struct report_look *look) {
    look->unit = "MiB";
    if (c->overhead == REPORT_NONE || !c->card)
        return;
    double bare = (double)card_context_bytes(c->card);
    report_demand(look, (double)c->overhead, 0.5 * bare, fmax(3 * bare, 900.0 * MIB),
                  "context.loaded - context.before - the model");
}

static void demand_above_context(const struct report_case *c, struct report_look *look,
                                 const struct report_row *rows, int count, int reads,
                                 const char *list) {
    for (int i = 0; i < count && reads == REPORT_DEVICE; i++)
        report_demand(look, (double)rows[i].memory, (double)c->overhead, INFINITY,
                      "%s[%d].memory, which holds the context, too,", list, i);
}

void check_context_rows(const struct report_case *c, struct report_look *look) {
    const struct report *r = c->r;
    look->unit = "MiB";
    if (c->overhead == REPORT_NONE)
        return;
    demand_above_context(c, look, r->optimisers, r->optimiser_count, r->protocol.optimisers.reads,
                         "optimisers");
    demand_above_context(c, look, r->batches, r->batch_count, r->protocol.batches.reads, "batches");
}

/* --- Any rows --- */

struct rows {
    const struct report_row *row;
    const struct report_band *band;
    int count, reads;
    bool comparable; /* one row's memory does not hold what an earlier one left behind */
    const char *name;
};

static struct rows optimiser_rows(const struct report_case *c) {
    const struct report_protocol *p = &c->r->protocol.optimisers;
    return (struct rows){c->r->optimisers,
                         c->optimisers,
                         p->network < 0 ? 0 : c->r->optimiser_count,
                         p->reads,
                         p->separate == REPORT_YES || p->reads == REPORT_ALLOCATED,
                         "optimisers"};
}

static struct rows batch_rows(const struct report_case *c) {
    const struct report_protocol *p = &c->r->protocol.batches;
    return (struct rows){c->r->batches,
                         c->batches,
                         p->network < 0 ? 0 : c->r->batch_count,
                         p->reads,
                         p->separate == REPORT_YES || p->reads == REPORT_ALLOCATED,
                         "batches"};
}

/* What may be wrong with an honest reading: other programs come and go on a card that drives a
 * screen, and allocators take memory in pieces of 2 and 20 MiB. */
static double slack(int reads, double bytes) {
    return reads == REPORT_ALLOCATED ? fmax(24.0 * MIB, 0.02 * bytes)
                                     : fmax(96.0 * MIB, 0.03 * bytes);
}

/* What a reading has below the tensors. */
static double base(const struct report_case *c, int reads) {
    if (reads != REPORT_DEVICE)
        return 0;
    double bare = c->card ? (double)card_context_bytes(c->card) / 2 : 0;
    double before = c->r->context.before > 0 ? (double)c->r->context.before : 0;
    return before + (c->overhead > 0 ? (double)c->overhead : bare);
}

static void demand_floor(const struct report_case *c, struct report_look *look, struct rows rows) {
    look->unit = "MiB";
    for (int i = 0; i < rows.count; i++) {
        double low = base(c, rows.reads) + (double)rows.band[i].low;
        report_demand(look, (double)rows.row[i].memory, low - slack(rows.reads, low), INFINITY,
                      "%s[%d].memory at batch %lld", rows.name, i, (long long)rows.row[i].batch);
    }
}

static void demand_ceiling(const struct report_case *c, struct report_look *look,
                           struct rows rows) {
    static const double factor[] = {1.35, 1.35, 1.05, 1.35},
                        more[] = {1280, 128, 64, 1280}; /* by reading */
    look->unit = "MiB";
    for (int i = 0; i < rows.count; i++)
        if (rows.band[i].likely >= 0)
            report_demand(look, (double)rows.row[i].memory, NO_LOW,
                          base(c, rows.reads) + factor[rows.reads] * (double)rows.band[i].high +
                              more[rows.reads] * MIB,
                          "%s[%d].memory at batch %lld", rows.name, i,
                          (long long)rows.row[i].batch);
}

/* Windows lets an allocator have more than the card; the card itself never holds more. */
static void demand_card(const struct report_case *c, struct report_look *look, struct rows rows) {
    look->unit = "MiB";
    for (int i = 0; i < rows.count && rows.reads == REPORT_DEVICE; i++)
        report_demand(look, (double)rows.row[i].memory, NO_LOW, (double)c->r->device.total,
                      "%s[%d].memory at batch %lld", rows.name, i, (long long)rows.row[i].batch);
}

static void demand_samples(struct report_look *look, struct rows rows) {
    look->unit = "MiB";
    for (int i = 0; i < rows.count; i++)
        if (rows.row[i].samples.count > 0)
            report_demand(look, (double)rows.row[i].memory,
                          (double)(rows.row[i].samples.most - MIB),
                          (double)(rows.row[i].samples.most + MIB),
                          "%s[%d].memory, the largest of its samples,", rows.name, i);
}

void check_optimiser_floor(const struct report_case *c, struct report_look *look) {
    demand_floor(c, look, optimiser_rows(c));
}
void check_optimiser_ceiling(const struct report_case *c, struct report_look *look) {
    demand_ceiling(c, look, optimiser_rows(c));
}
void check_optimiser_card(const struct report_case *c, struct report_look *look) {
    demand_card(c, look, optimiser_rows(c));
}
void check_optimiser_samples(const struct report_case *c, struct report_look *look) {
    demand_samples(look, optimiser_rows(c));
}
void check_batch_floor(const struct report_case *c, struct report_look *look) {
    demand_floor(c, look, batch_rows(c));
}
void check_batch_ceiling(const struct report_case *c, struct report_look *look) {
    demand_ceiling(c, look, batch_rows(c));
}
void check_batch_card(const struct report_case *c, struct report_look *look) {
    demand_card(c, look, batch_rows(c));
}
void check_batch_samples(const struct report_case *c, struct report_look *look) {
    demand_samples(look, batch_rows(c));
}

/* --- Optimisers --- */

/* An allocator may find room for new state among what it has cached: its readings show only most of
 * a difference, and of small networks nothing that could be told from noise. */
static bool find_tolerance(const struct report_case *c, struct rows rows, double *tolerance) {
    double copy = 4 * (double)c->optimiser_parameters;
    *tolerance = rows.reads == REPORT_ALLOCATED ? 24.0 * MIB : 0.55 * copy;
    return rows.comparable && (rows.reads == REPORT_ALLOCATED || *tolerance >= 64.0 * MIB);
}

/* Each pair of rows of the same batch, the hungrier optimiser first.  After the first step of
 * PyTorch, memory may or may not show the state yet. */
static void demand_differences(const struct report_case *c, struct report_look *look, bool first) {
    static const char *const names[] = {"sgd", "momentum", "adam"};
    struct rows rows = optimiser_rows(c);
    double tolerance;
    look->unit = "MiB";
    if (!find_tolerance(c, rows, &tolerance))
        return;
    for (int i = 0; i < rows.count; i++)
        for (int k = 0; k < rows.count; k++) {
            const struct report_row *more = &rows.row[i], *less = &rows.row[k];
            if (more->optimiser <= less->optimiser || more->batch != less->batch ||
                rows.band[i].likely < 0 || rows.band[k].likely < 0)
                continue;
            double got = (double)(more->memory - less->memory),
                   want = (double)(rows.band[i].likely - rows.band[k].likely),
                   later =
                       4.0 * (double)c->optimiser_parameters * (more->optimiser - less->optimiser);
            if (first && fabs(got - later) < fabs(got - want))
                want = later;
            double room = rows.reads == REPORT_ALLOCATED
                              ? fmax(tolerance, 0.02 * (double)more->memory)
                              : tolerance;
            report_demand(look, got, want - room, want + room, "memory of %s - memory of %s",
                          names[more->optimiser], names[less->optimiser]);
        }
}

static bool is_first_step(const struct report *r) {
    return r->software.framework == REPORT_PYTORCH && r->protocol.optimisers.steps == 1;
}

void check_optimiser_state(const struct report_case *c, struct report_look *look) {
    if (!is_first_step(c->r))
        demand_differences(c, look, false);
}

void check_first_step(const struct report_case *c, struct report_look *look) {
    if (!is_first_step(c->r))
        return;
    demand_differences(c, look, true);
    report_remark(look,
                  "After a single step optimisers look alike: their state is made at its end, "
                  "after the peak.  From the second step on they differ.");
}

/* --- Batches --- */

/* The row of the next larger batch, or -1. */
static int next_row(struct rows rows, int row) {
    int next = -1;
    for (int i = 0; i < rows.count; i++)
        if (rows.row[i].batch > rows.row[row].batch &&
            (next < 0 || rows.row[i].batch < rows.row[next].batch))
            next = i;
    return next;
}

void check_batch_order(const struct report_case *c, struct report_look *look) {
    struct rows rows = batch_rows(c);
    look->unit = "MiB";
    for (int i = 0; i < rows.count && rows.comparable; i++) {
        int k = next_row(rows, i);
        if (k >= 0)
            report_demand(look, (double)rows.row[k].memory,
                          (double)rows.row[i].memory -
                              slack(rows.reads, (double)rows.row[i].memory),
                          INFINITY, "memory at batch %lld, more than %lld has,",
                          (long long)rows.row[k].batch, (long long)rows.row[i].batch);
    }
}

/* Only where the difference is large enough to stand out from what allocators round. */
static void demand_slope(const struct report_case *c, struct report_look *look, double lowest,
                         double highest) {
    struct rows rows = batch_rows(c);
    const double workspace = 5.0 * MIB;
    look->unit = "MiB";
    for (int i = 0; i < rows.count && rows.comparable; i++) {
        int k = next_row(rows, i);
        if (k < 0 || rows.band[i].likely < 0)
            continue;
        double images = (double)(rows.row[k].batch - rows.row[i].batch),
               tensors = (double)(rows.band[k].likely - rows.band[i].likely),
               got = (double)(rows.row[k].memory - rows.row[i].memory), room = slack(rows.reads, 0);
        if (tensors >= 512.0 * MIB)
            report_demand(look, got / images, (lowest * tensors - room) / images,
                          (highest * tensors + room) / images + workspace,
                          "memory of each image between batch %lld and %lld",
                          (long long)rows.row[i].batch, (long long)rows.row[k].batch);
    }
}

void check_slope(const struct report_case *c, struct report_look *look) {
    demand_slope(c, look, 0.85, 2);
}
void check_slope_usual(const struct report_case *c, struct report_look *look) {
    demand_slope(c, look, 0.85, 1.25);
}

/* Drivers count pages, PyTorch's allocator pieces of 512 bytes; typed figures are rounded. */
void check_grid(const struct report_case *c, struct report_look *look) {
    struct rows rows = batch_rows(c);
    bool typed = c->r->made_by == REPORT_BY_HAND || c->r->units != 0;
    int64_t grid = rows.reads == REPORT_DEVICE ? 4096 : 512;
    for (int i = 0; i < rows.count && !typed; i++)
        report_demand(look, (double)(rows.row[i].memory % grid), 0, 0,
                      "batches[%d].memory, what is left of it after pieces of %lld bytes,", i,
                      (long long)grid);
}

/* --- The largest batch --- */

void check_largest_order(const struct report_case *c, struct report_look *look) {
    const struct report *r = c->r;
    if (r->largest.fits < 0)
        return;
    if (r->largest.fails >= 0)
        report_demand(look, (double)r->largest.fails, (double)r->largest.fits + 1, INFINITY,
                      "largest.fails, a batch beyond largest.fits,");
    for (int i = 0; i < r->batch_count; i++)
        report_demand(look, (double)r->largest.fits, (double)r->batches[i].batch, INFINITY,
                      "largest.fits, with a row of a batch that trained,");
}

void check_largest_fits(const struct report_case *c, struct report_look *look) {
    double low = base(c, REPORT_DEVICE) + (double)c->fits.low;
    look->unit = "MiB";
    if (c->r->largest.fits > 0)
        report_demand(look, low - slack(REPORT_DEVICE, low), NO_LOW, (double)c->r->device.total,
                      "the least that batch %lld takes", (long long)c->r->largest.fits);
}

void check_largest_fails(const struct report_case *c, struct report_look *look) {
    look->unit = "MiB";
    if (c->r->largest.fails > 0 && c->fails.likely >= 0)
        report_demand(look, base(c, REPORT_DEVICE) + 1.35 * (double)c->fails.high + 1280.0 * MIB,
                      0.8 * (double)c->r->device.total, INFINITY, "the most that batch %lld takes",
                      (long long)c->r->largest.fails);
}
