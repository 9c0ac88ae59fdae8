/* Pages for a terminal: eighty columns, plain text, and colours only where they were asked for. */
#ifndef GRADUS_PAGE_H
#define GRADUS_PAGE_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum { PAGE_WIDTH = 80 };

struct page {
    struct text *out;
    bool coloured;
};

enum page_colour { PAGE_PLAIN, PAGE_BOLD, PAGE_GOOD, PAGE_BAD };

void page_add_coloured(const struct page *page, enum page_colour colour, const char *words);
void page_add_spaces(const struct page *page, size_t count);
/* Wraps between words; continues at column `indent`, having begun at `column`. */
void page_add_wrapped(const struct page *page, const char *words, size_t indent, size_t column);
/* Just `room` columns: cut, or filled with spaces. */
void page_add_cut(const struct page *page, const char *words, size_t room);

/* The columns that `count` bytes of UTF-8 take. */
size_t page_columns(const char *s, size_t count);
/* The most bytes of `s` that fill `room` columns, never parting a character. */
size_t page_fitting(const char *s, size_t count, size_t room);

#endif
