/* A plan as a picture: what lives during every operation of a step, stacked by what it is. */
#ifndef PLAN_PLOT_H
#define PLAN_PLOT_H

#include "plan.h"

/* timeline.csv, timeline.gp and, where gnuplot is, timeline.svg and timeline.png into `directory`,
 * which is made.  A card's memory is drawn when the step comes near it; `card` may be NULL.  NULL,
 * or a sentence about what could not be done (static); *drawn says whether there are pictures. */
const char *plan_plot(const struct plan_order *order, const struct card *card,
                      const char *directory, bool *drawn);

#endif
