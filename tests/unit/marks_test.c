/* Marks (grader/marks): what is refused and where, what is merged, and that all else stays. */
#include "base/fault.h"
#include "base/file.h"
#include "export/json.h"
#include "fabricated.h"
#include "marks/marks.h"
#include "schema.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static struct card *card;
static struct text mistakes, changes, out;
static char path[] = "/tmp/gradus-marks-XXXXXX";

static void set_up(void) {
    card = card_make(&homework, NULL, NULL);
    answer_some(card);
    judge_all(card, fabricate(VERDICT_PASSED), fabricate(VERDICT_WRONG));
    struct text *const texts[] = {&mistakes, &changes, &out};
    for (int i = 0; i < 3; i++)
        text_init(texts[i], 4 * (size_t)MIB);
    strcpy(path + sizeof path - 7, "XXXXXX");
    ck_assert_int_eq(close(mkstemp(path)), 0);
}
static void tear_down(void) {
    card_free(card);
    text_free(&mistakes);
    text_free(&changes);
    text_free(&out);
    unlink(path);
}

static bool take(const char *file, size_t count) {
    struct mark_rows rows = {0};
    ck_assert(file_write(path, file, count));
    text_clear(&mistakes);
    text_clear(&changes);
    bool taken = marks_read(path, homework.id, &rows, &mistakes) &&
                 marks_accept(card, path, &rows, &mistakes, &changes);
    marks_free(&rows);
    ck_assert(taken == (mistakes.length == 0));
    return taken;
}

/* --- Reading --- */

START_TEST(cuts_records_as_spreadsheets_write_them) {
    struct csv csv = {.at = "a,\"b,\"\"c\"\"\nd\",\r\n\r\n,\n\"\"", .line = 1, .next_line = 1};
    char *fields[CSV_FIELDS];
    static const char *const want[] = {"a", "b,\"c\"\nd", "", "", "", ""};
    static const struct { int count, line; } records[] = {{3, 1}, {2, 4}, {1, 5}, {0, 5}};
    for (size_t r = 0, f = 0; r < 4; r++) {
        int count = csv_read(&csv, fields);
        ck_assert_int_eq(count, records[r].count);
        ck_assert_int_eq(csv.line, records[r].line);
        for (int i = 0; i < count; i++, f++) {
            ck_assert_str_eq(fields[i], want[f]);
            free(fields[i]);
        }
    }
    ck_assert_ptr_null(csv.mistake);
}
END_TEST

