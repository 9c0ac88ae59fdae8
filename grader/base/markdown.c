/* Parses Markdown (markdown.h).  Knows libcmark-gfm; nothing of what a document means. */
#include "base/markdown.h"

#include "base/fault.h"

#include <stdlib.h>

static void *grow(void *at, size_t count) {
    void *larger = realloc(at, count ? count : 1);
    if (!larger)
        fault("no memory for %zu bytes of Markdown", count);
    return larger;
}

/* cmark takes functions of size_t. */
static void *make(size_t count, size_t size) {
    return allocate(count, size);
}

/* The library's own aborts, and an abort would look like a document that is hostile. */
static cmark_mem faulting = {make, grow, free};

cmark_node *markdown_parse(const char *bytes, size_t count, int options) {
    cmark_parser *parser = cmark_parser_new_with_mem(options, &faulting);
    cmark_parser_feed(parser, bytes, count);
    cmark_node *document = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    return document;
}
