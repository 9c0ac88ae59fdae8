/* Graphics cards that courses use, from their public data sheets: what they have and how fast they
 * could be.  For plans without a card at hand, and for judging whether a report can be true. */
#ifndef CARDS_H
#define CARDS_H

#include <stdint.h>

struct card {
    const char *name;             /* what NVML and nvidia-smi call it, without "NVIDIA" */
    int major, minor;             /* compute capability */
    int multiprocessors, threads; /* resident threads of each */
    int64_t total_bytes;          /* as the driver reports it */
    double fp32, tf32, bf16;      /* peak of dense products, operations a second; 0: has none */
    double bandwidth;             /* bytes a second */
};

extern const struct card cards[];
extern const int card_count;

/* By any part of its name, in any case ("T4", "a100"): the first that has it, or NULL. */
const struct card *card_find(const char *name);
/* What a CUDA context takes before anything else does: stacks for all resident threads, 2 KiB each,
 * measured within 5 % on three cards; libraries and kernels come on top. */
int64_t card_context_bytes(const struct card *c);

/* What one multiprocessor of such a card allows. */
struct card_limits {
    int shared_bytes; /* that a block may ask for */
    int blocks;       /* resident at once */
};
struct card_limits card_limits(const struct card *c);

#endif
