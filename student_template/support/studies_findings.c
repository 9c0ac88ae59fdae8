/* The findings that are expected, as a table of claims and of the comparisons that carry them
 * (studies_findings.h).  A claim holds when all of its comparisons do. */
#include "studies_findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double FLAT = 0.03;

/* --- Numbers over seeds --- */

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct study_sample studies_summarise(double *numbers, int count) {
    struct study_sample s = {.count = count};
    if (!count)
        return s;
    qsort(numbers, (size_t)count, sizeof *numbers, compare_numbers);
    s.lowest = numbers[0];
    s.highest = numbers[count - 1];
    s.median = (numbers[(count - 1) / 2] + numbers[count / 2]) / 2;
    return s;
}

static double find_loss_rise(const struct study_run *r) {
    double lowest = r->points[0].validation_loss;
    for (int i = 1; i < r->point_count; i++)
        if (r->points[i].validation_loss < lowest)
            lowest = r->points[i].validation_loss;
    return r->points[r->point_count - 1].validation_loss / lowest;
}

static double find_flat_epoch(const struct study_run *r) {
    int i = r->point_count - 1;
    double last = r->points[i].validation_accuracy;
    while (i > 0 && r->points[i - 1].validation_accuracy >= last - FLAT &&
           r->points[i - 1].validation_accuracy <= last + FLAT)
        i--;
    return r->points[i].epoch;
}

static double take_measure(const struct study_run *r, enum study_measure measure) {
    switch (measure) {
    case STUDY_TRAIN_ACCURACY:
        return r->points[r->point_count - 1].train_accuracy;
    case STUDY_ACCURACY:
        return r->points[r->point_count - 1].validation_accuracy;
    case STUDY_LOSS_RISE:
        return find_loss_rise(r);
    case STUDY_FLAT_EPOCH:
        return find_flat_epoch(r);
    }
    return 0;
}

struct study_sample studies_sample(const struct study_runs *runs, const char *series, int images,
                                   enum study_measure measure) {
    double numbers[STUDY_SEEDS];
    int count = 0;
    for (int i = 0; i < runs->count && count < STUDY_SEEDS; i++) {
        const struct study_run *r = &runs->run[i];
        if (r->finished && r->point_count && r->images == images &&
            !strcmp(r->series->name, series))
            numbers[count++] = take_measure(r, measure);
    }
    return studies_summarise(numbers, count);
}

void studies_describe(const struct study_sample *s, enum study_measure measure, char *text,
                      size_t size) {
    static const struct {
        double factor;
        int decimals;
        const char *unit;
    } shown[] = {[STUDY_TRAIN_ACCURACY] = {100, 0, " %"},
                 [STUDY_ACCURACY] = {100, 0, " %"},
                 [STUDY_LOSS_RISE] = {1, 1, " times"},
                 [STUDY_FLAT_EPOCH] = {1, 0, ""}};
    double f = shown[measure].factor;
    int d = shown[measure].decimals;
    int length = snprintf(text, size, "%.*f%s", d, f * s->median, shown[measure].unit);
    if (s->count > 1 && length > 0 && (size_t)length < size)
        snprintf(text + length, size - (size_t)length, " (%.*f–%.*f)", d, f * s->lowest, d,
                 f * s->highest);
}

/* --- Claims --- */

enum relation {
    TOLD,     /* only told */
    AHEAD,    /* the median of `a` is above the median of `b` */
    NEAR,     /* no further from it than `limit` */
    AT_LEAST, /* the median of `a` is at least `limit` */
    AT_MOST
};

struct comparison {
    const char *a, *b; /* series; no `a` ends the list */
    int images;        /* per class */
    enum relation relation;
    double limit;
    enum study_measure measure;
};

enum { COMPARISONS = 6 };
struct claim {
    int study;
    const char *says;
    struct comparison comparison[COMPARISONS];
};

/* Above a guess among three by what luck explains: twice the standard error of 150 answers. */
#define CHANCE   (1.0 / 3 + 0.08)
#define AS_GOOD  0.03
#define ACCURACY STUDY_ACCURACY

