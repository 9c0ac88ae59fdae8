/* What settings are refused with which words, what they cost, and that they are tried honestly. */
#include "unit.h"

#include "settings.h"

#include <math.h>
#include <string.h>

START_TEST(says_what_is_wrong) {
    static const struct {
        double settings[SETTINGS_COUNT];
        const char *words;
    } rows[] = {
        {{NAN, 0.01, 7}, "number of epochs (nan) is not a number"},
        {{300, NAN, 7}, "learning rate (nan) is not a number"},
        {{300, 0.01, INFINITY}, "kernel size (inf) is not a number"},
        {{-INFINITY, 0.01, 7}, "number of epochs (-inf) is not a number"},
        {{0, 0.01, 7}, "number of epochs (0) must be greater than 0"},
        {{-3, 0.01, 7}, "number of epochs (-3) must be greater than 0"},
        {{300, 0, 7}, "learning rate (0) must be greater than 0"},
        {{300, -0.01, 7}, "learning rate (-0.01) must be greater than 0"},
        {{300, 0.01, 0}, "kernel size (0) must be greater than 0"},
        {{2.5, 0.01, 7}, "number of epochs (2.5) must be a whole number"},
        {{300, 0.01, 6.99}, "kernel size (6.99) must be a whole number"},
        {{300, 0.01, 28}, "kernel is too large"},
        {{300, 0.01, 29}, "kernel is too large"},
        {{300, 0.01, 1e300}, "kernel is too large"},
        {{300, 11, 7}, "learning rate of 11 is far beyond"},
        {{1e300, 0.01, 7}, "multiplications"},
        {{100000, 0.01, 7}, "multiplications"},
        {{4000, 0.01, 27}, "multiplications"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int task = SETTINGS_FEW_IMAGES; task <= SETTINGS_SHIFTED_EDGES; task++) {
            const char *said = settings_objection(task, rows[i].settings);
            ck_assert_msg(said && strstr(said, rows[i].words), "%s: %s", rows[i].words,
                          said ? said : "no objection");
        }
}
END_TEST

START_TEST(lets_through_what_the_sheet_may_need) {
    static const struct {
        enum settings_task task;
        double settings[SETTINGS_COUNT];
    } rows[] = {
        {SETTINGS_FEW_IMAGES, {300, 0.01, 7}},     {SETTINGS_FEW_IMAGES, {600, 0.01, 7}},
        {SETTINGS_FEW_IMAGES, {1, 0.001, 1}},      {SETTINGS_SHIFTED_EDGES, {600, 0.05, 3}},
        {SETTINGS_SHIFTED_EDGES, {1000, 0.05, 2}}, {SETTINGS_SHIFTED_EDGES, {800, 0.01, 7}},
        {SETTINGS_SHIFTED_EDGES, {100, 0.01, 27}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *said = settings_objection(rows[i].task, rows[i].settings);
        ck_assert_msg(!said, "%s", said);
    }
}
END_TEST

START_TEST(names_the_most_epochs_that_are_allowed) {
    const char *words = "with kernel 7, ";
    double settings[] = {1e308, 0.01, 7}; /* also where the cost is infinite */
    const char *said = strstr(settings_objection(SETTINGS_FEW_IMAGES, settings), words);
    ck_assert_ptr_nonnull(said);
    ck_assert_int_eq(sscanf(said + strlen(words), "%lf", &settings[SETTINGS_EPOCHS]), 1);
    ck_assert_ptr_null(settings_objection(SETTINGS_FEW_IMAGES, settings));
    settings[SETTINGS_EPOCHS]++;
    ck_assert_ptr_nonnull(settings_objection(SETTINGS_FEW_IMAGES, settings));
}
END_TEST

START_TEST(costs_what_is_multiplied) {
    double few[] = {300, 0.01, 7}, twice[] = {600, 0.05, 7}, wide[] = {300, 0.01, 13};
    double cost = settings_cost(SETTINGS_FEW_IMAGES, few);
    ck_assert_double_eq(settings_cost(SETTINGS_FEW_IMAGES, twice), 2 * cost);
    ck_assert_double_eq(settings_cost(SETTINGS_SHIFTED_EDGES, few), cost / 2);
    ck_assert_double_gt(settings_cost(SETTINGS_FEW_IMAGES, wide), 2 * cost);
    struct model_plan plan = {MODEL_CNN, 28, 28, 3, 7, 3, 2, MODEL_MAX_POOL};
    double multiply_adds = (double)model_multiply_adds(&plan) * 60 * 300 * SETTINGS_SEEDS;
    ck_assert_double_ge(cost, multiply_adds);
    ck_assert_double_le(cost, 1.5 * multiply_adds);
}
END_TEST

START_TEST(takes_the_middle) {
    ck_assert_double_eq(settings_median((double[]){0.9, 0.1, 0.5, 0.7, 0.3}, 5), 0.5);
    ck_assert_double_eq(settings_median((double[]){0.2}, 1), 0.2);
    double unmoved[] = {3, 1, 2};
    ck_assert_double_eq(settings_median(unmoved, 3), 2);
    ck_assert_double_eq(unmoved[0], 3);
}
END_TEST

START_TEST(shares_points_between_guessing_and_the_goal) {
    for (int task = SETTINGS_FEW_IMAGES; task <= SETTINGS_SHIFTED_EDGES; task++) {
        double goal = settings_goal(task), chance = 1.0 / 3;
        ck_assert_double_eq(settings_share(goal, 0.2), 0);
        ck_assert_double_eq(settings_share(goal, chance), 0);
        ck_assert_double_eq_tol(settings_share(goal, (chance + goal) / 2), 0.5, 1e-12);
        ck_assert_double_eq(settings_share(goal, goal), 1);
        ck_assert_double_eq(settings_share(goal, 1), 1);
        /* A goal below guessing: data on which nothing learns. */
        ck_assert_double_eq(settings_share(0.3, 0.31), 1);
        ck_assert_double_eq(settings_share(0.3, 0.29), 0);
    }
}
END_TEST

/* A trained network, an untrained one and one that has come apart. */
START_TEST(tries_settings_on_fresh_pictures) {
    static const uint64_t seeds[] = {5, 6};
    static const double good[] = {120, 0.02, 5}, hasty[] = {1, 0.0001, 5}, wild[] = {2, 10, 27};
    double accuracy[2], again[2], alone;
    settings_accuracies(SETTINGS_FEW_IMAGES, good, seeds, 2, accuracy);
    settings_accuracies(SETTINGS_FEW_IMAGES, good, seeds, 2, again);
    settings_accuracies(SETTINGS_FEW_IMAGES, good, seeds + 1, 1, &alone);
    ck_assert_mem_eq(accuracy, again, sizeof again);
    ck_assert_double_eq(alone, accuracy[1]);
    ck_assert_double_ne(accuracy[0], accuracy[1]);
    ck_assert_double_gt(accuracy[0], 0.6);
    settings_accuracies(SETTINGS_FEW_IMAGES, hasty, seeds, 1, &alone);
    ck_assert_double_lt(alone, 0.6);
    settings_accuracies(SETTINGS_SHIFTED_EDGES, wild, seeds, 1, &alone);
    ck_assert_double_le(alone, 0.6);
    ck_assert_double_ge(alone, 0);
}
END_TEST

static Suite *settings_suite(void) {
    Suite *suite = suite_create("settings");
    TCase *tests = tcase_create("settings");
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, says_what_is_wrong);
    tcase_add_test(tests, lets_through_what_the_sheet_may_need);
    tcase_add_test(tests, names_the_most_epochs_that_are_allowed);
    tcase_add_test(tests, costs_what_is_multiplied);
    tcase_add_test(tests, takes_the_middle);
    tcase_add_test(tests, shares_points_between_guessing_and_the_goal);
    tcase_add_test(tests, tries_settings_on_fresh_pictures);
    return suite;
}

int main(void) {
    return unit_run(settings_suite());
}
