/* The training loop and what is measured on the way.  Knows engines and pictures; not why anybody
 * trains. */
#ifndef TRAINING_H
#define TRAINING_H

#include "edges.h"
#include "model.h"

/* Where a curve passes: mean losses and the share of right answers, in [0, 1]. */
struct training_point {
    int epoch; /* 1 ... epochs */
    double train_loss, train_accuracy, validation_loss, validation_accuracy;
};

struct training {
    const struct model_engine *engine;
    struct model_plan plan;
    int epochs, batch; /* 10; study 1 takes 32 */
    double rate, momentum;
    bool head_only;
    uint64_t seed;            /* of the initial numbers and of the order of the pictures */
    const double *parameters; /* initial ones instead of model_initialise's, or NULL */
    const struct edges *train, *validation; /* validation may be NULL */
    int measure_every; /* epochs between two measurements; 0: only after the last one */
    /* Called after each measurement; false stops the training.  May be NULL. */
    bool (*watch)(void *context, int epoch, const struct training_point *point);
    void *context;
};

struct training_result {
    int point_count;
    struct training_point *points;
    double *parameters;  /* as trained */
    int confusion[5][5]; /* of the validation set: rows the truth, columns the answer */
};

/* NULL when the plan is impossible.  Free with training_free. */
struct training_result *training_run(const struct training *t);
void training_free(struct training_result *r);

#endif
