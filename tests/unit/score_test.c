/* The scorecard and the sentences (grader/score). */
#include "base/fault.h"
#include "fabricated.h"
#include "public/finding.h"
#include "score/sentence.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>

static struct card *card;
static struct text said;

static void set_up(void) {
    card = card_make(&homework, NULL, NULL);
    text_init(&said, (size_t)64 * KIB);
}
static void tear_down(void) {
    card_free(card);
    text_free(&said);
}

/* --- Points --- */

START_TEST(lists_every_test_in_order) {
    ck_assert_int_eq(card->test_count, 5);
    ck_assert_int_eq(card->points, 12);
    ck_assert_str_eq(card->tests[1].block->name, "agrees");
    ck_assert_int_eq(card->tests[1].number, 2);
    ck_assert_int_eq(card->tests[2].number, 1);
    ck_assert_int_eq(card->question_count, 5);
    ck_assert_ptr_nonnull(card->questions[0].rubric);
    ck_assert_int_eq(card->questions[0].mark_count, 2);
    ck_assert_ptr_null(card->questions[2].rubric);
}
END_TEST

START_TEST(earns_all_or_a_share_or_nothing) {
    struct verdict part = fabricate(VERDICT_PARTIAL);
    part.share = 1;
    part.of = 3;
    judge_all(card, fabricate(VERDICT_WRONG), part);
    ck_assert_double_eq(card->tests[0].earned, 0);
    ck_assert_double_eq(card->tests[1].earned, 1.667);
    ck_assert_double_eq(card->earned, 4.667);
    ck_assert(card->graded);
}
END_TEST

START_TEST(shares_the_points_of_checked_questions) {
    static const double earned[] = {0, 0.667, 1.333, 2};
    for (int answered = 0; answered <= 3; answered++) {
        if (answered > 0)
            card->questions[1 + answered].state = ANSWER_GIVEN;
        judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
        ck_assert_double_eq(card->problems[2].earned, earned[answered]);
        ck_assert_double_eq(card->earned, 10 + earned[answered]);
    }
    card->questions[0].state = ANSWER_GIVEN; /* what a person reads earns nothing here */
    card->questions[4].state = ANSWER_NO_NUMBER;
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    ck_assert_double_eq(card->earned, 11.333);
}
END_TEST

START_TEST(does_not_grade_answers_that_we_failed_to_read) {
    card->answers = ANSWERS_FAULT;
    card->answers_fault = copy_string("memory: none left");
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    ck_assert(card->problems[0].graded && !card->problems[2].graded && !card->graded);
    ck_assert_str_eq(card->problems[2].fault, "memory: none left");
    text_clear(&said);
    sentence_start(card, &said);
    ck_assert_str_eq(said.at, "Every test that was graded passes; the rest is not graded.");
}
END_TEST

START_TEST(gives_nothing_for_any_other_status) {
    for (int s = VERDICT_WRONG; s < VERDICT_NOT_GRADED; s++) {
        struct verdict v = fabricate((enum verdict_status)s);
        judge_all(card, v, v);
        ck_assert_double_eq(card->earned, 3);
        ck_assert(card->graded);
    }
}
END_TEST

START_TEST(counts_what_is_awaited_apart) {
    int points[] = {card->tests[0].block->points, card->tests[1].block->points};
    judge_all(card, fabricate(VERDICT_AWAITING), fabricate(VERDICT_PASSED));
    ck_assert_double_eq(card->problems[0].earned, points[1]);
    ck_assert_int_eq(card->problems[0].awaiting, points[0]);
    ck_assert_int_eq(card->awaiting, points[0]);
    ck_assert(card->graded);
    text_clear(&said);
    sentence_start(card, &said);
    ck_assert_ptr_nonnull(strstr(said.at, "Every test that awaits nothing passes"));
    judge_all(card, fabricate(VERDICT_AWAITING), fabricate(VERDICT_WRONG));
    ck_assert_int_eq(card->awaiting, points[0]);
    text_clear(&said);
    sentence_start(card, &said);
    ck_assert_ptr_nonnull(strstr(said.at, "Go on with test 3.2"));
}
END_TEST

