/* What is said and written about results, on fabricated ones: findings, JSON, CSV. */
#include "unit.h"

#include "studies_figures.h"
#include "studies_files.h"
#include "studies_findings.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct study_settings nobodys;

static struct study_runs *plan(int number, int seeds) {
    struct study_runs *runs = studies_plan(number, seeds, true, &nobodys);
    ck_assert_ptr_nonnull(runs);
    return runs;
}

/* As if the runs of a series had ended with these accuracies, one a seed. */
static void fabricate(struct study_runs *runs, const char *series, int images,
                      const double *accuracy) {
    for (int seed = 0; seed < runs->seed_count; seed++) {
        struct study_run *r =
            (struct study_run *)studies_find_run(runs, series, images, (uint64_t)seed);
        ck_assert_ptr_nonnull(r);
        r->finished = true;
        r->point_count = 2;
        r->points[0] = (struct training_point){1, 1.5, 0.25, 1.25, 0.5};
        r->points[1] = (struct training_point){2, 0.5, 1, 2.5, accuracy[seed]};
        for (int i = 0; i < 3; i++)
            r->confusion[i][0] = STUDY_VALIDATION;
    }
}

static struct study_verdict judge(const struct study_runs *runs, int number) {
    struct study_verdict v;
    ck_assert(studies_judge(runs, number, &v));
    return v;
}

/* --- Findings --- */

START_TEST(a_sample_is_the_median_and_the_range) {
    double odd[] = {0.51, 0.33, 0.59}, even[] = {4, 1, 2, 3};
    char text[64];
    struct study_sample s = studies_summarise(odd, 3);
    studies_describe(&s, STUDY_ACCURACY, text, sizeof text);
    ck_assert_str_eq(text, "51 % (33–59)");
    s = studies_summarise(even, 4);
    ck_assert_double_eq(s.median, 2.5);
    ck_assert_double_eq(s.lowest, 1);
    ck_assert_double_eq(s.highest, 4);
    s = studies_summarise(even, 1);
    studies_describe(&s, STUDY_LOSS_RISE, text, sizeof text);
    ck_assert_str_eq(text, "1.0 times");
}
END_TEST

START_TEST(pooling_findings_hold_and_fail_with_the_numbers) {
    struct study_runs *runs = plan(6, 3);
    ck_assert_int_eq(judge(runs, 0).outcome, STUDY_OPEN);
    fabricate(runs, "max", 10, (double[]){0.8, 0.9, 0.7});
    fabricate(runs, "average", 10, (double[]){0.6, 0.95, 0.7});
    struct study_verdict v = judge(runs, 0);
    ck_assert_int_eq(v.outcome, STUDY_HOLDS);
    ck_assert_str_eq(v.found, "Validation accuracy with 10 images per class: CNN, max pooling "
                              "80 % (70–90), CNN, average pooling 70 % (60–95).");
    fabricate(runs, "average", 10, (double[]){0.6, 0.95, 0.85});
    ck_assert_int_eq(judge(runs, 0).outcome, STUDY_FAILS);

    fabricate(runs, "max", 100, (double[]){0.99, 0.98, 1});
    fabricate(runs, "average", 100, (double[]){0.97, 0.97, 0.97});
    ck_assert_int_eq(judge(runs, 1).outcome, STUDY_HOLDS);
    fabricate(runs, "average", 100, (double[]){0.95, 0.95, 0.97});
    ck_assert_int_eq(judge(runs, 1).outcome, STUDY_FAILS);
    fabricate(runs, "average", 100, (double[]){1, 1, 1});
    fabricate(runs, "max", 100, (double[]){0.96, 0.96, 0.96});
    ck_assert_int_eq(judge(runs, 1).outcome, STUDY_FAILS);
    struct study_verdict none;
    ck_assert(!studies_judge(runs, 2, &none));
    studies_release(runs);
}
END_TEST

START_TEST(one_comparison_that_fails_fails_the_claim) {
    struct study_runs *runs = plan(2, 1);
    fabricate(runs, "cnn", 10, (double[]){0.4});
    fabricate(runs, "mlp", 10, (double[]){0.5});
    fabricate(runs, "cnn", 50, (double[]){0.9});
    fabricate(runs, "mlp", 50, (double[]){0.8});
    fabricate(runs, "cnn", 100, (double[]){0.9});
    fabricate(runs, "mlp", 100, (double[]){0.8});
    ck_assert_int_eq(judge(runs, 0).outcome, STUDY_HOLDS);
    fabricate(runs, "mlp", 100, (double[]){0.9});
    ck_assert_int_eq(judge(runs, 0).outcome, STUDY_FAILS);
    studies_release(runs);
}
END_TEST

