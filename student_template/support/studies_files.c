/* Writes results (studies_files.h).  JSON needs three rules, so it is written here instead of by a
 * library that students would have to install. */
#include "studies_files.h"

#include "studies_figures.h"
#include "studies_findings.h"
#include "studies_plots.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { NAME = FIGURE_NAME + 16 };

/* --- JSON --- */

void files_write_string(const char *text, FILE *out) {
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

void files_write_number(double number, FILE *out) {
    if (isfinite(number))
        fprintf(out, "%.7g", number);
    else
        fprintf(out, "null");
}

static void write_numbers(const double *numbers, int64_t count, FILE *out) {
    fputc('[', out);
    for (int64_t i = 0; i < count; i++) {
        fprintf(out, i ? "," : "");
        files_write_number(numbers[i], out);
    }
    fputc(']', out);
}

static void write_findings(const struct study_runs *runs, FILE *out) {
    struct study_verdict v;
    fprintf(out, " \"findings\": [");
    for (int i = 0; studies_judge(runs, i, &v); i++) {
        fprintf(out, "%s\n  {\"claim\": ", i ? "," : "");
        files_write_string(v.claim, out);
        fprintf(out, ", \"outcome\": \"%s\", \"found\": ", studies_outcome_name(v.outcome));
        files_write_string(v.found, out);
        fputc('}', out);
    }
    fprintf(out, "\n ],\n");
}

static void write_result(const struct study_run *r, FILE *out) {
    int classes = r->series->plan.classes;
    fprintf(out, ",\n   \"points\": [");
    for (int i = 0; i < r->point_count; i++) {
        const struct training_point *p = &r->points[i];
        double numbers[] = {p->epoch, p->train_loss, p->train_accuracy, p->validation_loss,
                            p->validation_accuracy};
        fprintf(out, i ? "," : "");
        write_numbers(numbers, sizeof numbers / sizeof numbers[0], out);
    }
    fprintf(out, "],\n   \"confusion\": [");
    for (int i = 0; i < classes; i++)
        for (int j = 0; j < classes; j++)
            fprintf(out, "%s%d%s",
                    j   ? ","
                    : i ? ",["
                        : "[",
                    r->confusion[i][j], j + 1 < classes ? "" : "]");
    fputc(']', out);
    if (r->seed || !r->kernel_count)
        return;
    fprintf(out, ",\n   \"kernels\": {\"untrained\": ");
    write_numbers(r->untrained, r->kernel_count, out);
    fprintf(out, ", \"trained\": ");
    write_numbers(r->kernel, r->kernel_count, out);
    fputc('}', out);
}

static void write_run(const struct study_run *r, FILE *out) {
    const struct study_series *s = r->series;
    fprintf(out, "  {\"series\": ");
    files_write_string(s->name, out);
    fprintf(out,
            ", \"images\": %d, \"seed\": %d, \"epochs\": %d, \"batch\": %d, \"rate\": ", r->images,
            (int)r->seed, s->epochs, s->batch);
    files_write_number(s->rate, out);
    if (s->plan.kind == MODEL_CNN)
        fprintf(out, ", \"kernel\": %d", s->plan.kernel);
    fprintf(out, ", \"finished\": %s", r->finished ? "true" : "false");
    if (r->finished)
        write_result(r, out);
    fputc('}', out);
}

void files_write_json(const struct study_report *report, FILE *out) {
    const struct study_runs *runs = report->runs;
    fprintf(out, "{\"study\": %d, \"part\": ", runs->study->number);
    files_write_string(runs->study->part, out);
    fprintf(out, ", \"title\": ");
    files_write_string(runs->study->title, out);
    fprintf(out, ",\n \"layers\": ");
    files_write_string(report->layers, out);
    fprintf(out, ", \"seeds\": %d, \"quick\": %s, \"validation_images_per_class\": %d,\n",
            runs->seed_count, report->quick ? "true" : "false", STUDY_VALIDATION);
    write_findings(runs, out);
    fprintf(out, " \"point\": [\"epoch\", \"train_loss\", \"train_accuracy\", \"validation_loss\", "
                 "\"validation_accuracy\"],\n \"runs\": [\n");
    for (int i = 0; i < runs->count; i++) {
        write_run(&runs->run[i], out);
        fprintf(out, i + 1 < runs->count ? ",\n" : "\n");
    }
    fprintf(out, " ]}\n");
}

/* --- Files --- */

static bool complain(const char *name) {
    fprintf(stderr, "Cannot write %s: %s.\n", name, strerror(errno));
    return false;
}

static FILE *open_file(const char *name) {
    FILE *out = fopen(name, "w");
    if (!out)
        complain(name);
    return out;
}

static bool close_file(FILE *out, const char *name) {
    bool failed = ferror(out);
    return (fclose(out) == 0 && !failed) || complain(name);
}

/* The figure's CSV and, if it has any numbers, its part of the script. */
static bool write_figure(const struct figure *f, const struct study_runs *runs, FILE *script) {
    char figure[FIGURE_NAME], name[NAME];
    figures_name(f, figure);
    snprintf(name, sizeof name, "%s.csv", figure);
    FILE *csv = open_file(name);
    if (!csv)
        return false;
    bool any = figures_write(f, runs, csv);
    if (!close_file(csv, name))
        return false;
    if (any)
        plots_write_script(f, runs, script);
    else
        remove(name);
    return true;
}

static bool write_figures(const struct study_runs *runs, const char *name) {
    FILE *script = open_file(name);
    if (!script)
        return false;
    fprintf(script, "# gnuplot %s draws the figures of this study from their CSV files.\n", name);
    bool written = true;
    const struct figure *f = NULL;
    for (int i = 0; written && (f = figures_find(runs->study->number, i)); i++)
        written = write_figure(f, runs, script);
    return close_file(script, name) && written;
}

static bool write_file(const char *name, const struct study_report *report,
                       void (*write)(const struct study_report *, FILE *)) {
    FILE *out = open_file(name);
    if (!out)
        return false;
    write(report, out);
    return close_file(out, name);
}

bool files_write_study(struct study_report *report, bool plot) {
    char script[NAME], json[NAME], part[NAME];
    int number = report->runs->study->number;
    snprintf(script, sizeof script, "study-%d.gnuplot", number);
    snprintf(json, sizeof json, "study-%d.json", number);
    snprintf(part, sizeof part, "study-%d.part", number);
    if (!write_figures(report->runs, script) || !write_file(json, report, files_write_json))
        return false;
    report->plotted = plot && plots_draw(script);
    if (plot && !report->plotted)
        fprintf(stderr, "gnuplot cannot draw %s: run it to see why.\n", script);
    return write_file(part, report, page_write_section);
}

static bool append_file(const char *name, FILE *out) {
    FILE *in = fopen(name, "r");
    if (!in)
        return false;
    char block[1 << 14];
    size_t length = 0;
    while ((length = fread(block, 1, sizeof block, in)) > 0)
        fwrite(block, 1, length, out);
    fclose(in);
    return true;
}

static void combine(const char *ending, const char *between, FILE *out) {
    int written = 0;
    for (int n = 1; n <= STUDIES; n++) {
        char name[NAME];
        snprintf(name, sizeof name, "study-%d.%s", n, ending);
        FILE *there = fopen(name, "r");
        if (!there)
            continue;
        fclose(there);
        fprintf(out, "%s", written++ ? between : "");
        append_file(name, out);
    }
}

bool files_combine(void) {
    bool present[STUDIES];
    for (int n = 1; n <= STUDIES; n++) {
        char name[NAME];
        snprintf(name, sizeof name, "study-%d.part", n);
        FILE *part = fopen(name, "r");
        present[n - 1] = part != NULL;
        if (part)
            fclose(part);
    }
    FILE *page = open_file("index.html");
    if (!page)
        return false;
    page_begin(present, page);
    combine("part", "", page);
    page_end(page);
    FILE *results = close_file(page, "index.html") ? open_file("results.json") : NULL;
    if (!results)
        return false;
    fprintf(results, "{\"studies\": [\n");
    combine("json", ",\n", results);
    fprintf(results, "]}\n");
    return close_file(results, "results.json");
}