START_TEST(does_not_grade_what_was_not_judged) {
    struct verdict three[] = {fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED)};
    card_judge(card, 3, three, 2);
    card_sum(card);
    ck_assert(!card->graded);
    ck_assert(card->problems[0].graded);
    ck_assert(!card->problems[1].graded);
    ck_assert_int_eq(card->tests[2].verdict.status, VERDICT_NOT_GRADED);
    ck_assert_double_eq(card->earned, 7);
}
END_TEST

START_TEST(waits_for_a_judge_that_is_still_to_come) {
    card_await(card, 3);
    card_sum(card);
    ck_assert(card->problems[0].awaited && !card->problems[0].graded && !card->graded);
    text_clear(&said);
    sentence_verdict(&card->tests[1], &said, AUDIENCE_STUDENT);
    ck_assert_str_eq(said.at, "This is not graded yet.");
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    ck_assert(!card->problems[0].awaited && card->graded);
    ck_assert_double_eq(card->earned, 10);
    card_await(card, 3);
    card_not_graded(card, 3, "The judge died.");
    ck_assert(!card->problems[0].awaited);
    text_clear(&said);
    sentence_verdict(&card->tests[1], &said, AUDIENCE_STUDENT);
    ck_assert_str_eq(said.at, "This was not graded, by a fault of ours and not of yours.");
}
END_TEST

START_TEST(does_not_grade_another_number_of_tests) {
    struct verdict one = fabricate(VERDICT_PASSED);
    card_judge(card, 3, &one, 1);
    ck_assert(!card->problems[0].graded);
    ck_assert_str_eq(card->problems[0].fault,
                     "The judge reported 1 tests where the document has 2.");
}
END_TEST

static void break_status(struct verdict *v) {
    v->status = VERDICT_COUNT;
}
static void break_unset(struct verdict *v) {
    v->status = VERDICT_UNSET;
}
static void break_crash(struct verdict *v) {
    v->crash = (enum verdict_crash)99;
}
static void break_finding(struct verdict *v) {
    v->finding = -1;
}
static void break_share(struct verdict *v) {
    v->status = VERDICT_PARTIAL;
    v->share = 4;
    v->of = 3;
}
static void break_row(struct verdict *v) {
    v->row = 2;
}
static void break_rank(struct verdict *v) {
    v->rank = 5;
}
static void break_index(struct verdict *v) {
    v->rank = 1;
    v->index[0] = -1;
}
static void break_count(struct verdict *v) {
    v->bad = 2;
    v->total = 1;
}
static void break_string(struct verdict *v) {
    memset(v->printed, 'a', sizeof v->printed);
}
static void break_bool(struct verdict *v) {
    memset(&v->printed_cut, 7, sizeof v->printed_cut);
}
static void break_costly(struct verdict *v) {
    v->status = VERDICT_TIMED_OUT;
    v->costly = 3;
}
static void (*const breaks[])(struct verdict *) = {
    break_status, break_unset, break_crash, break_finding, break_share, break_row,
    break_rank,   break_index, break_count, break_string,  break_bool,  break_costly};
enum { BREAKS = sizeof breaks / sizeof breaks[0] };

START_TEST(does_not_grade_a_verdict_that_makes_no_sense) {
    struct verdict three[] = {fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED)};
    three[1].row = 1;
    card_judge(card, 3, three, 2);
    ck_assert(card->problems[0].graded);
    breaks[_i](&three[1]);
    card_judge(card, 3, three, 2);
    ck_assert(!card->problems[0].graded);
    ck_assert_ptr_nonnull(strstr(card->problems[0].fault, "3.2"));
}
END_TEST

/* --- Sentences --- */

static const char *say(struct verdict v) {
    judge_all(card, v, fabricate(VERDICT_PASSED));
    text_clear(&said);
    sentence_verdict(&card->tests[0], &said, AUDIENCE_STUDENT);
    return said.at;
}

START_TEST(names_the_wrong_element) {
    struct verdict v = fabricate(VERDICT_WRONG);
    v.finding = FINDING_VALUES;
    strcpy(v.expression, "dx");
    v.rank = 3;
    v.index[1] = 1;
    v.index[2] = 2;
    v.got = 3;
    v.want = 0.1;
    v.bad = 4;
    v.total = 12;
    v.worst_absolute = 2.9;
    ck_assert_str_eq(say(v),
                     "dx[0,1,2] is 3, expected 0.1 (4 of 12 numbers are wrong, the worst by 2.9).");
    v.bad = 1;
    v.got = NAN;
    ck_assert_str_eq(say(v), "dx[0,1,2] is NaN, expected 0.1 (1 of 12 numbers is wrong).");
}
END_TEST

