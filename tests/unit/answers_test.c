/* The written part (grader/score): what students do to the headings of the answers file, and what
 * is found below them. */
#include "fabricated.h"
#include "score/answers.h"
#include "score/headings.h"
#include "score/sentence.h"
#include "unit.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { WHY, WHEN, SOURCES, COMPANY, HOURS };

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

static void extract(const char *bytes, size_t count) {
    struct text frames;
    text_init(&frames, MIB);
    answers_extract(card, bytes, count, &frames);
    answers_accept(card, &frames);
    text_free(&frames);
}

static const char *tell(int question) {
    text_clear(&said);
    sentence_answer(card, &card->questions[question], &said);
    return said.at;
}

/* --- Headings --- */

static const struct {
    const char *heading;
    int question;
} headings[] = {
    {"3.why (2 points)", WHY},
    {"3.why", WHY},
    {"3. WHY (2 Points)", WHY},
    {"3 why?", WHY},
    {"Question 3: why", WHY},
    {"Problem 3 (why)", WHY},
    {"Q3.when", WHEN},
    {"8a.sources", SOURCES},
    {"8a", SOURCES},
    {"8.a Which books?", SOURCES},
    {"8(a)", SOURCES},
    {"8 a)", SOURCES},
    {"8A. Books", SOURCES},
    {"8.sources", SOURCES},
    {"8b(i).company", COMPANY},
    {"8 b (i)", COMPANY},
    {"8bi", COMPANY},
    {"8b", HOURS}, /* a part of a part is another question */
    {"8 b) In all", HOURS},
    {"8c.hours", HOURS}, /* the name says more than the letter */
    {"8c", HEADING_OTHER},
    {"8ab", HEADING_OTHER},
    {"8", HEADING_OTHER},
    {"3", HEADING_OTHER},
    {"3.whyever", HEADING_OTHER},
    {"13.why", HEADING_OTHER},
    {"4.why", HEADING_OTHER},
    {"why (2 points)", HEADING_OTHER},
    {"Sources", HEADING_OTHER},
    {"3. I asked myself at some length and in vain: why", HEADING_OTHER},
    {"", HEADING_OTHER},
    {"99999999999999999999.why", HEADING_OTHER},
    {"8. Process", HEADING_PROBLEM},
    {"Problem 3: Sums", HEADING_PROBLEM},
};

START_TEST(knows_a_heading_by_number_and_name_or_part) {
    ck_assert_msg(heading_read(card, headings[_i].heading) == headings[_i].question,
                  "\"%s\" is taken for %d", headings[_i].heading,
                  heading_read(card, headings[_i].heading));
}
END_TEST

/* --- What students do to the file --- */

static const struct {
    const char *file, *answer; /* to question 3.why; NULL for none */
    enum answer_state state;
} files[] = {
    {"## 3.why (2 points)\n\nIt does.\n", "It does.\n", ANSWER_GIVEN},
    {"# 3.why\nIt does.", "It does.\n", ANSWER_GIVEN},
    {"###### 3.why (2 points) ######\nIt does.", "It does.\n", ANSWER_GIVEN},
    {"3.why (2 points)\n================\nIt does.", "It does.\n", ANSWER_GIVEN},
    {"3.why (2 points)\n---\nIt does.", "It does.\n", ANSWER_GIVEN},
    {"**3.why (2 points)**\n\nIt does.", "It does.\n", ANSWER_GIVEN},
    {"## **3.why** (2 points)\nIt does.", "It does.\n", ANSWER_GIVEN},
    {"3.why (2 points)\nIt does.", "It does.\n", ANSWER_GIVEN},
    {"\xef\xbb\xbf## 3.why (2 points)\r\n\r\nIt\r\ndoes.\r\n", "It\ndoes.\n", ANSWER_GIVEN},
    {"## 3.why (2 points)\r\rIt does.\r", "It does.\n", ANSWER_GIVEN},
    {"## 3.why (2 points)\n> Why does the order not matter?\n>\n> It does.", "> It does.\n",
     ANSWER_GIVEN},
    {"## 3.why\n```\n# 8. Process\nit = does\n```\n", "```\n# 8. Process\nit = does\n```\n",
     ANSWER_GIVEN},
    {"## 3.why\n1. first\n2. ## 8a second\n", "1. first\n2. ## 8a second\n", ANSWER_GIVEN},
    {"## 3.why\n| a | b |\n|---|---|\n| c | d |\n", "| a | b |\n|---|---|\n| c | d |\n",
     ANSWER_GIVEN},
    {"## 3.why\nIt does.\n---\n## Indeed\nvery\n", "It does.\n---\n## Indeed\nvery\n",
     ANSWER_GIVEN},
    {"## 3.why\nIt does.\n# 8. Process\nlost\n", "It does.\n", ANSWER_GIVEN},
    {"## 3.why\nWhy does the order not matter?\n<!-- write here -->\n", NULL, ANSWER_MISSING},
    {"## 3.why\n> Why does the order not matter?\n>\n>\n\n* \n", NULL, ANSWER_MISSING},
    {"## 3.why (2 points)", NULL, ANSWER_MISSING},
    {"## Why the order does not matter\nIt does.", NULL, ANSWER_LOST},
    {"    ## 3.why\nin code", NULL, ANSWER_LOST},
    {"> ## 3.why\n> quoted", NULL, ANSWER_LOST},
    {"I know 3.why by heart.", NULL, ANSWER_LOST},
};

