/* Reads the written part (answers.h).  Knows headings and frames; not what a good answer is. */
#include "score/answers.h"

#include "base/fault.h"
#include "base/file.h"
#include "box/box.h"
#include "score/score.h"
#include "score/sentence.h"

#include <cmark-gfm.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NAME_ROOM = 64, FRAMES_BYTES = 4 * MIB };

/* --- In the box: bytes to frames --- */

struct section {
    int problem;
    char name[NAME_ROOM];
    const char *start; /* behind the heading */
};

/* Where line `line` (from 1) begins.  A lone carriage return ends a line too, as in CommonMark. */
static const char *find_line(const char *at, const char *end, int line) {
    for (; line > 1 && at < end; line--) {
        while (at < end && *at != '\n' && *at != '\r')
            at++;
        if (at < end)
            at += at[0] == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1;
    }
    return at;
}

/* "## 3.adjoint (2 points)" */
static bool read_heading(const char *line, const char *end, struct section *s) {
    char text[2 * NAME_ROOM];
    size_t length = 0;
    while (line + length < end && line[length] != '\n' && line[length] != '\r')
        length++;
    if (length >= sizeof text)
        return false;
    memcpy(text, line, length);
    text[length] = '\0';
    int points = 0, read = 0;
    return sscanf(text, " ## %5d.%63[A-Za-z0-9_-] (%5d point%n", &s->problem, s->name, &points,
                  &read) == 3 &&
           read > 0 && strchr(text + read, ')');
}

static void add_frame(const struct section *s, const char *end, struct text *frames) {
    if (!s->name[0])
        return;
    size_t length = (size_t)(end - s->start);
    struct answer_frame frame = {(uint32_t)s->problem, (uint32_t)strlen(s->name),
                                 (uint32_t)(length < ANSWER_BYTES ? length : ANSWER_BYTES)};
    text_add_bytes(frames, (const char *)&frame, sizeof frame);
    text_add_bytes(frames, s->name, frame.name_length);
    text_add_bytes(frames, s->start, frame.answer_length);
}

void answers_extract(const char *bytes, size_t count, struct text *frames) {
    static const char mark[] = "\xef\xbb\xbf"; /* of byte order: some editors begin with it */
    const char *end = bytes + count;
    if (count >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0) {
        bytes += sizeof mark - 1;
        count -= sizeof mark - 1;
    }
    cmark_node *document = cmark_parse_document(bytes, count, CMARK_OPT_DEFAULT);
    struct section current = {0};
    const char *at = bytes; /* start of line `line` */
    int line = 1;
    for (cmark_node *n = cmark_node_first_child(document); n; n = cmark_node_next(n)) {
        struct section next = {0};
        if (cmark_node_get_type(n) != CMARK_NODE_HEADING)
            continue;
        at = find_line(at, end, cmark_node_get_start_line(n) - line + 1);
        line = cmark_node_get_start_line(n);
        if (!read_heading(at, end, &next))
            continue;
        next.start = find_line(at, end, 2);
        add_frame(&current, at, frames);
        current = next;
    }
    add_frame(&current, end, frames);
    cmark_node_free(document);
}

/* Descriptor 3 is the answers file, 4 takes the frames; `context` is the file's limit. */
static int extract_in_box(void *context) {
    struct text bytes, frames;
    text_init(&bytes, *(const size_t *)context);
    text_init(&frames, FRAMES_BYTES);
    if (!file_read_descriptor(3, &bytes))
        return 1;
    answers_extract(bytes.at, bytes.length, &frames);
    for (size_t sent = 0; sent < frames.length;) {
        ssize_t count = write(4, frames.at + sent, frames.length - sent);
        if (count <= 0)
            return 1;
        sent += (size_t)count;
    }
    return 0;
}

/* --- Outside: frames to answers --- */

struct answer {
    struct answer_frame frame;
    const char *name, *text;
};

/* Takes one frame off the front; false at the end, or where the bytes are no frame. */
static bool take_frame(const struct text *frames, size_t *offset, struct answer *a) {
    size_t left = frames->length - *offset;
    if (left < sizeof a->frame)
        return false;
    memcpy(&a->frame, frames->at + *offset, sizeof a->frame);
    left -= sizeof a->frame;
    if (a->frame.name_length >= NAME_ROOM || a->frame.answer_length > ANSWER_BYTES ||
        left < (size_t)a->frame.name_length + a->frame.answer_length)
        return false;
    a->name = frames->at + *offset + sizeof a->frame;
    a->text = a->name + a->frame.name_length;
    *offset += sizeof a->frame + a->frame.name_length + a->frame.answer_length;
    return true;
}

static bool same_question(const struct answer *a, const struct card_question *q) {
    return a->frame.problem == (uint32_t)q->problem->number &&
           a->frame.name_length == strlen(q->block->name) &&
           memcmp(a->name, q->block->name, a->frame.name_length) == 0;
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
        at = find_line(at, end, 2);
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
    while (start < end && is_space(raw->at[start]))
        start++;
    if (start == end)
        return NULL;
    struct text clean;
    text_init(&clean, ANSWER_BYTES);
    sentence_add_block(&clean, "", raw->at + start, end - start);
    if (cut || clean.cut) {
        clean.limit += sizeof note;
        text_add(&clean, "%s", note);
    }
    return clean.at;
}

static void accept_answer(struct card_question *q, const struct answer *a) {
    struct text raw;
    text_init(&raw, ANSWER_BYTES);
    subtract_question(a, q->block->body, &raw);
    q->answer = clean_answer(&raw, a->frame.answer_length == ANSWER_BYTES);
    text_free(&raw);
}

void answers_accept(struct card *card, const struct text *frames) {
    struct answer a = {0};
    for (size_t offset = 0; take_frame(frames, &offset, &a);)
        for (int i = 0; i < card->question_count; i++)
            /* Of two sections for one question, the first that says something is the answer. */
            if (!card->questions[i].answer && same_question(&a, &card->questions[i]))
                accept_answer(&card->questions[i], &a);
}

/* --- The whole way --- */

static char *describe_fault(const char *step, int error) {
    return format_string("was not read, by a fault of ours (%s: %s): grade it again", step,
                         strerror(error));
}

/* The sentence on why not, or NULL when `frames` holds what the box found. */
static char *extract_boxed(const char *path, size_t limit, struct text *frames) {
    int in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (in < 0)
        return errno == ENOENT ? NULL : format_string("cannot be opened: %s", strerror(errno));
    int out = memfd_create("answers", MFD_CLOEXEC);
    if (out < 0) {
        int error = errno;
        close(in);
        return describe_fault("memory", error);
    }
    struct box box = {.kind = BOX_READER,
                      .executable = -1,
                      .entry = extract_in_box,
                      .context = &limit,
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
    bool read = fate.kind == FATE_EXITED && fate.code == 0 && file_read_descriptor(out, frames);
    close(in);
    close(out);
    if (fate.kind == FATE_SETUP)
        return describe_fault(fate.step, fate.code);
    return read ? NULL : copy_string("is not Markdown that can be read");
}

void card_read_answers(struct card *card, const char *directory) {
    const struct file_rule *file = &card->homework->answers;
    if (!file->name)
        return;
    struct text frames;
    text_init(&frames, FRAMES_BYTES);
    char *path = format_string("%s/%s", directory, file->name);
    card->answers_problem = extract_boxed(path, file->limit, &frames);
    answers_accept(card, &frames);
    free(path);
    text_free(&frames);
}
