/* Training a ResNet on a device: plans, takes what was planned, begins with random weights, and
 * runs epochs.  Knows neither processes nor files. */
#ifndef TRAINER_H
#define TRAINER_H

#include "engine.h"
#include "images.h"

struct trainer_order {
    struct resnet_plan network;
    int64_t batch;          /* images that go through at once */
    int64_t parts;          /* batches before an update: 1, or more with accumulation */
    struct step_plan step;  /* but `width`, `accumulates`, `record` and `workspace`, which follow */
    int64_t most_workspace; /* bytes */
    enum numbers numbers;
    struct map record;
    uint64_t seed;
};

struct trainer;

/* NULL with a trouble.  The engine is open and stays the caller's. */
struct trainer *trainer_open(struct engine *e, const struct trainer_order *order,
                             struct trouble *t);
void trainer_close(struct trainer *t);

/* The bytes that the planner's arena has, what of it lives at the peak, by kind (STEP_KINDS), and
 * the network. */
int64_t trainer_planned(const struct trainer *t);
int64_t trainer_peak(const struct trainer *t, int64_t *by_kind);
const struct resnet *trainer_network(const struct trainer *t);

struct trainer_sums {
    double loss; /* mean of the images seen */
    int64_t hits, images, steps;
    double last_loss; /* of the last step */
};

/* Called after every step with what is known by then; false ends the epoch. */
typedef bool trainer_watch(void *context, const struct trainer_sums *sums);

/* One pass over the first `count` training images in a new random order, whole batches only;
 * `rate` is the learning rate.  False with a trouble: also when the loss is not finite. */
bool trainer_epoch(struct trainer *t, const struct images *images, int64_t count, float rate,
                   trainer_watch *watch, void *context, struct trainer_sums *sums,
                   struct trouble *trouble);
/* All test images, the last batch filled up with records that count for nothing. */
bool trainer_evaluate(struct trainer *t, const struct images *images, struct trainer_sums *sums,
                      struct trouble *trouble);

#endif
