/* The three formats (grader/export): valid, redacted, harmless whatever they are fed, and the same
 * every time. */
#include "base/fault.h"
#include "export/export.h"
#include "fabricated.h"
#include "public/finding.h"
#include "schema.h"
#include "score/sentence.h"
#include "unit.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

enum { OUTPUT_LIMIT = 100000 }; /* Gradescope's, in characters */

static struct intake_file files[] = {{"sum.c", INTAKE_TAKEN, 1200, 0xfeed},
                                     {"notes.pdf", INTAKE_IGNORED, 99, 0},
                                     {"helper.c", INTAKE_HELPER, 10, 1}};
static struct intake intake = {.file_count = 3, .files = files};
static struct build_file build_files[] = {{.name = "sum.c", .state = BUILD_COMPILED},
                                          {.name = "count.c", .state = BUILD_FAILED}};
static struct product products[] = {{.problem = 3}, {.problem = 4}};
static struct build build = {
    .file_count = 2, .product_count = 2, .files = build_files, .products = products};
static struct card *card;
static struct text out;

static void set_up(void) {
    for (int i = 0; i < 2; i++) {
        text_init(&build_files[i].log, MIB);
        text_init(&products[i].log, MIB);
        products[i].state = PRODUCT_READY;
    }
    card = card_make(&homework, &intake, &build);
    card->run.isolation = copy_string("uid chroot");
    text_init(&out, (size_t)16 * MIB);
}
static void tear_down(void) {
    for (int i = 0; i < 2; i++) {
        text_free(&build_files[i].log);
        text_free(&products[i].log);
    }
    card_free(card);
    text_free(&out);
}

static export_format *const formats[] = {export_scorecard, export_gradescope, export_terminal,
                                         export_terminal_coloured};
enum { FORMATS = 4 };

static cJSON *parse(export_format *format) {
    text_clear(&out);
    format(card, &out);
    ck_assert(!out.cut);
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

/* --- The schema --- */

START_TEST(obeys_the_schema_whatever_happened) {
    answer_some(card);
    text_add(&build_files[1].log, "count.c:1: error\n");
    for (int status = VERDICT_PASSED; status < VERDICT_COUNT; status++)
        for (int kind = 0; kind <= FINDING_MISSING; kind++) {
            struct verdict v = fill_verdict((enum verdict_status)status, "text");
            v.finding = kind;
            v.crash = (enum verdict_crash)(kind % (CRASH_DAMAGED_OUTPUT + 1));
            v.code = kind % 2 ? -11 : 3;
            struct verdict hidden = v;
            hidden.row = 1;
            strcpy(hidden.mutant, "forgets_one");
            card->problems[0].graded = true;
            judge_all(card, v, hidden);
            ck_assert(card->graded == (status != VERDICT_NOT_GRADED));
            write_card(card, &out);
        }
    validate_cards();
}
END_TEST

START_TEST(obeys_the_schema_when_the_seconds_were_used_up) {
    struct verdict v = fabricate(VERDICT_TIMED_OUT);
    v.costly = 1;
    judge_all(card, fabricate(VERDICT_PASSED), v);
    write_card(card, &out);
    ck_assert_ptr_nonnull(strstr(out.at, "\"costly_test\":\t1"));
    ck_assert_ptr_nonnull(strstr(out.at, "\"limit_seconds\":\t30"));
    validate_cards();
}
END_TEST

START_TEST(obeys_the_schema_without_a_submission) {
    struct intake nothing = {.problem = "This is no archive."};
    card->intake = &nothing;
    card->build = NULL;
    card_sum(card);
    write_card(card, &out);
    ck_assert_ptr_nonnull(strstr(out.at, "This is no archive."));
    validate_cards();
}
END_TEST

START_TEST(keeps_rubrics_by_their_points) {
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    cJSON *json = parse(export_scorecard);
    const cJSON *rubric =
        cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(json, "written"), 0), "rubric");
    ck_assert_int_eq(cJSON_GetArraySize(rubric), 2);
    ck_assert_str_eq(string_of(cJSON_GetArrayItem(rubric, 0), "text"), "addition commutes");
    ck_assert_double_eq(
        cJSON_GetNumberValue(cJSON_GetObjectItem(cJSON_GetArrayItem(rubric, 1), "points")), 1);
    cJSON_Delete(json);
}
END_TEST

/* --- Redaction --- */

