/* Grey pictures as PNG files (libpng).  Knows pixels; not what they show. */
#ifndef GRADUS_PICTURE_H
#define GRADUS_PICTURE_H

#include "tensor.h"

#include <stddef.h>

enum { PICTURE_SIDE = 4096 }; /* the most rows or columns */

/* Reads any PNG as grey, 0.2989 R + 0.5870 G + 0.1140 B in [0, 1], transparent pixels over white,
 * into `picture` (H, W), whose numbers the caller frees with free().  Returns NULL, or one sentence
 * that says why the file is not taken (in static memory). */
const char *picture_read(const char *path, tensor *picture);
/* Writes (H, W) as 8-bit grey: clipped to [0, 1], NaN black.  Returns NULL or a sentence. */
const char *picture_write(const char *path, const tensor *picture);

#endif
