/* Files that a measurement leaves: each is written beside its place and moved there when all of it
 * is on the disk, so that what was there before stays until something better is.  Knows nothing of
 * what is in them, but for records. */
#ifndef MEASURE_FILES_H
#define MEASURE_FILES_H

#include "measure.h"

#include <stdio.h>

/* FOLDER/NAME gets `count` bytes.  False with TROUBLE_DISK. */
bool measure_write(const char *folder, const char *name, const char *bytes, size_t count,
                   struct trouble *t);
/* The same with what `write` prints. */
typedef void measure_print(const void *what, FILE *out);
bool measure_write_printed(const char *folder, const char *name, measure_print *write,
                           const void *what, struct trouble *t);

/* Makes the folder, those above it, and FOLDER/pieces, and locks it: nobody else measures into it
 * until the last process that was forked meanwhile has ended.  Returns a file descriptor, or -1
 * with TROUBLE_DISK. */
int measure_enter(const char *folder, struct trouble *t);

/* FOLDER/pieces/NAME.json (measure_record.c). */
bool measure_save(const char *folder, const struct measure_record *record, struct trouble *t);
/* False when there is none that can be read. */
bool measure_load(const char *folder, const char *name, struct measure_record *record);
/* As JSON, in memory of the caller (free); NULL when there is none. */
char *measure_describe(const struct measure_record *record);

#endif