START_TEST(tells_nothing_a_worker_produced_about_a_hidden_test) {
    struct verdict hidden = fill_verdict((enum verdict_status)_i, "MARK");
    hidden.code = 0;
    hidden.row = 1;
    hidden.line = 424242;
    strcpy(hidden.mutant, "forgets_one");
    judge_all(card, fabricate(VERDICT_PASSED), hidden);
    cJSON *json = parse(export_gradescope);
    ck_assert_ptr_null(strstr(out.at, "MARK"));
    ck_assert_ptr_null(strstr(out.at, "424242"));
    ck_assert_ptr_null(strstr(out.at, "agrees"));
    const cJSON *test = find_test(json, 1);
    ck_assert_ptr_null(cJSON_GetObjectItem(cJSON_GetObjectItem(test, "extra_data"), "facts"));
    if (_i != VERDICT_PASSED && _i != VERDICT_NOT_GRADED) {
        ck_assert_ptr_nonnull(strstr(string_of(test, "output"), "n7m9  nothing square"));
        ck_assert_ptr_nonnull(strstr(string_of(test, "output"), "The last number is added too."));
    }
    cJSON_Delete(json);

    json = parse(export_scorecard); /* staff see it: the marker is really there */
    if (_i != VERDICT_NOT_GRADED)
        ck_assert_ptr_nonnull(strstr(out.at, "MARK"));
    cJSON_Delete(json);
}
END_TEST

START_TEST(says_the_same_of_a_hidden_test_however_it_crashed) {
    struct verdict hidden = fabricate(VERDICT_CRASHED);
    judge_all(card, fabricate(VERDICT_PASSED), hidden);
    text_clear(&out);
    export_gradescope(card, &out);
    char *first = copy_string(out.at);
    hidden.crash = CRASH_NULL;
    hidden.code = 7;
    judge_all(card, fabricate(VERDICT_PASSED), hidden);
    text_clear(&out);
    export_gradescope(card, &out);
    ck_assert_str_eq(first, out.at);
    free(first);
}
END_TEST

START_TEST(shows_what_a_public_test_saw) {
    judge_all(card, fill_verdict(VERDICT_WRONG, "MARK"), fabricate(VERDICT_PASSED));
    cJSON *json = parse(export_gradescope);
    const cJSON *test = find_test(json, 0);
    ck_assert_str_eq(string_of(test, "number"), "3.1");
    ck_assert_str_eq(string_of(test, "name"), "Sums (adds)");
    ck_assert_str_eq(string_of(test, "status"), "failed");
    ck_assert_ptr_nonnull(
        strstr(string_of(test, "output"), "Printed by the submission:\n  | MARK\n"));
    ck_assert_ptr_nonnull(strstr(string_of(test, "output"), "Where: problems/3-sums.md:12"));
    ck_assert_ptr_nonnull(cJSON_GetObjectItem(cJSON_GetObjectItem(test, "extra_data"), "facts"));
    cJSON_Delete(json);
}
END_TEST

/* --- Where to start --- */

START_TEST(tells_the_untouched_where_to_start) {
    struct verdict nothing = fabricate(VERDICT_NOT_STARTED);
    judge_all(card, nothing, nothing);
    struct verdict four[] = {nothing, nothing, nothing};
    card_judge(card, 4, four, 3);
    card_sum(card);
    static const char start[] = "Start with problem 3, Sums: write add_up in sum.c.";
    cJSON *json = parse(export_gradescope);
    ck_assert_int_eq(strncmp(string_of(json, "output"), start, sizeof start - 1), 0);
    ck_assert_double_eq(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "score")), 0);
    cJSON_Delete(json);
    text_clear(&out);
    export_terminal(card, &out);
    ck_assert_ptr_nonnull(strstr(out.at, start));
    ck_assert_ptr_nonnull(strstr(out.at, "None of its functions is written yet."));
}
END_TEST

START_TEST(shows_what_the_compiler_said) {
    products[1].state = PRODUCT_NOT_COMPILED;
    products[1].culprit = "count.c";
    text_add(&build_files[1].log, "count.c:7:3: error: expected ';'\n");
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    card_not_built(card, &products[1]);
    card_sum(card);
    cJSON *json = parse(export_gradescope);
    ck_assert_ptr_nonnull(strstr(string_of(json, "output"),
                                 "count.c does not compile. The compiler says:\n"
                                 "  | count.c:7:3: error: expected ';'\n"));
    ck_assert_ptr_nonnull(strstr(string_of(json, "output"), "notes.pdf: ignored"));
    cJSON_Delete(json);
    text_clear(&out);
    export_terminal(card, &out);
    ck_assert_ptr_nonnull(strstr(out.at, "      | count.c:7:3: error: expected ';'\n"));
    /* Outside of `run`, the scorecard is the same with another compiler. */
    json = parse(export_scorecard);
    cJSON_DeleteItemFromObject(json, "run");
    char *rest = cJSON_PrintUnformatted(json);
    ck_assert_ptr_null(strstr(rest, "expected ';'"));
    free(rest);
    cJSON_Delete(json);
}
END_TEST

