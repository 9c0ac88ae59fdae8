/* The table in the terminal, for whoever runs the grader: 80 columns, plain text, and colours only
 * where they were asked for.  All hostile bytes were cleaned before they come here, so that the
 * only control sequences are our own. */
#include "export/export.h"

#include "base/fault.h"
#include "export/page.h"
#include "score/sentence.h"

#include <stdlib.h>
#include <string.h>

enum { TITLE = 34, LINE_BYTES = 16 * KIB, LOG_LINES = 8 };

/* --- The table of problems --- */

static char *format_points(double earned, int points) {
    char digits[NUMBER_ROOM];
    return format_string("%s / %d", sentence_points(digits, earned), points);
}

static void add_points(const struct page *page, bool graded, double earned, int points) {
    char *words = graded ? format_points(earned, points) : format_string("- / %d", points);
    enum page_colour colour = !graded ? PAGE_BAD : earned >= points ? PAGE_GOOD : PAGE_PLAIN;
    size_t wide = strlen(words);
    page_add_spaces(page, wide < 12 ? 12 - wide : 0);
    page_add_coloured(page, colour, words);
    free(words);
}

static void add_counts(const struct page *page, const struct card *card,
                       const struct card_problem *p) {
    struct text counts;
    text_init(&counts, LINE_BYTES);
    for (int status = 0; status < VERDICT_COUNT; status++) {
        int count = 0;
        for (int i = 0; i < p->test_count; i++)
            count += (int)card->tests[p->first_test + i].verdict.status == status;
        if (count > 0)
            text_add(&counts, "%s%d %s", counts.length > 0 ? ", " : "", count,
                     sentence_status_word((enum verdict_status)status));
    }
    for (int state = ANSWER_GIVEN; state >= ANSWER_UNREAD; state--) {
        int count = 0;
        for (int i = 0; i < card->question_count; i++)
            count += card->questions[i].problem == p->problem &&
                     card->questions[i].block->check != CHECK_NOTHING &&
                     (int)card->questions[i].state == state;
        if (count > 0)
            text_add(&counts, "%s%d %s", counts.length > 0 ? ", " : "", count,
                     sentence_answer_word((enum answer_state)state));
    }
    if (counts.length == 0)
        text_add(&counts, "written only");
    size_t column = 4 + TITLE + 12 + 2;
    page_add_wrapped(page, counts.at, column, column);
    text_free(&counts);
}

static void add_table(const struct page *page, const struct card *card) {
    text_add(page->out, "\n");
    page_add_cut(page, "    problem", 4 + TITLE);
    text_add(page->out, "      points  tests\n");
    for (int i = 0; i < card->problem_count; i++) {
        const struct card_problem *p = &card->problems[i];
        text_add(page->out, "%3d ", p->problem->number);
        page_add_cut(page, p->problem->title, TITLE);
        add_points(page, p->graded, p->earned, p->points);
        text_add(page->out, "  ");
        add_counts(page, card, p);
    }
    page_add_cut(page, "    automatic points", 4 + TITLE);
    add_points(page, card->graded, card->earned, card->points);
    if (card->awaiting > 0)
        text_add(page->out, "  %d awaiting", card->awaiting);
    text_add(page->out, "\n");
}

/* --- What did not pass --- */

static void add_paragraph(const struct page *page, const char *before, const char *words) {
    struct text t;
    text_init(&t, LINE_BYTES);
    text_add(&t, "%s", before);
    sentence_add_line(&t, words);
    page_add_spaces(page, 6);
    page_add_wrapped(page, t.at, 6, 6);
    text_free(&t);
}

static void add_title(const struct page *page, const char *number, const char *name,
                      const char *word, const char *points) {
    size_t left = page_columns(number, strlen(number)) + 1;
    size_t right = strlen(word) + strlen(points) + 3;
    text_add(page->out, "\n");
    page_add_coloured(page, PAGE_BOLD, number);
    text_add(page->out, " ");
    page_add_cut(page, name, PAGE_WIDTH - left - right);
    text_add(page->out, " ");
    page_add_coloured(page, PAGE_BAD, word);
    text_add(page->out, "  %s\n", points);
}

