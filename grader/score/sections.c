/* The boxed part of reading the written answers (answers.h): Markdown to one frame a section.
 * Knows headings and lines; not what an answer is. */
#include "score/answers.h"

#include "base/fault.h"
#include "base/markdown.h"
#include "score/headings.h"

#include <stdlib.h>
#include <string.h>

/* --- Lines --- */

const char *answers_line(const char *at, const char *end, int line) {
    for (; line > 1 && at < end; line--) {
        while (at < end && *at != '\n' && *at != '\r')
            at++;
        if (at < end)
            at += at[0] == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1;
    }
    return at;
}

/* --- Where sections begin --- */

struct mark {
    int question;      /* or HEADING_PROBLEM */
    int line;          /* of the heading, from 1 */
    const char *start; /* of the heading */
    const char *below; /* behind it */
};

struct scan {
    const struct card *card;
    const char *at, *end; /* what is parsed, from line `line` on */
    int line;
    int seen; /* a line of `at`, from 1, and where it begins: the next node is not far behind */
    const char *seen_at;
    struct mark *marks;
    int count;
};

/* What a reader sees of a heading or a paragraph, without its marks. */
static void add_literals(cmark_node *node, struct text *out) {
    cmark_iter *iterator = cmark_iter_new(node);
    for (cmark_event_type event; (event = cmark_iter_next(iterator)) != CMARK_EVENT_DONE;) {
        const char *literal = cmark_node_get_literal(cmark_iter_get_node(iterator));
        if (event == CMARK_EVENT_ENTER && literal)
            text_add(out, "%s", literal);
    }
    cmark_iter_free(iterator);
}

/* A paragraph may be a heading whose marks were lost, or in bold instead: then its first line is.
 */
static int read_paragraph(const struct scan *scan, cmark_node *node, const char *start) {
    cmark_node *first = cmark_node_first_child(node);
    struct text words;
    text_init(&words, KIB);
    bool bold = first && cmark_node_get_type(first) == CMARK_NODE_STRONG && !cmark_node_next(first);
    if (bold)
        add_literals(first, &words);
    else
        text_add_bytes(&words, start, (size_t)(answers_line(start, scan->end, 2) - start));
    int question = bold ? heading_read(scan->card, words.at) : HEADING_OTHER;
    if (question < 0)
        question = heading_read_plain(scan->card, words.at);
    text_free(&words);
    return question;
}

static int read_node(const struct scan *scan, cmark_node *node, const char *start) {
    if (cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH)
        return read_paragraph(scan, node, start);
    if (cmark_node_get_type(node) != CMARK_NODE_HEADING)
        return HEADING_OTHER;
    struct text words;
    text_init(&words, KIB);
    add_literals(node, &words);
    int question = heading_read(scan->card, words.at);
    text_free(&words);
    return question;
}

/* What a heading takes up: one line behind "#" signs, otherwise all down to its underline. */
static int count_lines(const struct scan *scan, const char *start) {
    int lines = 1;
    if (start[strspn(start, " ")] == '#')
        return lines;
    for (const char *at = start; at < scan->end; lines++) {
        at = answers_line(at, scan->end, 2);
        size_t underline = strspn(at, "=- \t");
        if (underline > 0 && (!at[underline] || strchr("\r\n", at[underline])))
            return lines + 1;
    }
    return lines;
}

static void add_mark(struct scan *scan, cmark_node *node) {
    int above = cmark_node_get_start_line(node) - 1;
    bool heading = cmark_node_get_type(node) == CMARK_NODE_HEADING;
    const char *start = answers_line(scan->seen_at, scan->end, above + 2 - scan->seen);
    scan->seen = above + 1;
    scan->seen_at = start;
    int question = read_node(scan, node, start);
    if (question == HEADING_OTHER)
        return;
    int lines = heading ? count_lines(scan, start) : 1;
    struct mark *longer = realloc(scan->marks, ((size_t)scan->count + 1) * sizeof *scan->marks);
    if (!longer)
        fault("no memory for %d headings", scan->count + 1);
    scan->marks = longer;
    scan->marks[scan->count++] = (struct mark){question, scan->line + above, start,
                                               answers_line(start, scan->end, lines + 1)};
}

/* --- What never ends --- */

/* True for a fence or a comment that swallows the rest of the file because its end was forgotten.
 */
static bool is_open(const struct scan *scan, cmark_node *node) {
    if (cmark_node_next(node))
        return false;
    int first = cmark_node_get_start_line(node), last = cmark_node_get_end_line(node);
    const char *start = answers_line(scan->at, scan->end, first);
    start += strspn(start, " ");
    if (cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK)
        return strncmp(start, "<!--", 4) == 0 && !strstr(start, "-->");
    if (cmark_node_get_type(node) != CMARK_NODE_CODE_BLOCK || (*start != '`' && *start != '~'))
        return false;
    char fence[2] = {*start, '\0'};
    const char *close = answers_line(scan->at, scan->end, last);
    close += strspn(close, " ");
    size_t length = strspn(close, fence);
    return last == first || length < strspn(start, fence) ||
           close[length + strspn(close + length, " \t\r\n")] != '\0';
}

/* Parses what is left; true when it has to be parsed again behind a line that swallowed the rest.
 */
static bool scan_rest(struct scan *scan) {
    cmark_node *document =
        markdown_parse(scan->at, (size_t)(scan->end - scan->at), CMARK_OPT_DEFAULT);
    int open = 0;
    scan->seen = 1;
    scan->seen_at = scan->at;
    for (cmark_node *n = cmark_node_first_child(document); n; n = cmark_node_next(n)) {
        add_mark(scan, n);
        if (is_open(scan, n))
            open = cmark_node_get_start_line(n);
    }
    cmark_node_free(document);
    scan->at = answers_line(scan->at, scan->end, open + 1);
    scan->line += open;
    return open > 0;
}

/* --- Frames --- */

static void add_frame(const struct mark *mark, const char *end, struct text *frames) {
    size_t length = (size_t)(end - mark->below);
    struct answer_frame frame = {(uint32_t)mark->question, (uint32_t)mark->line,
                                 (uint32_t)(length < ANSWER_BYTES ? length : ANSWER_BYTES)};
    text_add_bytes(frames, (const char *)&frame, sizeof frame);
    text_add_bytes(frames, mark->below, frame.answer_length);
}

static enum answers_state describe(const char *bytes, size_t count, int headings) {
    size_t blank = 0;
    while (blank < count && strchr(" \t\r\n", bytes[blank]) && bytes[blank])
        blank++;
    if (blank == count)
        return ANSWERS_EMPTY;
    return headings == 0 && memchr(bytes, '\0', count) ? ANSWERS_BINARY : ANSWERS_READ;
}

void answers_extract(const struct card *card, const char *bytes, size_t count,
                     struct text *frames) {
    enum { ROUNDS = 100 }; /* each parses what is left: a file of fences only would take for ever */
    static const char mark[] = "\xef\xbb\xbf"; /* of byte order: some editors begin with it */
    const char *end = bytes + count;
    if (count >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0)
        bytes += sizeof mark - 1;
    struct scan scan = {.card = card, .at = bytes, .end = end, .line = 1};
    for (int round = 0; round < ROUNDS && scan_rest(&scan); round++) {
    }
    uint32_t state = describe(bytes, (size_t)(end - bytes), scan.count);
    text_add_bytes(frames, (const char *)&state, sizeof state);
    for (int i = 0; i < scan.count; i++)
        if (scan.marks[i].question >= 0)
            add_frame(&scan.marks[i], i + 1 < scan.count ? scan.marks[i + 1].start : end, frames);
    free(scan.marks);
}
