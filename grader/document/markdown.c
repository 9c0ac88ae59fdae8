/* The fences of a Markdown document, with their lines and the heading above each.  Knows
 * libcmark-gfm; refuses to know what a fence means. */
#include "document/reader.h"

#include "base/fault.h"
#include "base/markdown.h"

#include <stdlib.h>
#include <string.h>

/* --- Headings --- */

enum { HEADING_BYTES = 4 * KIB };

/* The text of everything in a heading, without its markup. */
static char *heading_text(cmark_node *heading) {
    struct text plain;
    text_init(&plain, HEADING_BYTES);
    cmark_iter *walk = cmark_iter_new(heading);
    cmark_event_type event;
    while ((event = cmark_iter_next(walk)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(walk);
        cmark_node_type type = cmark_node_get_type(node);
        if (event == CMARK_EVENT_ENTER && (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE))
            text_add(&plain, "%s", cmark_node_get_literal(node));
        else if (event == CMARK_EVENT_ENTER && type == CMARK_NODE_SOFTBREAK)
            text_add(&plain, " ");
    }
    cmark_iter_free(walk);
    char *text = copy_string(plain.at);
    text_free(&plain);
    return text;
}

/* --- Fences --- */

static struct fence fence_of(cmark_node *node, const char *heading) {
    const char *body = cmark_node_get_literal(node);
    struct fence f = {.line = cmark_node_get_start_line(node),
                      .end = cmark_node_get_end_line(node),
                      .info = copy_string(cmark_node_get_fence_info(node)),
                      .body = copy_string(body),
                      .heading = copy_string(heading)};
    f.nested = cmark_node_get_type(cmark_node_parent(node)) != CMARK_NODE_DOCUMENT;
    int lines = 0;
    for (const char *c = body; *c; c++)
        lines += *c == '\n';
    /* CommonMark closes an open fence at the end of the document; an author never means that. */
    f.open = f.end - f.line != lines + 1;
    return f;
}

/* Paragraphs come in the order of their lines, so that one pass over the text finds them all. */
struct place {
    const char *at;
    int line;
};

/* Backticks in an info string make the opening fence ordinary prose, and the closing one an opening
 * one: everything behind it would silently change its meaning. */
static void check_paragraph(const struct reader *r, cmark_node *paragraph, struct place *place) {
    for (; place->at && place->line <= cmark_node_get_end_line(paragraph); place->line++) {
        if (place->line >= cmark_node_get_start_line(paragraph) &&
            strncmp(place->at, "```", 3) == 0)
            mistake(r, place->line, "this opens no fence: backticks may not stand behind ```");
        place->at = line_find(place->at, 2);
    }
}

struct fence *fences_read(const struct reader *r, const char *text, int skip, int *count) {
    /* Blank lines in place of the front matter keep the numbers of all lines right. */
    const char *rest = line_find(text, skip + 1);
    struct text markdown;
    text_init(&markdown, strlen(text) + (size_t)skip);
    for (int i = 0; i < skip; i++)
        text_add(&markdown, "\n");
    text_add(&markdown, "%s", rest ? rest : "");

    cmark_node *document = markdown_parse(markdown.at, markdown.length, CMARK_OPT_VALIDATE_UTF8);
    cmark_iter *walk = cmark_iter_new(document);
    struct fence *fences = NULL;
    struct place place = {markdown.at, 1};
    char *heading = copy_string("");
    cmark_event_type event;
    *count = 0;
    while ((event = cmark_iter_next(walk)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(walk);
        cmark_node_type type = cmark_node_get_type(node);
        int unused_length;
        int unused_offset;
        char unused_character;
        if (event != CMARK_EVENT_ENTER)
            continue;
        if (type == CMARK_NODE_HEADING) {
            free(heading);
            heading = heading_text(node);
        } else if (type == CMARK_NODE_PARAGRAPH) {
            check_paragraph(r, node, &place);
        } else if (type == CMARK_NODE_CODE_BLOCK &&
                   cmark_node_get_fenced(node, &unused_length, &unused_offset, &unused_character)) {
            fences = list_grow(fences, *count, sizeof *fences);
            fences[(*count)++] = fence_of(node, heading);
        }
    }
    cmark_iter_free(walk);
    cmark_node_free(document);
    free(heading);
    text_free(&markdown);
    return fences;
}

void fences_free(struct fence *fences, int count) {
    for (int i = 0; i < count; i++) {
        free(fences[i].info);
        free(fences[i].body);
        free(fences[i].heading);
    }
    free(fences);
}
