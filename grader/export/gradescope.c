/* results.json: what students see, in Gradescope's format.  Everything is plain text and visible;
 * what must stay hidden is not in it, so that no setting of the platform can reveal it, and
 * students see their total (with a test of visibility "hidden" Gradescope would not show it).
 *
 * As long as anything is not graded there is no score at all, neither in total nor of any test:
 * Gradescope would add up those of the tests to a total that is not the truth.  What was earned so
 * far stands in the texts and in extra_data.  Gradescope asks for at least one score, and reports
 * that the autograder failed instead of showing a zero, which is then the truth. */
#include "export/export.h"

#include "base/fault.h"
#include "export/json.h"
#include "score/sentence.h"

#include <stdlib.h>
#include <string.h>

/* Gradescope cuts each output at 100 000 characters, in the middle; ours end far below. */
enum {
    TEST_BYTES = 24 * KIB,
    NEXT_BYTES = 4 * KIB,
    SUMMARY_BYTES = 60 * KIB,
    LOG_BYTES = 6 * KIB,
    LOG_COUNT = 6,
    FILES_LISTED = 60
};

/* Ends a text that did not fit; needs room beyond the ceiling. */
static void end_text(struct text *t) {
    static const char note[] = "\n(The rest is left out here.)\n";
    if (!t->cut)
        return;
    t->limit += sizeof note;
    text_add(t, "%s", note);
}

/* --- One test --- */

static void write_test(const struct card_test *t, struct text *out) {
    const struct shape_row *row = card_row(t);
    bool tell = sentence_may_tell(t, AUDIENCE_STUDENT);
    const char *hint = sentence_hint(t);
    if (t->verdict.status == VERDICT_PASSED)
        return;
    sentence_verdict(t, out, AUDIENCE_STUDENT);
    text_add(out, "\n");
    if (row && t->verdict.status != VERDICT_NOT_GRADED) {
        text_add(out, "Shapes: ");
        sentence_add_line(out, row->text); /* with its title */
        text_add(out, "\n");
    }
    if (tell && t->verdict.status != VERDICT_NOT_GRADED)
        text_add(out, "Where: %s:%d\n", t->problem->path, t->verdict.line);
    sentence_blocks(t, out, AUDIENCE_STUDENT);
    struct text next;
    text_init(&next, NEXT_BYTES);
    sentence_next(t, &next, AUDIENCE_STUDENT);
    if (next.length > 0)
        text_add(out, "Next: %s\n", next.at);
    text_free(&next);
    if (hint) {
        text_add(out, "Hint: ");
        sentence_add_line(out, hint);
        text_add(out, "\n");
    }
}

/* Hidden tests keep theirs. */
static void write_attachments(const struct card_test *t, struct text *out) {
    for (int i = 0; i < t->attachment_count && t->block->role != ROLE_HIDDEN; i++) {
        char *name = card_attachment_name(t, &t->attachments[i]);
        text_add(out, "%s%s",
                 i > 0 ? ", " : "For people to look at, kept by the course staff: ", name);
        free(name);
        text_add(out, "%s", i + 1 == t->attachment_count ? "\n" : "");
    }
}

/* As scores only where there will be no others to add. */
static void add_earned(cJSON *test, const struct card *card, double earned, double points) {
    if (card->graded) {
        json_add_points(test, "score", earned);
        json_add_points(test, "max_score", points);
    }
    json_add_string(test, "status", earned >= points ? "passed" : "failed");
}

/* Of a test that awaits something there is neither score nor status: no zero that looks lost. */
static void write_awaiting(const struct card_test *t, struct text *out) {
    text_add(out, "%d point%s, neither earned nor lost so far.\n", t->block->points,
             t->block->points == 1 ? "" : "s");
}

static void write_earned(const struct card *card, double earned, double points, struct text *out) {
    char digits[2][NUMBER_ROOM];
    if (!card->graded)
        text_add(out, "Points so far: %s of %s.\n", sentence_points(digits[0], earned),
                 sentence_points(digits[1], points));
}

