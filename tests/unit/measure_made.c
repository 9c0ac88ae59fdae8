/* Making measurements up (measure_made.h). */
#include "measure_made.h"

#include "arena.h"
#include "cards.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB ((int64_t)1 << 20)

struct made_device made_device;

static void find_device(struct measure_record *r) {
    const struct card *card = made_device.card ? card_find(made_device.card) : NULL;
    snprintf(r->data, sizeof r->data, "CIFAR-10");
    r->map = (struct map){3, 32, 32};
    r->training_images = 50000;
    r->test_images = 10000;
    if (made_device.broken != TROUBLE_NONE)
        trouble_tell(&r->trouble, made_device.broken, "the device does not open");
    snprintf(r->facts.name, sizeof r->facts.name, "%s", card ? card->name : "Some CPU");
    r->facts.gpu = card != NULL;
    r->facts.total_bytes = 16384 * MIB;
    r->left = 16000 * MIB;
    if (!card)
        return;
    snprintf(r->facts.driver, sizeof r->facts.driver, "550.54.15");
    snprintf(r->facts.libraries, sizeof r->facts.libraries, "cuDNN 9.19.0");
    snprintf(r->facts.bus, sizeof r->facts.bus, "0000:17:00.0");
    r->facts.major = card->major;
    r->facts.minor = card->minor;
    r->facts.multiprocessors = card->multiprocessors;
    r->facts.total_bytes = card->total_bytes;
    r->left = card->total_bytes - card_context_bytes(card) - made_device.libraries - 5 * MIB;
}

/* The arena, or of the context the weights alone. */
static void plan(const struct trainer_order *order, bool weights, struct measure_record *r) {
    static struct resnet net;
    struct step_plan plan = order->step;
    struct arena a;
    plan.width = order->numbers == NUMBERS_BF16 ? 2 : 4;
    plan.workspace = 9 * MIB;
    plan.record = 3073;
    if (!resnet_make(&order->network, &net))
        abort();
    struct step *s = step_make(&net, &plan);
    step_peak(s, order->batch, NULL, r->by_kind);
    if (!arena_lay_out(s, order->batch, &a))
        abort();
    r->parameters = resnet_parameter_count(&net);
    r->planned = weights ? 4 * r->parameters : a.bytes;
    r->granted = (r->planned + 2 * MIB - 1) / (2 * MIB) * (2 * MIB);
    arena_free(&a);
    step_free(s);
}

static void look(struct measure_record *r, int64_t opened) {
    const int64_t before = 5 * MIB;
    r->outside = r->facts.gpu;
    r->at[MOMENT_BEFORE].seen = before;
    r->at[MOMENT_OPENED].seen = before + opened;
    r->at[MOMENT_LOADED].seen = before + opened + r->granted + made_device.plans;
    r->at[MOMENT_FIRST].seen = r->at[MOMENT_LOADED].seen + made_device.first;
    r->at[MOMENT_STEADY].seen = r->at[MOMENT_FIRST].seen;
    r->at[MOMENT_PEAK].seen = r->at[MOMENT_FIRST].seen + MIB;
    for (int i = MOMENT_OPENED; i < MOMENTS; i++)
        r->at[i].told = r->at[i].seen + 300 * MIB;
}

/* So fast as a card is at a tenth of its peak. */
static void train(const struct measure_piece *p, struct measure_record *r) {
    for (int e = 0; e < p->epochs; e++) {
        double share = 0.15 + 0.05 * e;
        r->seconds += (double)p->images / 400 + 0.01;
        r->epochs[r->epoch_count++] =
            (struct measure_epoch){r->seconds, 2.3 - 0.1 * e,
                                   (double)(int64_t)(share * (double)p->images) / (double)p->images,
                                   share - 0.02, r->at[MOMENT_PEAK].seen};
    }
    r->images = p->images;
    r->steps = p->images / p->batch;
}

static bool is(const char *name, const struct measure_piece *p) {
    return name && strcmp(name, p->name) == 0;
}

static void misbehave(const struct measure_piece *p) {
    if (is(made_device.crashes, p))
        raise(SIGABRT);
    while (is(made_device.hangs, p))
        pause();
}

void made_do(const struct measure_options *o, const struct measure_record *device,
             const struct measure_piece *p, measure_watch *watch, void *context,
             struct measure_record *r) {
    memset(r, 0, sizeof *r);
    FILE *log = made_device.log ? fopen(made_device.log, "a") : NULL;
    if (log) {
        fprintf(log, "%s\n", p->name);
        fclose(log);
    }
    find_device(r);
    if (!device)
        return;
    const struct card *card = made_device.card ? card_find(made_device.card) : NULL;
    const struct trainer_order order = measure_order(o, device, p);
    watch(context, 0.5);
    misbehave(p);
    plan(&order, p->kind == MEASURE_CONTEXT, r);
    look(r, (card ? card_context_bytes(card) : 0) + made_device.libraries);
    if (is(made_device.fails, p) ||
        (p->kind != MEASURE_CONTEXT && r->at[MOMENT_PEAK].seen > r->facts.total_bytes)) {
        r->trouble.asked = r->planned;
        r->trouble.left = device->left;
        trouble_tell(&r->trouble, TROUBLE_NO_MEMORY, "asked for %lld bytes, %lld were free",
                     (long long)r->planned, (long long)device->left);
        return;
    }
    train(p, r);
}
