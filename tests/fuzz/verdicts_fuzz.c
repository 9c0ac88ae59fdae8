/* What a judge reports.  It is ours, yet not believed to be well: the report is refused in a
 * sentence, or it is a number of verdicts of which each makes sense or is not graded. */
#include "fabricated.h"
#include "fuzz.h"

#include "export/export.h"
#include "judge/judges.h"

#include <stdlib.h>
#include <unistd.h>

enum { TESTS = 2 };

void fuzz_begin(void) {
    homework.directory = "/nowhere";
    homework.text = "";
    for (int i = 0; i < homework.problem_count; i++) {
        problems[i].text = "";
        problems[i].reference = "";
    }
    functions_3[0].prototype = "void add_up(void)";
}

/* The first byte says which parts of the head the fuzzer need not find out. */
static int make_report(const uint8_t *bytes, size_t count) {
    struct input in = {bytes, count};
    uint8_t given = input_byte(&in);
    struct judge_result head;
    struct verdict verdicts[TESTS];
    input_fill(&in, &head, sizeof head);
    if (given & 1)
        head = (struct judge_result){.magic = JUDGE_MAGIC,
                                     .problem = 3,
                                     .test_count = TESTS,
                                     .verdict_size = sizeof(struct verdict),
                                     .digest = problem_digest(&homework, &problems[0]),
                                     .attachment_count = head.attachment_count % 5};
    int file = memory_file(&head, sizeof head);
    for (int i = 0; i < TESTS; i++) {
        verdicts[i] = fabricate(VERDICT_PASSED);
        /* A verdict is long and most of it is text: what comes first decides what it means. */
        if (given & (2 << i))
            input_fill(&in, &verdicts[i], 128);
        if (given & (8 << i))
            input_fill(&in, &verdicts[i], sizeof verdicts[i]);
    }
    if (!(given & 0x80))
        DEMAND(write(file, verdicts, sizeof verdicts) == (ssize_t)sizeof verdicts);
    for (int i = 0; given & 0x40 && i < (int)head.attachment_count && in.left > 0; i++) {
        struct attachment_head attached = {.test = (uint32_t)i % TESTS, .title = "A1"};
        input_fill(&in, &attached, offsetof(struct attachment_head, title) + 8);
        attached.title[ATTACH_TITLE - 1] = '\0';
        DEMAND(write(file, &attached, sizeof attached) == (ssize_t)sizeof attached);
        size_t bytes_here = attached.count < in.left ? attached.count : in.left;
        DEMAND(write(file, in.at, bytes_here) == (ssize_t)bytes_here);
        in.at += bytes_here;
        in.left -= bytes_here;
    }
    DEMAND(write(file, in.at, in.left) == (ssize_t)in.left);
    return file;
}

static void demand_attached(struct card *card, const struct judging *j) {
    card_attach(card, 3, j->attachments, j->attachment_count);
    for (int i = 0; i < j->attachment_count; i++) {
        DEMAND(j->attachments[i].head.test < TESTS);
        DEMAND(attach_title_is_good(j->attachments[i].head.title));
    }
    char *reason = export_attachments(card, fuzz_folder());
    DEMAND(!reason);
    free(reason);
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    int file = make_report(bytes, count);
    struct judging *j = allocate(1, sizeof *j);
    j->fault = judging_read(&homework, &problems[0], file, j);
    close(file);
    struct card *card = card_make(&homework, NULL, NULL);
    struct verdict four[3] = {fabricate(VERDICT_PASSED), fabricate(VERDICT_PASSED),
                              fabricate(VERDICT_PASSED)};
    card_judge(card, 4, four, 3);
    if (j->fault) {
        demand_line(j->fault);
        DEMAND(j->verdict_count == 0 && j->attachment_count == 0);
        card_not_graded(card, 3, j->fault);
    } else {
        DEMAND(j->verdict_count == TESTS);
        card_judge(card, 3, j->verdicts, j->verdict_count);
        demand_attached(card, j);
    }
    card_sum(card);
    DEMAND(!j->fault || card->problems[0].earned == 0);
    demand_exports(card);
    card_free(card);
    judges_free(j, 1);
}
