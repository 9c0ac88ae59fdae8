/* Steps of small networks on an engine, for tests: a network with its step and arena, records and
 * first weights from seeds, and all that a training leaves behind. */
#ifndef UNIT_STEPPING_H
#define UNIT_STEPPING_H

#include "engine.h"

struct stepping {
    struct resnet net;
    struct step_plan plan;
    struct step *step;
    struct arena arena;
    struct work_order order;
};

/* Images of 3 x 40 x 36 for 7 classes, straight from records of the same size. */
extern const struct resnet_plan stepping_basic, stepping_bottleneck;

/* Scratch is what engine_cpu asks for.  Fails the test where anything goes wrong. */
void stepping_make(struct stepping *s, const struct resnet_plan *network,
                   const struct step_plan *plan, int64_t batch);
void stepping_free(struct stepping *s);

/* First weights, states of 0, running means of 0 and variances of 1, gradients of 0 where they
 * stay; to `memory`, where the arena lies, or else to the engine. */
void stepping_begin(const struct stepping *s, struct engine *e, void *memory);
/* Records of the given step; images from `first` on of a larger batch. */
void stepping_records(const struct stepping *s, int step, int64_t first, unsigned char *records);

/* All weights, states and running statistics, or all gradients, one after the other, as they stand
 * in memory.  Owned by the caller. */
struct numbers_read {
    int64_t count;
    float *at;
};
struct numbers_read stepping_read(const struct stepping *s, struct engine *e, unsigned kinds);

/* The largest difference, relative to the largest number. */
double stepping_distance(struct numbers_read a, struct numbers_read b);

#endif
