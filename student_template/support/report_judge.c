/* Judging a report (report.h): the table of what is demanded, and how a demand becomes a sentence.
 *
 * What this cannot do: numbers computed with the planner, which students have, pass by
 * construction, and so do another student's, or a run of last year.  The table finds mistakes
 * (units, the wrong tool, the wrong step, rows mixed up) and carelessly invented figures; that a
 * run took place it never proves.  Loss is not judged: the notebook logs that of the last batch
 * alone, which says little at batch 4. */
#include "report_look.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const report_part_names[REPORT_PARTS] = {"card, model and context", "the optimisers",
                                                     "the batch sizes", "the largest batch",
                                                     "accuracy and time"};

#define WRONG   REPORT_INCONSISTENT
#define STRANGE REPORT_SUSPICIOUS
#define ALL     "every report"
#define DEVICE  "readings of the whole device"
#define ONE     "PyTorch, read after one step"
#define KNOWN   "cards in our table"
#define PLAN    "PyTorch and gradus-gpu"

const struct report_invariant report_invariants[] = {
    {"card-known", check_card_known, REPORT_CONTEXT, STRANGE, "the card is one that we know",
     "by name", ALL, "What depends on the card was not looked at."},
    {"card-total", check_card_total, REPORT_CONTEXT, WRONG,
     "the card has the memory that this model has", "-3.5 % to +0.5 %", KNOWN,
     "nvidia-smi counts in MiB, 2^20 bytes, even where a program calls them MB: is `units` right?"},
    {"card-facts", check_card_facts, REPORT_CONTEXT, STRANGE,
     "multiprocessors and compute capability are those of the card", "none", KNOWN,
     "Was the report written on another machine?"},
    {"parameters", check_parameters, REPORT_CONTEXT, WRONG,
     "the network has as many trainable parameters", "none", ALL,
     "Count with 10 classes, trainable parameters only, without running statistics."},
    {"model-size", check_model_size, REPORT_CONTEXT, WRONG,
     "the model takes 4 bytes for each parameter (2 in 16 bits)",
     "-2 % to +3 %: running statistics may be counted", ALL,
     "58.16 are ResNet-152's millions of parameters; its megabytes are four times as many."},
    {"context-seen", check_context_seen, REPORT_CONTEXT, WRONG, "the CUDA context takes something",
     "at least 24 MiB", "reports with `context`",
     "An allocator's statistics cannot see a context: read the memory in use on the device "
     "(nvidia-smi, NVML) before your program starts and after the model is loaded."},
    {"context-bound", check_context_bound, REPORT_CONTEXT, WRONG,
     "the context is no larger than contexts get", "at most 1.5 GiB", "reports with `context`",
     "Read it after the model is loaded and before anything is trained; `before` holds what others "
     "use."},
    {"context-usual", check_context_usual, REPORT_CONTEXT, STRANGE,
     "the context is as large as on such cards",
     "half to three times 2 KiB a resident thread, or up to 900 MiB", KNOWN,
     "Such a context is rare."},
    {"context-rows", check_context_rows, REPORT_CONTEXT, WRONG,
     "every reading is larger than the context", "none", DEVICE,
     "The memory in use while training holds the context and everything else."},
    {"optimiser-floor", check_optimiser_floor, REPORT_OPTIMISERS, WRONG,
     "a row has room for all tensors of the step",
     "3 %, at least 96 MiB (2 % and 24 MiB of allocated memory)", PLAN,
     "So much is needed at the same time: weights, gradients, the optimiser's state, and what is "
     "kept for the backward pass.  Is it the peak that was read, of this network, at this batch?"},
    {"optimiser-ceiling", check_optimiser_ceiling, REPORT_OPTIMISERS, STRANGE,
     "a row is explained by the step",
     "35 % and 1.25 GiB (5 % and 64 MiB of allocated memory), after workspaces", PLAN,
     "Was something else in memory?"},
    {"optimiser-card", check_optimiser_card, REPORT_OPTIMISERS, WRONG,
     "no row is larger than the card", "none", DEVICE, "Look at the units."},
    {"optimiser-state", check_optimiser_state, REPORT_OPTIMISERS, WRONG,
     "momentum takes one copy of the parameters more than SGD, Adam two",
     "2 %, at least 24 MiB, of allocated memory; 55 % of a copy otherwise",
     "separate processes, two steps or more",
     "From the second step on the optimiser's state is there at the peak.  If you read after the "
     "first step, where it is not, say so: `steps` is 1."},
    {"first-step", check_first_step, REPORT_OPTIMISERS, WRONG,
     "after one step the optimisers' rows are alike, or differ as later on", "as for the state",
     ONE, "Each difference is either none, or the optimiser's state."},
    {"optimiser-samples", check_optimiser_samples, REPORT_OPTIMISERS, WRONG,
     "a row's memory is the largest of its samples", "1 MiB", "rows with samples",
     "Report the peak."},
    {"batch-floor", check_batch_floor, REPORT_BATCHES, WRONG,
     "a row has room for all tensors of the step",
     "3 %, at least 96 MiB (2 % and 24 MiB of allocated memory)", PLAN,
     "So much is needed at the same time.  Is it the peak that was read, of this network, at this "
     "batch?"},
    {"batch-ceiling", check_batch_ceiling, REPORT_BATCHES, STRANGE,
     "a row is explained by the step",
     "35 % and 1.25 GiB (5 % and 64 MiB of allocated memory), after workspaces", PLAN,
     "Was something else in memory?"},
    {"batch-card", check_batch_card, REPORT_BATCHES, WRONG, "no row is larger than the card",
     "none", DEVICE, "Look at the units."},
    {"batch-order", check_batch_order, REPORT_BATCHES, WRONG, "a larger batch takes no less",
     "3 %, at least 96 MiB (2 % and 24 MiB of allocated memory)", "separate processes",
     "What is kept for the backward pass grows with the batch.  Are rows mixed up?"},
    {"slope", check_slope, REPORT_BATCHES, WRONG, "each image takes what this network keeps of it",
     "85 % to twice the planner's, and 5 MiB of workspace",
     "PyTorch and gradus-gpu, separate processes, rows half a GiB apart",
     "This is the figure of another network, or of another precision."},
    {"slope-usual", check_slope_usual, REPORT_BATCHES, STRANGE,
     "each image takes little more than that",
     "85 % to 125 % of the planner's, and 5 MiB of workspace", "as for the slope",
     "Fragments, or cuDNN trying out algorithms, might explain it."},
    {"batch-samples", check_batch_samples, REPORT_BATCHES, WRONG,
     "a row's memory is the largest of its samples", "1 MiB", "rows with samples",
     "Report the peak."},
    {"grid", check_grid, REPORT_BATCHES, STRANGE,
     "bytes come in whole pages, or PyTorch's pieces of 512", "none",
     "reports in bytes by a program", "No counter shows such bytes."},
    {"largest-order", check_largest_order, REPORT_LARGEST, WRONG,
     "what fails is larger than what fits, which no row exceeds", "none", "reports with `largest`",
     "Both are batch sizes that you tried."},
    {"largest-fits", check_largest_fits, REPORT_LARGEST, WRONG,
     "the largest batch fits into the card", "3 %, at least 96 MiB", PLAN,
     "Even with everything saved that can be saved it does not fit.  (On Windows, forbid the "
     "driver "
     "to use the computer's memory.)"},
    {"largest-fails", check_largest_fails, REPORT_LARGEST, STRANGE,
     "what fails would not have fitted easily", "four fifths of the card at the largest estimate",
     PLAN, "Was the card shared?"},
    {"precision", check_precision, REPORT_TIMES, WRONG, "the card can compute in this precision",
     "none", "bf16 and tf32; PyTorch's bf16 apart",
     "bf16 and TF32 came with compute capability 8.0 (Ampere)."},
    {"precision-usual", check_precision_usual, REPORT_TIMES, STRANGE,
     "the card need not emulate this precision", "none", "PyTorch in bf16",
     "PyTorch computes bf16 on older cards, too, but slowly: was it not fp16?"},
    {"clock", check_clock, REPORT_TIMES, WRONG, "time and epochs go on",
     "1 ms an epoch, 0 in whole seconds", "reports with `epochs`",
     "`time` is seconds since the training of this batch size began, and every epoch has one "
     "line."},
    {"speed", check_speed, REPORT_TIMES, WRONG, "no card is faster than its peaks",
     "10 % above the roof of arithmetic and memory", KNOWN,
     "Is `images` the number of images of an epoch, and time in seconds?"},
    {"speed-usual", check_speed_usual, REPORT_TIMES, STRANGE,
     "trainings reach part of the peak only", "85 % of the roof", KNOWN,
     "Nobody is known to train so fast."},
    {"accuracy-count", check_accuracy_count, REPORT_TIMES, WRONG,
     "an accuracy is a whole number of images", "the rounding of its last decimal",
     "where batches divide the images", "An accuracy is the share of images that are right."},
    {"accuracy-usual", check_accuracy_usual, REPORT_TIMES, STRANGE,
     "accuracies lie between guessing and perfection", "0.07 to 0.9995", ALL,
     "Such a training is rare."},
    {"log", check_log, REPORT_TIMES, WRONG, "the rows by batch are those of the log",
     "5 % and 2 s; 0.0005; -3 % to +10 % of memory", "reports with `epochs`",
     "The row of a batch size tells of its last epoch and its largest memory."},
};
const int report_invariant_count = sizeof report_invariants / sizeof *report_invariants;

