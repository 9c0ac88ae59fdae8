/* What the scorecard says where there is no program to judge (grader/score). */
#include "export/export.h"
#include "fabricated.h"
#include "score/sentence.h"
#include "unit.h"

static struct product products[2];
static char warning[] = "sum.c:9:5: warning: 's' may be used uninitialized\n";
static struct build_file file = {.name = "sum.c", .state = BUILD_COMPILED};
static const struct build build = {
    .file_count = 1, .files = &file, .product_count = 2, .products = products};
static struct card *built;
static struct text said;

static void set_up(void) {
    products[0] = (struct product){.problem = 3, .log = {.at = ""}};
    products[1] = (struct product){.problem = 4, .log = {.at = ""}};
    built = card_make(&homework, NULL, &build);
    text_init(&said, (size_t)64 * KIB);
}
static void tear_down(void) {
    card_free(built);
    text_free(&said);
}

/* The sentence about problem 3's first test. */
static const char *say(enum product_state state, enum verdict_status status, int code) {
    products[0].state = state;
    products[0].status = status;
    products[0].code = code;
    card_not_built(built, &products[0]);
    text_clear(&said);
    sentence_verdict(&built->tests[0], &said, AUDIENCE_STUDENT);
    return said.at;
}

START_TEST(blames_the_file_that_does_not_compile) {
    products[0].culprit = "sum.c";
    ck_assert_ptr_nonnull(
        strstr(say(PRODUCT_NOT_COMPILED, VERDICT_UNSET, 0), "sum.c does not compile"));
    ck_assert_int_eq(built->tests[1].verdict.status, VERDICT_NOT_BUILT);
}
END_TEST

START_TEST(names_the_tool_that_exceeded_its_limits) {
    products[0].culprit = "sum.c";
    const char *words = say(PRODUCT_COMPILER_EXCEEDED, VERDICT_UNSET, 0);
    ck_assert_ptr_nonnull(
        strstr(words, "sum.c does not compile: the compiler exceeded its limits"));
    words = say(PRODUCT_LINKER_EXCEEDED, VERDICT_UNSET, 0);
    ck_assert_ptr_nonnull(strstr(words, "the linker exceeded its limits"));
}
END_TEST

static const struct {
    enum product_state state;
    enum verdict_status status;
    int code;
    const char *words;
} starts[] = {
    {PRODUCT_ENDED_EARLY, VERDICT_ENDED_EARLY, -11, "crashed before main, with SIGSEGV."},
    {PRODUCT_ENDED_EARLY, VERDICT_ENDED_EARLY, 7, "ended before main, with exit code 7."},
    {PRODUCT_ENDED_EARLY, VERDICT_OUT_OF_MEMORY, 64, "does not fit into its memory"},
    {PRODUCT_ENDED_EARLY, VERDICT_TIMED_OUT, 0, "was still computing"},
    {PRODUCT_ENDED_EARLY, VERDICT_BLOCKED, 0, "was waiting"},
    {PRODUCT_ENDED_EARLY, VERDICT_TOO_MUCH_OUTPUT, 4, "printed more than it may before main"},
    {PRODUCT_FORBIDDEN, VERDICT_FORBIDDEN, 257, "asked the system for openat before main"},
};

START_TEST(tells_how_a_start_failed) {
    const char *words = say(starts[_i].state, starts[_i].status, starts[_i].code);
    ck_assert_msg(strstr(words, starts[_i].words) != NULL, "%s", words);
    ck_assert_int_eq(built->tests[0].verdict.status, starts[_i].status);
    card_sum(built);
    ck_assert(built->problems[0].graded);
}
END_TEST

START_TEST(does_not_grade_what_we_failed_to_build) {
    products[0].log.at = "No room.";
    say(PRODUCT_NOT_GRADED, VERDICT_UNSET, 0);
    ck_assert(!built->problems[0].graded);
    ck_assert_str_eq(built->problems[0].fault, "No room.");
    ck_assert_int_eq(built->tests[0].verdict.status, VERDICT_NOT_GRADED);
}
END_TEST

START_TEST(grades_nothing_of_what_we_failed_to_read) {
    const struct intake intake = {.fault = "No memory."};
    struct card *card = card_make(&homework, &intake, &build);
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    ck_assert(!card->graded);
    ck_assert_double_eq(card->earned, 0);
    for (int p = 0; p < card->problem_count; p++)
        ck_assert_str_eq(card->problems[p].fault, "No memory.");
    sentence_start(card, &said);
    ck_assert_ptr_nonnull(strstr(said.at, "grade it again"));
    card_free(card);
}
END_TEST

START_TEST(asks_for_files_when_none_was_found) {
    for (int p = 0; p < 2; p++) {
        products[p].state = PRODUCT_FILE_MISSING;
        card_not_built(built, &products[p]);
    }
    card_sum(built);
    sentence_start(built, &said);
    ck_assert_ptr_nonnull(strstr(said.at, "None of the files"));
    ck_assert_ptr_nonnull(strstr(said.at, ": sum.c, count.c."));
}
END_TEST

/* Problem 3's first test ends with `status`, all others pass; then what `format` shows of it. */
static bool warns(enum verdict_status status, export_format *format) {
    file.log = (struct text){.at = warning, .length = sizeof warning - 1};
    for (int i = 0; i < 2; i++)
        products[i].state = PRODUCT_READY;
    struct verdict verdicts[8];
    for (int i = 0; i < built->test_count; i++)
        verdicts[i] = fabricate(i == 0 ? status : VERDICT_PASSED);
    for (int i = 0; i < built->problem_count; i++) {
        const struct card_problem *p = &built->problems[i];
        card_judge(built, p->problem->number, verdicts + p->first_test, p->test_count);
    }
    card_sum(built);
    text_clear(&said);
    format(built, &said);
    return strstr(said.at, "| sum.c:9:5: warning: 's' may be used uninitialized") != NULL;
}

START_TEST(shows_warnings_beside_lost_points) {
    ck_assert(warns(VERDICT_WRONG, export_terminal));
    ck_assert(warns(VERDICT_WRONG, export_gradescope));
    ck_assert(!warns(VERDICT_PASSED, export_terminal)); /* nothing lost, nothing to explain */
}
END_TEST

int main(void) {
    Suite *suite = suite_create("product");
    TCase *all = tcase_create("product");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, blames_the_file_that_does_not_compile);
    tcase_add_test(all, names_the_tool_that_exceeded_its_limits);
    tcase_add_loop_test(all, tells_how_a_start_failed, 0, sizeof starts / sizeof starts[0]);
    tcase_add_test(all, does_not_grade_what_we_failed_to_build);
    tcase_add_test(all, grades_nothing_of_what_we_failed_to_read);
    tcase_add_test(all, asks_for_files_when_none_was_found);
    tcase_add_test(all, shows_warnings_beside_lost_points);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
