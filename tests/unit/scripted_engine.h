/* An engine that computes nothing: it notes what it is asked for and answers as told, so that tests
 * see what a trainer does.  One at a time. */
#ifndef SCRIPTED_ENGINE_H
#define SCRIPTED_ENGINE_H

#include "engine.h"

enum { SCRIPTED_STEPS = 256, SCRIPTED_BATCH = 64 };

struct scripted {
    struct engine engine; /* first */
    /* What to answer. */
    int fails_at;      /* the call that ends in a trouble, from 1 on; 0: none */
    int not_finite_at; /* the step whose loss is no number, from 1 on */
    int64_t takes;     /* scratch */
    /* What was asked. */
    int calls, after_trouble;
    char events[2048]; /* a letter a call: Workspace, Prepare, wRite, Stage, rUn, wAit */
    int64_t most;
    const struct work_order *order;
    unsigned char *memory; /* as much as the arena */
    int *writes;           /* of each tensor */
    unsigned char *staged[2];
    int steps, waited;
    enum engine_mode modes[SCRIPTED_STEPS];
    struct step_settings settings[SCRIPTED_STEPS];
    /* Which images a step saw: what their first two pixels say; -1: no image. */
    int saw[SCRIPTED_STEPS][SCRIPTED_BATCH];
};

/* Its step number n, from 1 on, has the loss n for every image, and n hits. */
struct scripted *scripted_open(void);
void scripted_close(struct scripted *s);

#endif
