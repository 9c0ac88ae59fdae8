/* Lines of eighty columns (page.h).  Knows UTF-8 and words; nothing of what they say. */
#include "export/page.h"

#include <string.h>

void page_add_coloured(const struct page *page, enum page_colour colour, const char *words) {
    static const char *const codes[] = {"", "\033[1m", "\033[32m", "\033[31m"};
    bool plain = !page->coloured || colour == PAGE_PLAIN;
    text_add(page->out, "%s%s%s", plain ? "" : codes[colour], words, plain ? "" : "\033[0m");
}

size_t page_columns(const char *s, size_t count) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80; /* continuation bytes take no column */
    return n;
}

size_t page_fitting(const char *s, size_t count, size_t room) {
    size_t n = 0, i = 0;
    while (i < count) {
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
        if (n > room)
            break;
        i++;
    }
    return i;
}

void page_add_spaces(const struct page *page, size_t count) {
    text_add(page->out, "%*s", (int)count, "");
}

void page_add_wrapped(const struct page *page, const char *words, size_t indent, size_t column) {
    bool first = true; /* of its line */
    for (const char *at = words + strspn(words, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " "), wide = page_columns(at, length);
        if (!first && column + 1 + wide > PAGE_WIDTH) {
            text_add(page->out, "\n");
            page_add_spaces(page, indent);
            column = indent;
            first = true;
        }
        if (column + wide > PAGE_WIDTH) { /* one endless word */
            length = page_fitting(at, length, PAGE_WIDTH - column);
            wide = page_columns(at, length);
        }
        text_add(page->out, "%s", first ? "" : " ");
        text_add_bytes(page->out, at, length);
        column += wide + (first ? 0 : 1);
        first = false;
        at += length;
    }
    text_add(page->out, "\n");
}

void page_add_cut(const struct page *page, const char *words, size_t room) {
    size_t length = page_fitting(words, strlen(words), room);
    text_add_bytes(page->out, words, length);
    page_add_spaces(page, room - page_columns(words, length));
}