START_TEST(shows_what_the_linker_said_and_where_it_looked) {
    products[0].state = PRODUCT_NOT_LINKED;
    text_add(&products[0].log, "multiple definition of helper\n");
    intake.folder = "hw";
    card->run.practice_seed = true;
    card->answers = ANSWERS_UNREADABLE;
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    card_not_built(card, &products[0]);
    card_sum(card);
    static const char *const told[] = {"  | multiple definition of helper\n", "practice seed",
                                       "in the folder hw of", "answers.md is not Markdown",
                                       "0 of 2 questions answered, 2 points, read by a person"};
    cJSON *json = parse(export_gradescope);
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        ck_assert_ptr_nonnull(strstr(string_of(json, "output"), told[i]));
    cJSON_Delete(json);
    intake.folder = NULL;
}
END_TEST

/* --- Hostile text --- */

#define CRIME                                                                                      \
    "\033[2J\033]0;x\a</pre><script>alert(1)</script>\r\xe2\x80\xae\xff\xc0\x80\xed\xa0\x80"       \
    "\nPASSED 100/100 \"}],\"score\":100,\"\b\x7f\xc2\x9b\x01 MARK"

static bool is_clean(const char *bytes, size_t count) {
    struct text clean;
    text_init(&clean, 3 * count);
    text_add_clean(&clean, bytes, count);
    bool same = clean.length == count && memcmp(clean.at, bytes, count) == 0;
    text_free(&clean);
    return same;
}

/* Every string of a JSON value, however deep, is clean and shorter than `limit`. */
static void demand_clean(const cJSON *value, size_t limit) {
    for (const cJSON *v = value; v; v = v->next) {
        if (cJSON_IsString(v)) {
            ck_assert(is_clean(v->valuestring, strlen(v->valuestring)));
            ck_assert_uint_lt(strlen(v->valuestring), limit);
        }
        demand_clean(v->child, limit);
    }
}

static void commit_crimes(void) {
    static char crime[] = CRIME;
    struct verdict v = fill_verdict(VERDICT_WRONG, "x");
    char *texts[] = {v.fed, v.expected, v.returned, v.printed, v.expression, v.sentence};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        memcpy(texts[i], CRIME, sizeof CRIME);
    judge_all(card, v, v);
    files[1].name = crime;
    intake.folder = crime;
    build_files[1].name = crime;
    products[1].state = PRODUCT_NOT_COMPILED;
    products[1].culprit = crime;
    for (int i = 0; i < 3000; i++) { /* with NUL, and longer than anything shown */
        text_add_bytes(&build_files[1].log, CRIME "\n", sizeof CRIME + 1);
        text_add_bytes(&products[1].log, CRIME, sizeof CRIME);
    }
    card_not_built(card, &products[1]);
    card->questions[0].answer = copy_string(CRIME);
}

static void undo_crimes(void) {
    files[1].name = "notes.pdf";
    intake.folder = NULL;
    build_files[1].name = "count.c";
    products[1].culprit = NULL;
}

START_TEST(lets_no_hostile_byte_through) {
    commit_crimes();
    for (int f = 0; f < FORMATS; f++) {
        text_clear(&out);
        formats[f](card, &out);
        bool coloured = formats[f] == export_terminal_coloured;
        ck_assert(coloured || is_clean(out.at, out.length));
        ck_assert_uint_eq(strlen(out.at), out.length);
        /* The forged line never begins a line of ours. */
        ck_assert_ptr_null(strstr(out.at, "\nPASSED"));
        if (f < 2) {
            cJSON *json = parse(formats[f]);
            demand_clean(json, formats[f] == export_gradescope ? OUTPUT_LIMIT : MIB);
            const char *output = string_of(f == 1 ? find_test(json, 0) : json, "output");
            ck_assert(f == 0 || !strstr(output, "\nPASSED"));
            cJSON_Delete(json);
        }
    }
    write_card(card, &out);
    validate_cards();
    undo_crimes();
}
END_TEST

