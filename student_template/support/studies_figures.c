/* The table of figures and the numbers behind those that are lines and points
 * (studies_figures.h); studies_grids.c has those that are pictures. */
#include "studies_figures.h"

#include "studies_findings.h"
#include "studies_grids.h"

#include <string.h>

#define SAMPLES(study, caption)                                                                    \
    { study, FIGURE_SAMPLES, 0, "samples", {0}, caption }
#define CURVES(study, images, ...)                                                                 \
    { study, FIGURE_CURVES, images, "curves", {__VA_ARGS__}, "Loss and accuracy while training" }
#define SIZES(study, ...)                                                                          \
    {                                                                                              \
        study, FIGURE_SIZES, 0, "accuracy", {__VA_ARGS__},                                         \
            "Validation accuracy against images per class"                                         \
    }
#define COMPARED(study, images, caption, ...)                                                      \
    { study, FIGURE_COMPARED, images, "compared", {__VA_ARGS__}, caption }
#define KERNELS(study, images, tag, caption, ...)                                                  \
    { study, FIGURE_KERNELS, images, tag, {__VA_ARGS__}, caption }
#define CONFUSION(study, images, ...)                                                              \
    { study, FIGURE_CONFUSION, images, "confusion", {__VA_ARGS__}, "Answers to validation images" }

static const struct figure figures[] = {
    SAMPLES(1, "Images of the three classes"),
    CURVES(1, 10, "cnn", "mlp"),
    KERNELS(1, 0, "kernels", "First layer's kernels", "cnn"),

    SIZES(2, "cnn", "mlp", "frozen"),
    CURVES(2, 10, "cnn", "mlp", "frozen"),
    CURVES(2, 30, "cnn", "mlp", "frozen"),
    CURVES(2, 50, "cnn", "mlp", "frozen"),
    CURVES(2, 100, "cnn", "mlp", "frozen"),
    KERNELS(2, 0, "kernels", "First layer's kernels", "cnn"),
    KERNELS(2, 10, "detectors", "Frozen edge detectors stay as they were set", "frozen"),

    SIZES(3, "cnn", "mlp"),
    CURVES(3, 10, "cnn", "mlp"),
    CURVES(3, 20, "cnn", "mlp"),
    CURVES(3, 30, "cnn", "mlp"),
    CURVES(3, 50, "cnn", "mlp"),
    CURVES(3, 100, "cnn", "mlp"),
    COMPARED(3, 20, "Settings and larger CNNs", "cnn", "faster", "deeper", "wider", "chosen"),
    KERNELS(3, 0, "kernels", "First layer's kernels", "cnn"),

    SAMPLES(4, "Edges in one half for training, in the other for validation"),
    SIZES(4, "cnn", "mlp"),
    CONFUSION(4, 10, "cnn", "mlp", "chosen"),
    CONFUSION(4, 30, "cnn", "mlp"),
    CONFUSION(4, 50, "cnn", "mlp"),
    CONFUSION(4, 100, "cnn", "mlp"),
    COMPARED(4, 10, "What tuning brings", "cnn", "chosen", "mlp"),
    KERNELS(4, 0, "kernels", "First layer's kernels", "cnn"),

    SAMPLES(5, "Images of the three classes, pixels permuted"),
    SIZES(5, "cnn", "mlp"),
    COMPARED(5, 50, "Accuracy by kernel size", "k3", "k7", "k13", "k21"),
    KERNELS(5, 0, "kernels", "First layer's kernels", "cnn"),
    KERNELS(5, 0, "sizes", "Kernels of different sizes", "k3", "k7", "k13", "k21"),

    SAMPLES(6, "Images of the five classes"),
    SIZES(6, "max", "average", "mlp"),
    CURVES(6, 10, "max", "average", "mlp"),
    CURVES(6, 100, "max", "average", "mlp"),
    CONFUSION(6, 10, "max", "average"),
    KERNELS(6, 0, "kernels-max", "First layer's kernels with max pooling", "max"),
    KERNELS(6, 0, "kernels-average", "First layer's kernels with average pooling", "average"),
};

const struct figure *figures_find(int study, int number) {
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        if (figures[i].study == study && number-- == 0)
            return &figures[i];
    return NULL;
}

void figures_name(const struct figure *f, char name[FIGURE_NAME]) {
    if (f->images)
        snprintf(name, FIGURE_NAME, "study-%d-%s-%d", f->study, f->tag, f->images);
    else
        snprintf(name, FIGURE_NAME, "study-%d-%s", f->study, f->tag);
}

/* --- Lines and points --- */

static void write_sample(FILE *csv, const struct study_sample *s, double factor) {
    if (s->count)
        fprintf(csv, ",%.6g,%.6g,%.6g", factor * s->median, factor * s->lowest,
                factor * s->highest);
    else
        fprintf(csv, ",,,");
}

static void write_head(FILE *csv, const char *series, const char *what) {
    fprintf(csv, ",%s%s median,%s%s lowest,%s%s highest", series, what, series, what, series, what);
}

static const struct {
    const char *name;
    size_t offset;
    double factor;
} curves[] = {
    {" training loss", offsetof(struct training_point, train_loss), 1},
    {" training accuracy", offsetof(struct training_point, train_accuracy), 100},
    {" validation loss", offsetof(struct training_point, validation_loss), 1},
    {" validation accuracy", offsetof(struct training_point, validation_accuracy), 100},
};
enum { CURVE_COUNT = sizeof curves / sizeof curves[0] };