START_TEST(every_claim_is_open_until_its_trainings_have_finished) {
    for (int n = 1; n <= STUDIES; n++) {
        struct study_runs *runs = plan(n, 2);
        struct study_verdict v;
        int claims = 0;
        for (; studies_judge(runs, claims, &v); claims++) {
            ck_assert_int_eq(v.outcome, STUDY_OPEN);
            ck_assert_ptr_nonnull(strstr(v.found, "no run finished"));
        }
        ck_assert_int_gt(claims, 0);
        studies_release(runs);
    }
}
END_TEST

START_TEST(losses_that_rise_and_curves_that_are_flat_are_measured) {
    struct study_runs *runs = plan(3, 1);
    fabricate(runs, "mlp", 20, (double[]){0.51});
    struct study_sample rise = studies_sample(runs, "mlp", 20, STUDY_LOSS_RISE);
    ck_assert_double_eq(rise.median, 2);
    ck_assert_double_eq(studies_sample(runs, "mlp", 20, STUDY_FLAT_EPOCH).median, 1);
    fabricate(runs, "mlp", 20, (double[]){0.6});
    ck_assert_double_eq(studies_sample(runs, "mlp", 20, STUDY_FLAT_EPOCH).median, 2);
    ck_assert_double_eq(studies_sample(runs, "mlp", 20, STUDY_TRAIN_ACCURACY).median, 1);
    studies_release(runs);
}
END_TEST

/* --- Files --- */

static char *text_of(FILE *file) {
    long length = ftell(file);
    char *text = calloc(1, (size_t)length + 1);
    rewind(file);
    ck_assert_int_eq(fread(text, 1, (size_t)length, file), length);
    fclose(file);
    return text;
}

START_TEST(json_strings_and_numbers_are_valid) {
    FILE *file = tmpfile();
    files_write_string("a \"b\"\\\n\x01 – %", file);
    char *text = text_of(file);
    ck_assert_str_eq(text, "\"a \\\"b\\\"\\\\\\u000a\\u0001 – %\"");
    free(text);
    file = tmpfile();
    files_write_number(NAN, file);
    files_write_number(INFINITY, file);
    files_write_number(-0.125, file);
    text = text_of(file);
    ck_assert_str_eq(text, "nullnull-0.125");
    free(text);
}
END_TEST

START_TEST(results_as_json_are_those_of_the_runs) {
    struct study_runs *runs = plan(1, 2);
    fabricate(runs, "cnn", 10, (double[]){0.75, 0.5});
    runs->run[0].kernel[3] = NAN;
    struct study_report report = {.runs = runs, .layers = "our fast layers"};
    FILE *file = tmpfile();
    files_write_json(&report, file);
    char *text = text_of(file);
    cJSON *json = cJSON_ParseWithOpts(text, NULL, true);
    ck_assert_ptr_nonnull(json);
    cJSON *all = cJSON_GetObjectItem(json, "runs"), *first = cJSON_GetArrayItem(all, 0);
    ck_assert_int_eq(cJSON_GetArraySize(all), runs->count);
    cJSON *last = cJSON_GetArrayItem(cJSON_GetObjectItem(first, "points"), 1);
    ck_assert_double_eq(cJSON_GetArrayItem(last, 4)->valuedouble, 0.75);
    cJSON *trained = cJSON_GetObjectItem(cJSON_GetObjectItem(first, "kernels"), "trained");
    ck_assert_int_eq(cJSON_GetArraySize(trained), 3 * 49);
    ck_assert(cJSON_IsNull(cJSON_GetArrayItem(trained, 3)));
    ck_assert(
        cJSON_IsFalse(cJSON_GetObjectItem(cJSON_GetArrayItem(all, runs->count - 1), "finished")));
    ck_assert_ptr_nonnull(cJSON_GetArrayItem(cJSON_GetObjectItem(json, "findings"), 0));
    cJSON_Delete(json);
    free(text);
    studies_release(runs);
}
END_TEST

static const struct figure *find_figure(int study, enum figure_kind kind) {
    const struct figure *f = NULL;
    for (int i = 0; (f = figures_find(study, i)) && f->kind != kind; i++)
        continue;
    ck_assert_ptr_nonnull(f);
    return f;
}

