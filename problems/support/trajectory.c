/* Follows a network through its first steps (trajectory.h).  Knows neither whose functions the
 * network goes through nor what the losses should be. */
#include "trajectory.h"

#include "edges.h"
#include "inputs.h"

/* A few batches, again and again, so that there is something to learn.  The rate is one at which
 * rounding does not grow: the losses of right solutions agree to 14 digits after 50 steps. */
enum { BATCHES = 4, PER_CLASS = 1 };
static const double RATE = 0.05, MOMENTUM = 0.9;

void trajectory_losses(const struct model_plan *plan, uint64_t seed, double *losses) {
    const struct edges_recipe recipe = {.classes = EDGES_THREE, .place = EDGES_ANYWHERE};
    struct edges *batch[BATCHES];
    for (int i = 0; i < BATCHES; i++)
        batch[i] = edges_make(&recipe, PER_CLASS, seed + (uint64_t)i);
    tensor *first = tensor_new(SHAPE((int)model_parameter_count(plan)));
    model_initialise(plan, seed, first->at);
    struct model *m = layers_engine.make(plan, batch[0]->count);
    layers_engine.write(m, first->at);
    for (int i = 0; i < TRAJECTORY_STEPS; i++) {
        const struct edges *e = batch[i % BATCHES];
        losses[i] = layers_engine.step(m, e->pixels, e->labels, e->count, RATE, MOMENTUM, false);
    }
    layers_engine.release(m);
    for (int i = 0; i < BATCHES; i++)
        edges_free(batch[i]);
}
