/* Turns the list of studies into trainings and carries one out.  Knows seeds, pictures and initial
 * numbers; not which processes train, nor what is made of the results. */
#include "inputs.h"
#include "studies.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { EDGE_KERNEL = 7, EDGE_ROW = 2, QUICK = 10 };

/* --- What is to be done --- */

static int count_sizes(const struct study_series *s) {
    int count = 0;
    while (count < STUDY_SIZES && s->images[count])
        count++;
    return count;
}

static int count_points(const struct study_series *s) {
    return s->epochs / s->measure_every + 1;
}

static int64_t count_kernel(const struct study_series *s) {
    int64_t count = 0;
    return s->plan.kind == MODEL_CNN && model_find(&s->plan, "conv1.weight", &count) >= 0 ? count
                                                                                          : 0;
}

/* The series of a study as they will be trained.  Returns how many. */
static int choose_series(int number, bool quick, const struct study_settings *settings,
                         struct study_series *series) {
    int count = 0;
    for (int i = 0; i < study_table_count; i++) {
        struct study_series s = study_table[i];
        const double *chosen = settings->chosen[s.choice];
        if (s.study != number || (s.choice && chosen[0] < 1))
            continue;
        if (s.choice) {
            s.epochs = (int)chosen[0];
            s.rate = chosen[1];
            s.plan.kernel = (int)chosen[2];
        }
        if (quick)
            s.epochs = (s.epochs + QUICK - 1) / QUICK;
        series[count++] = s;
    }
    return count;
}

struct need {
    int runs;
    size_t points, numbers;
};

static struct need count_need(const struct study_series *series, int series_count, int seeds) {
    struct need n = {0};
    for (int i = 0; i < series_count; i++) {
        int runs = count_sizes(&series[i]) * seeds;
        n.runs += runs;
        n.points += (size_t)runs * (size_t)count_points(&series[i]);
        n.numbers += (size_t)runs * 2 * (size_t)count_kernel(&series[i]);
    }
    return n;
}

static void lay_out(struct study_runs *runs, struct need need) {
    runs->run = (struct study_run *)(runs + 1);
    double *numbers = (double *)(runs->run + need.runs);
    struct training_point *points = (struct training_point *)(numbers + need.numbers);
    for (int s = 0; s < runs->series_count; s++)
        for (int i = 0; i < count_sizes(&runs->series[s]); i++)
            for (int seed = 0; seed < runs->seed_count; seed++) {
                struct study_run *run = &runs->run[runs->count++];
                run->series = &runs->series[s];
                run->images = run->series->images[i];
                run->seed = (uint64_t)seed;
                run->kernel_count = count_kernel(run->series);
                run->untrained = numbers;
                run->kernel = numbers + run->kernel_count;
                numbers += 2 * run->kernel_count;
                run->points = points;
                points += count_points(run->series);
            }
}

struct study_runs *studies_plan(int number, int seed_count, bool quick,
                                const struct study_settings *settings) {
    struct study_series series[STUDY_SERIES];
    int series_count = choose_series(number, quick, settings, series);
    struct need need = count_need(series, series_count, seed_count);
    size_t size = sizeof(struct study_runs) + (size_t)need.runs * sizeof(struct study_run) +
                  need.numbers * sizeof(double) + need.points * sizeof(struct training_point);
    struct study_runs *runs =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (runs == MAP_FAILED)
        return NULL;
    runs->study = &studies[number - 1];
    runs->size = size;
    runs->seed_count = seed_count;
    runs->series_count = series_count;
    memcpy(runs->series, series, sizeof series);
    lay_out(runs, need);
    return runs;
}

void studies_release(struct study_runs *runs) {
    if (runs)
        munmap(runs, runs->size);
}

const struct study_series *studies_find(const struct study_runs *runs, const char *name) {
    for (int i = 0; i < runs->series_count; i++)
        if (!strcmp(runs->series[i].name, name))
            return &runs->series[i];
    return NULL;
}

const struct study_run *studies_find_run(const struct study_runs *runs, const char *name,
                                         int images, uint64_t seed) {
    for (int i = 0; i < runs->count; i++) {
        const struct study_run *run = &runs->run[i];
        if (run->images == images && run->seed == seed && !strcmp(run->series->name, name))
            return run;
    }
    return NULL;
}

/* --- One training --- */