START_TEST(prints_json_again_with_the_same_digits) {
    static const char text[] = "[0.1, -2.50e+10, 9007199254740993, {\"1\": \"2, -3\\\\\\\"4\"}]";
    int line = 0;
    cJSON *value = json_read(text, &line);
    char *printed = cJSON_PrintUnformatted(value);
    ck_assert_str_eq(printed, "[0.1,-2.50e+10,9007199254740993,{\"1\":\"2, -3\\\\\\\"4\"}]");
    free(printed);
    cJSON_Delete(value);
    static const struct {
        const char *text;
        int line;
    } bad[] = {{"[1,\n01]", 2}, {"[1.]", 1}, {"[\n\n-]", 3},   {"{\"a\n\": 1}", 1},
               {"[1]\n[2]", 2}, {"", 1},     {"[1,\n2,\n", 3}, {"[\"\x01\x32\"]", 1},
               {"[1e]", 1},     {"[nan]", 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_ptr_null(json_read(bad[i].text, &line));
        ck_assert_msg(line == bad[i].line, "%s: line %d", bad[i].text, line);
    }
}
END_TEST

/* --- Mistakes --- */

#define NAMES       "question,line,points,remark\n"
#define JSON(marks) "{\"homework\": \"small\",\n\"marks\": [\n" marks "]}"

static const struct {
    const char *file, *mistake;
} wrong[] = {
    {"", ":1: there are no marks in it"},
    {" \n", ":1: there are no marks in it"},
    {NAMES, ":1: there are no marks in it"},
    {"question,points\n3.why,1\n", ":1: there is no column \"line\""},
    {"3.why,1,1\n", "\"3.why\" is none of them"},
    {"question;line;points\n", "is none of them"},
    {"question,line,line\n", "\"line\" is given twice"},
    {NAMES "\n3.nothing,1,1,\n", ":3: this homework has no question \"3.nothing\""},
    {NAMES "4.why,1,1,\n", ":2: this homework has no question \"4.why\""},
    {NAMES "\x1b[31m3.why\xe2\x80\xae,1,1,\n",
     ":2: this homework has no question \"\xef\xbf\xbd[31m3.why\xef\xbf\xbd\""},
    {NAMES "8a.sources,1,1,\n", ":2: 8a.sources is only checked for being answered"},
    {NAMES "3.why,3,1,\n", ":2: the rubric of 3.why has no line \"3\", only 1 to 2"},
    {NAMES "3.why,0,1,\n", "no line \"0\""},
    {NAMES "3.why,01,1,\n", "no line \"01\""},
    {NAMES "3.why,-1,1,\n", "no line \"-1\""},
    {NAMES "3.why,1.0,1,\n", "no line \"1.0\""},
    {NAMES "3.why,1,1.5,\n", ":2: the points 1.5 are more than this line is worth, 1"},
    {NAMES "3.why,1,-0.5,\n", ":2: the points -0.5 are below 0"},
    {NAMES "3.why,1,much,\n", ":2: the points \"much\" are no number"},
    {NAMES "3.why,1,nan,\n", "no number"},
    {NAMES "3.why,1,0x1,\n", "no number"},
    {NAMES "3.why,1,1e999,\n", "no number"},
    {NAMES "3.why,1,\"0,5\",\n", "\"0,5\" are no number"},
    {NAMES "3.why,1,0.0001,\n", "more than three decimals"},
    {NAMES "3.why,1,,good\n", ":2: the points are missing"},
    {NAMES "3.why,,1,good\n", ":2: points belong to a line of the rubric"},
    {NAMES "3.why,,,\n", ":2: there are neither points nor a remark"},
    {NAMES ",1,1,\n", ":2: the question is missing"},
    {NAMES "3.why,1,1,\n3.why,2,1,\n3.why,1,1,\n", ":4: 3.why, line 1, was given on line 2"},
    {NAMES "3.why,,,a\n3.why,,,b\n", ":3: 3.why, line none, was given on line 2"},
    {NAMES "3.why,1,1\n", ":2: there are 3 fields, and 4 columns"},
    {NAMES "3.why,1,1,a,b\n", ":2: there are 5 fields, and 4 columns"},
    {NAMES "3.why,1,1,\"a\n", ":2: a quote is never closed"},
    {NAMES "3.why,1,1,\"a\"b\n", ":2: something stands behind a closing quote"},
    {NAMES "3.why,1,1,a\"b\n", ":2: a quote stands inside a field"},
    {NAMES ",,,,,,,,,,,,,,,,,,,\n", ":2: there are too many fields"},
    {"{\"homework\": \"small\",\n \"marks\": [}", ":2: this is no JSON"},
    {"{\"homework\": \"other\", \"marks\": []}", ":1: these are marks for the homework \"other\""},
    {"\n{\"marks\": []}", ":2: there is no \"homework\""},
    {"{\"homework\": \"small\"}", ":1: there is no list \"marks\""},
    {"{\"homework\": \"small\", \"marks\": []}", ":1: there are no marks in it"},
    {JSON("1"), "each of the \"marks\" is an object"},
    {JSON("{\"question\": \"3.why\",\n\"line\": 1, \"points\": 2}"), ":3: the points 2 are more"},
    {JSON("{\"question\": \"3.why\", \"line\": 1, \"points\": \"1\"}"), "\"points\" is no number"},
    {JSON("{\"question\": 3, \"line\": 1, \"points\": 1}"), ":3: \"question\" is no text"},
    {JSON("{\"question\": \"3.why\", \"point\": 1}"), ":3: unknown key \"point\""},
    {JSON("{\"line\": 1, \"line\": 2}"), ":3: \"line\" is given twice"},
    {JSON("{}"), ":3: the question is missing"},
    {JSON("{\"question\": \"3.why\", \"line\": true, \"points\": 1}"), "\"line\" is no number"},
};

START_TEST(refuses_a_wrong_mark_with_its_line_and_takes_no_other) {
    double earned = 0;
    ck_assert(!take(wrong[_i].file, strlen(wrong[_i].file)));
    ck_assert_msg(strstr(mistakes.at, wrong[_i].mistake) != NULL, "says: %s", mistakes.at);
    ck_assert_int_eq(strncmp(mistakes.at, path, strlen(path)), 0);
    for (int i = 0; i < card->question_count; i++) {
        ck_assert_int_eq(card_marked(&card->questions[i], &earned), 0);
        ck_assert_ptr_null(card->questions[i].remark);
    }
    ck_assert_uint_eq(changes.length, 0);
}
END_TEST

START_TEST(refuses_what_is_no_file_of_marks) {
    struct mark_rows rows = {0};
    ck_assert(!take("question\0", 9));
    ck_assert_ptr_nonnull(strstr(mistakes.at, "this is not text"));
    unlink(path);
    ck_assert(!marks_read(path, homework.id, &rows, &mistakes));
    ck_assert_ptr_nonnull(strstr(mistakes.at, "No such file"));
    marks_free(&rows);
    text_clear(&out);
    text_add(&out, NAMES "3.why,,,");
    for (int i = 0; i < 4001; i++)
        text_add(&out, "x");
    ck_assert(!take(out.at, out.length));
    ck_assert_ptr_nonnull(strstr(mistakes.at, "longer than 4000 bytes"));
}
END_TEST

/* --- Giving --- */

static bool takes(const char *file) {
    return take(file, strlen(file));
}

START_TEST(takes_marks_in_either_format_and_in_halves) {
    double earned = 0;
    ck_assert(takes("\xef\xbb\xbf" NAMES "3.why,1,0.5,\"well, almost\"\r\n"));
    ck_assert_int_eq(card_marked(&card->questions[0], &earned), 1);
    ck_assert_double_eq(earned, 0.5);
    ck_assert_str_eq(card->questions[0].marks[0].remark, "well, almost");
    marks_summary(card, &out);
    ck_assert_str_eq(out.at,
                     "Written part: 0 of 2 questions are marked, 0.5 of 2 points given.\n"
                     "Still open: 3.why (1 of 2 lines).\nOpen, and without an answer: 3.when.\n");
    ck_assert(takes(JSON("{\"question\": \"3.why\", \"line\": 2, \"points\": 1},\n"
                         "{\"question\": \"3.when\", \"line\": 1, \"points\": 0.125, "
                         "\"remark\": null},\n"
                         "{\"question\": \"3.when\", \"remark\": \"late\"}")));
    ck_assert_int_eq(card_marked(&card->questions[0], &earned), 2);
    ck_assert_double_eq(earned, 1.5);
    ck_assert_str_eq(card->questions[1].remark, "late");
    text_clear(&out);
    marks_summary(card, &out);
    ck_assert_str_eq(out.at, "Written part: 2 of 2 questions are marked, 1.625 of 2 points given.\n"
                             "Nothing is open.\n");
    ck_assert_uint_eq(changes.length, 0);
}
END_TEST

START_TEST(stops_at_a_hundred_mistakes) {
    struct text file;
    text_init(&file, MIB);
    text_add(&file, NAMES);
    for (int i = 0; i < 1000; i++)
        text_add(&file, "3.who,1,1,\n");
    ck_assert(!take(file.at, file.length));
    ck_assert_ptr_nonnull(strstr(mistakes.at, ":101: this"));
    ck_assert_ptr_null(strstr(mistakes.at, ":102: this"));
    ck_assert_ptr_nonnull(strstr(mistakes.at, "perhaps more"));
    text_free(&file);
}
END_TEST

START_TEST(knows_one_zero) {
    ck_assert(takes(NAMES "3.why,1,-0,\n3.why,2,-0.0,\n"));
    ck_assert(!signbit(card->questions[0].marks[0].earned));
    ck_assert(takes(NAMES "3.why,1,0,\n"));
    ck_assert_str_eq(changes.at, "");
}
END_TEST

START_TEST(tells_what_replaces_an_earlier_mark) {
    ck_assert(takes(NAMES "3.why,1,1,good\n3.why,2,1,\n"));
    ck_assert(takes(NAMES "3.why,1,1,good\n3.why,2,1,\n"));
    ck_assert_str_eq(changes.at, "");
    ck_assert(takes(NAMES "3.why,1,0.25,\n3.why,2,1,now\n"));
    ck_assert_str_eq(changes.at, "Changed: 3.why, line 1: 0.25 points, where there were 1.\n"
                                 "Changed: 3.why, line 1: the remark is another one now.\n");
}
END_TEST

/* --- Merging --- */

START_TEST(changes_nothing_else_and_comes_back) {
    struct text results, merged[2];
    text_init(&results, MIB);
    text_init(&merged[0], MIB);
    text_init(&merged[1], MIB);
    export_scorecard(card, &out);
    export_gradescope(card, &results);
    struct card *fresh = card_make(&homework, NULL, NULL);
    ck_assert_ptr_null(marks_restore(fresh, out.at));
    ck_assert_str_eq(fresh->questions[0].answer, "Because.\n");
    ck_assert_int_eq(fresh->questions[1].state, ANSWER_MISSING);
    ck_assert(marks_merge(fresh, out.at, results.at, &merged[0], &merged[1]));
    ck_assert_str_eq(merged[0].at, out.at);
    ck_assert_str_eq(merged[1].at, results.at);
    card_free(fresh);

    ck_assert(takes(NAMES "3.why,1,0.5,\n3.why,2,1,\033[31mred\n"));
    text_clear(&merged[0]);
    text_clear(&merged[1]);
    ck_assert(marks_merge(card, out.at, results.at, &merged[0], &merged[1]));
    text_clear(&out);
    export_scorecard(card, &out); /* as if it had been graded with the marks */
    ck_assert_str_eq(merged[0].at, out.at);
    ck_assert_ptr_null(strchr(merged[1].at, '\033'));
    text_clear(&results);
    text_add(&results, "%s", merged[1].at);
    text_clear(&merged[0]);
    text_clear(&merged[1]);
    ck_assert(marks_merge(card, out.at, results.at, &merged[0], &merged[1]));
    ck_assert_str_eq(merged[1].at, results.at); /* not once more */
    write_card(card, &out);
    validate_cards();
    text_free(&results);
    text_free(&merged[0]);
    text_free(&merged[1]);
}
END_TEST

START_TEST(shows_students_points_that_never_enter_their_total) {
    ck_assert(takes(NAMES "3.why,1,0.5,clear\n3.why,,,\"short\nand good\"\n"));
    cJSON *test = json_marked(&card->questions[0]);
    ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(test, "output")),
                     "0.5 of 2 points so far, given by a person; they are no part of the automatic "
                     "points.\n  1. 0.5 of 1. clear\n  2. not yet graded, 1 point.\n"
                     "On the whole: short and good");
    ck_assert_ptr_null(cJSON_GetObjectItem(test, "score"));
    ck_assert_ptr_null(cJSON_GetObjectItem(test, "max_score"));
    cJSON_Delete(test);
    ck_assert_ptr_null(json_marked(&card->questions[1]));
    card_sum(card);
    ck_assert_double_eq(card->earned, 5.667); /* a third of problem 8 */
}
END_TEST

