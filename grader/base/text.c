/* Growing text with a ceiling (text.h).  Knows bytes and UTF-8; not where they come from. */
#include "base/text.h"

#include "base/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_init(struct text *t, size_t limit) {
    *t = (struct text){.limit = limit, .room = 64};
    t->at = allocate(t->room, 1);
}

void text_free(struct text *t) {
    free(t->at);
    *t = (struct text){0};
}

void text_clear(struct text *t) {
    t->length = 0;
    t->cut = false;
    t->at[0] = '\0';
}

/* Room for `count` more bytes and the NUL; the ceiling has been applied already. */
static void text_reserve(struct text *t, size_t count) {
    if (t->length + count < t->room)
        return;
    while (t->length + count >= t->room)
        t->room *= 2;
    char *larger = realloc(t->at, t->room);
    if (!larger)
        fault("no memory for a text of %zu bytes", t->room);
    t->at = larger;
}

bool text_add_bytes(struct text *t, const char *bytes, size_t count) {
    size_t left = t->limit - t->length;
    bool fits = count <= left;
    if (!fits) {
        count = left;
        t->cut = true;
    }
    text_reserve(t, count);
    if (count > 0)
        memcpy(t->at + t->length, bytes, count);
    t->length += count;
    t->at[t->length] = '\0';
    return fits;
}

bool text_add_arguments(struct text *t, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        fault("cannot format \"%s\"", format);
    char *line = allocate((size_t)length + 1, 1);
    (void)vsnprintf(line, (size_t)length + 1, format, arguments);
    bool fits = text_add_bytes(t, line, (size_t)length);
    free(line);
    return fits;
}

bool text_add(struct text *t, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    bool fits = text_add_arguments(t, format, arguments);
    va_end(arguments);
    return fits;
}

/* --- Hostile bytes --- */

/* Length of the valid UTF-8 sequence at `s` and its code point, or 0.  Overlong forms, surrogates
 * and values above U+10FFFF are not valid. */
static size_t utf8_decode(const unsigned char *s, size_t left, unsigned *point) {
    static const struct {
        unsigned char mask, lead;
        size_t length;
        unsigned least;
    } form[] = {{0x80, 0x00, 1, 0},
                {0xe0, 0xc0, 2, 0x80},
                {0xf0, 0xe0, 3, 0x800},
                {0xf8, 0xf0, 4, 0x10000}};
    for (size_t f = 0; f < sizeof form / sizeof form[0]; f++) {
        if ((s[0] & form[f].mask) != form[f].lead)
            continue;
        if (form[f].length > left)
            return 0;
        *point = s[0] & (unsigned char)~form[f].mask;
        for (size_t i = 1; i < form[f].length; i++) {
            if ((s[i] & 0xc0) != 0x80)
                return 0;
            *point = *point << 6 | (s[i] & 0x3f);
        }
        bool surrogate = *point >= 0xd800 && *point < 0xe000;
        return *point >= form[f].least && *point <= 0x10ffff && !surrogate ? form[f].length : 0;
    }
    return 0;
}

/* Controls, and the format characters that reorder or hide what a person reads. */
static bool point_is_plain(unsigned point) {
    if (point == '\n' || point == '\t')
        return true;
    if (point < 0x20 || (point >= 0x7f && point < 0xa0))
        return false;
    static const unsigned hidden[][2] = {
        {0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},
        {0x2060, 0x206f}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff}};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (point >= hidden[i][0] && point <= hidden[i][1])
            return false;
    return (point & 0xfffe) != 0xfffe; /* U+xFFFE and U+xFFFF are not characters */
}

bool text_add_clean(struct text *t, const char *bytes, size_t count) {
    static const char replacement[] = "\xef\xbf\xbd";
    bool fits = true;
    for (size_t i = 0; i < count && fits;) {
        unsigned point = 0;
        size_t length = utf8_decode((const unsigned char *)bytes + i, count - i, &point);
        const char *shown = replacement;
        size_t shown_length = sizeof replacement - 1;
        if (length > 0 && point_is_plain(point)) {
            shown = bytes + i;
            shown_length = length;
        }
        /* A sequence is added whole or not at all, so that the end stays valid. */
        fits = t->limit - t->length >= shown_length && text_add_bytes(t, shown, shown_length);
        i += length > 0 ? length : 1;
    }
    if (!fits)
        t->cut = true;
    return fits;
}
