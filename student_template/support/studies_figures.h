/* What is drawn of each study: a table of figures, and their numbers as CSV.  Knows results and
 * pictures; not colours, fonts or programs that draw. */
#ifndef STUDIES_FIGURES_H
#define STUDIES_FIGURES_H

#include "studies.h"

#include <stdio.h>

enum figure_kind {
    FIGURE_SAMPLES,   /* pictures of each class: training, validation; a matrix of pixels */
    FIGURE_CURVES,    /* loss and accuracy over epochs, one number of pictures per class */
    FIGURE_SIZES,     /* accuracy over pictures per class */
    FIGURE_COMPARED,  /* accuracy of several series, one number of pictures per class */
    FIGURE_KERNELS,   /* conv1 before and after, first seed; a matrix of weights */
    FIGURE_CONFUSION, /* right and wrong answers, all seeds */
    FIGURE_KINDS
};

enum { FIGURE_SERIES = 6, FIGURE_NAME = 64 };

struct figure {
    int study;
    enum figure_kind kind;
    int images; /* per class; 0 where all are shown */
    const char *tag;
    const char *series[FIGURE_SERIES];
    const char *caption;
};

/* The number-th figure of a study, or NULL. */
const struct figure *figures_find(int study, int number);
/* "study-2-curves-10": of its files, without the ending. */
void figures_name(const struct figure *f, char name[FIGURE_NAME]);

/* Writes the figure's numbers, from those runs that have finished:
 *   curves     epoch, then for each series the median, lowest and highest of training loss,
 *              training accuracy, validation loss and validation accuracy
 *   sizes      images_per_class, then for each series median, lowest, highest
 *   compared   series, then median, lowest, highest
 *   confusion  series, truth, answer, count, percent of the truth
 *   kernels, samples: a matrix, row by row, NaN between the pictures; of kernels, the weights
 *              over the largest of all kernels in the same row and group
 * Accuracies are percentages.  False when nothing of it has finished: nothing is written then. */
bool figures_write(const struct figure *f, const struct study_runs *runs, FILE *csv);

/* What validation pictures were taken for, over all finished seeds. */
struct figure_answers {
    int runs, classes;
    int count[EDGES_FIVE][EDGES_FIVE]; /* rows the truth, columns the answer */
};
struct figure_answers figures_count_answers(const struct figure *f, const struct study_runs *runs,
                                            const char *series);

#endif
