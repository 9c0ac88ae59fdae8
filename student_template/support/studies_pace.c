/* How long trainings will take, from a few of their steps (studies_ready.h).  Knows clocks. */
#include "studies_pool.h"
#include "studies_ready.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { LEAST_STEPS = 2, PATIENCE = 120 };
static const double LONG_ENOUGH = 0.02; /* seconds of steps */
static const double SCORES_SHARE = 0.4; /* of a step: no way back */

/* Memory that a process leaves its answer in. */
struct pace {
    const struct study_series *series;
    const struct model_engine *engine;
    double seconds; /* of a step, per picture */
};

static double read_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void take_steps(struct pace *p, struct model *model, const struct edges *pictures) {
    const struct study_series *s = p->series;
    int batch = s->batch < pictures->count ? s->batch : pictures->count, steps = 0;
    double begun = 0, now = 0;
    do {
        /* The first step also pays for pages and caches. */
        if (steps == 1)
            begun = read_clock();
        p->engine->step(model, pictures->pixels, pictures->labels, batch, s->rate, 0.9,
                        s->frozen_edges);
        now = read_clock();
    } while (steps++ < LEAST_STEPS || now - begun < LONG_ENOUGH);
    p->seconds = (now - begun) / (steps - 1) / batch;
}

static void measure(void *context) {
    struct pace *p = context;
    struct edges_recipe recipe = {p->series->plan.classes, EDGES_ANYWHERE, 0};
    struct edges *pictures = edges_make(&recipe, 10, 1);
    struct model *model = p->engine->make(&p->series->plan, p->series->batch);
    int64_t count = model_parameter_count(&p->series->plan);
    double *parameters = count > 0 ? malloc((size_t)count * sizeof *parameters) : NULL;
    if (!model || !parameters)
        abort();
    model_initialise(&p->series->plan, 1, parameters);
    p->engine->write(model, parameters);
    take_steps(p, model, pictures);
    p->engine->release(model);
    free(parameters);
    edges_free(pictures);
}

static double expect_seconds(const struct study_run *r, double per_picture) {
    const struct study_series *s = r->series;
    double train = (double)r->images * s->plan.classes, validation = STUDY_VALIDATION;
    double points = (double)s->epochs / s->measure_every;
    return per_picture *
           (s->epochs * train + SCORES_SHARE * points * (train + validation * s->plan.classes));
}

bool ready_estimate(const struct study_runs *runs, const struct model_engine *engine,
                    double *seconds) {
    struct pace *p =
        mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return false;
    const char *death = NULL;
    for (int i = 0; i < runs->count && !death; i++) {
        const struct study_series *s = runs->run[i].series;
        if (p->series != s) {
            *p = (struct pace){s, engine, 0};
            death = pool_try(measure, p, PATIENCE);
            if (death)
                fprintf(stderr, "Study %d, %s: a few steps of training failed: %s.\n",
                        runs->study->number, s->title, death);
        }
        seconds[i] = expect_seconds(&runs->run[i], p->seconds);
    }
    munmap(p, sizeof *p);
    return !death;
}
