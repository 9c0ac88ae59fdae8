/* Asking a step's list of operations (plan.h). */
#include "plan.h"

#include "arena.h"

#include <stdlib.h>

enum { BATCH_MOST = 1 << 20 };

static const char *find_mistake(const struct plan_order *o, struct resnet_plan *net) {
    if (!resnet_find(o->depth, net))
        return "the network is one of 18, 34, 50, 101, 152";
    if (o->batch < 1 || o->batch > BATCH_MOST)
        return "a batch has from 1 to 1048576 images";
    if (o->micro_batch < 0 || o->micro_batch > o->batch)
        return "a part of the batch has from 1 image to all of them";
    if (o->step.width != 2 && o->step.width != 4)
        return "a number takes 2 or 4 bytes";
    if (o->micro_batch > 0 && o->step.levers & STEP_FUSED_UPDATE)
        return "an update inside the backward pass would forget the parts of the batch before it";
    return NULL;
}

/* The step, and how many images go through at once; NULL without memory. */
static struct step *make_step(const struct plan_order *o, const struct resnet *net,
                              int64_t *images) {
    struct step_plan plan = o->step;
    plan.accumulates = o->micro_batch > 0;
    *images = plan.accumulates ? o->micro_batch : o->batch;
    return step_make(net, &plan);
}

static int compare_lines(const void *left, const void *right) {
    const struct plan_line *a = left, *b = right;
    return (a->bytes < b->bytes) - (a->bytes > b->bytes);
}

const char *plan_make(const struct plan_order *order, struct plan *plan) {
    struct resnet_plan net;
    const char *mistake = find_mistake(order, &net);
    if (mistake)
        return mistake;
    *plan = (struct plan){.line_count = 0};
    resnet_make(&net, &plan->net);
    int64_t images, sums[STEP_KINDS];
    struct arena arena;
    struct step *step = make_step(order, &plan->net, &images);
    if (!step || !arena_lay_out(step, images, &arena)) {
        step_free(step);
        return "there is no memory for planning";
    }
    plan->arena = arena.bytes;
    plan->live_peak = step_peak(step, images, &plan->peak_operation, sums);
    plan->peak_layer = step->operations[plan->peak_operation].layer;
    for (int i = 0; i < STEP_KINDS; i++)
        if (sums[i] > 0)
            plan->lines[plan->line_count++] = (struct plan_line){(enum step_kind)i, sums[i]};
    qsort(plan->lines, (size_t)plan->line_count, sizeof *plan->lines, compare_lines);
    arena_free(&arena);
    step_free(step);
    return NULL;
}

/* --- The largest batch --- */

/* The most images of which no more than `budget` bytes live at once: that sum grows with them. */
static int64_t most_alive(const struct step *s, int64_t budget) {
    int64_t low = 0, high = BATCH_MOST;
    while (low < high) {
        int64_t middle = (low + high + 1) / 2;
        if (step_peak(s, middle, NULL, NULL) <= budget)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Alignment and gaps take a little more than what lives. */
static bool fits(const struct step *s, int64_t images, int64_t budget) {
    struct arena a;
    bool done = arena_lay_out(s, images, &a);
    bool small = done && a.bytes <= budget;
    if (done)
        arena_free(&a);
    return small;
}

int64_t plan_largest_batch(const struct plan_order *order, int64_t budget) {
    struct resnet_plan net;
    struct plan_order one = *order;
    one.batch = one.batch < 1 ? 1 : one.batch;
    if (find_mistake(&one, &net))
        return -1;
    struct resnet *made = malloc(sizeof *made);
    int64_t images;
    struct step *s = made && resnet_make(&net, made) ? make_step(&one, made, &images) : NULL;
    int64_t most = s ? most_alive(s, budget) : -1;
    while (most > 0 && !fits(s, most, budget))
        most--;
    step_free(s);
    free(made);
    return most;
}

/* --- Over time --- */

static struct plan_moment *list_moments(const struct step *s, int64_t images) {
    struct plan_moment *moments = calloc((size_t)s->operation_count, sizeof *moments);
    for (int i = 0; moments && i < s->tensor_count; i++) {
        const struct step_tensor *t = &s->tensors[i];
        int last = t->stays ? s->operation_count - 1 : t->last;
        for (int o = t->stays ? 0 : t->first; o >= 0 && o <= last; o++)
            moments[o].bytes[t->kind] += step_bytes(t, images);
    }
    for (int o = 0; moments && o < s->operation_count; o++)
        moments[o].operation = s->operations[o];
    return moments;
}

struct plan_moment *plan_timeline(const struct plan_order *order, int *count) {
    struct resnet_plan net;
    struct resnet *made = malloc(sizeof *made);
    int64_t images;
    struct step *s = NULL;
    if (made && !find_mistake(order, &net) && resnet_make(&net, made))
        s = make_step(order, made, &images);
    struct plan_moment *moments = s ? list_moments(s, images) : NULL;
    *count = moments ? s->operation_count : 0;
    step_free(s);
    free(made);
    return moments;
}
