/* Plans of the models: counts, names, first numbers. */
#include "unit.h"

#include "model.h"

#include <math.h>
#include <stdlib.h>

static const struct model_plan cnn = {MODEL_CNN, 28, 28, 3, 7, 3, 2, MODEL_MAX_POOL};
static const struct model_plan mlp = {MODEL_MLP, 28, 28, 3, 0, 0, 0, MODEL_MAX_POOL};

START_TEST(counts_the_parameters_of_the_notebook) {
    ck_assert_int_eq(model_parameter_count(&cnn), 606);
    ck_assert_int_eq(model_parameter_count(&mlp), 39793);
    struct model_plan deep = cnn;
    deep.depth = 4;
    ck_assert_int_eq(model_parameter_count(&deep), 606 + 2 * (3 * 3 * 49 + 3));
}
END_TEST

START_TEST(counts_multiplications_forward_and_backward) {
    int64_t first = 28 * 28 * 3 * 49, second = 14 * 14 * 9 * 49, linear = 9;
    ck_assert_int_eq(model_multiply_adds(&cnn), 2 * first + 3 * second + 3 * linear);
    ck_assert_int_eq(model_multiply_adds(&mlp), 2 * 784 * 50 + 3 * (50 * 10 + 10 * 3));
}
END_TEST

START_TEST(follows_the_sizes_through_an_even_kernel) {
    struct model_plan even = cnn;
    even.kernel = 2;
    struct model_layer layers[MODEL_LAYERS];
    ck_assert_int_eq(model_layers(&even, layers), 3);
    ck_assert_int_eq(layers[0].out_width, 27);
    ck_assert_int_eq(layers[1].width, 13);
    ck_assert_int_eq(layers[1].out_width, 12);
    ck_assert_int_eq(layers[1].padding, 0);
}
END_TEST

START_TEST(refuses_what_cannot_be) {
    static const struct {
        int height, classes, kernel, filters, depth;
    } wrong[] = {
        {28, 3, 0, 3, 2},  {28, 3, -1, 3, 2}, {28, 3, 28, 3, 2}, /* padding 13 of 13 */
        {28, 3, 29, 3, 2}, {28, 3, 7, 0, 2},  {28, 3, 7, 3, 3},  {28, 6, 7, 3, 2},
        {28, 0, 7, 3, 2},  {0, 3, 7, 3, 2},   {1, 3, 1, 3, 2}, /* the pool leaves nothing */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct model_plan plan = {MODEL_CNN,        wrong[i].height, 28,
                                  wrong[i].classes, wrong[i].kernel, wrong[i].filters,
                                  wrong[i].depth,   MODEL_MAX_POOL};
        ck_assert_msg(model_parameter_count(&plan) == -1, "plan %zu", i);
        ck_assert_msg(model_multiply_adds(&plan) == -1, "plan %zu", i);
    }
    struct model_plan largest = cnn;
    largest.kernel = 27;
    ck_assert_int_eq(model_parameter_count(&largest), 3 * 729 + 3 + 9 * 729 + 3 + 12);
}
END_TEST

START_TEST(finds_layers_by_name) {
    static const struct {
        const char *name;
        int offset, count;
    } places[] = {{"conv1.weight", 0, 147}, {"conv1.bias", 147, 3},     {"conv2.weight", 150, 441},
                  {"conv2.bias", 591, 3},   {"linear1.weight", 594, 9}, {"linear1.bias", 603, 3},
                  {"conv3.weight", -1, -5}, {"conv1", -1, -5},          {"linear1.biases", -1, -5}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int64_t count = -5;
        ck_assert_int_eq(model_find(&cnn, places[i].name, &count), places[i].offset);
        ck_assert_int_eq(count, places[i].count);
    }
}
END_TEST

START_TEST(begins_uniformly_within_the_root_of_fan_in) {
    double numbers[39793];
    model_initialise(&mlp, 5, numbers);
    double sum = 0, squares = 0, most = 0;
    int weights = 784 * 50;
    for (int i = 0; i < weights; i++) {
        sum += numbers[i];
        squares += numbers[i] * numbers[i];
        most = fmax(most, fabs(numbers[i]));
    }
    double bound = 1.0 / 28;
    ck_assert_double_le(most, bound);
    ck_assert_double_ge(most, 0.999 * bound);
    /* Standard errors: bound / sqrt(3 n) of the mean; 2 / sqrt(5 n) of the variance, relative. */
    ck_assert_double_le(fabs(sum / weights), 5 * bound / sqrt(3.0 * weights));
    ck_assert_double_eq_tol(squares / weights / (bound * bound / 3), 1, 5 * 0.9 / sqrt(weights));
    for (int i = weights + 50; i < 39793; i++)
        ck_assert_double_le(fabs(numbers[i]), 1 / sqrt(i < weights + 50 + 510 ? 50 : 10));
}
END_TEST

START_TEST(begins_alike_from_one_seed_only) {
    double a[606], b[606], c[606];
    model_initialise(&cnn, 1, a);
    model_initialise(&cnn, 1, b);
    model_initialise(&cnn, 2, c);
    ck_assert_mem_eq(a, b, sizeof a);
    for (int i = 0; i < 606; i++)
        ck_assert_double_ne(a[i], c[i]);
}
END_TEST

static Suite *model_suite(void) {
    Suite *suite = suite_create("model");
    TCase *tests = tcase_create("model");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, counts_the_parameters_of_the_notebook);
    tcase_add_test(tests, counts_multiplications_forward_and_backward);
    tcase_add_test(tests, follows_the_sizes_through_an_even_kernel);
    tcase_add_test(tests, refuses_what_cannot_be);
    tcase_add_test(tests, finds_layers_by_name);
    tcase_add_test(tests, begins_uniformly_within_the_root_of_fan_in);
    tcase_add_test(tests, begins_alike_from_one_seed_only);
    return suite;
}

int main(void) {
    return unit_run(model_suite());
}
