/* What is told of tests that await something, and to whom of what they flagged. */
#include "unit.h"

#include "base/fault.h"
#include "export/export.h"
#include "fabricated.h"
#include "schema.h"
#include "score/sentence.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static struct card *card;
static struct text out;

static void set_up(void) {
    card = card_make(&homework, NULL, NULL);
    text_init(&out, MIB);
}
static void tear_down(void) {
    card_free(card);
    text_free(&out);
}

static const char *print(export_format *format) {
    text_clear(&out);
    format(card, &out);
    ck_assert(!out.cut);
    return out.at;
}

static const cJSON *test_of(const cJSON *json, int index) {
    return cJSON_GetArrayItem(cJSON_GetObjectItem(json, "tests"), index);
}
static const char *string_of(const cJSON *object, const char *key) {
    return cJSON_GetStringValue(cJSON_GetObjectItem(object, key));
}

static void demand_valid(void) {
    write_card(card, &out);
    validate_cards();
}

/* --- Awaiting --- */

/* The first test passes, the second, a hidden one, awaits a measurement. */
static int await(void) {
    struct verdict v = fabricate(VERDICT_AWAITING);
    strcpy(v.sentence, "a measurement");
    judge_all(card, fabricate(VERDICT_PASSED), v);
    return card->tests[1].block->points;
}

START_TEST(what_is_awaited_is_neither_a_zero_nor_a_failure) {
    int awaited = await();
    char *points = format_string("\nAutomatic points: %d of %d.\n%d more await ", 10 - awaited,
                                 card->points - awaited, awaited);
    cJSON *json = cJSON_Parse(print(export_gradescope));
    const cJSON *test = test_of(json, 1);
    ck_assert_double_eq(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "score")), 10 - awaited);
    ck_assert_ptr_null(cJSON_GetObjectItem(test, "score"));
    ck_assert_ptr_null(cJSON_GetObjectItem(test, "max_score"));
    ck_assert_ptr_null(cJSON_GetObjectItem(test, "status"));
    ck_assert_str_eq(string_of(cJSON_GetObjectItem(test, "extra_data"), "status"), "awaiting");
    ck_assert_ptr_nonnull(strstr(string_of(test, "output"), "nothing is wrong"));
    ck_assert_ptr_nonnull(strstr(string_of(json, "output"), points));
    cJSON_Delete(json);
    free(points);
}
END_TEST

START_TEST(staff_are_told_how_much_is_awaited) {
    int awaited = await();
    cJSON *json = cJSON_Parse(print(export_scorecard));
    ck_assert_double_eq(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "awaiting")), awaited);
    ck_assert_str_eq(string_of(test_of(json, 1), "sentence"), "Awaiting a measurement.");
    cJSON_Delete(json);
    demand_valid();
    ck_assert_ptr_nonnull(strstr(print(export_terminal), "1 passed, 1 awaiting\n"));
    ck_assert_ptr_nonnull(strstr(out.at, "Awaiting a measurement."));
}
END_TEST

/* Problem 4: the second test stands alone, the others are as told. */
static const char *print_counts(enum verdict_status second, const char *awaited,
                                const char *awaited_last) {
    struct verdict v[] = {fabricate(VERDICT_AWAITING), fabricate(second),
                          fabricate(VERDICT_AWAITING)};
    strcpy(v[0].sentence, awaited);
    strcpy(v[2].sentence, awaited_last);
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    card_judge(card, 4, v, 3);
    card_sum(card);
    return print(export_terminal);
}

START_TEST(what_awaits_the_same_is_told_in_one_beside_what_is_not_started) {
    const char *page = print_counts(VERDICT_NOT_STARTED, "a log", "a log");
    ck_assert_ptr_nonnull(strstr(page, "\n4.2 Counts "));
    ck_assert_ptr_nonnull(strstr(page, " not started  0 / 1\n      None of its functions is"));
    ck_assert_ptr_nonnull(strstr(page, "\n4.1,3 Counts "));
    ck_assert_ptr_nonnull(strstr(page, " awaiting  0 / 2\n      Awaiting a log.\n"));
    ck_assert_ptr_null(strstr(page, "second"));
    ck_assert_ptr_null(strstr(page, "third"));
    page = print_counts(VERDICT_WRONG, "a log", "a log");
    ck_assert_ptr_nonnull(strstr(page, "\n4.2 second "));
    ck_assert_ptr_nonnull(strstr(page, "\n4.1,3 Counts "));
    page = print_counts(VERDICT_AWAITING, "a log", "a log");
    ck_assert_ptr_null(strstr(page, "\n4.1-3 Counts ")); /* the second awaits something else */
    card->tests[3].verdict = card->tests[2].verdict;
    ck_assert_ptr_nonnull(strstr(print(export_terminal), "\n4.1-3 Counts "));
}
END_TEST

START_TEST(what_awaits_different_things_is_told_one_by_one) {
    const char *page = print_counts(VERDICT_PASSED, "a log", "a picture");
    ck_assert_ptr_nonnull(strstr(page, "\n4.1 first "));
    ck_assert_ptr_nonnull(strstr(page, "Awaiting a log.\n"));
    ck_assert_ptr_nonnull(strstr(page, "\n4.3 third "));
    ck_assert_ptr_nonnull(strstr(page, "Awaiting a picture.\n"));
    ck_assert_ptr_null(strstr(page, "4.2"));
}
END_TEST

START_TEST(nothing_is_said_of_awaiting_where_nothing_is_awaited) {
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_WRONG));
    ck_assert_ptr_null(strstr(print(export_scorecard), "await"));
    ck_assert_ptr_null(strstr(print(export_gradescope), "await"));
    ck_assert_ptr_null(strstr(print(export_terminal), "await"));
}
END_TEST

/* --- Flags --- */

START_TEST(flags_are_for_the_staff_alone) {
    struct verdict v = fabricate(VERDICT_PASSED);
    strcpy(v.flags, "LOOK here\nand \033[2Jhere\n");
    v.flags_left_out = 4;
    judge_all(card, v, v);
    ck_assert_double_eq(card->earned, 10);
    ck_assert_ptr_null(strstr(print(export_gradescope), "LOOK"));
    ck_assert_ptr_null(strstr(out.at, "flag"));
    demand_valid();
    cJSON *json = cJSON_Parse(print(export_scorecard));
    const cJSON *flags = cJSON_GetObjectItem(test_of(json, 1), "flags");
    ck_assert_int_eq(cJSON_GetArraySize(flags), 2);
    ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(flags, 0)), "LOOK here");
    cJSON_Delete(json);
    ck_assert_ptr_nonnull(strstr(print(export_terminal), "3.1: LOOK here\n"));
    ck_assert_ptr_nonnull(strstr(out.at, "3.2: and 4 more\n"));
    ck_assert_ptr_null(strchr(out.at, '\033'));
}
END_TEST

static Suite *awaiting_suite(void) {
    Suite *s = suite_create("awaiting");
    TCase *c = tcase_create("awaiting");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, what_is_awaited_is_neither_a_zero_nor_a_failure);
    tcase_add_test(c, staff_are_told_how_much_is_awaited);
    tcase_add_test(c, what_awaits_the_same_is_told_in_one_beside_what_is_not_started);
    tcase_add_test(c, what_awaits_different_things_is_told_one_by_one);
    tcase_add_test(c, nothing_is_said_of_awaiting_where_nothing_is_awaited);
    tcase_add_test(c, flags_are_for_the_staff_alone);
    suite_add_tcase(s, c);
    return s;
}

int main(void) {
    return unit_run(awaiting_suite());
}
