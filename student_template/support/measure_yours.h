/* What the functions of problem 7 predict, beside what was planned and measured.  They are
 * somebody's and may crash, or never return: they run in a process of their own. */
#ifndef MEASURE_YOURS_H
#define MEASURE_YOURS_H

#include "measure_run.h"

/* On the standard output. */
void measure_print_yours(const struct measurement *m);

#endif