static struct study_sample sample_point(const struct study_runs *runs, const struct figure *f,
                                        const char *series, int point, size_t offset) {
    double numbers[STUDY_SEEDS];
    int count = 0;
    for (int seed = 0; seed < runs->seed_count; seed++) {
        const struct study_run *r = studies_find_run(runs, series, f->images, (uint64_t)seed);
        if (r && r->finished && point < r->point_count) {
            const char *at = (const char *)&r->points[point];
            memcpy(&numbers[count++], at + offset, sizeof *numbers);
        }
    }
    return studies_summarise(numbers, count);
}

/* The longest finished run of any series says which epochs there are: all are measured alike. */
static const struct study_run *find_longest(const struct figure *f, const struct study_runs *runs) {
    const struct study_run *longest = NULL;
    for (int i = 0; i < runs->count; i++) {
        const struct study_run *r = &runs->run[i];
        for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++)
            if (r->finished && r->images == f->images && !strcmp(r->series->name, f->series[s]) &&
                (!longest || r->point_count > longest->point_count))
                longest = r;
    }
    return longest;
}

static bool write_curves(const struct figure *f, const struct study_runs *runs, FILE *csv) {
    const struct study_run *longest = find_longest(f, runs);
    if (!longest)
        return false;
    fprintf(csv, "epoch");
    for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++)
        for (int c = 0; c < CURVE_COUNT; c++)
            write_head(csv, f->series[s], curves[c].name);
    fputc('\n', csv);
    for (int point = 0; point < longest->point_count; point++) {
        fprintf(csv, "%d", longest->points[point].epoch);
        for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++)
            for (int c = 0; c < CURVE_COUNT; c++) {
                struct study_sample sample =
                    sample_point(runs, f, f->series[s], point, curves[c].offset);
                write_sample(csv, &sample, curves[c].factor);
            }
        fputc('\n', csv);
    }
    return true;
}

static bool write_sizes(const struct figure *f, const struct study_runs *runs, FILE *csv) {
    const struct study_series *first = studies_find(runs, f->series[0]);
    int finished = 0;
    for (int i = 0; i < runs->count; i++)
        finished += runs->run[i].finished;
    if (!first || !finished)
        return false;
    fprintf(csv, "images_per_class");
    for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++)
        write_head(csv, f->series[s], "");
    fputc('\n', csv);
    for (int i = 0; i < STUDY_SIZES && first->images[i]; i++) {
        fprintf(csv, "%d", first->images[i]);
        for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++) {
            struct study_sample sample =
                studies_sample(runs, f->series[s], first->images[i], STUDY_ACCURACY);
            write_sample(csv, &sample, 100);
        }
        fputc('\n', csv);
    }
    return true;
}

static bool write_compared(const struct figure *f, const struct study_runs *runs, FILE *csv) {
    bool any = false;
    for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++) {
        struct study_sample sample = studies_sample(runs, f->series[s], f->images, STUDY_ACCURACY);
        if (!sample.count)
            continue;
        if (!any)
            fprintf(csv, "series,median,lowest,highest\n");
        any = true;
        fprintf(csv, "\"%s\"", studies_find(runs, f->series[s])->title);
        write_sample(csv, &sample, 100);
        fputc('\n', csv);
    }
    return any;
}

struct figure_answers figures_count_answers(const struct figure *f, const struct study_runs *runs,
                                            const char *series) {
    struct figure_answers a = {0};
    for (int seed = 0; seed < runs->seed_count; seed++) {
        const struct study_run *r = studies_find_run(runs, series, f->images, (uint64_t)seed);
        if (!r || !r->finished)
            continue;
        a.runs++;
        a.classes = r->series->plan.classes;
        for (int i = 0; i < EDGES_FIVE; i++)
            for (int j = 0; j < EDGES_FIVE; j++)
                a.count[i][j] += r->confusion[i][j];
    }
    return a;
}

static bool write_confusion(const struct figure *f, const struct study_runs *runs, FILE *csv) {
    bool any = false;
    for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++) {
        struct figure_answers a = figures_count_answers(f, runs, f->series[s]);
        if (!a.runs)
            continue;
        if (!any)
            fprintf(csv, "series,truth,answer,count,percent\n");
        any = true;
        int all = a.runs * STUDY_VALIDATION;
        for (int i = 0; i < a.classes; i++)
            for (int j = 0; j < a.classes; j++)
                fprintf(csv, "%s,%s,%s,%d,%.6g\n", f->series[s], edges_class_name(a.classes, i),
                        edges_class_name(a.classes, j), a.count[i][j], 100.0 * a.count[i][j] / all);
    }
    return any;
}

bool figures_write(const struct figure *f, const struct study_runs *runs, FILE *csv) {
    static bool (*const writers[FIGURE_KINDS])(const struct figure *, const struct study_runs *,
                                               FILE *) = {
        [FIGURE_SAMPLES] = grids_write_samples, [FIGURE_CURVES] = write_curves,
        [FIGURE_SIZES] = write_sizes,           [FIGURE_COMPARED] = write_compared,
        [FIGURE_KERNELS] = grids_write_kernels, [FIGURE_CONFUSION] = write_confusion,
    };
    return writers[f->kind](f, runs, csv);
}