START_TEST(stays_below_the_limits_of_gradescope) {
    struct verdict v = fill_verdict(VERDICT_WRONG, "x");
    char *texts[] = {v.fed, v.expected, v.returned, v.printed};
    for (size_t i = 0; i < 4; i++) /* control bytes, which grow when they are made visible */
        memset(texts[i], i % 2 ? '\001' : '\n', VERDICT_TEXT - 1);
    judge_all(card, v, v);
    struct intake_file many[INTAKE_FILES];
    char name[81];
    memset(name, 'n', 80);
    name[80] = '\0';
    for (int i = 0; i < INTAKE_FILES; i++)
        many[i] = (struct intake_file){name, INTAKE_IGNORED, 1, 0};
    struct intake crowd = {.file_count = INTAKE_FILES, .left_out = 9000, .files = many};
    card->intake = &crowd;
    cJSON *json = parse(export_gradescope);
    demand_clean(json, OUTPUT_LIMIT);
    ck_assert_ptr_nonnull(strstr(string_of(json, "output"), "and 9140 more"));
    cJSON_Delete(json);
}
END_TEST

/* --- The terminal --- */

START_TEST(fits_eighty_columns) {
    struct verdict v = fill_verdict(VERDICT_WRONG, "x");
    memset(v.expression, 'e', 300);
    judge_all(card, v, v);
    text_clear(&out);
    export_terminal(card, &out);
    for (const char *at = out.at; *at;) {
        size_t length = strcspn(at, "\n");
        ck_assert_msg(length <= 80, "%.*s", (int)length, at);
        ck_assert_msg(length == 0 || at[length - 1] != ' ', "%.*s", (int)length, at);
        at += length + 1;
    }
}
END_TEST

START_TEST(colours_only_when_told) {
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_WRONG));
    text_clear(&out);
    export_terminal(card, &out);
    ck_assert_ptr_null(strchr(out.at, '\033'));
    export_terminal_coloured(card, &out);
    ck_assert_ptr_nonnull(strchr(out.at, '\033'));
}
END_TEST

/* --- Determinism --- */

START_TEST(says_the_same_twice_but_for_the_run) {
    struct verdict v = fill_verdict(VERDICT_TIMED_OUT, "x");
    judge_all(card, v, v);
    char *results[2], *heads[2];
    for (int i = 0; i < 2; i++) {
        cJSON *json = parse(export_gradescope);
        results[i] = copy_string(out.at);
        cJSON_Delete(json);
        text_add(&build_files[0].log, "compiler %d: warning\n", i);
        json = parse(export_scorecard);
        const cJSON *last = cJSON_GetArrayItem(json, cJSON_GetArraySize(json) - 1);
        ck_assert_str_eq(last->string, "run");
        char *run = strstr(out.at, "\n\t\"run\":");
        ck_assert_ptr_nonnull(run);
        *run = '\0';
        heads[i] = copy_string(out.at);
        text_clear(&build_files[0].log); /* students are shown it, and so differ */
        cJSON_Delete(json);
        /* Another machine at another hour. */
        card->tests[0].verdict.cpu_ms = 17.25;
        card->tests[0].verdict.seconds = 10.01;
        card->tests[1].verdict.peak_kib = 4242;
        card->run.seconds = 3;
    }
    ck_assert_str_eq(results[0], results[1]);
    ck_assert_str_eq(heads[0], heads[1]);
    for (int i = 0; i < 2; i++) {
        free(results[i]);
        free(heads[i]);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("export");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, obeys_the_schema_whatever_happened);
    tcase_add_test(all, obeys_the_schema_when_the_seconds_were_used_up);
    tcase_add_test(all, obeys_the_schema_without_a_submission);
    tcase_add_test(all, keeps_rubrics_by_their_points);
    tcase_add_loop_test(all, tells_nothing_a_worker_produced_about_a_hidden_test, VERDICT_PASSED,
                        VERDICT_COUNT);
    tcase_add_test(all, says_the_same_of_a_hidden_test_however_it_crashed);
    tcase_add_test(all, shows_what_a_public_test_saw);
    tcase_add_test(all, tells_the_untouched_where_to_start);
    tcase_add_test(all, shows_what_the_compiler_said);
    tcase_add_test(all, shows_what_the_linker_said_and_where_it_looked);
    tcase_add_test(all, lets_no_hostile_byte_through);
    tcase_add_test(all, stays_below_the_limits_of_gradescope);
    tcase_add_test(all, fits_eighty_columns);
    tcase_add_test(all, colours_only_when_told);
    tcase_add_test(all, says_the_same_twice_but_for_the_run);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