static void add_test(const struct page *page, const struct card_test *t) {
    const struct shape_row *row = card_row(t);
    const char *hint = sentence_hint(t);
    struct text sentence;
    text_init(&sentence, LINE_BYTES);
    sentence_verdict(t, &sentence, AUDIENCE_STAFF);
    char *number = format_string("%d.%d", t->problem->number, t->number);
    char *name =
        format_string("%s%s", t->block->name, t->block->role == ROLE_HIDDEN ? " (hidden)" : "");
    char *points = format_points(t->earned, t->block->points);
    char *place = format_string("%s:%d%s%s", t->problem->path, t->verdict.line,
                                row ? ", shapes " : "", row ? row->text : "");
    add_title(page, number, name, sentence_status_word(t->verdict.status), points);
    add_paragraph(page, "", sentence.at);
    add_paragraph(page, "", place);
    if (hint)
        add_paragraph(page, "Hint: ", hint);
    free(number);
    free(name);
    free(points);
    free(place);
    text_free(&sentence);
}

static void add_log(const struct page *page, const struct text *log) {
    struct text quoted;
    text_init(&quoted, LINE_BYTES);
    sentence_add_block(&quoted, "      | ", log->at, log->length);
    const char *at = quoted.at;
    for (int line = 0; *at && line < LOG_LINES; line++) {
        size_t length = strcspn(at, "\n");
        for (size_t i = 0; i < length; i++)
            if (at[i] == '\t')
                quoted.at[at - quoted.at + (ptrdiff_t)i] = ' ';
        text_add_bytes(page->out, at, page_fitting(at, length, PAGE_WIDTH));
        text_add(page->out, "\n");
        at += length + (at[length] == '\n');
    }
    if (*at || quoted.cut)
        text_add(page->out, "      (scorecard.json has the rest)\n");
    text_free(&quoted);
}

/* What the compiler or the linker said about the file or the files that this problem lacks. */
static void add_culprit(const struct page *page, const struct build *b, const struct product *p) {
    for (int i = 0; b && p->culprit && i < b->file_count; i++)
        if (strcmp(b->files[i].name, p->culprit) == 0)
            add_log(page, &b->files[i].log);
    if (p->state == PRODUCT_NOT_LINKED)
        add_log(page, &p->log);
}

/* A warning is often the reason for a wrong number. */
static void add_warnings(const struct page *page, const struct build *b, const struct problem *p) {
    for (int i = 0; b && i < b->file_count; i++)
        for (int k = 0; k < p->file_count; k++) {
            const struct build_file *f = &b->files[i];
            if (f->state != BUILD_COMPILED || f->log.length == 0 ||
                strcmp(f->name, p->files[k].name) != 0)
                continue;
            text_add(page->out, "\n      The compiler warns:\n");
            add_log(page, &f->log);
        }
}

/* What one title tells of: either those tests of a problem that await something, or all others. */
struct group {
    const struct card_test *first; /* NULL: none */
    int count, points;
    bool alike; /* in status, and in what is awaited */
};

static bool belongs(const struct card_test *t, bool awaiting) {
    return (t->verdict.status == VERDICT_AWAITING) == awaiting;
}

static struct group find_group(const struct card *card, const struct card_problem *p,
                               bool awaiting) {
    struct group g = {.alike = true};
    for (int i = 0; i < p->test_count; i++) {
        const struct card_test *t = &card->tests[p->first_test + i];
        if (!belongs(t, awaiting))
            continue;
        g.first = g.first ? g.first : t;
        g.alike = g.alike && t->verdict.status == g.first->verdict.status &&
                  (!awaiting || strcmp(t->verdict.sentence, g.first->verdict.sentence) == 0);
        g.points += t->block->points;
        g.count++;
    }
    return g;
}

/* One reason for all of them is told once. */
static bool has_one_reason(const struct card_problem *p, const struct group *g, bool awaiting) {
    bool unbuilt = p->product && p->product->state != PRODUCT_READY;
    if (!g->alike)
        return false;
    return awaiting ? g->count > 1
                    : !p->graded || unbuilt || g->first->verdict.status == VERDICT_NOT_STARTED;
}

