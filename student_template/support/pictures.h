/* The picture of problem 1: a test picture of our own, what it looks like blurred and reduced to
 * its edges, and pictures side by side.  The expected pictures come from running sums and from
 * differences of neighbours, not from a filter laid over the picture: they know box blurs and
 * second differences, and refuse to know any other filter.
 *
 * What is returned is made with inputs.h and lives as long as what is made there. */
#ifndef PICTURES_H
#define PICTURES_H

#include "inputs.h"

#include <stdbool.h>

enum { PICTURES_HEIGHT = 96, PICTURES_WIDTH = 128 };

/* Shapes, letters, ramps, steps and noise: (96 scale, 128 scale), whole multiples of 1/256 in
 * [0, 1), so that sums of pixels are exact.  The same on every machine. */
tensor *pictures_draw(int scale);
/* The mean of size x size pixels around each one, as scipy.ndimage.convolve gives it.  A picture as
 * pictures_draw makes it, no smaller than the size. */
tensor *pictures_blurred(const tensor *picture, int size);
/* The Laplacian; may be negative. */
tensor *pictures_edges(const tensor *picture);

/* Whether two pictures differ nowhere by more than a thousandth of a grey level; NaN differs. */
bool pictures_agree(const tensor *right, const tensor *yours);
/* (H, 3 W + 8): what is right, what is yours, and white where they differ most.  Of negative
 * numbers the absolute value is shown. */
tensor *pictures_beside(const tensor *right, const tensor *yours);

#endif
