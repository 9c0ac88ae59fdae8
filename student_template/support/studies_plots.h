/* Draws figures with gnuplot, as SVG and PNG.  Knows gnuplot, colours and fonts; not what is drawn.
 */
#ifndef STUDIES_PLOTS_H
#define STUDIES_PLOTS_H

#include "studies_figures.h"

/* Writes the gnuplot script that draws one figure from its CSV, both in the current folder. */
void plots_write_script(const struct figure *f, const struct study_runs *runs, FILE *script);
/* Width and height in points: the SVG's; PNGs have PLOT_SCALE times as many pixels. */
enum { PLOT_SCALE = 2 };

/* Whether there is a gnuplot that can be run. */
bool plots_available(void);
/* Lets gnuplot run a script in the current folder.  False when it fails. */
bool plots_draw(const char *script);

#endif
