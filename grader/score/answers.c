/* Reads the written part (answers.h).  Knows frames, and what of an answer is the question's own
 * text; neither Markdown nor what a good answer is. */
#include "score/answers.h"

#include "base/fault.h"
#include "base/file.h"
#include "box/box.h"
#include "score/score.h"
#include "score/sentence.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FRAMES_BYTES = 4 * MIB };

/* --- In the box --- */

struct order {
    const struct card *card;
    size_t limit;
};

/* Descriptor 3 is the answers file, 4 takes the frames. */
static int extract_in_box(void *context) {
    const struct order *order = context;
    struct text bytes, frames;
    text_init(&bytes, order->limit);
    text_init(&frames, FRAMES_BYTES);
    if (!file_read_descriptor(3, &bytes))
        return EXIT_FAULT;
    answers_extract(order->card, bytes.at, bytes.length, &frames);
    return file_write_descriptor(4, frames.at, frames.length) ? EXIT_DONE : EXIT_FAULT;
}

/* --- Outside: frames to answers --- */

struct answer {
    struct answer_frame frame;
    const char *text;
};

/* Takes one frame off the front; false at the end, or where the bytes are no frame. */
static bool take_frame(const struct card *card, const struct text *frames, size_t *offset,
                       struct answer *a) {
    size_t left = frames->length - *offset;
    if (left < sizeof a->frame)
        return false;
    memcpy(&a->frame, frames->at + *offset, sizeof a->frame);
    left -= sizeof a->frame;
    if (a->frame.question >= (uint32_t)card->question_count || a->frame.line > INT32_MAX ||
        a->frame.answer_length > ANSWER_BYTES || left < a->frame.answer_length)
        return false;
    a->text = frames->at + *offset + sizeof a->frame;
    *offset += sizeof a->frame + a->frame.answer_length;
    return true;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next line of `text` that is not empty, without the space around it and marks of quotation. */
static bool take_line(const char **text, const char *end, const char **line, size_t *length) {
    while (*text < end && (is_space(**text) || **text == '>'))
        ++*text;
    *line = *text;
    while (*text < end && **text != '\n' && **text != '\r')
        ++*text;
    *length = (size_t)(*text - *line);
    while (*length > 0 && is_space((*line)[*length - 1]))
        --*length;
    return *length > 0;
}

/* Is this line one of those that the question still has?  Then it and those before it are done. */
static bool take_question(const char **question, const char *line, size_t length) {
    const char *scan = *question, *end = scan + strlen(scan), *other = NULL;
    size_t other_length = 0;
    while (take_line(&scan, end, &other, &other_length))
        if (length == other_length && memcmp(line, other, length) == 0) {
            *question = scan;
            return true;
        }
    return false;
}

/* A comment is not shown, so it is no answer: "<!-- Your answer -->". */
static bool is_comment(const char *line, size_t length) {
    return length >= 7 && memcmp(line, "<!--", 4) == 0 && memcmp(line + length - 3, "-->", 3) == 0;
}

/* What stands below the heading, without the lines of the question, in its order. */
static void subtract_question(const struct answer *a, const char *question, struct text *out) {
    const char *at = a->text, *end = at + a->frame.answer_length;
    while (at < end) {
        const char *start = at, *line = NULL;
        size_t length = 0;
        at = answers_line(at, end, 2);
        const char *scan = start;
        if (!take_line(&scan, at, &line, &length) ||
            (!take_question(&question, line, length) && !is_comment(line, length)))
            text_add_bytes(out, start, (size_t)(at - start));
    }
}

static char *clean_answer(const struct text *raw, bool cut) {
    static const char note[] = "\n(The answer goes on; its file has the rest.)\n";
    size_t start = 0, end = raw->length;
    while (end > 0 && is_space(raw->at[end - 1]))
        end--;
    for (size_t i = start; i < end && (is_space(raw->at[i]) || raw->at[i] == '>'); i++)
        if (raw->at[i] == '\n' || raw->at[i] == '\r')
            start = i + 1; /* a line of space and marks of quotation */
    while (start < end && is_space(raw->at[start]))
        start++;
    struct text clean;
    text_init(&clean, ANSWER_BYTES);
    sentence_add_block(&clean, "", raw->at + start, end - start);
    if (cut || clean.cut) {
        clean.limit += sizeof note;
        text_add(&clean, "%s", note);
    }
    return clean.at;
}

/* Letters or digits, of any language: a dash or a lone quotation mark is no answer. */
static bool says_something(const struct text *answer) {
    for (size_t i = 0; i < answer->length; i++)
        if (isalnum((unsigned char)answer->at[i]) || (unsigned char)answer->at[i] >= 0x80)
            return true;
    return false;
}

/* Any number from 0: "7", "about 12.5 h", "10-12"; not "-3", nor the digit of a name. */
static bool has_number(const struct text *answer) {
    const char *at = answer->at;
    for (size_t i = 0; i < answer->length; i++) {
        bool minus = i > 0 && at[i - 1] == '-' && (i == 1 || !isalnum((unsigned char)at[i - 2]));
        if (isdigit((unsigned char)at[i]) && !minus)
            return true;
        if (isdigit((unsigned char)at[i]))
            i += strspn(at + i, "0123456789.,") - 1;
        while (isalpha((unsigned char)at[i]) && isalnum((unsigned char)at[i + 1]))
            i++;
    }
    return false;
}

static enum answer_state check_answer(const struct card_question *q, const struct text *answer) {
    if (!says_something(answer))
        return ANSWER_MISSING;
    return q->block->check != CHECK_NUMBER || has_number(answer) ? ANSWER_GIVEN : ANSWER_NO_NUMBER;
}

/* Takes a section where it says more than those before it. */
static void accept_answer(struct card_question *q, const struct answer *a) {
    struct text raw;
    text_init(&raw, ANSWER_BYTES);
    subtract_question(a, q->block->body, &raw);
    enum answer_state state = check_answer(q, &raw);
    if (state > q->state) {
        q->state = state;
        q->line = (int)a->frame.line;
    }
    if (!q->answer && state == ANSWER_GIVEN && q->block->check == CHECK_NOTHING)
        q->answer = clean_answer(&raw, a->frame.answer_length == ANSWER_BYTES);
    text_free(&raw);
}

void answers_accept(struct card *card, const struct text *frames) {
    uint32_t state = ANSWERS_UNREADABLE;
    if (frames->length >= sizeof state)
        memcpy(&state, frames->at, sizeof state);
    bool known = state == ANSWERS_READ || state == ANSWERS_EMPTY || state == ANSWERS_BINARY;
    card->answers = known ? (enum answers_state)state : ANSWERS_UNREADABLE;
    if (card->answers != ANSWERS_READ)
        return;
    for (int i = 0; i < card->question_count; i++)
        card->questions[i].state = ANSWER_LOST;
    struct answer a = {0};
    for (size_t offset = sizeof state; take_frame(card, frames, &offset, &a);) {
        struct card_question *q = &card->questions[a.frame.question];
        q->sections++;
        accept_answer(q, &a);
    }
}

/* --- The whole way --- */

static enum answers_state fail(struct card *card, const char *step, int error) {
    card->answers_fault = format_string("%s: %s", step, strerror(error));
    return ANSWERS_FAULT;
}

/* ANSWERS_READ when `frames` holds what the box found. */
static enum answers_state extract_boxed(struct card *card, int in, struct text *frames) {
    int out = memfd_create("answers", MFD_CLOEXEC);
    if (out < 0)
        return fail(card, "memory", errno);
    struct order order = {card, card->homework->answers.limit};
    struct box box = {.kind = BOX_READER,
                      .executable = -1,
                      .entry = extract_in_box,
                      .context = &order,
                      .pass = {in, out},
                      .pass_count = 2,
                      .limits = {.cpu_seconds = 5,
                                 .wall_seconds = 20,
                                 .memory_mib = 512,
                                 .stack_mib = 8,
                                 .output_kib = 4},
                      .file_kib = FRAMES_BYTES / KIB,
                      .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    if (box_start(&box, &boxed, &fate)) {
        box_wait(&boxed, &fate);
        close(boxed.output);
    }
    bool ended = fate.kind == FATE_EXITED, done = ended && fate.code == EXIT_DONE;
    enum answers_state state = done ? ANSWERS_READ : ANSWERS_UNREADABLE;
    if (fate.kind == FATE_SETUP)
        state = fail(card, fate.step, fate.code);
    else if (ended && !done) /* only our own code exits */
        state = fail(card, "reading it", ENOMEM);
    else if (done && !file_read_descriptor(out, frames))
        state = fail(card, "what was found in it", errno);
    close(out);
    return state;
}

/* A file that is not there may have been handed in, and left out for its size. */
static enum answers_state explain_absence(const struct card *card) {
    const struct intake *intake = card->intake;
    for (int i = 0; intake && i < intake->file_count; i++)
        if (strcasecmp(intake->files[i].name, card->homework->answers.name) == 0)
            return ANSWERS_NOT_TAKEN;
    return ANSWERS_ABSENT;
}

void card_read_answers(struct card *card, const char *directory) {
    const struct file_rule *file = &card->homework->answers;
    if (!file->name)
        return;
    struct text frames;
    text_init(&frames, FRAMES_BYTES);
    char *path = format_string("%s/%s", directory, file->name);
    int in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (in >= 0)
        card->answers = extract_boxed(card, in, &frames);
    else
        card->answers = errno == ENOENT ? explain_absence(card) : fail(card, "opening", errno);
    if (card->answers == ANSWERS_READ)
        answers_accept(card, &frames);
    if (in >= 0)
        close(in);
    free(path);
    text_free(&frames);
}