START_TEST(finds_what_stands_below_a_heading) {
    extract(files[_i].file, strlen(files[_i].file));
    const struct card_question *q = &card->questions[WHY];
    ck_assert_int_eq(q->state, files[_i].state);
    if (files[_i].answer)
        ck_assert_str_eq(q->answer, files[_i].answer);
    else
        ck_assert_ptr_null(q->answer);
}
END_TEST

START_TEST(tells_of_every_question_what_is_wrong) {
    static const char file[] = "## 3.why\n\n## 8b.hours\nlots\n";
    extract(file, sizeof file - 1);
    ck_assert_str_eq(tell(WHY), "Nothing stands below its heading, on line 1 of answers.md.");
    ck_assert_str_eq(tell(WHEN), "answers.md has no heading \"## 3.when (1 point, optional)\".");
    ck_assert_str_eq(tell(SOURCES), "answers.md has no heading \"## 8a.sources\".");
    ck_assert_str_eq(tell(HOURS), "There is no number below its heading, on line 3 of answers.md: "
                                  "write it in digits.");
}
END_TEST

START_TEST(takes_the_first_of_several_sections_that_says_something) {
    static const char file[] = "## 3.why\n\n# 3. Why\nfirst\n\n## 3.why\nsecond\n";
    extract(file, sizeof file - 1);
    ck_assert_str_eq(card->questions[WHY].answer, "first\n");
    ck_assert_str_eq(tell(WHY),
                     "Its heading stands there 3 times; the one that counts is on line 3.");
}
END_TEST

START_TEST(reads_on_behind_a_fence_or_comment_that_never_ends) {
    static const char *const openings[] = {"```c\nint x;\n", "~~~~\n```\n", "<!-- not yet\n\n"};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        tear_down();
        set_up();
        text_add(&said, "## 3.why\n%s\n## 3.when\nNever.\n", openings[i]);
        extract(said.at, said.length);
        ck_assert_str_eq(card->questions[WHEN].answer, "Never.\n");
        ck_assert_int_eq(card->questions[WHEN].line, 5);
        ck_assert_int_eq(card->questions[WHY].sections, 1);
    }
    static const char shorter[] = "## 3.why\n````\n## 3.when\nNever.\n```\n";
    tear_down();
    set_up();
    extract(shorter, sizeof shorter - 1);
    ck_assert_int_eq(card->questions[WHEN].state, ANSWER_GIVEN);
    static const char closed[] = "## 3.why\n```\n## 3.when\nin code\n```";
    tear_down();
    set_up();
    extract(closed, sizeof closed - 1);
    ck_assert_int_eq(card->questions[WHEN].state, ANSWER_LOST);
}
END_TEST

START_TEST(ends_with_a_file_of_nothing_but_fences) {
    struct text t;
    text_init(&t, 256 * (size_t)KIB);
    while (!t.cut)
        text_add(&t, "``` %zu\n", t.length);
    extract(t.at, t.length);
    ck_assert_int_eq(card->questions[WHY].state, ANSWER_LOST);
    text_free(&t);
}
END_TEST

