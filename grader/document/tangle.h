/* From documents to C: everything that the build compiles, below one directory.
 *
 *   homework.h             the API: all api fences, in order of problem
 *   calls.h calls.c        wrappers call_NAME around every function, and `#define NAME call_NAME`
 *   dispatch.c             a thunk for every function (THUNKS names the table; student_thunks)
 *   missing.c              weak functions that say UNFINISHED, for what a submission lacks
 *   reference.h            ref_NAME prototypes and REF();  rename.h: `#define NAME ref_NAME`
 *   suite-N.c public-N.c   the staff's and the students' suite of problem N
 *   mutants/N/NAME.c       the reference file patched, its functions renamed, and its thunks
 *   trivial/KIND/FILE.c    submissions that do no work: zeros ones copies random refuses
 *   skeleton/              what becomes student_template/
 *   tangled.mk             the lists that the Makefile needs
 */
#ifndef GRADUS_TANGLE_H
#define GRADUS_TANGLE_H

#include "document/document.h"

/* Writes all of it (files that would not change keep their time).  A mutant whose line is not found
 * exactly once, or an unreadable reference, is a mistake as in homework_read.  False when any. */
bool tangle(const struct homework *h, const char *out, struct text *mistakes);

#endif
