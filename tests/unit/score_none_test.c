/* Our fault is never a zero: what the formats (grader/export) say while something is not graded, or
 * not yet. */
#include "base/fault.h"
#include "export/export.h"
#include "fabricated.h"
#include "schema.h"
#include "unit.h"

#include <cjson/cJSON.h>

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

static cJSON *parse(export_format *format) {
    text_clear(&out);
    format(card, &out);
    cJSON *json = cJSON_ParseWithLength(out.at, out.length);
    ck_assert_ptr_nonnull(json);
    return json;
}

static const cJSON *find_test(const cJSON *json, int index) {
    return cJSON_GetArrayItem(cJSON_GetObjectItem(json, "tests"), index);
}
static const char *string_of(const cJSON *object, const char *key) {
    return cJSON_GetStringValue(cJSON_GetObjectItem(object, key));
}

/* No "score" and no "max_score", however deep. */
static void demand_no_score(const cJSON *value) {
    for (const cJSON *v = value; v; v = v->next) {
        ck_assert(!v->string || !strstr(v->string, "score"));
        demand_no_score(v->child);
    }
}

START_TEST(gives_no_score_to_what_was_not_graded) {
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    card_not_graded(card, 3, "The judge died.");
    card_sum(card);
    cJSON *json = parse(export_gradescope);
    ck_assert_ptr_null(cJSON_GetObjectItem(json, "score"));
    ck_assert_ptr_null(cJSON_GetObjectItem(find_test(json, 0), "score"));
    ck_assert_ptr_null(cJSON_GetObjectItem(find_test(json, 0), "status"));
    ck_assert_ptr_nonnull(strstr(string_of(find_test(json, 0), "output"), "fault of ours"));
    ck_assert_ptr_nonnull(strstr(string_of(json, "output"), "there is no total"));
    ck_assert_ptr_null(strstr(out.at, "The judge died.")); /* for staff */
    demand_no_score(json); /* that of another test would be taken for a total */
    cJSON_Delete(json);

    json = parse(export_scorecard);
    ck_assert_ptr_null(cJSON_GetObjectItem(json, "earned"));
    ck_assert_ptr_nonnull(strstr(out.at, "The judge died."));
    cJSON_Delete(json);
    text_clear(&out);
    export_terminal(card, &out);
    ck_assert_ptr_nonnull(strstr(out.at, "A fault of ours: The judge died."));
    ck_assert_ptr_nonnull(strstr(out.at, "- / 12"));
}
END_TEST

START_TEST(gives_no_score_at_all_while_a_judge_is_still_to_come) {
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_WRONG));
    card_await(card, 4);
    card_sum(card);
    cJSON *json = parse(export_gradescope);
    demand_no_score(json);
    const cJSON *judged = find_test(json, 0), *awaited = find_test(json, 2);
    ck_assert_str_eq(string_of(judged, "status"), "passed");
    ck_assert_str_eq(string_of(judged, "output"), "Points so far: 2 of 2.\n");
    const cJSON *extra = cJSON_GetObjectItem(judged, "extra_data");
    ck_assert_double_eq(cJSON_GetNumberValue(cJSON_GetObjectItem(extra, "earned")), 2);
    ck_assert_double_eq(cJSON_GetNumberValue(cJSON_GetObjectItem(extra, "points")), 2);
    ck_assert_ptr_null(cJSON_GetObjectItem(awaited, "status"));
    ck_assert_str_eq(string_of(awaited, "output"), "This is not graded yet.\n");
    ck_assert_ptr_nonnull(strstr(string_of(json, "output"), "Problem 3, Sums: 2 of 7 points."));
    ck_assert_ptr_nonnull(
        strstr(string_of(json, "output"), "Problem 4, Counts, is not graded yet."));
    cJSON_Delete(json);
    write_card(card, &out);
    validate_cards();

    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_WRONG));
    json = parse(export_gradescope);
    ck_assert_double_eq(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "score")), 5);
    ck_assert_double_eq(cJSON_GetNumberValue(cJSON_GetObjectItem(find_test(json, 0), "max_score")),
                        2);
    ck_assert_ptr_null(strstr(out.at, "so far"));
    cJSON_Delete(json);
}
END_TEST

START_TEST(begins_with_nothing_graded) {
    for (int i = 0; i < card->problem_count; i++)
        card_await(card, card->problems[i].problem->number);
    card->intake = NULL;
    card->build = NULL;
    card_sum(card);
    cJSON *json = parse(export_gradescope);
    demand_no_score(json);
    ck_assert_ptr_nonnull(
        strstr(string_of(json, "output"), "Nothing of this submission is graded yet."));
    cJSON_Delete(json);
    write_card(card, &out);
    validate_cards();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("score_none");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, gives_no_score_to_what_was_not_graded);
    tcase_add_test(all, gives_no_score_at_all_while_a_judge_is_still_to_come);
    tcase_add_test(all, begins_with_nothing_graded);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