/* --- Words --- */

static void print_amount(char *out, size_t room, double x, const char *unit) {
    if (unit)
        snprintf(out, room, "%.1f %s", x / (1 << 20), unit);
    else
        snprintf(out, room, "%.10g", x);
}

static void print_range(char *out, size_t room, double low, double high, const char *unit) {
    char least[32], most[32];
    print_amount(least, sizeof least, low, unit);
    print_amount(most, sizeof most, high, unit);
    if (isinf(low))
        snprintf(out, room, "at most %s", most);
    else if (isinf(high))
        snprintf(out, room, "at least %s", least);
    else if (low == high)
        snprintf(out, room, "%s", least);
    else
        snprintf(out, room, "%s to %s", least, most);
}

void report_demand(struct report_look *look, double got, double low, double high,
                   const char *format, ...) {
    char what[128], amount[32], range[80];
    bool holds = got >= low && got <= high;
    bool told = look->applies;
    look->applies = true;
    if (look->violated || (holds && told))
        return;
    va_list more;
    va_start(more, format);
    vsnprintf(what, sizeof what, format, more);
    va_end(more);
    print_amount(amount, sizeof amount, got, look->unit);
    print_range(range, sizeof range, low, high, look->unit);
    snprintf(look->words, sizeof look->words,
             holds ? "%s is %s (expected: %s)." : "%s is %s, expected: %s.", what, amount, range);
    look->violated = !holds;
}