static struct edges_recipe find_recipe(enum study_data data, bool validation, uint64_t seed) {
    struct edges_recipe recipe = {EDGES_THREE, EDGES_ANYWHERE, 0};
    if (data == STUDY_FIVE)
        recipe.classes = EDGES_FIVE;
    if (data == STUDY_SHIFTED)
        recipe.place = validation ? EDGES_SECOND_HALF : EDGES_FIRST_HALF;
    if (data == STUDY_PERMUTED)
        recipe.permutation = random_mixed(seed, "permutation") | 1;
    return recipe;
}

struct edges *studies_training_pictures(const struct study_runs *runs, int images, uint64_t seed) {
    struct edges_recipe recipe = find_recipe(runs->study->data, false, seed);
    return edges_make(&recipe, images, random_mixed(seed, "training"));
}

struct edges *studies_validation_pictures(const struct study_runs *runs, uint64_t seed) {
    struct edges_recipe recipe = find_recipe(runs->study->data, true, seed);
    return edges_make(&recipe, STUDY_VALIDATION, random_mixed(seed, "validation"));
}

static uint64_t find_training_seed(const struct study_run *run) {
    return random_mixed(run->seed, "numbers and order");
}

/* A bright row above a dark one, its transpose, and a kernel of zeros; the second convolution has
 * the same three, each for all of its inputs. */
static void set_edge_detectors(const struct model_plan *plan, double *parameters) {
    static const char *const layers[] = {"conv1.weight", "conv2.weight"};
    static const char *const biases[] = {"conv1.bias", "conv2.bias"};
    for (int layer = 0; layer < 2; layer++) {
        int64_t count = 0;
        double *bias = parameters + model_find(plan, biases[layer], &count);
        memset(bias, 0, (size_t)count * sizeof *bias);
        double *at = parameters + model_find(plan, layers[layer], &count);
        int channels = layer ? plan->filters : 1;
        for (int f = 0; f < plan->filters; f++)
            for (int c = 0; c < channels; c++)
                for (int i = 0; i < EDGE_KERNEL; i++)
                    for (int j = 0; j < EDGE_KERNEL; j++) {
                        int across = f == 0 ? i : f == 1 ? j : -1;
                        *at++ = across == EDGE_ROW ? 1 : across == EDGE_ROW + 1 ? -1 : 0;
                    }
    }
}

static bool note_epoch(void *context, int epoch, const struct training_point *point) {
    (void)point;
    ((struct study_run *)context)->epoch = epoch;
    return true;
}

static void keep(struct study_run *run, const struct training_result *result,
                 const double *initial) {
    int64_t count = 0;
    if (run->kernel_count > 0) {
        int64_t from = model_find(&run->series->plan, "conv1.weight", &count);
        memcpy(run->untrained, initial + from, (size_t)count * sizeof *run->untrained);
        memcpy(run->kernel, result->parameters + from, (size_t)count * sizeof *run->kernel);
    }
    memcpy(run->confusion, result->confusion, sizeof run->confusion);
    int room = count_points(run->series);
    run->point_count = result->point_count < room ? result->point_count : room;
    /* The last point is the one after the last epoch: it has to be among those kept. */
    memcpy(run->points, result->points + (result->point_count - run->point_count),
           (size_t)run->point_count * sizeof *run->points);
    run->finished = true;
}

bool studies_train(const struct study_runs *runs, struct study_run *run,
                   const struct model_engine *engine) {
    const struct study_series *s = run->series;
    int64_t count = model_parameter_count(&s->plan);
    double *initial = count > 0 ? malloc((size_t)count * sizeof *initial) : NULL;
    if (!initial)
        return false;
    model_initialise(&s->plan, find_training_seed(run), initial);
    if (s->frozen_edges)
        set_edge_detectors(&s->plan, initial);
    struct edges *train = studies_training_pictures(runs, run->images, run->seed);
    struct edges *validation = studies_validation_pictures(runs, run->seed);
    struct training t = {.engine = engine,
                         .plan = s->plan,
                         .epochs = s->epochs,
                         .batch = s->batch,
                         .rate = s->rate,
                         .momentum = 0.9,
                         .head_only = s->frozen_edges,
                         .seed = find_training_seed(run),
                         .parameters = initial,
                         .train = train,
                         .validation = validation,
                         .measure_every = s->measure_every,
                         .watch = note_epoch,
                         .context = run};
    struct training_result *result = training_run(&t);
    if (result)
        keep(run, result, initial);
    training_free(result);
    edges_free(train);
    edges_free(validation);
    free(initial);
    return result != NULL;
}
