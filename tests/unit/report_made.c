/* Making reports (report_made.h). */
#include "report_made.h"

#include "step.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MIB 1048576.0

const struct made_profile made_honest[] = {
    /* name, card, by, framework, precision, levers, units, reads, steps, images, total, before,
     * context, screen, workspace, rate */
    {"notebook on a T4", "Tesla T4", "notebook", "pytorch", "fp32", "", "MiB", "device", 1, 4096,
     15360, 3, 310, 0, 0.1, 260},
    {"typed, of a T4", "T4", "hand", "pytorch", "fp32", "", "MB", "device", 1, 4096, 15095, 0, 105,
     0, 0.1, 240},
    {"notebook on an L4", "NVIDIA L4", "notebook", "pytorch", "fp32", "", "bytes", "allocated", 3,
     4096, 22700, 0, 290, 0, 1.6, 900},
    {"notebook on an A100", "NVIDIA A100-SXM4-40GB", "notebook", "pytorch", "fp32", "", "bytes",
     "reserved", 3, 4096, 40960, 5, 430, 0, 3.9, 1900},
    {"trainer on an A100", "NVIDIA A100-SXM4-80GB", "gradus-gpu", "gradus-gpu", "bf16",
     "\"renormalise\", \"reproject\", \"fused-update\"", "bytes", "device", 5, 50000, 81920, 0, 480,
     0, 0.1, 5200},
    {"trainer on an H200", "NVIDIA H200", "gradus-gpu", "gradus-gpu", "fp32", "", "bytes", "device",
     5, 50000, 143771, 0, 616, 0, 0.1, 9000},
    {"notebook on an H200", "NVIDIA H200", "notebook", "pytorch", "fp32", "", "MiB", "device", 1,
     4096, 143771, 2, 640, 0, 3.9, 4000},
    {"notebook on a laptop with its screen", "NVIDIA GeForce RTX 4060 Laptop GPU", "notebook",
     "pytorch", "fp32", "", "MiB", "device", 2, 4096, 8188, 640, 190, 40, 0.4, 500},
    {"trainer on a laptop", "NVIDIA GeForce RTX 4060 Laptop GPU", "gradus-gpu", "gradus-gpu",
     "fp32", "\"checkpoint\"", "bytes", "device", 3, 4096, 8188, 420, 150, 40, 0.1, 620},
    {"notebook on a card that nobody listed", "NVIDIA GeForce RTX 2070", "notebook", "pytorch",
     "fp32", "", "MiB", "device", 1, 4096, 8192, 210, 240, 20, 0.4, 380},
    {"notebook on a slice of an A100", "NVIDIA A100-SXM4-80GB", "notebook", "pytorch", "fp32", "",
     "MiB", "device", 3, 4096, 9728, 13, 110, 0, 0.4, 250},
    {"autocast on an L4", "NVIDIA L4", "notebook", "pytorch", "bf16", "", "bytes", "allocated", 3,
     4096, 22700, 0, 290, 0, 1.6, 1300},
    {"autocast on a T4, which emulates bf16", "Tesla T4", "notebook", "pytorch", "bf16", "", "MiB",
     "device", 2, 4096, 15360, 3, 310, 0, 0.1, 60},
};
const int made_honest_count = sizeof made_honest / sizeof *made_honest;

/* --- Chance --- */

static double draw(uint64_t *state, double low, double high) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return low + (high - low) * (double)(*state >> 11) / 9007199254740992.0;
}

/* --- Tensors --- */

static bool is_bf16(const struct made_profile *p) {
    return strcmp(p->precision, "bf16") == 0;
}

/* Live bytes of PyTorch 2.4 as counted without a GPU, of ResNet-18 with momentum; in between, and
 * beyond, a straight line. */
static double measured_batches(const struct made_profile *p, double batch) {
    return (is_bf16(p) ? 128e6 + 12.5e6 * batch : 128.5e6 + 22.166e6 * batch) / MIB;
}

static unsigned levers_of(const struct made_profile *p) {
    return (strstr(p->levers, "renormalise") ? STEP_RENORMALISE : 0) |
           (strstr(p->levers, "reproject") ? STEP_REPROJECT : 0) |
           (strstr(p->levers, "checkpoint") ? STEP_CHECKPOINT : 0) |
           (strstr(p->levers, "fused") ? STEP_FUSED_UPDATE : 0);
}

/* The trainer's arena: as planned, which is what it asks the card for.  Of all runs of a profile
 * the same, so it is planned once. */
static double planned(const struct made_profile *p, int depth, int optimiser, double batch) {
    static struct step *known[16][2][STEP_OPTIMISERS];
    static struct resnet net;
    struct step **s = &known[p - made_honest][depth == 18][optimiser];
    struct resnet_plan order;
    struct step_plan plan = {.optimiser = (enum step_optimiser)optimiser,
                             .width = is_bf16(p) ? 2 : 4,
                             .levers = levers_of(p)};
    if (!*s && resnet_find(depth, &order) && resnet_make(&order, &net))
        *s = step_make(&net, &plan);
    return *s ? (double)step_peak(*s, (int64_t)batch, NULL, NULL) / MIB : -1;
}

