/* The studies: the list, the trainings it plans, and the processes that carry them out. */
#include "unit.h"

#include "studies.h"
#include "studies_figures.h"
#include "studies_pool.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct study_settings nobodys;

static struct study_runs *plan(int number, int seeds) {
    struct study_runs *runs = studies_plan(number, seeds, true, &nobodys);
    ck_assert_ptr_nonnull(runs);
    return runs;
}

/* --- The list --- */

/* What the homework asks for, written down a second time. */
static const struct {
    int study;
    const char *name;
    enum model_kind kind;
    int kernel, classes, sizes, images, epochs, batch;
} asked[] = {
    {1, "cnn", MODEL_CNN, 7, 3, 1, 10, 500, 32},     {1, "mlp", MODEL_MLP, 0, 3, 1, 10, 500, 32},
    {2, "cnn", MODEL_CNN, 7, 3, 4, 10, 30, 10},      {2, "mlp", MODEL_MLP, 0, 3, 4, 10, 30, 10},
    {2, "frozen", MODEL_CNN, 7, 3, 4, 10, 30, 10},   {3, "cnn", MODEL_CNN, 7, 3, 5, 10, 300, 10},
    {3, "mlp", MODEL_MLP, 0, 3, 5, 10, 300, 10},     {4, "cnn", MODEL_CNN, 7, 3, 4, 10, 300, 10},
    {4, "mlp", MODEL_MLP, 0, 3, 4, 10, 300, 10},     {5, "cnn", MODEL_CNN, 7, 3, 4, 10, 300, 10},
    {5, "mlp", MODEL_MLP, 0, 3, 4, 10, 300, 10},     {5, "k3", MODEL_CNN, 3, 3, 1, 50, 600, 10},
    {5, "k21", MODEL_CNN, 21, 3, 1, 50, 600, 10},    {6, "max", MODEL_CNN, 7, 5, 4, 10, 200, 10},
    {6, "average", MODEL_CNN, 7, 5, 4, 10, 200, 10},
};

static const struct study_series *find_series(int study, const char *name) {
    for (int i = 0; i < study_table_count; i++)
        if (study_table[i].study == study && !strcmp(study_table[i].name, name))
            return &study_table[i];
    return NULL;
}

START_TEST(every_study_of_the_homework_is_listed) {
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        const struct study_series *s = find_series(asked[i].study, asked[i].name);
        ck_assert_msg(s != NULL, "study %d has no %s", asked[i].study, asked[i].name);
        int sizes = 0;
        while (sizes < STUDY_SIZES && s->images[sizes])
            sizes++;
        ck_assert_int_eq(s->plan.kind, asked[i].kind);
        ck_assert_int_eq(s->plan.kernel, asked[i].kernel);
        ck_assert_int_eq(s->plan.classes, asked[i].classes);
        ck_assert_int_eq(sizes, asked[i].sizes);
        ck_assert_int_eq(s->images[0], asked[i].images);
        ck_assert_int_eq(s->epochs, asked[i].epochs);
        ck_assert_int_eq(s->batch, asked[i].batch);
        ck_assert_double_eq(s->rate, 0.01);
    }
    ck_assert_int_eq(model_parameter_count(&find_series(2, "cnn")->plan), 606);
    ck_assert_int_eq(model_parameter_count(&find_series(2, "mlp")->plan), 39793);
    ck_assert_int_eq(find_series(6, "max")->plan.pool, MODEL_MAX_POOL);
    ck_assert_int_eq(find_series(6, "average")->plan.pool, MODEL_AVERAGE_POOL);
}
END_TEST

START_TEST(every_series_has_a_possible_model_and_a_name_of_its_own) {
    for (int i = 0; i < study_table_count; i++) {
        const struct study_series *s = &study_table[i];
        ck_assert_int_gt(model_parameter_count(&s->plan), 0);
        ck_assert_ptr_eq(find_series(s->study, s->name), s);
        ck_assert_int_gt(s->measure_every, 0);
    }
    for (int i = 0; i < STUDIES; i++)
        ck_assert_int_eq(studies[i].number, i + 1);
}
END_TEST

START_TEST(every_figure_shows_series_that_there_are) {
    for (int n = 1; n <= STUDIES; n++) {
        const struct figure *f = NULL;
        ck_assert_ptr_nonnull(figures_find(n, 0));
        for (int i = 0; (f = figures_find(n, i)); i++)
            for (int s = 0; s < FIGURE_SERIES && f->series[s]; s++) {
                const struct study_series *series = find_series(n, f->series[s]);
                ck_assert_msg(series != NULL, "study %d has no %s", n, f->series[s]);
                /* One column of epochs serves all curves. */
                if (f->kind == FIGURE_CURVES) {
                    ck_assert_int_eq(series->epochs, find_series(n, f->series[0])->epochs);
                    ck_assert_int_eq(series->measure_every,
                                     find_series(n, f->series[0])->measure_every);
                }
            }
    }
}
END_TEST

