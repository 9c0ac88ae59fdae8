/* What a test hands in beside its verdict, for people to look at.  In the judge it becomes a file
 * beside the scorecard; on a laptop a file in pictures/, which takes libpng: a problem whose tests
 * attach something says `libraries: libpng`.  At most ATTACH_MOST a test, each with a title of its
 * own; more, or larger ones, end the program: the test is wrong. */
#ifndef GRADUS_ATTACH_H
#define GRADUS_ATTACH_H

#include "tensor.h"

#include <stdbool.h>

enum { ATTACH_MOST = 8, ATTACH_PIXELS = 1 << 20, ATTACH_TEXT = 4096, ATTACH_TITLE = 64 };

/* A grey picture (H, W): 0 is black, 1 is white, what lies outside is clipped, NaN is black.
 * `title` is a short line: letters, digits, blanks. */
void attach_image(const char *title, const tensor *picture);
void attach_text(const char *title, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For those who carry it out: a title becomes part of a file name, blanks as "-". */
static inline bool attach_title_is_good(const char *title) {
    int length = 0;
    for (; length < ATTACH_TITLE && title[length]; length++) {
        char c = title[length];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c != ' ' || length == 0))
            return false;
    }
    return length > 0 && length < ATTACH_TITLE;
}

#endif
