/* Growing text with a ceiling that is given at birth.  What would pass the ceiling is left out and
 * `cut` is set: no input, however hostile, makes a text larger than its owner agreed to. */
#ifndef GRADUS_TEXT_H
#define GRADUS_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct text {
    char *at;      /* always ends in NUL; never NULL after text_init */
    size_t length; /* bytes before that NUL; the bytes may hold NULs of their own */
    size_t limit;  /* length never exceeds it */
    bool cut;      /* something was left out */
    size_t room;   /* bytes allocated */
};

enum { KIB = 1 << 10, MIB = 1 << 20 };

void text_init(struct text *t, size_t limit);
void text_free(struct text *t);
void text_clear(struct text *t);

/* Each adder returns false when the ceiling cut something off. */
bool text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool text_add_arguments(struct text *t, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
bool text_add_bytes(struct text *t, const char *bytes, size_t count);

/* Adds hostile bytes so that a terminal, a JSON reader and a browser see only text: valid UTF-8,
 * newlines and tabs stay; every other control, format or invalid byte becomes U+FFFD. */
bool text_add_clean(struct text *t, const char *bytes, size_t count);

#endif