void report_remark(struct report_look *look, const char *remark) {
    size_t length = strlen(look->words);
    if (look->applies && !look->violated)
        snprintf(look->words + length, sizeof look->words - length, "  %s", remark);
}

/* --- Judging --- */

int report_judge(const struct report *r, struct report_finding *findings, int room) {
    struct report_case c;
    int count = 0;
    report_expect(r, &c);
    for (int i = 0; i < report_invariant_count && count < room; i++) {
        const struct report_invariant *invariant = &report_invariants[i];
        struct report_look look = {0};
        invariant->check(&c, &look);
        if (!look.applies)
            continue;
        struct report_finding *f = &findings[count++];
        f->invariant = invariant;
        f->outcome = look.violated ? invariant->violated : REPORT_CONSISTENT;
        snprintf(f->words, sizeof f->words, "%s%s%s", look.words, look.violated ? "  " : "",
                 look.violated ? invariant->sentence : "");
    }
    return count;
}

static bool has_batch(const struct report *r, int64_t batch) {
    for (int i = 0; i < r->batch_count; i++)
        if (r->batches[i].batch == batch)
            return true;
    return false;
}

static const char *lacks_optimisers(const struct report *r) {
    int seen = 0;
    for (int i = 0; i < r->optimiser_count; i++)
        if (r->optimisers[i].batch == r->optimisers[0].batch)
            seen |= 1 << r->optimisers[i].optimiser;
    if (r->protocol.optimisers.network < 0)
        return "protocol.optimisers: how the memory of optimisers was read";
    return seen == 7 ? NULL
                     : "optimisers: a row for sgd, momentum and adam each, at the same batch";
}

/* A card that is too small for a batch of 256 is no fault of its owner. */
static const char *lacks_batches(const struct report *r) {
    bool small = r->largest.fits > 0 && r->largest.fits < 256;
    if (r->protocol.batches.network < 0)
        return "protocol.batches: how the memory of batches was read";
    bool all = has_batch(r, 4) && has_batch(r, 16) && has_batch(r, 64);
    return all && (small || has_batch(r, 256))
               ? NULL
               : "batches: a row for batch 4, 16, 64 and 256 each (or largest, where it is less)";
}

static const char *lacks_times(const struct report *r) {
    if (r->batch_count == 0 || r->epoch_count == 0)
        return "batches and epochs: the rows of batch sizes and their log";
    for (int i = 0; i < r->batch_count; i++)
        if (r->batches[i].accuracy < 0 || r->batches[i].seconds < 0)
            return "accuracy and seconds in each row of batches";
    return NULL;
}

const char *report_lacks(const struct report *r, enum report_part part) {
    switch (part) {
    case REPORT_CONTEXT:
        return r->context.loaded >= 0 ? NULL : "context: what was in use before and after loading";
    case REPORT_OPTIMISERS:
        return lacks_optimisers(r);
    case REPORT_BATCHES:
        return lacks_batches(r);
    case REPORT_LARGEST:
        return r->largest.fits > 0 ? NULL : "largest: the largest batch that fits";
    default:
        return lacks_times(r);
    }
}
