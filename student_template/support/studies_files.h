/* What the studies leave in the current folder: numbers as JSON and CSV, figures, and one page.
 * Knows files; not how anything in them came about.
 *
 *   index.html, results.json   all studies that this folder has, of this run or an earlier one
 *   study-N.json               settings, medians, curves, answers and kernels of study N
 *   study-N-FIGURE.csv, .svg, .png
 *   study-N.gnuplot            draws the figures of study N again
 *   study-N.part               its section of the page */
#ifndef STUDIES_FILES_H
#define STUDIES_FILES_H

#include "studies.h"

#include <stdio.h>

struct study_report {
    const struct study_runs *runs;
    const char *layers; /* "our fast layers": who computed */
    bool quick, plotted;
};

/* Each writes into the current folder.  False, with a sentence on the standard error, when that is
 * not possible. */
bool files_write_study(struct study_report *report, bool plot);
bool files_combine(void);

/* The parts of a study's files: for tests. */
void files_write_json(const struct study_report *report, FILE *out);
void files_write_string(const char *text, FILE *out); /* JSON */
void files_write_number(double number, FILE *out);    /* JSON: null unless it is finite */
void page_write_section(const struct study_report *report, FILE *out); /* studies_page.c */
void page_begin(const bool present[STUDIES], FILE *out);
void page_end(FILE *out);

#endif
