/* The document of a problem, as wild as its author's keyboard: front matter, fences, prototypes,
 * shapes, mutants, questions; and what is tangled from one that reads well. */
#include "documents.h"

void fuzz_begin(void) {
    documents_begin();
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    documents_replace("problems/1-golden.md", bytes, count);
}