static cJSON *make_extra(const struct card *card, bool graded, double earned, double points) {
    cJSON *extra = json_object();
    if (!card->graded && graded) {
        json_add_points(extra, "earned", earned);
        json_add_points(extra, "points", points);
    }
    return extra;
}

static cJSON *make_test(const struct card *card, const struct card_test *t) {
    bool graded = t->verdict.status != VERDICT_NOT_GRADED;
    bool hidden = t->block->role == ROLE_HIDDEN;
    cJSON *test = json_object();
    char *number = format_string("%d.%d", t->problem->number, t->number);
    char *name = hidden ? format_string("%s (hidden)", t->block->heading)
                        : format_string("%s (%s)", t->block->heading, t->block->name);
    json_add_string(test, "number", number);
    json_add_string(test, "name", name);
    struct text output;
    text_init(&output, TEST_BYTES);
    if (t->verdict.status == VERDICT_AWAITING) {
        write_awaiting(t, &output);
    } else if (graded) {
        add_earned(test, card, t->earned, t->block->points);
        write_earned(card, t->earned, t->block->points, &output);
    }
    write_test(t, &output);
    write_attachments(t, &output);
    end_text(&output);
    if (output.length > 0)
        json_add_text(test, "output", &output);
    json_add_string(test, "visibility", "visible");
    cJSON *extra =
        json_add(test, "extra_data", make_extra(card, graded, t->earned, t->block->points));
    json_add_string(extra, "status", sentence_status_id(t->verdict.status));
    if (!hidden)
        json_add(extra, "facts", json_facts(t));
    text_free(&output);
    free(number);
    free(name);
    return test;
}

/* --- Questions --- */

/* A problem whose questions are only checked for being answered is one row: its points are shared.
 */
static cJSON *make_checked(const struct card *card, const struct card_problem *p) {
    cJSON *test = json_object();
    char *number = format_string("%d", p->problem->number);
    char *name = format_string("%s (answered or not)", p->problem->title);
    json_add_string(test, "number", number);
    json_add_string(test, "name", name);
    struct text output;
    text_init(&output, TEST_BYTES);
    if (p->graded) {
        add_earned(test, card, p->earned, p->points);
        write_earned(card, p->earned, p->points, &output);
    }
    sentence_checked(card, p->problem, &output);
    json_add_text(test, "output", &output);
    json_add_string(test, "visibility", "visible");
    if (!card->graded)
        json_add(test, "extra_data", make_extra(card, p->graded, p->earned, p->points));
    text_free(&output);
    free(number);
    free(name);
    return test;
}

/* --- The whole submission --- */

static void write_points_so_far(const struct card *card, struct text *out) {
    char earned[NUMBER_ROOM];
    for (int i = 0; i < card->problem_count; i++) {
        const struct card_problem *p = &card->problems[i];
        const char *title = p->problem->title;
        int number = p->problem->number;
        if (p->awaited)
            text_add(out, "\nProblem %d, %s, is not graded yet.\n", number, title);
        else if (!p->graded)
            text_add(out,
                     "\nProblem %d, %s, was not graded, by a fault of ours and not of yours. It "
                     "costs you nothing: the course staff will grade it again.\n",
                     number, title);
        else if (p->points > 0)
            text_add(out, "\nProblem %d, %s: %s of %d points.\n", number, title,
                     sentence_points(earned, p->earned), p->points);
    }
    text_add(out, "\nUntil everything is graded there is no total, and no score.\n");
}

static void write_points(const struct card *card, struct text *out) {
    char earned[NUMBER_ROOM];
    if (card->graded)
        text_add(out, "\nAutomatic points: %s of %d.\n", sentence_points(earned, card->earned),
                 card->points - card->awaiting);
    else
        write_points_so_far(card, out);
    if (card->awaiting > 0)
        text_add(out, "%d more await what was not handed in so far: neither earned nor lost.\n",
                 card->awaiting);
}