static char *write_figure(int study, enum figure_kind kind, const struct study_runs *runs) {
    FILE *file = tmpfile();
    ck_assert(figures_write(find_figure(study, kind), runs, file));
    return text_of(file);
}

START_TEST(csv_has_medians_and_ranges) {
    struct study_runs *runs = plan(4, 3);
    fabricate(runs, "cnn", 10, (double[]){0.75, 0.5, 0.625});
    char *text = write_figure(4, FIGURE_SIZES, runs);
    ck_assert_str_eq(text, "images_per_class,cnn median,cnn lowest,cnn highest,mlp median,"
                           "mlp lowest,mlp highest\n10,62.5,50,75,,,\n30,,,,,,\n50,,,,,,\n"
                           "100,,,,,,\n");
    free(text);
    text = write_figure(4, FIGURE_COMPARED, runs);
    ck_assert_str_eq(text, "series,median,lowest,highest\n\"CNN\",62.5,50,75\n");
    free(text);
    text = write_figure(4, FIGURE_CONFUSION, runs);
    ck_assert_ptr_nonnull(strstr(text, "cnn,vertical,horizontal,150,100\n"));
    ck_assert_ptr_nonnull(strstr(text, "cnn,vertical,vertical,0,0\n"));
    free(text);
    studies_release(runs);
}
END_TEST

START_TEST(csv_of_curves_has_a_row_for_each_measurement) {
    struct study_runs *runs = plan(1, 1);
    fabricate(runs, "cnn", 10, (double[]){0.75});
    char *text = write_figure(1, FIGURE_CURVES, runs);
    ck_assert_ptr_nonnull(strstr(text, "\n1,1.5,1.5,1.5,25,25,25,1.25,1.25,1.25,50,50,50,,,"));
    ck_assert_ptr_nonnull(strstr(text, "\n2,0.5,0.5,0.5,100,100,100,2.5,2.5,2.5,75,75,75,,,"));
    free(text);
    studies_release(runs);
}
END_TEST

START_TEST(kernels_lie_side_by_side_untrained_and_trained) {
    struct study_runs *runs = plan(1, 1);
    fabricate(runs, "cnn", 10, (double[]){0.75});
    for (int i = 0; i < 147; i++) {
        runs->run[0].untrained[i] = i == 49 ? -8 : i == 98 ? 4 : i == 6 ? 2 : 0;
        runs->run[0].kernel[i] = i == 0 ? 0.5 : 0.125;
    }
    char *text = write_figure(1, FIGURE_KERNELS, runs);
    const char want[] =
        "0,0,0,0,0,0,0.25,NaN,-1,0,0,0,0,0,0,NaN,0.5,0,0,0,0,0,0,NaN,NaN,NaN,1,0.25,";
    ck_assert_int_eq(strncmp(text, want, sizeof want - 1), 0);
    free(text);
    studies_release(runs);
}
END_TEST

START_TEST(a_figure_of_nothing_is_not_written) {
    struct study_runs *runs = plan(1, 1);
    FILE *file = tmpfile();
    ck_assert(!figures_write(find_figure(1, FIGURE_CURVES), runs, file));
    ck_assert(!figures_write(find_figure(1, FIGURE_KERNELS), runs, file));
    ck_assert_int_eq(ftell(file), 0);
    fclose(file);
    studies_release(runs);
}
END_TEST

int main(void) {
    Suite *s = suite_create("results");
    TCase *c = tcase_create("results");
    tcase_add_test(c, a_sample_is_the_median_and_the_range);
    tcase_add_test(c, pooling_findings_hold_and_fail_with_the_numbers);
    tcase_add_test(c, one_comparison_that_fails_fails_the_claim);
    tcase_add_test(c, every_claim_is_open_until_its_trainings_have_finished);
    tcase_add_test(c, losses_that_rise_and_curves_that_are_flat_are_measured);
    tcase_add_test(c, json_strings_and_numbers_are_valid);
    tcase_add_test(c, results_as_json_are_those_of_the_runs);
    tcase_add_test(c, csv_has_medians_and_ranges);
    tcase_add_test(c, csv_of_curves_has_a_row_for_each_measurement);
    tcase_add_test(c, kernels_lie_side_by_side_untrained_and_trained);
    tcase_add_test(c, a_figure_of_nothing_is_not_written);
    suite_add_tcase(s, c);
    return unit_run(s);
}