START_TEST(reads_a_file_of_nothing_but_headings_in_one_go) {
    struct text t;
    text_init(&t, 256 * (size_t)KIB);
    while (!t.cut)
        text_add(&t, "# a\n");
    clock_t begin = clock();
    extract(t.at, t.length);
    ck_assert_int_eq(card->questions[WHY].state, ANSWER_LOST);
    /* A fifth of what its box grants; looking for each line from the top took all of it. */
    ck_assert_double_lt((double)(clock() - begin) / CLOCKS_PER_SEC, 1);
    text_free(&t);
}
END_TEST

START_TEST(tells_a_file_that_says_nothing) {
    extract("", 0);
    ck_assert_int_eq(card->answers, ANSWERS_EMPTY);
    ck_assert_str_eq(tell(WHY), "answers.md is empty.");
    extract(" \r\n\t\n", 5);
    ck_assert_int_eq(card->answers, ANSWERS_EMPTY);
    extract("PK\003\004\0\0\0\b", 8);
    ck_assert_str_eq(tell(WHY), "answers.md is not text: save it as plain text, in UTF-8.");
    extract("\xff\xfe#\0#\0 \0003\0.\0w\0", 14);
    ck_assert_int_eq(card->answers, ANSWERS_BINARY);
    ck_assert_int_eq(card->questions[WHY].state, ANSWER_UNREAD);
    extract("## 3.why\nIt \0does.", 18); /* one stray byte in a text */
    ck_assert_int_eq(card->questions[WHY].state, ANSWER_GIVEN);
}
END_TEST

START_TEST(cleans_and_cuts_hostile_answers) {
    struct text t;
    text_init(&t, MIB);
    text_add(&t, "## 3.why (2 points)\n\033[31mred \xff\n");
    for (int i = 0; i < 100 * KIB; i++)
        text_add_bytes(&t, i % 80 ? "a" : "\n", 1);
    extract(t.at, t.length);
    ck_assert_ptr_null(strchr(card->questions[WHY].answer, '\033'));
    ck_assert_uint_lt(strlen(card->questions[WHY].answer), ANSWER_BYTES + 100);
    ck_assert_ptr_nonnull(strstr(card->questions[WHY].answer, "goes on"));
    text_free(&t);
}
END_TEST

/* --- Questions that are only checked --- */

static const struct {
    int question;
    const char *answer;
    enum answer_state state;
} checked[] = {
    {SOURCES, "none", ANSWER_GIVEN},
    {SOURCES, "> Which sources?\n\nthe book", ANSWER_GIVEN},
    {SOURCES, "\xe7\x84\xa1", ANSWER_GIVEN},
    {SOURCES, "> Which sources?\n\n", ANSWER_MISSING},
    {SOURCES, "<!-- none -->", ANSWER_MISSING},
    {SOURCES, "-\n\n***\n", ANSWER_MISSING},
    {HOURS, "7", ANSWER_GIVEN},
    {HOURS, "hours: 7", ANSWER_GIVEN},
    {HOURS, "about 12.5 h", ANSWER_GIVEN},
    {HOURS, "10-12", ANSWER_GIVEN},
    {HOURS, "~20hrs", ANSWER_GIVEN},
    {HOURS, "approx.12", ANSWER_GIVEN},
    {HOURS, "0", ANSWER_GIVEN},
    {HOURS, "> How many of the 24 hours?\n\n24", ANSWER_GIVEN},
    {HOURS, "> How many of the 24 hours?\n\n", ANSWER_MISSING},
    {HOURS, "lots", ANSWER_NO_NUMBER},
    {HOURS, "-3", ANSWER_NO_NUMBER},
    {HOURS, "it was -3.5", ANSWER_NO_NUMBER},
    {HOURS, "ask r2d2", ANSWER_NO_NUMBER},
};

START_TEST(keeps_of_a_checked_question_only_whether_it_is_answered) {
    static const char *const heading[] = {[SOURCES] = "8a.sources", [HOURS] = "8b.hours"};
    text_add(&said, "## %s\n\n%s\n", heading[checked[_i].question], checked[_i].answer);
    extract(said.at, said.length);
    ck_assert_int_eq(card->questions[checked[_i].question].state, checked[_i].state);
    ck_assert_ptr_null(card->questions[checked[_i].question].answer);
}
END_TEST