static const struct claim claims[] = {
    {1,
     "Both models learn ten images per class by heart, the CNN given enough steps.",
     {{"mlp", NULL, 10, AT_LEAST, 1, STUDY_TRAIN_ACCURACY},
      {"cnn", "batches", 10, TOLD, 0, STUDY_TRAIN_ACCURACY},
      {"batches", NULL, 10, AT_LEAST, 1, STUDY_TRAIN_ACCURACY},
      {"mlp", "cnn", 10, TOLD, 0, ACCURACY}}},
    {2,
     "After 30 epochs the CNN beats the MLP from 50 images per class on.",
     {{"cnn", "mlp", 10, TOLD, 0, ACCURACY},
      {"cnn", "mlp", 50, AHEAD, 0, ACCURACY},
      {"cnn", "mlp", 100, AHEAD, 0, ACCURACY}}},
    {2,
     "Frozen edge detectors win with little data.",
     {{"frozen", "cnn", 10, AHEAD, 0, ACCURACY},
      {"frozen", "mlp", 10, AHEAD, 0, ACCURACY},
      {"frozen", "cnn", 30, AHEAD, 0, ACCURACY},
      {"frozen", "mlp", 30, AHEAD, 0, ACCURACY}}},
    {2,
     "With 100 images per class learned kernels beat frozen edge detectors.",
     {{"cnn", "frozen", 100, AHEAD, 0, ACCURACY}}},
    {3,
     "Twenty images per class take the CNN to 90 %, and the MLP nowhere near.",
     {{"cnn", NULL, 20, AT_LEAST, 0.9, ACCURACY},
      {"mlp", NULL, 20, AT_MOST, 0.85, ACCURACY},
      {"cnn", "mlp", 100, TOLD, 0, ACCURACY},
      {"cnn", "mlp", 20, TOLD, 0, STUDY_FLAT_EPOCH},
      {"cnn", "mlp", 100, TOLD, 0, STUDY_FLAT_EPOCH}}},
    {3,
     "With little data the MLP grows surer of its mistakes: its validation loss rises again.",
     {{"mlp", NULL, 20, AT_LEAST, 1.05, STUDY_LOSS_RISE}, {"mlp", NULL, 20, TOLD, 0, ACCURACY}}},
    {4,
     "Shifted edges leave the MLP at chance, however many images it has seen.",
     {{"mlp", NULL, 10, AT_MOST, CHANCE, ACCURACY},
      {"mlp", NULL, 30, AT_MOST, CHANCE, ACCURACY},
      {"mlp", NULL, 50, AT_MOST, CHANCE, ACCURACY},
      {"mlp", NULL, 100, AT_MOST, CHANCE, ACCURACY}}},
    {4,
     "The CNN finds shifted edges with the same weights.",
     {{"cnn", "mlp", 10, AHEAD, 0, ACCURACY}, {"cnn", "mlp", 100, AHEAD, 0, ACCURACY}}},
    {4,
     "Chosen settings take it to 85 % with 10 images per class.",
     {{"chosen", "cnn", 10, AHEAD, 0, ACCURACY}, {"chosen", NULL, 10, AT_LEAST, 0.85, ACCURACY}}},
    {5,
     "Permutation turns the order round: with 100 images per class the MLP beats the CNN.",
     {{"cnn", "mlp", 30, TOLD, 0, ACCURACY}, {"mlp", "cnn", 100, AHEAD, 0, ACCURACY}}},
    {5,
     "Larger kernels help on permuted images, until they stop training.",
     {{"k7", "k3", 50, AHEAD, 0, ACCURACY},
      {"k13", "k7", 50, AHEAD, 0, ACCURACY},
      {"k21", NULL, 50, AT_MOST, CHANCE, ACCURACY}}},
    {6, "Max pooling is ahead with little data.", {{"max", "average", 10, AHEAD, 0, ACCURACY}}},
    {6,
     "With much data average pooling is as good.",
     {{"max", "average", 100, NEAR, AS_GOOD, ACCURACY}}},
};

