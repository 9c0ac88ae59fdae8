/* The training loop, over an engine that only remembers what it was asked, and over the fast one.
 */
#include "unit.h"

#include "training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- An engine that learns nothing and answers the label that pixel 0 names --- */

static struct {
    int steps, pictures, counts[64], seen[64]; /* how often each picture was trained with */
    int order[512];
    double first_parameter;
    bool head_only;
} memory;

static struct model *remember_make(const struct model_plan *plan, int batch) {
    (void)plan, (void)batch;
    memset(&memory, 0, sizeof memory);
    return calloc(1, 1);
}

static void remember_release(struct model *m) {
    free(m);
}

static void remember_read(const struct model *m, double *parameters) {
    (void)m;
    parameters[0] = 4242;
}

static void remember_write(struct model *m, const double *parameters) {
    (void)m;
    memory.first_parameter = parameters[0];
}

static double remember_step(struct model *m, const float *pixels, const int *labels, int count,
                            double rate, double momentum, bool head_only) {
    (void)m, (void)rate, (void)momentum;
    for (int n = 0; n < count; n++) {
        int picture = (int)pixels[n * EDGES_PIXELS + 1];
        ck_assert_int_eq(labels[n], (int)pixels[n * EDGES_PIXELS]);
        memory.order[memory.pictures++] = picture;
        memory.seen[picture]++;
    }
    memory.counts[memory.steps++] = count;
    memory.head_only = head_only;
    return 0;
}

static void remember_scores(struct model *m, const float *pixels, int count, float *scores) {
    (void)m;
    for (int n = 0; n < count; n++)
        for (int c = 0; c < 3; c++)
            scores[n * 3 + c] = (int)pixels[n * EDGES_PIXELS] == c;
}

static const struct model_engine engine_that_remembers = {
    "remember",     remember_make, remember_release, remember_read,
    remember_write, remember_step, remember_scores};

/* --- Pictures whose pixel 0 is what the engine answers and whose pixel 1 is their number --- */

enum { COUNT = 23 };
static float pixels[COUNT * EDGES_PIXELS];
static int labels[COUNT], wrong_labels[COUNT];
static struct edges set = {COUNT, 3, pixels, labels}, misnamed = {COUNT, 3, pixels, wrong_labels};

static void make_pictures(void) {
    for (int n = 0; n < COUNT; n++) {
        labels[n] = n % 3;
        wrong_labels[n] = n < 4 ? (labels[n] + 1) % 3 : labels[n];
        pixels[n * EDGES_PIXELS] = (float)labels[n];
        pixels[n * EDGES_PIXELS + 1] = (float)n;
    }
}

static struct training remembered(void) {
    return (struct training){.engine = &engine_that_remembers,
                             .plan = {MODEL_CNN, 28, 28, 3, 7, 3, 2, MODEL_MAX_POOL},
                             .epochs = 3,
                             .batch = 10,
                             .rate = 0.01,
                             .momentum = 0.9,
                             .seed = 1,
                             .train = &set};
}

START_TEST(shows_every_picture_once_an_epoch_in_a_new_order) {
    struct training t = remembered();
    training_free(training_run(&t));
    static const int counts[] = {10, 10, 3, 10, 10, 3, 10, 10, 3};
    ck_assert_int_eq(memory.steps, 9);
    ck_assert_mem_eq(memory.counts, counts, sizeof counts);
    for (int n = 0; n < COUNT; n++)
        ck_assert_int_eq(memory.seen[n], 3);
    ck_assert_mem_ne(memory.order, memory.order + COUNT, sizeof(int) * COUNT);
    int first[COUNT];
    memcpy(first, memory.order, sizeof first);
    t.seed = 2;
    training_free(training_run(&t));
    ck_assert_mem_ne(memory.order, first, sizeof first);
    t.seed = 1;
    training_free(training_run(&t));
    ck_assert_mem_eq(memory.order, first, sizeof first);
}
END_TEST

START_TEST(measures_when_it_is_due_and_at_the_end) {
    struct training t = remembered();
    static const struct {
        int every, count, epochs[7];
    } rows[] = {{0, 1, {7}}, {1, 7, {1, 2, 3, 4, 5, 6, 7}}, {3, 3, {3, 6, 7}}, {9, 1, {7}}};
    t.epochs = 7;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        t.measure_every = rows[i].every;
        struct training_result *r = training_run(&t);
        ck_assert_int_eq(r->point_count, rows[i].count);
        for (int p = 0; p < r->point_count; p++)
            ck_assert_int_eq(r->points[p].epoch, rows[i].epochs[p]);
        training_free(r);
    }
}
END_TEST

