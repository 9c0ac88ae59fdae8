/* What tests attach in the judge (public/attach.h): checked, and kept in memory until the verdicts
 * are written.  Knows tests by number; not where it ends up.
 *
 * What breaks a rule here is the test's mistake, never the student's: a fault. */
#include "judge/attachment.h"

#include "base/fault.h"
#include "public/picture.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool keep;
    int test, of_test; /* of_test: attachments of this test so far */
    char titles[ATTACH_MOST][ATTACH_TITLE];
    uint32_t count;
    struct text bytes;
} all;

void attachments_keep(void) {
    all.keep = true;
    text_init(&all.bytes, ATTACHMENTS_BYTES);
}

void attachments_begin(int test) {
    all.test = test;
    all.of_test = 0;
}

const struct text *attachments_kept(uint32_t *count) {
    *count = all.count;
    return &all.bytes;
}

static struct attachment_head make_head(const char *title, enum attachment_kind kind) {
    if (!attach_title_is_good(title))
        fault("an attachment's title is of letters, digits and blanks, not \"%s\"", title);
    if (all.of_test == ATTACH_MOST)
        fault("a test attaches more than %d things: \"%s\"", ATTACH_MOST, title);
    for (int i = 0; i < all.of_test; i++)
        if (strcmp(all.titles[i], title) == 0)
            fault("a test attaches two things called \"%s\"", title);
    struct attachment_head head = {.test = (uint32_t)all.test, .kind = kind};
    snprintf(head.title, sizeof head.title, "%s", title);
    memcpy(all.titles[all.of_test++], head.title, sizeof head.title);
    return head;
}

static void keep(const struct attachment_head *head, const char *bytes) {
    if (!all.keep)
        return;
    all.count++;
    text_add_bytes(&all.bytes, (const char *)head, sizeof *head);
    if (!text_add_bytes(&all.bytes, bytes, head->count))
        fault("the tests attach more than %d MiB", ATTACHMENTS_BYTES / MIB);
}

/* As picture_write does. */
static unsigned char byte_of(double grey) {
    enum { WHITE = 255 };
    if (!(grey > 0)) /* NaN too */
        return 0;
    return grey >= 1 ? WHITE : (unsigned char)lround(grey * WHITE);
}

void attach_image(const char *title, const tensor *picture) {
    struct attachment_head head = make_head(title, ATTACHMENT_IMAGE);
    if (picture->rank != 2 || tensor_count(picture) > ATTACH_PIXELS ||
        picture->dim[0] > PICTURE_SIDE || picture->dim[1] > PICTURE_SIDE)
        fault("\"%s\" is no picture (H, W) of at most %d pixels and %d rows or columns", title,
              ATTACH_PIXELS, PICTURE_SIDE);
    head.rows = picture->dim[0];
    head.columns = picture->dim[1];
    head.count = (uint32_t)tensor_count(picture);
    char *bytes = allocate(head.count, 1);
    for (uint32_t i = 0; i < head.count; i++)
        bytes[i] = (char)byte_of(picture->at[i]);
    keep(&head, bytes);
    free(bytes);
}

void attach_text(const char *title, const char *format, ...) {
    struct attachment_head head = make_head(title, ATTACHMENT_TEXT);
    char text[ATTACH_TEXT + 1];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0 || length > ATTACH_TEXT)
        fault("the text \"%s\" is longer than %d bytes", title, ATTACH_TEXT);
    head.count = (uint32_t)length;
    keep(&head, text);
}