/* "7.1-14", or "7.1-3,5" where others stand between them. */
static void add_numbers(struct text *out, const struct card *card, const struct card_problem *p,
                        bool awaiting) {
    const struct card_test *tests = card->tests + p->first_test;
    text_add(out, "%d", p->problem->number);
    char before = '.';
    for (int i = 0, end; i < p->test_count; i = end) {
        for (end = i; end < p->test_count && belongs(&tests[end], awaiting);)
            end++;
        if (end > i)
            text_add(out, end > i + 1 ? "%c%d-%d" : "%c%d", before, i + 1, end);
        before = end > i ? ',' : before;
        end += end == i;
    }
}

/* A problem whose questions are checked for being answered, where one is not. */
static void add_checked(const struct page *page, const struct card *card,
                        const struct card_problem *p) {
    char *number = format_string("%d", p->problem->number);
    char *points =
        p->graded ? format_points(p->earned, p->points) : format_string("- / %d", p->points);
    struct text lines;
    text_init(&lines, LINE_BYTES);
    add_title(page, number, p->problem->title, p->graded ? "incomplete" : "not graded", points);
    sentence_checked(card, p->problem, &lines);
    for (char *at = lines.at, *end; (end = strchr(at, '\n')); at = end + 1) {
        *end = '\0';
        add_paragraph(page, "", at);
    }
    text_free(&lines);
    free(number);
    free(points);
}

/* All tests of a group in one. */
static void add_group(const struct page *page, const struct card *card,
                      const struct card_problem *p, bool awaiting, const struct group *g) {
    enum verdict_status status = g->first->verdict.status;
    struct text number, sentence;
    text_init(&number, LINE_BYTES);
    text_init(&sentence, LINE_BYTES);
    add_numbers(&number, card, p, awaiting);
    sentence_verdict(g->first, &sentence, AUDIENCE_STAFF);
    char *points = p->graded ? format_points(0, g->points) : format_string("- / %d", g->points);
    add_title(page, number.at, p->problem->title, sentence_status_word(status), points);
    if (!p->graded)
        add_paragraph(page, "A fault of ours: ", p->fault);
    else if (status == VERDICT_NOT_STARTED)
        add_paragraph(page, "", "None of its functions is written yet.");
    else
        add_paragraph(page, "", sentence.at);
    if (p->product && !awaiting)
        add_culprit(page, card->build, p->product);
    free(points);
    text_free(&number);
    text_free(&sentence);
}

static void add_problem(const struct page *page, const struct card *card,
                        const struct card_problem *p) {
    if (problem_check_count(p->problem) > 0 && (!p->graded || p->earned < p->points))
        add_checked(page, card, p);
    bool lost = false;
    for (int awaiting = 0; awaiting < 2; awaiting++) {
        struct group g = find_group(card, p, awaiting);
        bool one = g.first && has_one_reason(p, &g, awaiting);
        if (one)
            add_group(page, card, p, awaiting, &g);
        for (int i = 0; i < p->test_count && !one; i++) {
            const struct card_test *t = &card->tests[p->first_test + i];
            if (!belongs(t, awaiting) || t->verdict.status == VERDICT_PASSED)
                continue;
            add_test(page, t);
            lost = lost || !awaiting;
        }
    }
    if (lost)
        add_warnings(page, card->build, p->problem);
}

/* --- The rest of the submission --- */

/* The first of the lines as it is, the others indented. */
static void add_lines(const struct page *page, char *lines, size_t indent) {
    bool first = true;
    for (char *end; (end = strchr(lines, '\n')); lines = end + 1) {
        *end = '\0';
        page_add_spaces(page, first ? 0 : indent);
        page_add_wrapped(page, lines, indent + 2, first ? 0 : indent);
        first = false;
    }
}

static void add_told(const struct page *page, const struct card *card,
                     void (*tell)(const struct card *, struct text *)) {
    struct text lines;
    text_init(&lines, LINE_BYTES);
    tell(card, &lines);
    text_add(page->out, "%s", lines.length > 0 ? "\n" : "");
    add_lines(page, lines.at, 2);
    text_free(&lines);
}