START_TEST(counts_right_answers_and_confusions) {
    struct training t = remembered();
    t.validation = &misnamed;
    struct training_result *r = training_run(&t);
    /* Right scores are 1 and wrong ones 0. */
    double right = log(exp(1) + 2) - 1, wrong = log(exp(1) + 2);
    ck_assert_double_eq(r->points[0].train_accuracy, 1);
    ck_assert_double_eq_tol(r->points[0].train_loss, right, 1e-12);
    ck_assert_double_eq_tol(r->points[0].validation_accuracy, 19.0 / COUNT, 1e-15);
    ck_assert_double_eq_tol(r->points[0].validation_loss, (19 * right + 4 * wrong) / COUNT, 1e-12);
    /* Pictures 0 ... 3 are called 0, 1, 2, 0 and are said to be 1, 2, 0, 1. */
    static const int confusion[3][3] = {{6, 0, 1}, {2, 7, 0}, {0, 1, 6}};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++)
            ck_assert_int_eq(r->confusion[i][j], i < 3 && j < 3 ? confusion[i][j] : 0);
    training_free(r);
}
END_TEST

START_TEST(confuses_nothing_without_a_validation_set) {
    struct training t = remembered();
    struct training_result *r = training_run(&t);
    for (int i = 0; i < 25; i++)
        ck_assert_int_eq(r->confusion[i / 5][i % 5], 0);
    ck_assert_double_eq(r->points[0].validation_accuracy, 0);
    training_free(r);
}
END_TEST

START_TEST(begins_with_the_given_parameters) {
    struct training t = remembered();
    double given[606] = {0.25}, drawn[606];
    t.head_only = true;
    t.parameters = given;
    struct training_result *r = training_run(&t);
    ck_assert_double_eq(memory.first_parameter, 0.25);
    ck_assert(memory.head_only);
    ck_assert_double_eq(r->parameters[0], 4242);
    training_free(r);
    t.parameters = NULL;
    model_initialise(&t.plan, t.seed, drawn);
    training_free(training_run(&t));
    ck_assert_double_eq(memory.first_parameter, drawn[0]);
}
END_TEST

static bool stop_at_two(void *context, int epoch, const struct training_point *point) {
    ck_assert_int_eq(point->epoch, epoch);
    ++*(int *)context;
    return epoch < 2;
}

START_TEST(stops_when_the_watcher_says_so) {
    struct training t = remembered();
    int calls = 0;
    t.epochs = 20, t.measure_every = 1, t.watch = stop_at_two, t.context = &calls;
    struct training_result *r = training_run(&t);
    ck_assert_int_eq(calls, 2);
    ck_assert_int_eq(r->point_count, 2);
    ck_assert_int_eq(memory.steps, 6);
    training_free(r);
}
END_TEST

START_TEST(refuses_an_impossible_plan) {
    struct training t = remembered();
    t.engine = &fast_engine;
    t.plan.kernel = 29;
    ck_assert_ptr_null(training_run(&t));
}
END_TEST

/* As in the notebook's first study, with as many steps as it takes. */
START_TEST(learns_thirty_pictures_by_heart) {
    struct edges_recipe recipe = {.classes = EDGES_THREE};
    struct edges *e = edges_make(&recipe, 10, 1);
    struct training t = remembered();
    t.engine = &fast_engine, t.train = e, t.epochs = 400;
    for (int kind = MODEL_CNN; kind <= MODEL_MLP; kind++) {
        t.plan.kind = kind;
        struct training_result *r = training_run(&t);
        ck_assert_double_eq(r->points[0].train_accuracy, 1);
        ck_assert_double_le(r->points[0].train_loss, 0.2);
        training_free(r);
    }
    edges_free(e);
}
END_TEST

static Suite *training_suite(void) {
    Suite *suite = suite_create("training");
    TCase *tests = tcase_create("training");
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    tcase_add_unchecked_fixture(tests, make_pictures, NULL);
    tcase_add_test(tests, shows_every_picture_once_an_epoch_in_a_new_order);
    tcase_add_test(tests, measures_when_it_is_due_and_at_the_end);
    tcase_add_test(tests, counts_right_answers_and_confusions);
    tcase_add_test(tests, confuses_nothing_without_a_validation_set);
    tcase_add_test(tests, begins_with_the_given_parameters);
    tcase_add_test(tests, stops_when_the_watcher_says_so);
    tcase_add_test(tests, refuses_an_impossible_plan);
    tcase_add_test(tests, learns_thirty_pictures_by_heart);
    return suite;
}

int main(void) {
    return unit_run(training_suite());
}