static bool is_trainer(const struct made_profile *p) {
    return strcmp(p->framework, "gradus-gpu") == 0;
}

static double tensors_by_optimiser(const struct made_profile *p, int optimiser) {
    static const double first[] = {1702, 1701, 1701}, later[] = {1702, 1934, 2166},
                        autocast[] = {1094, 1326, 1559};
    if (is_trainer(p))
        return planned(p, 152, optimiser, 8);
    return (is_bf16(p) ? autocast : p->steps == 1 ? first : later)[optimiser] * 1e6 / MIB;
}

static double tensors_by_batch(const struct made_profile *p, double batch) {
    return is_trainer(p) ? planned(p, 18, STEP_MOMENTUM, batch) : measured_batches(p, batch);
}

/* --- Readings --- */

/* What the tool shows when so many tensors live.  A trainer with one arena has no fragments; what
 * PyTorch's allocator keeps beside the tensors differs from run to run. */
static double read_memory(const struct made_profile *p, double tensors, double images,
                          double fragments, uint64_t *state) {
    double bytes = tensors + p->workspace * images * draw(state, 0.9, 1) + draw(state, 0, 8);
    if (strcmp(p->reads, "allocated") == 0)
        return bytes;
    bytes = bytes * (is_trainer(p) ? 1 : fragments) + draw(state, 2, 20);
    if (strcmp(p->reads, "reserved") == 0)
        return bytes;
    return p->before + p->context + 0.4 * p->context + bytes + draw(state, -p->screen, p->screen);
}

static void run_optimisers(const struct made_profile *p, uint64_t *state, struct made *m) {
    double fragments = draw(state, 1, 1.02);
    for (int i = 0; i < 3; i++)
        m->optimisers[i] = read_memory(p, tensors_by_optimiser(p, i), 8, fragments, state);
    if (is_trainer(p) || strcmp(p->reads, "device") != 0)
        return;
    for (int i = 1; i < 3; i++) /* the same program from the same state */
        m->optimisers[i] = m->optimisers[0] + tensors_by_optimiser(p, i) -
                           tensors_by_optimiser(p, 0) + draw(state, -30, 30);
}

static void run_epochs(const struct made_profile *p, int row, uint64_t *state, struct made *m) {
    static const double share[MADE_BATCHES] = {0.25, 0.6, 0.9, 1};
    double rate = p->rate * share[row] * draw(state, 0.8, 1.1), right = draw(state, 0.12, 0.3),
           time = draw(state, 0.1, 4);
    for (int e = 0; e < MADE_EPOCHS; e++) {
        time += p->images / rate * draw(state, 0.95, 1.1);
        right = fmin(0.95, right + draw(state, -0.01, 0.06));
        m->time[row][e] = time;
        m->right[row][e] = floor(right * p->images);
    }
}

static void run_batches(const struct made_profile *p, uint64_t *state, struct made *m) {
    static const double batches[MADE_BATCHES] = {4, 16, 64, 256};
    double fixed = p->before + p->context + 200 + p->screen;
    for (int i = 0; i < MADE_BATCHES; i++) {
        double fragments = draw(state, 1, 1.12), batch = batches[i],
               bytes = read_memory(p, tensors_by_batch(p, batch), batch, fragments, state);
        if (fixed + 1.12 * (tensors_by_batch(p, batch) + p->workspace * batch) + 30 > m->total)
            break;
        m->batch[m->batch_count] = batch;
        m->batches[m->batch_count++] = bytes;
        run_epochs(p, i, state, m);
    }
    m->fits = m->batch[m->batch_count - 1];
    while (fixed + tensors_by_batch(p, 2 * m->fits) + 2 * p->workspace * m->fits < m->total)
        m->fits *= 2;
    m->fails = 2 * m->fits;
}

void made_run(const struct made_profile *p, uint64_t seed, struct made *m) {
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 88172645463325252u;
    bool mb = strcmp(p->units, "MB") == 0, mib = strcmp(p->units, "MiB") == 0;
    *m = (struct made){.card = p->card,
                       .made_by = p->made_by,
                       .framework = p->framework,
                       .precision = p->precision,
                       .levers = p->levers,
                       .units = p->units,
                       .reads = p->reads,
                       .network = "resnet18",
                       .accuracy = "training",
                       .unit = mb    ? 1e6
                               : mib ? MIB
                                     : 1,
                       .rounds = mb,
                       .total = p->total,
                       .before = p->before,
                       .parameters = 58164298,
                       .size = 58164298 * 4 / MIB,
                       .steps = p->steps,
                       .images = p->images,
                       .log_memory = 1,
                       .sample = 1};
    m->loaded = p->before + p->context + m->size + draw(&state, 0, 20) +
                draw(&state, -p->screen, p->screen);
    run_optimisers(p, &state, m);
    run_batches(p, &state, m);
}

