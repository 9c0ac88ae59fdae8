/* gpu_report.json (report.h says what is in it) and the two plots, made of what was measured. Knows
 * formats; computes nothing. */
#ifndef MEASURE_REPORT_H
#define MEASURE_REPORT_H

#include "measure_run.h"

/* As JSON, in memory of the caller (free); NULL when there is none.  Plots are named where they are
 * drawn. */
char *measure_report(const struct measurement *m, bool drawn);
/* Writes FOLDER/plots.gp beside ledger.csv, epochs.csv and memory.csv, and draws accuracy.png,
 * memory.png and the same as SVG.  `drawn` is false where there is no gnuplot, or nothing to draw.
 */
bool measure_plot(const struct measurement *m, bool *drawn, struct trouble *t);

#endif