/* --- Planning --- */

START_TEST(each_series_is_trained_on_each_size_with_each_seed) {
    struct study_runs *runs = plan(2, 4);
    ck_assert_int_eq(runs->count, 3 * 4 * 4);
    for (int size = 0; size < 4; size++)
        for (int seed = 0; seed < 4; seed++) {
            const int sizes[] = {10, 30, 50, 100};
            const struct study_run *r =
                studies_find_run(runs, "frozen", sizes[size], (uint64_t)seed);
            ck_assert_ptr_nonnull(r);
            ck_assert(!r->finished);
        }
    ck_assert_ptr_null(studies_find_run(runs, "cnn", 20, 0));
    studies_release(runs);
}
END_TEST

START_TEST(quick_leaves_a_tenth_of_the_epochs) {
    struct study_runs *quick = plan(3, 1), *all = studies_plan(3, 1, false, &nobodys);
    ck_assert_int_eq(studies_find(quick, "cnn")->epochs, 30);
    ck_assert_int_eq(studies_find(all, "cnn")->epochs, 300);
    studies_release(quick);
    studies_release(all);
}
END_TEST

START_TEST(chosen_settings_are_used_where_there_are_any) {
    struct study_settings somebodys = {.chosen = {[STUDY_SHIFT] = {600, 0.05, 3}}};
    struct study_runs *with = studies_plan(4, 1, false, &somebodys), *without = plan(4, 1);
    const struct study_series *s = studies_find(with, "chosen");
    ck_assert_ptr_nonnull(s);
    ck_assert_int_eq(s->epochs, 600);
    ck_assert_double_eq(s->rate, 0.05);
    ck_assert_int_eq(s->plan.kernel, 3);
    ck_assert_ptr_null(studies_find(without, "chosen"));
    studies_release(with);
    studies_release(without);
}
END_TEST

START_TEST(shifted_edges_lie_in_one_half_and_then_in_the_other) {
    struct study_runs *runs = plan(4, 1);
    struct edges *sets[] = {studies_training_pictures(runs, 10, 0),
                            studies_validation_pictures(runs, 0)};
    for (int set = 0; set < 2; set++)
        for (int n = 0; n < sets[set]->count; n++) {
            const float *p = sets[set]->pixels + (size_t)n * EDGES_PIXELS;
            int upright = sets[set]->labels[n];
            int at = set ? 0 : EDGES_SIDE / 2; /* no edge from here on for half a picture */
            for (int i = at; upright < 2 && i < at + EDGES_SIDE / 2; i++)
                ck_assert(p[upright ? i : i * EDGES_SIDE] <= 0.2F);
        }
    edges_free(sets[0]);
    edges_free(sets[1]);
    studies_release(runs);
}
END_TEST

START_TEST(seeds_have_pictures_of_their_own_and_models_share_them) {
    struct study_runs *second = plan(2, 2), *third = plan(3, 2);
    struct edges *a = studies_training_pictures(second, 10, 0);
    struct edges *b = studies_training_pictures(third, 10, 0);
    struct edges *c = studies_training_pictures(second, 10, 1);
    size_t size = sizeof(float) * EDGES_PIXELS * (size_t)a->count;
    ck_assert_mem_eq(a->pixels, b->pixels, size);
    ck_assert_mem_ne(a->pixels, c->pixels, size);
    edges_free(a);
    edges_free(b);
    edges_free(c);
    studies_release(second);
    studies_release(third);
}
END_TEST

/* --- Training --- */

START_TEST(frozen_edge_detectors_stay_and_the_last_layer_learns) {
    struct study_runs *runs = plan(2, 1);
    struct study_run *r = (struct study_run *)studies_find_run(runs, "frozen", 50, 0);
    ck_assert(studies_train(runs, r, &fast_engine));
    ck_assert(r->finished);
    ck_assert_int_eq(r->kernel_count, 3 * 49);
    for (int i = 0; i < 49; i++) {
        int row = i / 7, column = i % 7;
        ck_assert_double_eq(r->kernel[i], row == 2 ? 1 : row == 3 ? -1 : 0);
        ck_assert_double_eq(r->kernel[49 + i], column == 2 ? 1 : column == 3 ? -1 : 0);
        ck_assert_double_eq(r->kernel[98 + i], 0);
    }
    ck_assert_mem_eq(r->kernel, r->untrained, sizeof(double) * 3 * 49);
    ck_assert_double_lt(r->points[r->point_count - 1].train_loss, r->points[0].train_loss);
    studies_release(runs);
}
END_TEST

