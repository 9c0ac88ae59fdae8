/* Reports as people hand them in, for tests: honest ones of several cards, made of figures that
 * were measured with PyTorch (not of the judge's own expectations), with the noise of real
 * readings. */
#ifndef REPORT_MADE_H
#define REPORT_MADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MADE_BATCHES = 4, MADE_EPOCHS = 10, MADE_BYTES = 1 << 16 };

/* Memory in MiB.  What is to be wrong is changed in here, before it is written. */
struct made {
    const char *card, *made_by, *framework, *precision, *levers, *units, *reads, *network,
        *accuracy;
    double unit; /* bytes of one of the units */
    bool rounds; /* figures were typed, with few decimals */
    double total, before, loaded, parameters, size, compute;
    int steps, images, multiprocessors;
    int batch_count;
    double optimisers[3], batch[MADE_BATCHES], batches[MADE_BATCHES];
    double time[MADE_BATCHES][MADE_EPOCHS], right[MADE_BATCHES][MADE_EPOCHS]; /* images */
    double log_memory, sample; /* 1: as the row says */
    double fits, fails;
};

struct made_profile {
    const char *name, *card, *made_by, *framework, *precision, *levers, *units, *reads;
    int steps, images;
    double total, before, context, screen; /* screen: MiB that come and go */
    double workspace;                      /* MiB of cuDNN's for each image */
    double rate;                           /* images a second when the card is full */
};
extern const struct made_profile made_honest[];
extern const int made_honest_count;

/* Another run of the same protocol for every seed. */
void made_run(const struct made_profile *p, uint64_t seed, struct made *m);
/* As JSON into MADE_BYTES; returns its length. */
size_t made_write(const struct made *m, char *out);

#endif
