/* Figures that are tables of small square pictures: samples of each class, kernels.  One matrix of
 * numbers holds them all, NaN between them.  Two groups of columns stand side by side: training and
 * validation, or untrained and trained.  Knows where the pictures lie; not how they are coloured.
 */
#ifndef STUDIES_GRIDS_H
#define STUDIES_GRIDS_H

#include "studies_figures.h"

struct grid {
    int rows, across, side; /* `rows` x 2 groups of `across` pictures, `side` wide each */
    const char *group[2];   /* what the groups show */
    const struct study_run *run[STUDY_SERIES * STUDY_SIZES]; /* kernels: of each row */
    double lowest, highest;                                  /* of the numbers; of kernels: -1, 1 */
};

/* False when nothing of the figure has finished. */
bool grids_arrange(const struct figure *f, const struct study_runs *runs, struct grid *grid);
/* First row, first column of a picture in the matrix, and the size of all. */
int grids_row(const struct grid *g, int row);
int grids_column(const struct grid *g, int group, int place);
int grids_height(const struct grid *g);
int grids_width(const struct grid *g);
/* What a row shows: a class, or what its kernels were trained on. */
void grids_title(const struct figure *f, const struct study_runs *runs, const struct grid *g,
                 int row, char *text, size_t size);

/* The matrix as CSV (figures_write). */
bool grids_write_samples(const struct figure *f, const struct study_runs *runs, FILE *csv);
bool grids_write_kernels(const struct figure *f, const struct study_runs *runs, FILE *csv);

#endif