START_TEST(refuses_a_scorecard_that_it_does_not_know) {
    static const struct {
        const char *from, *to, *reason;
    } changed[] = {{"\"gradus-scorecard\"", "\"another\"", "it is no scorecard"},
                   {"\"small\"", "\"large\"", "it is of another homework, \"large\""},
                   {"\"addition commutes\"", "\"it commutes\"", "question 3.why is another one"},
                   {"\"name\":\t\"when\"", "\"name\":\t\"who\"", "question 3.when is another one"},
                   {"\"text\":\t\"addition commutes\"",
                    "\"earned\": 1e308, \"text\": \"addition commutes\"",
                    "question 3.why is another one"},
                   {"\t\"written\":\t[", "\t\"written\":\t", "line 1"}};
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
        text_clear(&out);
        text_clear(&changes);
        export_scorecard(card, &out);
        const char *at = strstr(out.at, changed[i].from);
        ck_assert_ptr_nonnull(at);
        text_add_bytes(&changes, out.at, (size_t)(at - out.at));
        text_add(&changes, "%s%s", changed[i].to, at + strlen(changed[i].from));
        struct card *fresh = card_make(&homework, NULL, NULL);
        char *reason = marks_restore(fresh, changes.at);
        ck_assert_ptr_nonnull(reason);
        if (i + 1 < sizeof changed / sizeof *changed)
            ck_assert_msg(strstr(reason, changed[i].reason) != NULL, "says: %s", reason);
        free(reason);
        card_free(fresh);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("marks");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, cuts_records_as_spreadsheets_write_them);
    tcase_add_test(all, prints_json_again_with_the_same_digits);
    tcase_add_loop_test(all, refuses_a_wrong_mark_with_its_line_and_takes_no_other, 0,
                        (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(all, refuses_what_is_no_file_of_marks);
    tcase_add_test(all, takes_marks_in_either_format_and_in_halves);
    tcase_add_test(all, stops_at_a_hundred_mistakes);
    tcase_add_test(all, knows_one_zero);
    tcase_add_test(all, tells_what_replaces_an_earlier_mark);
    tcase_add_test(all, changes_nothing_else_and_comes_back);
    tcase_add_test(all, shows_students_points_that_never_enter_their_total);
    tcase_add_test(all, refuses_a_scorecard_that_it_does_not_know);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
