/* Problem 6's pictures and networks, as golden data asks: what is drawn, and 50 steps of learning,
 * by the reference's layers in double and by the fast path in float32. */
#include "operations.h"

#include "edges.h"
#include "model.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rounding grows from step to step: PyTorch adds up in another order than we do.  In float32 the
 * losses are good to about 1e-7 and the numbers of a network to about 1e-6. */
static const double ROOM_LAYERS = 1e-9, ROOM_FAST = 1e-5;

/* --- Pictures --- */

static struct edges *draw_pictures(const struct golden *g, const char *seed) {
    static const char *const places[] = {[EDGES_ANYWHERE] = "anywhere",
                                         [EDGES_FIRST_HALF] = "first half",
                                         [EDGES_SECOND_HALF] = "second half"};
    struct edges_recipe recipe = {.classes = golden_int(g, "classes"),
                                  .permutation = (uint64_t)golden_int(g, "permutation")};
    while (strcmp(places[recipe.place], golden_word(g, "place")))
        recipe.place++;
    return edges_make(&recipe, golden_int(g, "per_class"), (uint64_t)golden_int(g, seed));
}

static double grey(const struct edges *e, int64_t pixel) {
    return round(255 * (double)e->pixels[pixel]);
}

static void run_pictures(const struct golden *g) {
    struct edges *e = draw_pictures(g, "seed");
    tensor *greys = golden_output(g, "greys");
    ints *labels = golden_output_ints(g, "labels");
    ck_assert_int_eq(tensor_count(greys), (int64_t)e->count * EDGES_PIXELS);
    ck_assert_int_eq(ints_count(labels), e->count);
    for (int64_t i = 0; i < tensor_count(greys); i++)
        greys->at[i] = grey(e, i);
    for (int i = 0; i < e->count; i++)
        labels->at[i] = e->labels[i];
    edges_free(e);
    golden_expect(g, "greys", greys);
    golden_expect_ints(g, "labels", labels);
}

/* The sum of each picture: enough to notice that they are drawn in another way. */
static void expect_same_pictures(const struct golden *g, const struct edges *e) {
    tensor *sums = golden_output(g, "greys");
    ck_assert_int_eq(tensor_count(sums), e->count);
    for (int n = 0; n < e->count; n++) {
        sums->at[n] = 0;
        for (int i = 0; i < EDGES_PIXELS; i++)
            sums->at[n] += grey(e, (int64_t)n * EDGES_PIXELS + i);
    }
    golden_expect(g, "greys", sums);
}

/* --- Networks --- */

static struct model_plan read_plan(const struct golden *g) {
    return (struct model_plan){
        .kind = strcmp(golden_word(g, "kind"), "mlp") ? MODEL_CNN : MODEL_MLP,
        .height = EDGES_SIDE,
        .width = EDGES_SIDE,
        .classes = golden_int(g, "classes"),
        .kernel = golden_int(g, "kernel"),
        .filters = golden_int(g, "filters"),
        .depth = golden_int(g, "depth"),
        .pool = strcmp(golden_word(g, "pool"), "max") ? MODEL_AVERAGE_POOL : MODEL_MAX_POOL,
    };
}

/* Files hold each number of a small network and some of a large one. */
static void expect_parameters(const struct golden *g, const char *name, const double *parameters,
                              double room) {
    tensor *some = golden_output(g, name);
    for (int64_t i = 0; i < tensor_count(some); i++)
        some->at[i] = parameters[i * golden_int(g, "every")];
    golden_expect_within(g, name, some, room);
}

/* The pictures of one step: files lie class after class, a stride of 7 mixes them. */
static void choose_batch(const struct edges *e, int step, int count, float *pixels, int *labels) {
    for (int i = 0; i < count; i++) {
        int row = 7 * (step * count + i) % e->count;
        memcpy(pixels + (size_t)i * EDGES_PIXELS, e->pixels + (size_t)row * EDGES_PIXELS,
               EDGES_PIXELS * sizeof *pixels);
        labels[i] = e->labels[row];
    }
}

/* Lets `m` learn as the case says; `parameters` are its first numbers and receive its last ones. */
static void follow(const struct golden *g, const struct model_engine *engine, const struct edges *e,
                   double *parameters, double room) {
    const struct model_plan plan = read_plan(g);
    int count = golden_int(g, "count");
    struct model *m = engine->make(&plan, golden_int(g, "batch"));
    ck_assert_msg(m != NULL, "%s: %s cannot make this network", g->name, engine->name);
    engine->write(m, parameters);
    tensor *losses = golden_output(g, "losses");
    float *pixels = malloc((size_t)count * EDGES_PIXELS * sizeof *pixels);
    int *labels = malloc((size_t)count * sizeof *labels);
    for (int step = 0; step < golden_int(g, "steps"); step++) {
        choose_batch(e, step, count, pixels, labels);
        losses->at[step] = engine->step(m, pixels, labels, count, golden_real(g, "rate"),
                                        golden_real(g, "momentum"), golden_int(g, "head_only"));
    }
    engine->read(m, parameters);
    engine->release(m);
    free(pixels);
    free(labels);
    golden_expect_within(g, "losses", losses, room);
    expect_parameters(g, "last", parameters, room);
}

static void run_trajectory(const struct golden *g) {
    const struct model_plan plan = read_plan(g);
    int64_t count = model_parameter_count(&plan);
    golden_expect_int(g, "parameters", count);
    double *first = malloc((size_t)count * sizeof *first);
    double *parameters = malloc((size_t)count * sizeof *parameters);
    struct edges *e = draw_pictures(g, "picture_seed");
    expect_same_pictures(g, e);
    model_initialise(&plan, (uint64_t)golden_int(g, "weight_seed"), first);
    expect_parameters(g, "first", first, 0);
    memcpy(parameters, first, (size_t)count * sizeof *first);
    follow(g, &layers_engine, e, parameters, ROOM_LAYERS);
    memcpy(parameters, first, (size_t)count * sizeof *first);
    follow(g, &fast_engine, e, parameters, ROOM_FAST);
    edges_free(e);
    free(first);
    free(parameters);
}

const struct golden_operation training_operations[] = {
    {"pictures", run_pictures},
    {"trajectory", run_trajectory},
    {NULL, NULL},
};