/* What nobody asked for is named in one sentence; what could not be taken, one by one. */
static void add_files(const struct page *page, const struct intake *intake) {
    struct text line, ignored;
    text_init(&line, LINE_BYTES);
    text_init(&ignored, LINE_BYTES);
    for (int i = 0; i < intake->file_count; i++) {
        enum intake_fate fate = intake->files[i].fate;
        if (fate == INTAKE_IGNORED) {
            text_add(&ignored, "%s", ignored.length == 0 ? "Not asked for, and ignored: " : ", ");
            sentence_add_line(&ignored, intake->files[i].name);
        }
        if (fate == INTAKE_TAKEN || fate == INTAKE_HELPER || fate == INTAKE_IGNORED)
            continue;
        text_add(page->out, "%s", line.length == 0 ? "\nFiles that were not taken:\n" : "");
        text_clear(&line);
        sentence_fate(&intake->files[i], &line);
        text_add(page->out, "  ");
        page_add_wrapped(page, line.at, 4, 2);
    }
    if (ignored.length > 0) {
        text_add(&ignored, "%s", intake->left_out > 0 ? " and more." : ".");
        text_add(page->out, "\n");
        page_add_wrapped(page, ignored.at, 2, 0);
    }
    if (intake->folder) {
        text_clear(&line);
        text_add(&line, "The files were found in the folder ");
        sentence_add_line(&line, intake->folder);
        text_add(&line, " of what was handed in.");
        text_add(page->out, "\n");
        page_add_wrapped(page, line.at, 2, 0);
    }
    text_free(&line);
    text_free(&ignored);
}

/* One line for all: those of hidden tests are named in the scorecard only. */
static void add_attachments(const struct page *page, const struct card *card) {
    struct text line;
    text_init(&line, LINE_BYTES);
    for (int i = 0; i < card->test_count; i++) {
        const struct card_test *t = &card->tests[i];
        for (int k = 0; k < t->attachment_count && t->block->role != ROLE_HIDDEN; k++) {
            char *name = card_attachment_name(t, &t->attachments[k]);
            text_add(&line, "%s%s",
                     line.length > 0 ? ", " : "To look at, in " ATTACHMENTS_FOLDER "/: ", name);
            free(name);
        }
    }
    if (line.length > 0) {
        text_add(page->out, "\n");
        page_add_wrapped(page, line.at, 2, 0);
    }
    text_free(&line);
}

static void add_memory(const struct page *page, const struct card *card) {
    struct text lines;
    text_init(&lines, LINE_BYTES);
    if (card->memory) {
        text_add(page->out, "\n");
        sentence_memory_all(card->memory, &lines);
    }
    for (char *at = lines.at, *end; (end = strchr(at, '\n')); at = end + 1) {
        *end = '\0';
        size_t indent = strspn(at, " ");
        page_add_spaces(page, indent);
        page_add_wrapped(page, at, indent + 2, indent);
    }
    text_free(&lines);
}

static void write_page(const struct page *page, const struct card *card) {
    struct text start;
    text_init(&start, LINE_BYTES);
    sentence_start(card, &start);
    page_add_coloured(page, PAGE_BOLD, card->homework->title);
    text_add(page->out, "\n");
    add_table(page, card);
    for (int i = 0; i < card->problem_count; i++)
        add_problem(page, card, &card->problems[i]);
    add_attachments(page, card);
    add_told(page, card, sentence_flags);
    add_told(page, card, sentence_written);
    if (card->intake)
        add_files(page, card->intake);
    add_memory(page, card);
    text_add(page->out, "\n");
    if (card->run.isolation)
        text_add(page->out, "Isolation: %s.\n", card->run.isolation);
    if (card->run.practice_seed)
        text_add(page->out, "Practice seed: hidden inputs are not those of the course.\n");
    text_add(page->out, "\n");
    page_add_wrapped(page, start.at, 2, 0); /* indented: a name in it cannot begin a line */
    text_free(&start);
}

void export_terminal(const struct card *card, struct text *out) {
    struct page page = {out, false};
    write_page(&page, card);
}

void export_terminal_coloured(const struct card *card, struct text *out) {
    struct page page = {out, true};
    write_page(&page, card);
}
