/* What precision, times and accuracies of a report must satisfy.  Speed is bounded by the card's
 * peak and by its memory: every tensor that is kept is written once and read once. */
#include "report_look.h"

#define NO_LOW (-INFINITY)

/* 16-bit floats with 8 exponent bits, and TF32, came with compute capability 8. */
static void demand_precision(const struct report_case *c, struct report_look *look, bool emulates) {
    int precision = c->r->software.precision;
    double compute = c->card ? c->card->major : c->r->device.compute;
    bool emulated = precision == REPORT_BF16 && c->r->software.framework == REPORT_PYTORCH;
    if ((precision == REPORT_BF16 || precision == REPORT_TF32) && compute > 0 &&
        emulated == emulates)
        report_demand(look, compute, 8, INFINITY, "compute capability for %s",
                      precision == REPORT_BF16 ? "bf16" : "tf32");
}

void check_precision(const struct report_case *c, struct report_look *look) {
    demand_precision(c, look, false);
}
void check_precision_usual(const struct report_case *c, struct report_look *look) {
    demand_precision(c, look, true);
}

/* --- The log --- */

/* The entry before this one with the same batch, or NULL. */
static const struct report_epoch *entry_before(const struct report *r, int entry) {
    for (int i = entry - 1; i >= 0; i--)
        if (r->epochs[i].batch == r->epochs[entry].batch)
            return &r->epochs[i];
    return NULL;
}

static bool is_whole(double x) {
    return x == floor(x);
}

/* Times may have been rounded to seconds, and an epoch be shorter than one. */
void check_clock(const struct report_case *c, struct report_look *look) {
    for (int i = 0; i < c->r->epoch_count; i++) {
        const struct report_epoch *now = &c->r->epochs[i], *before = entry_before(c->r, i);
        if (!before)
            continue;
        bool rounded = is_whole(now->time) && is_whole(before->time);
        report_demand(look, now->time - before->time, rounded ? 0 : 0.001, INFINITY,
                      "seconds of epoch %lld at batch %lld", (long long)now->epoch,
                      (long long)now->batch);
        report_demand(look, (double)now->epoch, (double)before->epoch + 1,
                      (double)before->epoch + 1, "the epoch after epoch %lld at batch %lld",
                      (long long)before->epoch, (long long)now->batch);
    }
}

/* --- Speed --- */

/* Images a second; infinite where nothing is known.  PyTorch computes convolutions of "fp32" in
 * TF32 where the card can.  Our table has no peaks of fp16 for cards without bf16. */
static double find_roof(const struct report_case *c) {
    const struct card *card = c->card;
    if (!card || c->multiply_adds <= 0)
        return INFINITY;
    const double peaks[] = {fmax(card->fp32, card->tf32), card->tf32, card->bf16, card->bf16};
    double peak = peaks[c->r->software.precision];
    const double operations = 6.0 * (double)c->multiply_adds; /* two for each, in three passes */
    double computing = peak > 0 ? operations / peak : 0;
    double moving = 2.0 * (double)c->saved_per_image / card->bandwidth;
    return 1 / fmax(computing, moving);
}

static void demand_speed(const struct report_case *c, struct report_look *look, double share) {
    const struct report *r = c->r;
    double roof = find_roof(c), images = (double)r->protocol.batches.images;
    if (isinf(roof) || images <= 0)
        return;
    for (int i = 0; i < r->batch_count; i++)
        if (r->batches[i].seconds >= 0)
            report_demand(look,
                          images * (double)r->protocol.batches.epochs /
                              fmax(r->batches[i].seconds, 1e-9),
                          NO_LOW, share * roof, "images a second at batch %lld",
                          (long long)r->batches[i].batch);
    for (int i = 0; i < r->epoch_count; i++) {
        const struct report_epoch *now = &r->epochs[i], *before = entry_before(r, i);
        if (!before)
            continue;
        bool rounded = is_whole(now->time) && is_whole(before->time);
        double seconds = now->time - before->time + (rounded ? 1 : 0);
        if (seconds > 0)
            report_demand(look, images / seconds, NO_LOW, share * roof,
                          "images a second in epoch %lld at batch %lld", (long long)now->epoch,
                          (long long)now->batch);
    }
}

void check_speed(const struct report_case *c, struct report_look *look) {
    demand_speed(c, look, 1.1);
}
void check_speed_usual(const struct report_case *c, struct report_look *look) {
    demand_speed(c, look, 0.85);
}

/* --- Accuracy --- */

/* Half of the last decimal that a share was written with; 32-bit floats have seven. */
static double rounding(double share) {
    double unit = 1;
    for (int decimals = 0; decimals < 7; decimals++, unit /= 10)
        if (fabs(share / unit - round(share / unit)) < 1e-7 / unit * 1e-3)
            break;
    return fmax(0.51 * unit, 1e-7);
}

/* Where the last batch of an epoch is smaller, some average accuracies of batches: then nothing can
 * be said. */
static void demand_count(const struct report_case *c, struct report_look *look, double accuracy,
                         int64_t batch, const char *list, int row) {
    const struct report_protocol *p = &c->r->protocol.batches;
    int64_t images = p->accuracy == REPORT_TEST ? 10000 : p->images;
    double room = rounding(accuracy) * (double)images, count = accuracy * (double)images;
    if (accuracy < 0 || p->accuracy < 0 || images % batch != 0 || room >= 0.5)
        return;
    report_demand(look, count, round(count) - room, round(count) + room,
                  "%s[%d].accuracy times %lld images", list, row, (long long)images);
}

void check_accuracy_count(const struct report_case *c, struct report_look *look) {
    for (int i = 0; i < c->r->batch_count; i++)
        demand_count(c, look, c->r->batches[i].accuracy, c->r->batches[i].batch, "batches", i);
    for (int i = 0; i < c->r->epoch_count; i++)
        demand_count(c, look, c->r->epochs[i].accuracy, c->r->epochs[i].batch, "epochs", i);
}

/* A tenth is what guessing reaches. */
void check_accuracy_usual(const struct report_case *c, struct report_look *look) {
    for (int i = 0; i < c->r->batch_count; i++)
        if (c->r->batches[i].accuracy >= 0)
            report_demand(look, c->r->batches[i].accuracy, 0.07, 0.9995, "accuracy at batch %lld",
                          (long long)c->r->batches[i].batch);
}

/* --- Rows and log --- */

void check_log(const struct report_case *c, struct report_look *look) {
    const struct report *r = c->r;
    for (int i = 0; i < r->batch_count; i++) {
        const struct report_row *row = &r->batches[i];
        const struct report_epoch *last = NULL;
        int64_t most = REPORT_NONE;
        for (int k = 0; k < r->epoch_count; k++)
            if (r->epochs[k].batch == row->batch) {
                last = &r->epochs[k];
                most = last->memory > most ? last->memory : most;
            }
        if (last && row->seconds >= 0)
            report_demand(look, row->seconds, 0.95 * last->time - 2, 1.05 * last->time + 2,
                          "batches[%d].seconds, with the log's last time,", i);
        if (last && row->accuracy >= 0 && last->accuracy >= 0)
            report_demand(look, row->accuracy, last->accuracy - 0.00051, last->accuracy + 0.00051,
                          "batches[%d].accuracy, with the log's last one,", i);
        if (most > 0)
            report_demand(look, (double)row->memory / (double)most, 0.97, 1.1,
                          "batches[%d].memory, as a part of the log's largest,", i);
    }
}