START_TEST(never_takes_names_for_the_answer_to_another_question) {
    static const char file[] = "## 3.why\nIt does.\n# 8. Process\n## Friends\nAda Lovelace\n";
    extract(file, sizeof file - 1);
    ck_assert_str_eq(card->questions[WHY].answer, "It does.\n");
}
END_TEST

/* --- Frames --- */

static void accept(uint32_t state, struct answer_frame frame) {
    struct text frames;
    text_init(&frames, MIB);
    text_add_bytes(&frames, (const char *)&state, sizeof state);
    text_add_bytes(&frames, (const char *)&frame, sizeof frame);
    text_add(&frames, "short");
    answers_accept(card, &frames);
    text_free(&frames);
}

START_TEST(believes_no_frame_that_is_malformed) {
    accept(ANSWERS_READ, (struct answer_frame){WHY, 1, 6}); /* longer than what follows */
    accept(ANSWERS_READ, (struct answer_frame){WHY, UINT32_MAX, 5});
    accept(ANSWERS_READ, (struct answer_frame){HOURS + 1, 1, 5});
    accept(ANSWERS_READ, (struct answer_frame){UINT32_MAX, UINT32_MAX, UINT32_MAX});
    accept(ANSWERS_FAULT, (struct answer_frame){WHY, 1, 5});
    ck_assert_int_eq(card->answers, ANSWERS_UNREADABLE); /* a box cannot claim a fault of ours */
    ck_assert_ptr_null(card->questions[WHY].answer);
    accept(ANSWERS_READ, (struct answer_frame){WHY, 1, 5});
    ck_assert_str_eq(card->questions[WHY].answer, "short\n");
}
END_TEST

#ifndef __SANITIZE_ADDRESS__
START_TEST(reads_the_file_through_the_box) {
    static const char file[] = "## 3.why (2 points)\nBecause.\n";
    char directory[] = "/tmp/gradus-answers-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(directory));
    card_read_answers(card, directory);
    ck_assert_int_eq(card->answers, ANSWERS_ABSENT);
    ck_assert_str_eq(tell(WHY), "answers.md was not handed in.");
    struct intake_file large = {.name = "Answers.md", .fate = INTAKE_TOO_LARGE};
    struct intake intake = {.files = &large, .file_count = 1};
    card->intake = &intake;
    card_read_answers(card, directory);
    ck_assert_int_eq(card->answers, ANSWERS_NOT_TAKEN);

    char path[64];
    (void)snprintf(path, sizeof path, "%s/answers.md", directory);
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(file, 1, sizeof file - 1, stream), sizeof file - 1);
    ck_assert_int_eq(fclose(stream), 0);
    card_read_answers(card, directory);
    ck_assert_int_eq(card->answers, ANSWERS_READ);
    ck_assert_str_eq(card->questions[WHY].answer, "Because.\n");
    unlink(path);
    rmdir(directory);
}
END_TEST
#endif

#define COUNT(cases) (int)(sizeof(cases) / sizeof *(cases))

int main(void) {
    Suite *suite = suite_create("answers");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_loop_test(all, knows_a_heading_by_number_and_name_or_part, 0, COUNT(headings));
    tcase_add_loop_test(all, finds_what_stands_below_a_heading, 0, COUNT(files));
    tcase_add_test(all, tells_of_every_question_what_is_wrong);
    tcase_add_test(all, takes_the_first_of_several_sections_that_says_something);
    tcase_add_test(all, reads_on_behind_a_fence_or_comment_that_never_ends);
    tcase_add_test(all, ends_with_a_file_of_nothing_but_fences);
    tcase_add_test(all, reads_a_file_of_nothing_but_headings_in_one_go);
    tcase_add_test(all, tells_a_file_that_says_nothing);
    tcase_add_test(all, cleans_and_cuts_hostile_answers);
    tcase_add_loop_test(all, keeps_of_a_checked_question_only_whether_it_is_answered, 0,
                        COUNT(checked));
    tcase_add_test(all, never_takes_names_for_the_answer_to_another_question);
    tcase_add_test(all, believes_no_frame_that_is_malformed);
#ifndef __SANITIZE_ADDRESS__ /* whose shadow memory does not fit into a box */
    tcase_add_test(all, reads_the_file_through_the_box);
#endif
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
