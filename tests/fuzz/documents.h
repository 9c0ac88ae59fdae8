/* The golden homework in memory, of which a harness replaces one document (documents.c). */
#ifndef GRADUS_DOCUMENTS_H
#define GRADUS_DOCUMENTS_H

#include "fuzz.h"

/* Lays the homework of tests/golden out below fuzz_folder(), with a document for problem 1 as
 * problems/1-golden.md.  Runs at the root of the project. */
void documents_begin(void);
/* Puts these bytes in a document's place and reads the homework; where it is well, tangles it.
 * Demands what is true of any homework: points add up, generated files are clean text, nothing
 * secret is in the skeleton, handing the skeleton in answers no question; and of any mistake: it is
 * a line with a place in a document. */
void documents_replace(const char *name, const uint8_t *bytes, size_t count);

#endif