START_TEST(writes_large_counts_out) {
    struct verdict v = fabricate(VERDICT_WRONG);
    v.finding = FINDING_INT;
    v.got_integer = 9007199254740993; /* 2^53 + 1, which no double holds */
    ck_assert_str_eq(say(v), "The result is 9007199254740993, expected 0.");
}
END_TEST

START_TEST(names_statuses_and_properties) {
    struct verdict v = fabricate(VERDICT_WRONG);
    v.finding = FINDING_STATUS;
    strcpy(v.expression, "add_up(x, 3)");
    v.want = IMPOSSIBLE;
    ck_assert_str_eq(say(v), "add_up(x, 3) is OK, expected IMPOSSIBLE.");
    v.got = 77;
    ck_assert_str_eq(say(v), "add_up(x, 3) is 77, expected IMPOSSIBLE.");
    v.finding = FINDING_PROPERTY;
    strcpy(v.sentence, "the sum is linear");
    ck_assert_str_eq(say(v), "This does not hold: the sum is linear.");
}
END_TEST

START_TEST(tells_crashes_apart) {
    struct verdict v = fabricate(VERDICT_CRASHED);
    v.code = 11;
    ck_assert_str_eq(say(v), "add_up crashed with SIGSEGV.");
    v.crash = CRASH_PAST_ARGUMENT;
    strcpy(v.argument, "x");
    v.element = 1;
    ck_assert_str_eq(say(v), "add_up went past the end of x, by 1 number.");
    v.crash = CRASH_STACK;
    v.function[0] = '\0';
    ck_assert_str_eq(say(v), "Your code used up its stack.");
    v.crash = CRASH_UNKNOWN;
    v.code = INT32_MIN;
    ck_assert_ptr_nonnull(strstr(say(v), "crashed with signal"));
}
END_TEST

START_TEST(names_limits_and_calls) {
    struct verdict v = fabricate(VERDICT_TIMED_OUT);
    v.seconds = 10.0421; /* measured: never shown */
    ck_assert_str_eq(say(v), "add_up was still computing after 10 seconds.");
    v.costly = 2;
    ck_assert_str_eq(say(v), "The tests of this problem had already taken the 30 seconds that "
                             "they may take together, most of them in 3.2 (Any sum).");
    v.status = VERDICT_FORBIDDEN;
    v.code = 257;
    ck_assert_str_eq(say(v), "add_up asked the system for openat, which is not allowed here.");
    v.status = VERDICT_EXITED;
    v.code = 3;
    ck_assert_str_eq(say(v), "add_up ended the whole program, with exit code 3.");
}
END_TEST

START_TEST(names_no_test_to_whom_it_is_hidden) {
    struct verdict v = fabricate(VERDICT_TIMED_OUT);
    v.costly = 1;
    judge_all(card, fabricate(VERDICT_PASSED), v);
    text_clear(&said);
    sentence_verdict(&card->tests[1], &said, AUDIENCE_STUDENT);
    ck_assert_str_eq(said.at, "The tests of this problem had already taken the time that they may "
                              "take together.");
}
END_TEST

static void demand_sentence(int least) {
    ck_assert_int_ge((int)said.length, least);
    ck_assert(said.length == 0 || said.at[said.length - 1] == '.');
    ck_assert_ptr_null(strpbrk(said.at, "{}!\n"));
    ck_assert_ptr_null(strstr(said.at, "  "));
}

START_TEST(has_words_for_everything_that_can_happen) {
    struct verdict v = fill_verdict((enum verdict_status)_i, "text");
    for (int kind = 0; kind <= FINDING_MISSING; kind++)
        for (int t = 0; t < 2; t++)
            for (int a = AUDIENCE_STUDENT; a <= AUDIENCE_STAFF; a++) {
                v.finding = kind;
                v.crash = (enum verdict_crash)(kind % (CRASH_DAMAGED_OUTPUT + 1));
                card->tests[t].verdict = v;
                text_clear(&said);
                sentence_verdict(&card->tests[t], &said, (enum audience)a);
                demand_sentence(5);
                text_clear(&said);
                sentence_next(&card->tests[t], &said, (enum audience)a);
                demand_sentence(0);
            }
    ck_assert_str_ne(sentence_status_word((enum verdict_status)_i), "");
}
END_TEST

