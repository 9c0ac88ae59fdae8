/* Plans in words, tables and a plot (plan_print.h).  MiB are 2^20 bytes, as cards count; MB would
 * be 10^6, as papers do: both stand where a sum is compared. */
#include "plan_print.h"

#include "eager.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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
        [STEP_WORKSPACE] = "scratch of convolutions"};
    return notes[kind];
}

static void print_eager(FILE *out, const struct plan_order *order, const struct plan *plan) {
    struct eager_plan eager = {.optimiser = order->step.optimiser,
                               .width = order->step.width,
                               .batch = order->micro_batch ? order->micro_batch : order->batch,
                               .rounding = 512,
                               .foreach = true};
    int64_t steady = eager_peak(&plan->net, &eager);
    eager.first_step = true;
    fprintf(out, "\nPyTorch (eager, without its workspaces) would allocate at most\n");
    print_line(out, "in the first step", eager_peak(&plan->net, &eager),
               "before the optimiser has anything");
    print_line(out, "from the second on", steady, "");
}

void plan_print_ledger(FILE *out, const struct plan_order *order, const struct plan *plan,
                       const struct card *card) {
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
    print_eager(out, order, plan);
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
    fprintf(out, "\nThe largest batch that fits on it\n  %-22s %10lld\n", "as it is",
            (long long)plan_largest_batch(&one, budget));
    for (const struct plan_lever *l = plan_levers; l->name; l++) {
        one.step.levers |= l->bit;
        fprintf(out, "  %s%-*s %10lld      %s\n", l == plan_levers ? "" : "+ ",
                l == plan_levers ? 22 : 20, l->name, (long long)plan_largest_batch(&one, budget),
                l->what);
    }
}

/* --- The plot --- */

enum { OPERATIONS = 1 << 14, PATH_ROOM = 4096 };

static bool write_table(const char *path, const struct plan_order *order) {
    int64_t *bytes = malloc(OPERATIONS * sizeof *bytes);
    int count = bytes ? plan_timeline(order, bytes, OPERATIONS) : -1;
    FILE *table = count > 0 ? fopen(path, "w") : NULL;
    if (table)
        fprintf(table, "operation,live_mib\n");
    for (int i = 0; table && i < count; i++)
        fprintf(table, "%d,%.3f\n", i, (double)bytes[i] / mib);
    free(bytes);
    return table && !ferror(table) && fclose(table) == 0;
}

static bool write_script(const char *path, const struct plan_order *order,
                         const struct card *card) {
    FILE *script = fopen(path, "w");
    if (!script)
        return false;
    fprintf(script,
            "set terminal svg size 760,420 font \"sans-serif,13\" background \"white\"\n"
            "set output \"timeline.svg\"\n"
            "set datafile separator comma\n"
            "set border 3 linecolor rgb \"#444444\"\n"
            "set tics nomirror out scale 0.6\n"
            "set grid ytics linecolor rgb \"#DDDDDD\" linetype 1\n"
            "set key off\n"
            "set yrange [0:]\n"
            "set title \"ResNet-%d, batch %lld: live memory during one step\"\n"
            "set xlabel \"operation\"\n"
            "set ylabel \"MiB\"\n",
            order->depth, (long long)order->batch);
    if (card)
        fprintf(script,
                "set arrow 1 from graph 0, first %.1f to graph 1, first %.1f nohead dashtype 3 "
                "linecolor rgb \"#D55E00\"\n"
                "set label 1 \"%s\" at graph 0.01, first %.1f offset 0,0.6 textcolor rgb "
                "\"#D55E00\"\n",
                (double)card->total_bytes / mib, (double)card->total_bytes / mib, card->name,
                (double)card->total_bytes / mib);
    fprintf(script, "plot \"timeline.csv\" using 1:2 skip 1 with filledcurves y1=0 "
                    "linecolor rgb \"#0072B2\"\n");
    return !ferror(script) && fclose(script) == 0;
}

static bool run_gnuplot(const char *directory) {
    pid_t child = fork();
    if (child == 0) {
        if (chdir(directory) == 0)
            execlp("gnuplot", "gnuplot", "timeline.gp", (char *)NULL);
        _exit(127);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

const char *plan_plot(const struct plan_order *order, const struct card *card,
                      const char *directory) {
    char path[PATH_ROOM];
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return "the folder cannot be made";
    snprintf(path, sizeof path, "%s/timeline.csv", directory);
    if (!write_table(path, order))
        return "timeline.csv cannot be written";
    snprintf(path, sizeof path, "%s/timeline.gp", directory);
    if (!write_script(path, order, card))
        return "timeline.gp cannot be written";
    return run_gnuplot(directory) ? NULL
                                  : "there is no gnuplot that draws it; the numbers are there";
}
