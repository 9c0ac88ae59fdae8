/* Where the bytes of a piece went: what was planned, what was granted, what was measured, and a
 * name for every difference, so that the sum is exact.  And the tables that people get.  Knows no
 * device. */
#ifndef MEASURE_LEDGER_H
#define MEASURE_LEDGER_H

#include "measure_run.h"

#include <stdio.h>

enum ledger_line {
    LEDGER_GAPS = STEP_KINDS, /* before it: what lives at the peak, by kind */
    LEDGER_ROUNDING,          /* planned to granted */
    LEDGER_CONTEXT,
    LEDGER_LOADING,
    LEDGER_FIRST,
    LEDGER_LATER,
    LEDGER_BETWEEN,
    LEDGER_LINES
};

struct ledger {
    int64_t planned, granted, measured; /* measured: at the peak, what others use aside */
    int64_t bytes[LEDGER_LINES];        /* up to LEDGER_GAPS they add up to planned, with
                                           LEDGER_ROUNDING to granted, all to measured */
};
struct ledger ledger_make(const struct measure_record *r);
const char *ledger_name(int line, bool gpu);

/* All training pieces side by side in MiB; `out` as wide as it needs. */
void ledger_print(const void *measurement, FILE *out);
/* ledger.csv, epochs.csv, memory.csv: bytes, seconds, shares. */
void ledger_write_csv(const void *measurement, FILE *out);
void ledger_write_epochs(const void *measurement, FILE *out);
void ledger_write_memory(const void *measurement, FILE *out);

#endif
