/* Markdown to a tree of nodes. */
#ifndef GRADUS_MARKDOWN_H
#define GRADUS_MARKDOWN_H

#include <cmark-gfm.h>
#include <stddef.h>

/* As cmark_parse_document, but that there is no memory for it is a fault, as everywhere.  The
 * caller frees with cmark_node_free. */
cmark_node *markdown_parse(const char *bytes, size_t count, int options);

#endif
