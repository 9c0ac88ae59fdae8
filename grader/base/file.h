/* Whole files and directories.  Every function says what went wrong by returning false with errno
 * set; none of them prints. */
#ifndef GRADUS_FILE_H
#define GRADUS_FILE_H

#include "text.h"

#include <stdbool.h>

/* Reads up to out->limit bytes; a longer file sets out->cut.  Only regular files. */
bool file_read(const char *path, struct text *out);
/* Reads what an open descriptor holds from its beginning (pread). */
bool file_read_descriptor(int descriptor, struct text *out);
/* All of it, from where the descriptor stands. */
bool file_write_descriptor(int descriptor, const void *bytes, unsigned long count);
/* Writes beside `path` and renames: readers see the old file or the whole new one. */
bool file_write(const char *path, const char *bytes, unsigned long count);
/* The same by way of the file `beside`, which nobody else may write to: what a killed process left
 * of it is written over. */
bool file_write_through(const char *beside, const char *path, const char *bytes,
                        unsigned long count);
bool directory_make(const char *path); /* with parents; an existing directory is fine */
/* Removes everything below `path` and `path` itself; follows no link. */
bool directory_remove(const char *path);
/* $TMPDIR, or /tmp where that is unset or empty: as getenv, the name is not the caller's. */
const char *directory_temporary(void);
/* A fresh private directory below that one; the caller removes it and frees the name. */
char *directory_private(void);
/* FNV-1a of the bytes, chained from `seed` (start with 0): names caches and detects staleness; it
 * is no defence against forgery. */
unsigned long digest(unsigned long seed, const void *bytes, unsigned long count);

#endif
