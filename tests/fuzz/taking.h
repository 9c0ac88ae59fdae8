/* A submission from memory into a folder (taking.c), for the two harnesses of intake. */
#ifndef GRADUS_TAKING_H
#define GRADUS_TAKING_H

#include "fuzz.h"

void taking_begin(void);
/* Set by a box that ends by a fault of ours: it must be told, and no other may. */
extern bool taking_fault;
/* Takes these bytes in, as an archive, and demands that exactly the files that are listed as taken
 * were written, byte for byte, nowhere else and within their limits, and that all names are fit to
 * be shown. */
void taking_demand(const void *bytes, size_t count);

#endif