/* --- Writing --- */

struct writer {
    char *at;
    size_t length;
};

static void put(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct writer *w, const char *format, ...) {
    va_list more;
    va_start(more, format);
    int count = vsnprintf(w->at + w->length, MADE_BYTES - w->length, format, more);
    va_end(more);
    w->length += count > 0 ? (size_t)count : 0;
}

/* nvidia-smi shows whole MiB; bytes come in pages. */
static void put_memory(struct writer *w, const struct made *m, const char *key, double mib) {
    double amount = mib * MIB / m->unit;
    amount = m->unit == 1 ? round(mib * MIB / 4096) * 4096 : round(amount);
    put(w, "\"%s\": %.15g", key, amount);
}

static void put_device(struct writer *w, const struct made *m) {
    put(w, "{\"schema\": 1, \"kind\": \"measurement\", \"made_by\": \"%s\", \"units\": \"%s\",\n",
        m->made_by, m->units);
    put(w, "\"device\": {\"name\": \"%s\", \"driver\": \"550.54.15\", ", m->card);
    if (m->multiprocessors > 0)
        put(w, "\"multiprocessors\": %d, \"compute\": %g, ", m->multiprocessors, m->compute);
    put_memory(w, m, "total", m->total);
    put(w,
        "},\n\"software\": {\"framework\": \"%s\", \"version\": \"2.4.1\", \"cudnn\": \"9.1.0\", "
        "\"precision\": \"%s\", \"layout\": \"nchw\", \"levers\": [%s]},\n",
        m->framework, m->precision, m->levers);
    put(w, "\"model\": {\"network\": \"resnet152\", \"parameters\": %.0f, \"size\": %.15g},\n",
        m->parameters, m->size * MIB / m->unit);
    put(w,
        "\"protocol\": {\"optimisers\": {\"network\": \"resnet152\", \"steps\": %d, "
        "\"separate\": true, \"reads\": \"%s\"},\n",
        m->steps, m->reads);
    put(w,
        "  \"batches\": {\"network\": \"%s\", \"optimiser\": \"momentum\", \"separate\": true, "
        "\"reads\": \"%s\", \"images\": %d, \"epochs\": %d, \"accuracy\": \"%s\"}},\n\"context\": "
        "{",
        m->network, m->reads, m->images, MADE_EPOCHS, m->accuracy);
    put_memory(w, m, "before", m->before);
    put(w, ", ");
    put_memory(w, m, "loaded", m->loaded);
}

static void put_rows(struct writer *w, const struct made *m) {
    static const char *const names[] = {"sgd", "momentum", "adam"};
    put(w, "},\n\"optimisers\": [");
    for (int i = 0; i < 3; i++) {
        put(w, "%s\n  {\"optimiser\": \"%s\", \"batch\": 8, ", i > 0 ? "," : "", names[i]);
        put_memory(w, m, "memory", m->optimisers[i]);
        put(w, ", \"samples\": [%.0f, %.0f]}", floor(m->loaded * 0.5),
            round(m->sample * m->optimisers[i] * MIB / m->unit));
    }
    put(w, "],\n\"batches\": [");
    for (int i = 0; i < m->batch_count; i++) {
        put(w, "%s\n  {\"batch\": %.0f, \"rate\": %g, ", i > 0 ? "," : "", m->batch[i],
            0.0001 * pow(4, i));
        put_memory(w, m, "memory", m->batches[i]);
        put(w, ", \"samples\": [%.0f]", round(m->sample * m->batches[i] * MIB / m->unit));
        put(w, ", \"accuracy\": %.*g, \"seconds\": %.1f}", m->rounds ? 4 : 9,
            m->right[i][MADE_EPOCHS - 1] / m->images, m->time[i][MADE_EPOCHS - 1]);
    }
    put(w, "],\n\"largest\": {\"fits\": %.0f, \"fails\": %.0f},\n\"epochs\": [", m->fits, m->fails);
}

size_t made_write(const struct made *m, char *out) {
    struct writer w = {out, 0};
    put_device(&w, m);
    put_rows(&w, m);
    for (int i = 0; i < m->batch_count; i++)
        for (int e = 0; e < MADE_EPOCHS; e++) {
            put(&w, "%s\n  {\"batch\": %.0f, \"epoch\": %d, \"time\": %.2f, \"loss\": %.3f, ",
                i + e > 0 ? "," : "", m->batch[i], e + 1, m->time[i][e],
                2.3 - m->right[i][e] / m->images);
            put_memory(&w, m, "memory", m->log_memory * m->batches[i]);
            put(&w, ", \"accuracy\": %.*g}", m->rounds ? 4 : 9, m->right[i][e] / m->images);
        }
    put(&w, "],\n\"plots\": [\"accuracy.png\"]}\n");
    return w.length;
}
