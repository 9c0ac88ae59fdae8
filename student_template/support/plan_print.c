/* Plans in words and tables (plan_print.h).  MiB are 2^20 bytes, as cards count; MB would
 * be 10^6, as papers do: both stand where a sum is compared. */
#include "plan_print.h"

#include "eager.h"
#include "workspace.h"

static const double mib = 1 << 20, mb = 1e6;

const struct plan_lever plan_levers[] = {
    {"renormalise", "outputs of normalisations inside of blocks are computed again",
     STEP_RENORMALISE},
    {"reproject", "1 x 1 convolutions at the end of blocks are computed again", STEP_REPROJECT},
    {"checkpoint", "everything inside of blocks is computed again", STEP_CHECKPOINT},
    {"fused-update", "weights are updated within the backward pass, gradients go at once",
     STEP_FUSED_UPDATE},
    {NULL, NULL, 0}};

static const char *const optimisers[STEP_OPTIMISERS] = {"SGD", "SGD with momentum", "Adam"};

/* --- Scratch --- */

struct plan_scratch plan_ask_scratch(const struct plan_order *order, const struct card *card) {
    static struct resnet net;
    struct resnet_plan plan;
    struct plan_scratch scratch = {"a card was not named (CARD=T4)", PLAN_WORKSPACE, 0};
    if (!card || !resnet_find(order->depth, &plan) || !resnet_make(&plan, &net))
        return scratch;
    struct workspace ours, theirs;
    struct workspace_order asked = {card,
                                    order->micro_batch ? order->micro_batch : order->batch,
                                    order->step.width,
                                    WORKSPACE_NHWC,
                                    PLAN_WORKSPACE,
                                    true};
    scratch.unknown = workspace_find(&net, &asked, &ours);
    asked.layout = WORKSPACE_NCHW;
    asked.trainer = false;
    asked.most = INT64_MAX;
    if (!scratch.unknown)
        scratch.unknown = workspace_find(&net, &asked, &theirs);
    if (!scratch.unknown && ours.refused > 0)
        scratch.unknown = "cuDNN cannot compute all of it within 32 MiB";
    if (!scratch.unknown)
        scratch = (struct plan_scratch){NULL, ours.bytes, theirs.bytes};
    return scratch;
}

/* --- The ledger --- */

static void print_line(FILE *out, const char *name, int64_t bytes, const char *note) {
    fprintf(out, "  %-22s %10.1f MiB  %s\n", name, (double)bytes / mib, note);
}

static const char *note_of(enum step_kind kind) {
    static const char *const notes[STEP_KINDS] = {
        [STEP_WEIGHTS] = "what is learned",
        [STEP_COPY] = "of weights, for products in half precision",
        [STEP_RUNNING] = "for inference",
        [STEP_STATE] = "what the optimiser keeps from step to step",
        [STEP_GRADIENT] = "of weights, so far",
        [STEP_BATCH] = "images and labels",
        [STEP_OUTPUT] = "of layers, kept for the backward pass: these grow with the batch",
        [STEP_MOMENTS] = "mean and deviation of every channel",
        [STEP_CHOICES] = "where each maximum was",
        [STEP_DELTA] = "gradients of outputs, on their way back",
        [STEP_WORKSPACE] = "scratch of convolutions, at most 32 MiB by choice"};
    return notes[kind];
}

static void print_eager(FILE *out, const struct plan_order *order, const struct plan *plan,
                        const struct plan_scratch *scratch) {
    const bool autocast = order->step.width == 2;
    struct eager_plan eager = {.optimiser = order->step.optimiser,
                               .width = 4,
                               .autocast = autocast,
                               .batch = order->micro_batch ? order->micro_batch : order->batch,
                               .rounding = 512,
                               .foreach = true};
    int64_t steady = eager_peak(&plan->net, &eager);
    eager.first_step = true;
    fprintf(out, "\nPyTorch (eager%s, without workspaces) would allocate at most\n",
            autocast ? ", autocast" : "");
    print_line(out, "in the first step", eager_peak(&plan->net, &eager),
               "before the optimiser has anything");
    print_line(out, "from the second on", steady, "");
    if (scratch->unknown)
        fprintf(out, "  workspace: unknown: %s\n", scratch->unknown);
    else
        print_line(out, "workspace", scratch->theirs, "at most, on top: what cuDNN prefers");
}

void plan_print_ledger(FILE *out, const struct plan_order *order, const struct plan *plan,
                       const struct card *card, const struct plan_scratch *scratch) {
    fprintf(out, "ResNet-%d, batch %lld%s, %s, %s\n\n", order->depth, (long long)order->batch,
            order->micro_batch ? " in parts" : "", optimisers[order->step.optimiser],
            order->step.width == 4 ? "float32" : "half precision");
    fprintf(out, "At the fullest moment, operation %d of the step (%s), there live\n",
            plan->peak_operation,
            plan->peak_layer < 0 ? "loading" : plan->net.layers[plan->peak_layer].name);
    for (int i = 0; i < plan->line_count; i++)
        print_line(out, step_kind_name(plan->lines[i].kind), plan->lines[i].bytes,
                   note_of(plan->lines[i].kind));
    fprintf(out, "  %-22s %10.1f MiB  %.1f MB\n", "together", (double)plan->live_peak / mib,
            (double)plan->live_peak / mb);
    print_line(out, "arena", plan->arena, "one allocation that holds it all");
    if (order->micro_batch)
        fprintf(out, "  Batch statistics are those of the parts, not of the whole batch.\n");
    print_eager(out, order, plan, scratch);
    if (!card)
        return;
    int64_t context = card_context_bytes(card), left = card->total_bytes - context - plan->arena;
    fprintf(out, "\n%s\n", card->name);
    print_line(out, "memory", card->total_bytes, "as the driver reports it");
    print_line(out, "context", context, "roughly, before libraries and kernels");
    print_line(out, left < 0 ? "missing" : "left", left < 0 ? -left : left,
               left < 0 ? "it does not fit" : "");
}

/* --- Largest batches --- */

void plan_print_largest(FILE *out, const struct plan_order *order, const struct card *card) {
    int64_t budget = card->total_bytes - card_context_bytes(card);
    struct plan_order one = *order;
    one.micro_batch = 0;
    one.step.levers = 0;
    one.step.workspace = PLAN_WORKSPACE;
    fprintf(out, "\nThe largest batch that fits on it\n  %-22s %10lld\n", "as it is",
            (long long)plan_largest_batch(&one, budget));
    for (const struct plan_lever *l = plan_levers; l->name; l++) {
        one.step.levers |= l->bit;
        fprintf(out, "  %s%-*s %10lld      %s\n", l == plan_levers ? "" : "+ ",
                l == plan_levers ? 22 : 20, l->name, (long long)plan_largest_batch(&one, budget),
                l->what);
    }
}