static void write_log(const struct text *log, struct text *out) {
    size_t shown = log->length;
    if (shown > LOG_BYTES)
        for (shown = LOG_BYTES; shown > 0 && log->at[shown - 1] != '\n';)
            shown--;
    if (shown == 0 && log->length > 0) /* a first line that is longer than all we show */
        shown = LOG_BYTES;
    sentence_add_block(out, "  | ", log->at, shown);
    if (shown < log->length)
        text_add(out, "  (More follows; these come first.)\n");
}

static void write_build(const struct build *b, struct text *out) {
    int logs = 0;
    for (int i = 0; b && i < b->file_count; i++) {
        const struct build_file *f = &b->files[i];
        bool warned = f->state == BUILD_COMPILED && f->log.length > 0;
        if (f->state != BUILD_FAILED && f->state != BUILD_EXCEEDED && !warned)
            continue;
        text_add(out, "\n");
        sentence_build(f, out);
        const char *says = warned ? " The compiler warns:" : " The compiler says:";
        text_add(out, "%s\n", f->log.length > 0 ? says : "");
        if (logs++ < LOG_COUNT)
            write_log(&f->log, out);
    }
    for (int i = 0; b && i < b->product_count; i++) {
        const struct product *p = &b->products[i];
        if (p->state != PRODUCT_NOT_LINKED || p->log.length == 0)
            continue;
        text_add(out, "\nThe files of problem %d do not link. The linker says:\n", p->problem);
        if (logs++ < LOG_COUNT)
            write_log(&p->log, out);
    }
}

static void write_files(const struct intake *intake, struct text *out) {
    if (!intake || (intake->file_count == 0 && !intake->folder))
        return;
    text_add(out, "\nFiles found:\n");
    for (int i = 0; i < intake->file_count && i < FILES_LISTED; i++) {
        text_add(out, "  ");
        sentence_fate(&intake->files[i], out);
        text_add(out, "\n");
    }
    int more = intake->file_count + intake->left_out - FILES_LISTED;
    if (intake->file_count < FILES_LISTED)
        more = intake->left_out;
    if (more > 0)
        text_add(out, "  and %d more\n", more);
    if (intake->folder) {
        text_add(out, "They were in the folder ");
        sentence_add_line(out, intake->folder);
        text_add(out, " of what was handed in.\n");
    }
}

static void write_written(const struct card *card, struct text *out) {
    struct text lines;
    text_init(&lines, NEXT_BYTES);
    sentence_written(card, &lines);
    text_add(out, "%s", lines.length > 0 ? "\n" : "");
    sentence_add_block(out, "", lines.at, lines.length);
    text_free(&lines);
}

static void write_memory(const struct card *card, struct text *out) {
    if (!card->memory)
        return;
    text_add(out, "\n");
    sentence_memory_all(card->memory, out);
}

static void write_summary(const struct card *card, struct text *out) {
    sentence_start(card, out);
    text_add(out, "\n");
    write_points(card, out);
    write_build(card->build, out);
    write_written(card, out);
    write_files(card->intake, out);
    write_memory(card, out);
    if (card->run.practice_seed)
        text_add(out, "\nThis was graded with the practice seed: the inputs of hidden tests are "
                      "not those of the course.\n");
}

void export_gradescope(const struct card *card, struct text *out) {
    struct text summary;
    cJSON *root = json_object();
    if (card->graded)
        json_add_points(root, "score", card->earned);
    text_init(&summary, SUMMARY_BYTES);
    write_summary(card, &summary);
    end_text(&summary);
    json_add_text(root, "output", &summary);
    text_free(&summary);
    json_add_string(root, "output_format", "text");
    json_add_string(root, "test_output_format", "text");
    json_add_string(root, "test_name_format", "text");
    json_add_string(root, "visibility", "visible");
    json_add_string(root, "stdout_visibility", "hidden"); /* there is staff's table */
    cJSON *tests = json_add(root, "tests", json_array());
    for (int i = 0; i < card->test_count; i++)
        json_append(tests, make_test(card, &card->tests[i]));
    for (int i = 0; i < card->problem_count; i++)
        if (problem_check_count(card->problems[i].problem) > 0)
            json_append(tests, make_checked(card, &card->problems[i]));
    json_print(root, out);
}