static bool does_hold(const struct comparison *c, double a, double b) {
    switch (c->relation) {
    case TOLD:
        return true;
    case AHEAD:
        return a > b;
    case NEAR:
        return a - b <= c->limit && b - a <= c->limit;
    case AT_LEAST:
        return a >= c->limit;
    case AT_MOST:
        return a <= c->limit;
    }
    return false;
}

/* --- Sentences --- */

struct account {
    char *text;
    size_t size, length;
    const struct comparison *said; /* the one before */
    const char *names[2 * COMPARISONS];
    int name_count; /* in the sentence that is being written */
};

static void add(struct account *a, const char *text) {
    if (a->length < a->size)
        a->length += (size_t)snprintf(a->text + a->length, a->size - a->length, "%s", text);
}

static void begin_sentence(struct account *a, const struct comparison *c) {
    static const char *const about[] = {[STUDY_TRAIN_ACCURACY] = "Training accuracy",
                                        [STUDY_ACCURACY] = "Validation accuracy",
                                        [STUDY_LOSS_RISE] = "Last validation loss over lowest",
                                        [STUDY_FLAT_EPOCH] = "Flat from epoch"};
    char text[80];
    snprintf(text, sizeof text, "%s%s with %d images per class: ", a->length ? ". " : "",
             about[c->measure], c->images);
    add(a, text);
    a->name_count = 0;
}

static void tell_series(struct account *a, const struct study_runs *runs,
                        const struct comparison *c, const char *name) {
    for (int i = 0; i < a->name_count; i++)
        if (!strcmp(a->names[i], name))
            return;
    const struct study_series *series = studies_find(runs, name);
    struct study_sample s = studies_sample(runs, name, c->images, c->measure);
    char described[64] = "no run finished", text[160];
    if (s.count)
        studies_describe(&s, c->measure, described, sizeof described);
    snprintf(text, sizeof text, "%s%s %s", a->name_count ? ", " : "", series ? series->title : name,
             described);
    add(a, text);
    a->names[a->name_count++] = name;
}

static void tell(struct account *a, const struct study_runs *runs, const struct comparison *c) {
    if (!a->said || a->said->images != c->images || a->said->measure != c->measure)
        begin_sentence(a, c);
    tell_series(a, runs, c, c->a);
    if (c->b)
        tell_series(a, runs, c, c->b);
    a->said = c;
}

/* --- Judging --- */

static const struct claim *find_claim(int study, int number) {
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        if (claims[i].study == study && number-- == 0)
            return &claims[i];
    return NULL;
}

static enum study_outcome compare_samples(const struct study_runs *runs,
                                          const struct comparison *c) {
    struct study_sample a = studies_sample(runs, c->a, c->images, c->measure), b = a;
    if (c->b)
        b = studies_sample(runs, c->b, c->images, c->measure);
    if (!a.count || !b.count)
        return STUDY_OPEN;
    return does_hold(c, a.median, b.median) ? STUDY_HOLDS : STUDY_FAILS;
}

bool studies_judge(const struct study_runs *runs, int number, struct study_verdict *verdict) {
    const struct claim *claim = find_claim(runs->study->number, number);
    if (!claim)
        return false;
    *verdict = (struct study_verdict){.claim = claim->says, .outcome = STUDY_HOLDS};
    struct account a = {.text = verdict->found, .size = sizeof verdict->found};
    for (const struct comparison *c = claim->comparison;
         c < claim->comparison + COMPARISONS && c->a; c++) {
        enum study_outcome outcome = compare_samples(runs, c);
        if (outcome == STUDY_OPEN || (outcome == STUDY_FAILS && verdict->outcome == STUDY_HOLDS))
            verdict->outcome = outcome;
        tell(&a, runs, c);
    }
    add(&a, ".");
    return true;
}

const char *studies_outcome_words(enum study_outcome outcome) {
    static const char *const words[] = {[STUDY_HOLDS] = "Comes out",
                                        [STUDY_FAILS] = "Does not come out here",
                                        [STUDY_OPEN] = "Open, too few trainings finished"};
    return words[outcome];
}

const char *studies_outcome_name(enum study_outcome outcome) {
    static const char *const names[] = {"holds", "fails", "open"};
    return names[outcome];
}
