/* The page that shows the studies (studies_files.h): one HTML file that needs nothing but the
 * figures beside it.  Knows HTML; what is said comes from studies_findings.c. */
#include "studies_figures.h"
#include "studies_files.h"
#include "studies_findings.h"

#include <string.h>

static const char style[] =
    "body{font:17px/1.5 system-ui,sans-serif;color:#222;background:#fff;max-width:62rem;"
    "margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.8rem}h2{margin-top:3rem;border-top:1px solid #ccc;padding-top:1.5rem}\n"
    "table{border-collapse:collapse;margin:1rem 0;font-size:.95rem;display:block;overflow-x:auto}"
    "\n"
    "th,td{padding:.25rem .8rem;text-align:right;border-bottom:1px solid #ddd;white-space:nowrap}"
    "\n"
    "th:first-child,td:first-child{text-align:left;padding-left:0}\n"
    "figure{margin:1.5rem 0}img{max-width:100%;height:auto}\n"
    "figcaption,.how{color:#555;font-size:.9rem}\n"
    ".findings{list-style:none;padding:0}.findings li{margin:.8rem 0;padding-left:.9rem;"
    "border-left:4px solid #999}\n"
    ".findings .holds{border-color:#009E73}.findings .fails{border-color:#D55E00}\n"
    ".numbers{color:#555}\n";

void page_begin(const bool present[STUDIES], FILE *out) {
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n"
            "<title>Inductive bias of CNNs</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n"
            "<h1>Inductive bias of CNNs</h1>\n"
            "<p>A small CNN and an MLP learn to tell edges apart. Every figure is a median over "
            "data seeds, each with images, initial weights and order of its own; in brackets and "
            "as bars or bands the lowest and the highest seed. Accuracy is measured on %d "
            "validation images per class.</p>\n<nav><ol>\n",
            style, STUDY_VALIDATION);
    for (int i = 0; i < STUDIES; i++)
        if (present[i])
            fprintf(out, "<li value=\"%d\"><a href=\"#study-%d\">%s</a></li>\n", i + 1, i + 1,
                    studies[i].title);
    fprintf(out, "</ol></nav>\n");
}

void page_end(FILE *out) {
    fprintf(out, "</main>\n</body>\n</html>\n");
}

/* --- One study --- */

static void write_how(const struct study_report *report, FILE *out) {
    const struct study_runs *runs = report->runs;
    int finished = 0;
    for (int i = 0; i < runs->count; i++)
        finished += runs->run[i].finished;
    fprintf(out, "<p class=\"how\">%d data seed%s, through %s", runs->seed_count,
            runs->seed_count > 1 ? "s" : "", report->layers);
    if (report->quick)
        fprintf(out, ", with a tenth of the epochs");
    if (finished < runs->count)
        fprintf(out, "; <strong>only %d of %d trainings finished</strong>", finished, runs->count);
    fprintf(out, ".%s</p>\n",
            runs->seed_count > 1 ? "" : " A single seed shows luck as much as anything else.");
}

static void write_findings(const struct study_runs *runs, FILE *out) {
    struct study_verdict v;
    fprintf(out, "<h3>What was found</h3>\n<ul class=\"findings\">\n");
    for (int i = 0; studies_judge(runs, i, &v); i++)
        fprintf(out,
                "<li class=\"%s\"><strong>%s.</strong> %s<br><span class=\"numbers\">%s</span>"
                "</li>\n",
                studies_outcome_name(v.outcome), studies_outcome_words(v.outcome), v.claim,
                v.found);
    fprintf(out, "</ul>\n");
}

/* All numbers of pictures per class that any series of the study trains on, rising. */
static int find_sizes(const struct study_runs *runs, int sizes[STUDY_SERIES * STUDY_SIZES]) {
    int count = 0;
    for (int i = 0; i < runs->count; i++) {
        int at = 0;
        while (at < count && sizes[at] < runs->run[i].images)
            at++;
        if (at < count && sizes[at] == runs->run[i].images)
            continue;
        memmove(sizes + at + 1, sizes + at, sizeof *sizes * (size_t)(count - at));
        sizes[at] = runs->run[i].images;
        count++;
    }
    return count;
}

static void write_table(const struct study_runs *runs, FILE *out) {
    int sizes[STUDY_SERIES * STUDY_SIZES];
    int count = find_sizes(runs, sizes);
    fprintf(out, "<table>\n<caption>Validation accuracy by images per class</caption>\n"
                 "<thead><tr><th scope=\"col\">model</th><th scope=\"col\">epochs</th>"
                 "<th scope=\"col\">rate</th><th scope=\"col\">k</th>");
    for (int i = 0; i < count; i++)
        fprintf(out, "<th scope=\"col\">%d</th>", sizes[i]);
    fprintf(out, "</tr></thead>\n<tbody>\n");
    for (int s = 0; s < runs->series_count; s++) {
        const struct study_series *series = &runs->series[s];
        char kernel[16] = "";
        if (series->plan.kind == MODEL_CNN)
            snprintf(kernel, sizeof kernel, "%d", series->plan.kernel);
        fprintf(out, "<tr><th scope=\"row\">%s</th><td>%d</td><td>%g</td><td>%s</td>",
                series->title, series->epochs, series->rate, kernel);
        for (int i = 0; i < count; i++) {
            struct study_sample sample =
                studies_sample(runs, series->name, sizes[i], STUDY_ACCURACY);
            char text[64] = "";
            if (sample.count)
                studies_describe(&sample, STUDY_ACCURACY, text, sizeof text);
            fprintf(out, "<td>%s</td>", text);
        }
        fprintf(out, "</tr>\n");
    }
    fprintf(out, "</tbody>\n</table>\n");
}

static void write_figure(const struct figure *f, const struct study_report *report, FILE *out) {
    char name[FIGURE_NAME], csv[FIGURE_NAME + 8], which[48] = "";
    figures_name(f, name);
    snprintf(csv, sizeof csv, "%s.csv", name);
    FILE *numbers = fopen(csv, "r");
    if (!numbers)
        return;
    fclose(numbers);
    if (f->images)
        snprintf(which, sizeof which, ", %d images per class", f->images);
    fprintf(out, "<figure>\n");
    if (report->plotted)
        fprintf(out, "<img src=\"%s.svg\" alt=\"%s%s\" loading=\"lazy\">\n", name, f->caption,
                which);
    fprintf(out, "<figcaption>%s%s. <a href=\"%s\">Numbers</a>", f->caption, which, csv);
    if (report->plotted)
        fprintf(out, ", <a href=\"%s.svg\">SVG</a>, <a href=\"%s.png\">PNG</a>", name, name);
    fprintf(out, "</figcaption>\n</figure>\n");
}

void page_write_section(const struct study_report *report, FILE *out) {
    const struct study *study = report->runs->study;
    fprintf(out, "<section id=\"study-%d\">\n<h2>Study %d, %s: %s</h2>\n<p>%s</p>\n", study->number,
            study->number, study->part, study->title, study->task);
    write_how(report, out);
    write_findings(report->runs, out);
    write_table(report->runs, out);
    const struct figure *f = NULL;
    for (int i = 0; (f = figures_find(study->number, i)); i++)
        write_figure(f, report, out);
    fprintf(out, "</section>\n");
}
