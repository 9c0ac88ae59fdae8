/* What a tangled suite consists of.  The generated file of each problem defines one `suite`; the
 * staff's has every test, mutants and the reference's thunks, the public one only the public tests.
 */
#ifndef GRADUS_SUITE_H
#define GRADUS_SUITE_H

#include "call.h"

#include <check.h>
#include <stdbool.h>

struct suite_test {
    const char *name, *heading; /* the heading above the fence */
    int line;                   /* of the fence */
    int points;
    bool hidden, dull;
    uint64_t seed;
    const char *const *rows; /* the lines of its shapes table as written, or NULL */
    int row_count;           /* the body runs once for each row; 1 without a table */
    void (*body)(int row);
    const TTest *check; /* the same test as Check knows it: calls suite_run with this test */
};

struct suite_mutant {
    const char *name, *killed_by, *hint;
    call_thunk *const *thunks;
};

/* A file of data that is handed in, and its largest size in bytes. */
struct suite_data {
    const char *name;
    size_t limit;
};

struct suite {
    int problem;
    const char *id, *title, *document; /* path as the document's lines are quoted */
    unsigned long digest;              /* of what it was tangled from */
    int test_count, mutant_count;
    const struct suite_test *tests;
    const struct suite_mutant *mutants;
    call_thunk *const *reference;
    const struct suite_data *data;
    int data_count;
};

extern const struct suite suite;

/* Provided by the runner, called from within each Check test. */
void suite_run(const struct suite_test *test);

#endif
