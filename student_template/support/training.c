/* Shuffled batches, epoch after epoch, with measurements between them.  Knows no layers and no
 * studies. */
#include "training.h"

#include "draws.h"
#include "exact.h"

#include <stdlib.h>
#include <string.h>

enum { PURPOSE_ORDER = 3 };

struct loop {
    const struct training *training;
    struct model *model;
    struct draws draws;
    int *order;    /* of the training pictures */
    float *pixels; /* one batch */
    int *labels;
    float *scores; /* of the larger of both sets */
    struct training_result *result;
};

/* --- Measuring --- */

static int answer(const float *scores, int classes) {
    int best = 0;
    for (int i = 1; i < classes; i++)
        if (scores[i] > scores[best])
            best = i;
    return best;
}

/* How surprised the scores are by the right answer: ln of the sum of e^(score - right score). */
static double surprise(const float *scores, int classes, int label) {
    float highest = scores[answer(scores, classes)];
    double sum = 0;
    for (int i = 0; i < classes; i++)
        sum += exact_exp((double)scores[i] - highest);
    return exact_log(sum) - ((double)scores[label] - highest);
}

static void measure(struct loop *loop, const struct edges *set, double *loss, double *accuracy,
                    int confusion[MODEL_CLASSES][MODEL_CLASSES]) {
    loop->training->engine->scores(loop->model, set->pixels, set->count, loop->scores);
    double sum = 0;
    int right = 0;
    memset(confusion, 0, sizeof(int[MODEL_CLASSES][MODEL_CLASSES]));
    for (int n = 0; n < set->count; n++) {
        const float *scores = loop->scores + (size_t)n * set->classes;
        int truth = set->labels[n], said = answer(scores, set->classes);
        sum += surprise(scores, set->classes, truth);
        right += said == truth;
        confusion[truth][said]++;
    }
    *loss = sum / set->count;
    *accuracy = (double)right / set->count;
}

static bool take_point(struct loop *loop, int epoch) {
    const struct training *t = loop->training;
    struct training_point *p = &loop->result->points[loop->result->point_count++];
    *p = (struct training_point){.epoch = epoch};
    measure(loop, t->train, &p->train_loss, &p->train_accuracy, loop->result->confusion);
    if (t->validation)
        measure(loop, t->validation, &p->validation_loss, &p->validation_accuracy,
                loop->result->confusion);
    else
        memset(loop->result->confusion, 0, sizeof loop->result->confusion);
    return !t->watch || t->watch(t->context, epoch, p);
}

/* --- Learning --- */

static void learn_epoch(struct loop *loop) {
    const struct training *t = loop->training;
    draws_shuffle(&loop->draws, loop->order, t->train->count);
    for (int first = 0; first < t->train->count; first += t->batch) {
        int count = t->train->count - first < t->batch ? t->train->count - first : t->batch;
        for (int n = 0; n < count; n++) {
            int picture = loop->order[first + n];
            memcpy(loop->pixels + (size_t)n * EDGES_PIXELS,
                   t->train->pixels + (size_t)picture * EDGES_PIXELS,
                   sizeof *loop->pixels * EDGES_PIXELS);
            loop->labels[n] = t->train->labels[picture];
        }
        t->engine->step(loop->model, loop->pixels, loop->labels, count, t->rate, t->momentum,
                        t->head_only);
    }
}

static void learn(struct loop *loop) {
    const struct training *t = loop->training;
    bool going = true;
    for (int epoch = 1; epoch <= t->epochs && going; epoch++) {
        learn_epoch(loop);
        bool due = t->measure_every && epoch % t->measure_every == 0;
        if (due || epoch == t->epochs)
            going = take_point(loop, epoch);
    }
}

/* --- From outside --- */

struct training_result *training_run(const struct training *t) {
    int64_t parameter_count = model_parameter_count(&t->plan);
    struct model *model = parameter_count < 0 ? NULL : t->engine->make(&t->plan, t->batch);
    if (!model)
        return NULL;
    struct training_result *r = calloc(1, sizeof *r);
    int most = t->train->count;
    if (t->validation && t->validation->count > most)
        most = t->validation->count;
    int points = t->measure_every ? t->epochs / t->measure_every + 1 : 1;
    struct loop loop = {.training = t,
                        .model = model,
                        .draws = draws_from(t->seed, PURPOSE_ORDER),
                        .order = malloc(sizeof *loop.order * (size_t)t->train->count),
                        .pixels = malloc(sizeof *loop.pixels * EDGES_PIXELS * (size_t)t->batch),
                        .labels = malloc(sizeof *loop.labels * (size_t)t->batch),
                        .scores = malloc(sizeof *loop.scores * MODEL_CLASSES * (size_t)most),
                        .result = r};
    r->points = malloc(sizeof *r->points * (size_t)points);
    r->parameters = malloc(sizeof *r->parameters * (size_t)parameter_count);
    for (int i = 0; i < t->train->count; i++)
        loop.order[i] = i;
    if (!t->parameters)
        model_initialise(&t->plan, t->seed, r->parameters);
    t->engine->write(model, t->parameters ? t->parameters : r->parameters);
    learn(&loop);
    t->engine->read(model, r->parameters);
    t->engine->release(model);
    free(loop.order);
    free(loop.pixels);
    free(loop.labels);
    free(loop.scores);
    return r;
}

void training_free(struct training_result *r) {
    if (!r)
        return;
    free(r->points);
    free(r->parameters);
    free(r);
}