static void run_all(struct study_runs *runs, const struct model_engine *engine, int jobs,
                    enum pool_outcome expected) {
    double *seconds = calloc((size_t)runs->count, sizeof *seconds);
    for (int i = 0; i < runs->count; i++)
        seconds[i] = i % 3;
    struct pool pool = {.engine = engine, .jobs = jobs, .seconds = seconds};
    ck_assert_int_eq(pool_run(runs, &pool), expected);
    free(seconds);
}

START_TEST(results_do_not_depend_on_the_number_of_processes) {
    struct study_runs *one = plan(1, 2), *three = plan(1, 2);
    run_all(one, &fast_engine, 1, POOL_DONE);
    run_all(three, &fast_engine, 3, POOL_DONE);
    for (int i = 0; i < one->count; i++) {
        const struct study_run *a = &one->run[i], *b = &three->run[i];
        ck_assert(a->finished && b->finished);
        ck_assert_int_eq(a->points[a->point_count - 1].epoch, a->series->epochs);
        ck_assert_int_eq(a->point_count, b->point_count);
        ck_assert_mem_eq(a->points, b->points, sizeof *a->points * (size_t)a->point_count);
        ck_assert_mem_eq(a->kernel, b->kernel, sizeof *a->kernel * (size_t)a->kernel_count);
    }
    studies_release(one);
    studies_release(three);
}
END_TEST

static struct model *crash_with_kernels(const struct model_plan *p, int batch) {
    if (p->kind == MODEL_CNN)
        raise(SIGSEGV);
    return fast_engine.make(p, batch);
}

START_TEST(a_training_that_crashes_costs_the_others_nothing) {
    struct model_engine fragile = fast_engine;
    fragile.make = crash_with_kernels;
    struct study_runs *runs = plan(1, 2);
    run_all(runs, &fragile, 2, POOL_FAILED);
    ck_assert_str_eq(pool_trouble(), strsignal(SIGSEGV));
    for (int i = 0; i < runs->count; i++)
        ck_assert_int_eq(runs->run[i].finished, runs->run[i].series->plan.kind == MODEL_MLP);
    studies_release(runs);
}
END_TEST

static void stop_at_once(void *context, const struct pool_progress *progress) {
    *(int *)context = progress->count;
    pool_stop();
}

START_TEST(a_stop_ends_all_processes) {
    struct study_runs *runs = studies_plan(4, 5, false, &nobodys);
    double *seconds = calloc((size_t)runs->count, sizeof *seconds);
    int count = 0;
    struct pool pool = {&fast_engine, 2, seconds, stop_at_once, &count};
    ck_assert_int_eq(pool_run(runs, &pool), POOL_STOPPED);
    ck_assert(pool_stopped());
    ck_assert_int_eq(count, runs->count);
    int finished = 0;
    for (int i = 0; i < runs->count; i++)
        finished += runs->run[i].finished;
    ck_assert_int_lt(finished, runs->count / 2);
    free(seconds);
    studies_release(runs);
}
END_TEST

int main(void) {
    Suite *s = suite_create("studies");
    TCase *c = tcase_create("studies");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, every_study_of_the_homework_is_listed);
    tcase_add_test(c, every_series_has_a_possible_model_and_a_name_of_its_own);
    tcase_add_test(c, every_figure_shows_series_that_there_are);
    tcase_add_test(c, each_series_is_trained_on_each_size_with_each_seed);
    tcase_add_test(c, quick_leaves_a_tenth_of_the_epochs);
    tcase_add_test(c, chosen_settings_are_used_where_there_are_any);
    tcase_add_test(c, shifted_edges_lie_in_one_half_and_then_in_the_other);
    tcase_add_test(c, seeds_have_pictures_of_their_own_and_models_share_them);
    tcase_add_test(c, frozen_edge_detectors_stay_and_the_last_layer_learns);
    tcase_add_test(c, results_do_not_depend_on_the_number_of_processes);
    tcase_add_test(c, a_training_that_crashes_costs_the_others_nothing);
    tcase_add_test(c, a_stop_ends_all_processes);
    suite_add_tcase(s, c);
    return unit_run(s);
}
