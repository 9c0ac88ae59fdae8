/* Golden data: files of cases, each a call, what it is given and what must come out of it.  Written
 * by make_oracles.py, read here with cJSON.  Knows nothing of the operations.  Whatever is not as
 * make_oracles.py writes it fails the running test. */
#ifndef ORACLES_GOLDEN_H
#define ORACLES_GOLDEN_H

#include "public/inputs.h"

#include <cjson/cJSON.h>

struct golden {
    const char *family, *name, *call;
    int number; /* within its family, from 1 */
    const cJSON *given, *want, *scale;
};

/* Reads tests/oracles/FAMILY.json; the caller frees with cJSON_Delete.  NULL when there is no such
 * file or it is not one of ours. */
cJSON *golden_read(const char *family);
int golden_count(const cJSON *file);
struct golden golden_case(const cJSON *file, int index);

/* What the call is given.  Tensors and ints live as long as those of public/inputs.h. */
tensor *golden_tensor(const struct golden *g, const char *name);
ints *golden_ints(const struct golden *g, const char *name);
int golden_int(const struct golden *g, const char *name);
double golden_real(const struct golden *g, const char *name);
const char *golden_word(const struct golden *g, const char *name);

/* An output of the wanted shape that nobody has written yet. */
tensor *golden_output(const struct golden *g, const char *name);
ints *golden_output_ints(const struct golden *g, const char *name);
/* Whether anything is said about it: nothing is wanted from a call that must be refused. */
bool golden_wants(const struct golden *g, const char *name);

/* Each error is at most `room` times the largest number that is wanted, or times the case's own
 * scale for this output. */
void golden_expect_within(const struct golden *g, const char *name, const tensor *got, double room);
void golden_expect_real_within(const struct golden *g, const char *name, double got, double room);
/* Within 1e-12: sums of a few hundred terms lose less than a tenth of that. */
void golden_expect(const struct golden *g, const char *name, const tensor *got);
void golden_expect_real(const struct golden *g, const char *name, double got);
void golden_expect_ints(const struct golden *g, const char *name, const ints *got);
void golden_expect_int(const struct golden *g, const char *name, int64_t got);

#endif
