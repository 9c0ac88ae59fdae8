/* gradus-gpu: memory on a GPU, planned.  Reads options, asks the planner, prints.
 *
 *   gradus-gpu plan [--net 152] [--batch 8] [--optimiser sgd|momentum|adam] [--precision fp32|bf16]
 *                   [--levers NAME,NAME,...] [--parts N] [--card NAME] [--out DIRECTORY] */
#include "eager.h"
#include "homework.h"
#include "plan_plot.h"
#include "plan_print.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct options {
    struct plan_order order;
    const char *card, *out;
};

static bool complain(const char *option, const char *text, const char *allowed) {
    fprintf(stderr, "%s=%s: it is %s\n", option, text, allowed);
    return false;
}

static bool read_number(const char *option, const char *text, int64_t most, int64_t *number) {
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end || errno || value < 0 || value > most)
        return complain(option, text, "a whole number");
    *number = value;
    return true;
}

/* The place of a word in a list that NULL ends, or -1. */
static int find_word(const char *text, size_t length, const char *const *words) {
    for (int i = 0; words[i]; i++)
        if (strlen(words[i]) == length && strncmp(words[i], text, length) == 0)
            return i;
    return -1;
}

static bool read_levers(const char *text, unsigned *levers) {
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, ",");
        const struct plan_lever *l = plan_levers;
        while (l->name && (strlen(l->name) != length || strncmp(l->name, at, length) != 0))
            l++;
        if (!l->name)
            return complain("LEVERS", text,
                            "names with commas between: renormalise, reproject, checkpoint, "
                            "fused-update");
        *levers |= l->bit;
        at += length + (at[length] == ',');
    }
    return true;
}

static bool read_option(int key, const char *text, struct options *o) {
    static const char *const optimisers[] = {"sgd", "momentum", "adam", NULL},
                             *const precisions[] = {"fp32", "bf16", NULL};
    struct plan_order *order = &o->order;
    int64_t number = 0;
    int word;
    switch (key) {
    case 'n':
        if (!read_number("NET", text, 10000, &number))
            return false;
        order->depth = (int)number;
        return true;
    case 'b':
        return read_number("BATCH", text, INT64_MAX, &order->batch);
    case 'p':
        return read_number("PARTS", text, INT64_MAX, &order->micro_batch);
    case 'o':
        word = find_word(text, strlen(text), optimisers);
        order->step.optimiser = (enum step_optimiser)(word < 0 ? 0 : word);
        return word >= 0 || complain("OPTIMISER", text, "sgd, momentum or adam");
    case 'r':
        word = find_word(text, strlen(text), precisions);
        order->step.width = word == 1 ? 2 : 4;
        return word >= 0 || complain("PRECISION", text, "fp32 or bf16");
    case 'l':
        return read_levers(text, &order->step.levers);
    case 'c':
        o->card = text;
        return true;
    case 'd':
        o->out = text;
        return true;
    default:
        fprintf(stderr, "no such option; the first lines of plan_main.c list them\n");
        return false;
    }
}

static bool read_options(int count, char **arguments, struct options *o) {
    static const struct option known[] = {{"net", required_argument, NULL, 'n'},
                                          {"batch", required_argument, NULL, 'b'},
                                          {"optimiser", required_argument, NULL, 'o'},
                                          {"precision", required_argument, NULL, 'r'},
                                          {"levers", required_argument, NULL, 'l'},
                                          {"parts", required_argument, NULL, 'p'},
                                          {"card", required_argument, NULL, 'c'},
                                          {"out", required_argument, NULL, 'd'},
                                          {0}};
    *o = (struct options){.order = {.depth = 152, .batch = 8, .step = {.width = 4}}};
    opterr = 0;
    for (int key; (key = getopt_long(count, arguments, "", known, NULL)) != -1;)
        if (!read_option(key, optarg, o))
            return false;
    if (optind + 1 != count || strcmp(arguments[optind], "plan") != 0) {
        fprintf(stderr, "gradus-gpu plan [--net 152] [--batch 8] ...\n");
        return false;
    }
    return true;
}

static const struct card *find_card(const char *name) {
    const struct card *card = card_find(name);
    if (card)
        return card;
    fprintf(stderr, "CARD=%s: it is one of\n", name);
    for (int i = 0; i < card_count; i++)
        fprintf(stderr, "  %s\n", cards[i].name);
    return NULL;
}

/* What the functions of problem 7 say, beside what the ledger says.  PyTorch's kept outputs are
 * what they are told; INT64_MIN stands for a function that is not written. */
static void print_yours(const struct plan_order *o, const struct plan *plan,
                        const struct card *card) {
    int64_t fixed, per_image, batch = o->micro_batch ? o->micro_batch : o->batch;
    int64_t parameters = resnet_parameter_count(&plan->net);
    int kind = (int)o->step.optimiser, width = o->step.width;
    eager_saved(&plan->net, width == 2, &fixed, &per_image);
    fflush(stdout); /* what is written may crash */
    int64_t peak = peak_bytes(parameters, per_image, batch, width, kind);
    printf("\nYour functions, with %lld bytes kept per image\n", (long long)per_image);
    if (peak == INT64_MIN)
        printf("  peak_bytes is not written yet\n");
    else
        printf("  peak_bytes             %10.1f MiB\n", (double)peak / (1 << 20));
    if (!card)
        return;
    int64_t budget = card->total_bytes - card_context_bytes(card);
    int64_t largest = largest_batch(budget, parameters, per_image, width, kind);
    if (largest == INT64_MIN)
        printf("  largest_batch is not written yet\n");
    else
        printf("  largest_batch          %10lld\n", (long long)largest);
}

int main(int count, char **arguments) {
    static struct plan plan;
    struct options o;
    if (!read_options(count, arguments, &o))
        return 2;
    const struct card *card = o.card ? find_card(o.card) : NULL;
    if (o.card && !card)
        return 2;
    const char *mistake = plan_make(&o.order, &plan);
    struct plan_scratch scratch = {0};
    if (!mistake) {
        scratch = plan_ask_scratch(&o.order, card);
        o.order.step.workspace = scratch.ours;
        mistake = plan_make(&o.order, &plan);
    }
    if (mistake) {
        fprintf(stderr, "This cannot be planned: %s.\n", mistake);
        return 2;
    }
    plan_print_ledger(stdout, &o.order, &plan, card, &scratch);
    if (card)
        plan_print_largest(stdout, &o.order, card);
    print_yours(&o.order, &plan, card);
    bool drawn;
    const char *trouble = o.out ? plan_plot(&o.order, card, o.out, &drawn) : NULL;
    if (trouble)
        fprintf(stderr, "OUT=%s: %s: %s\n", o.out, trouble, strerror(errno));
    else if (o.out)
        printf("\n%s/timeline.%s\n", o.out, drawn ? "png" : "csv (there is no gnuplot to draw it)");
    if (trouble)
        return 2;
    return 0;
}