START_TEST(says_what_to_do_next) {
    struct verdict v = fabricate(VERDICT_NOT_STARTED);
    say(v);
    text_clear(&said);
    sentence_next(&card->tests[0], &said, AUDIENCE_STUDENT);
    ck_assert_str_eq(said.at, "Write it in sum.c; problems/3-sums.md:12 says what it must do.");
    text_clear(&said);
    sentence_start(card, &said);
    ck_assert_str_eq(said.at, "Go on with test 3.1, Sums (not started).");
    for (int i = 0; i < card->test_count; i++)
        card->tests[i].verdict = v;
    text_clear(&said);
    sentence_start(card, &said);
    ck_assert_int_eq(
        strncmp(said.at, "Start with problem 3, Sums: write add_up in sum.c. problems/3-sums.md",
                68),
        0);
}
END_TEST

START_TEST(asks_for_answers_once_every_test_passes) {
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED));
    sentence_start(card, &said);
    ck_assert_str_eq(said.at, "Every test passes. answers.md was not handed in.");
    answer_some(card);
    text_clear(&said);
    sentence_start(card, &said);
    ck_assert_str_eq(said.at, "Every test passes. Go on with 8b(i), Company (heading not found): "
                              "answers.md has no heading \"## 8b(i).company\".");
    for (int i = 0; i < card->question_count; i++)
        card->questions[i].state = ANSWER_GIVEN;
    text_clear(&said);
    sentence_start(card, &said);
    ck_assert_str_eq(said.at, "Every test passes; what is left is the written part.");
}
END_TEST

START_TEST(writes_numbers_short_and_exact) {
    static const struct {
        double number;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0, "0"},
                 {3, "3"},
                 {0.1, "0.1"},
                 {-2.5, "-2.5"},
                 {1e300, "1e+300"},
                 {1.0 / 3, "0.3333333333333333"},
                 {9007199254740993.0, "9007199254740992"},
                 {NAN, "NaN"},
                 {-INFINITY, "-Infinity"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char digits[NUMBER_ROOM];
        ck_assert_str_eq(sentence_number(digits, cases[i].number), cases[i].text);
    }
    char points[NUMBER_ROOM];
    ck_assert_str_eq(sentence_points(points, 10), "10");
    ck_assert_str_eq(sentence_points(points, 0), "0");
    ck_assert_str_eq(sentence_points(points, 5.0 / 3), "1.667");
    ck_assert_str_eq(sentence_points(points, 2.5), "2.5");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("score");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, lists_every_test_in_order);
    tcase_add_test(all, earns_all_or_a_share_or_nothing);
    tcase_add_test(all, shares_the_points_of_checked_questions);
    tcase_add_test(all, does_not_grade_answers_that_we_failed_to_read);
    tcase_add_test(all, gives_nothing_for_any_other_status);
    tcase_add_test(all, counts_what_is_awaited_apart);
    tcase_add_test(all, does_not_grade_what_was_not_judged);
    tcase_add_test(all, waits_for_a_judge_that_is_still_to_come);
    tcase_add_test(all, does_not_grade_another_number_of_tests);
    tcase_add_loop_test(all, does_not_grade_a_verdict_that_makes_no_sense, 0, BREAKS);
    tcase_add_test(all, names_the_wrong_element);
    tcase_add_test(all, names_statuses_and_properties);
    tcase_add_test(all, writes_large_counts_out);
    tcase_add_test(all, tells_crashes_apart);
    tcase_add_test(all, names_limits_and_calls);
    tcase_add_test(all, names_no_test_to_whom_it_is_hidden);
    tcase_add_loop_test(all, has_words_for_everything_that_can_happen, VERDICT_PARTIAL,
                        VERDICT_COUNT);
    tcase_add_test(all, says_what_to_do_next);
    tcase_add_test(all, asks_for_answers_once_every_test_passes);
    tcase_add_test(all, writes_numbers_short_and_exact);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
