/* Layers alone (lone_layer.h). */
#include "lone_layer.h"

#include <cblas.h>
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct plain_layer plain;
struct work work;
struct trouble trouble;
struct draws draws;

double *lone_doubles(int64_t count) {
    double *numbers = malloc((size_t)count * sizeof *numbers);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = (double)(float)draws_uniform(&draws, -1, 1);
    return numbers;
}

/* Memory of a role, nothing but NaN, or the given numbers. */
float *lone_give(enum step_role role, int64_t count, const double *numbers) {
    free(work.at[role]);
    work.bytes[role] = count * (int64_t)sizeof(float);
    float *at = work.at[role] = malloc((size_t)work.bytes[role]);
    memset(at, -1, (size_t)work.bytes[role]);
    for (int64_t i = 0; numbers && i < count; i++)
        at[i] = (float)numbers[i];
    return at;
}

int64_t lone_read_count(void) {
    return plain.batch * plain.read.height * plain.read.width * plain.read.channels;
}

int64_t lone_weight_count(void) {
    const int64_t inputs = plain.read.channels, outputs = plain.put.channels;
    const int64_t kernel = plain.layer.kernel;
    return plain.layer.kind == LAYER_CONV     ? outputs * kernel * kernel * inputs
           : plain.layer.kind == LAYER_NORM   ? 2 * outputs
           : plain.layer.kind == LAYER_LINEAR ? outputs * (inputs + 1)
                                              : 0;
}

static int shrink(int size, const struct shape_of_layer *s) {
    bool flat = s->kind == LAYER_MEAN || s->kind == LAYER_LINEAR;
    return flat ? 1 : (size + 2 * s->padding - s->kernel) / s->stride + 1;
}

static void give_running(void) {
    const int64_t channels = plain.put.channels;
    float *running = lone_give(ROLE_RUNNING, 2 * channels + 2, NULL);
    memset(running, 0, (size_t)work.bytes[ROLE_RUNNING]);
    for (int64_t c = 0; c < channels; c++)
        running[channels + c] = 1;
}

void lone_make(const struct shape_of_layer *s) {
    openblas_set_num_threads(1);
    draws = draws_from(63, (uint64_t)s->kind);
    plain = (struct plain_layer){.layer = {.kind = s->kind,
                                           .name = "layer",
                                           .other = RESNET_NONE,
                                           .relu = s->relu,
                                           .kernel = s->kernel,
                                           .stride = s->stride,
                                           .padding = s->padding},
                                 .batch = s->batch,
                                 .read = {s->channels, s->height, s->width},
                                 .put = {s->outputs, shrink(s->height, s), shrink(s->width, s)}};
    plain.input = lone_doubles(lone_read_count());
    plain.weights = lone_doubles(lone_weight_count());
    plain.other = s->other ? lone_doubles(plain_outputs(&plain)) : NULL;
    plain.probe = lone_doubles(plain_outputs(&plain));
    work = (struct work){
        .layer = &plain.layer, .batch = s->batch, .read = plain.read, .put = plain.put};
    trouble = (struct trouble){0};
    lone_give(ROLE_INPUT, lone_read_count(), plain.input);
    lone_give(ROLE_WEIGHTS, lone_weight_count(), plain.weights);
    if (s->other)
        lone_give(ROLE_OTHER, plain_outputs(&plain), plain.other);
    lone_give(ROLE_OUTPUT, plain_outputs(&plain), NULL);
    if (s->kind == LAYER_NORM) {
        lone_give(ROLE_MOMENTS, 2 * (int64_t)s->outputs, NULL);
        give_running();
    }
    lone_give(ROLE_CHOICES, (plain_outputs(&plain) + 3) / 4, NULL);
    lone_give(ROLE_WORKSPACE, 3 * (int64_t)s->kernel * s->kernel * s->channels + 1, NULL);
}

void lone_free(void) {
    free(plain.input);
    free(plain.other);
    free(plain.weights);
    free((double *)plain.probe);
    for (int i = 0; i < STEP_ROLES; i++)
        free(work.at[i]);
    memset(&work, 0, sizeof work);
}

void lone_run(enum operation_kind kind) {
    work.kind = kind;
    ck_assert_msg(cpu_work(&work, &trouble), "%s", trouble.words);
}

/* The largest of `count` numbers is about 1, or larger where many terms are summed. */
void lone_expect(const char *what, const float *got, const double *want, int64_t count,
                 double room) {
    double largest = 1;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(want[i]));
    for (int64_t i = 0; i < count; i++)
        if (!(fabs(got[i] - want[i]) <= room * largest))
            ck_abort_msg("%s, number %d: %.9g, not %.9g", what, (int)i, (double)got[i], want[i]);
}
