/* What tests attach (public/attach.h), on its way out of the judge: behind the verdicts follows for
 * each attachment, in the order of the tests, a struct attachment_head and then its bytes. */
#ifndef GRADUS_ATTACHMENT_H
#define GRADUS_ATTACHMENT_H

#include "base/text.h"
#include "public/attach.h"

#include <stdint.h>
#include <sys/types.h>

enum attachment_kind { ATTACHMENT_IMAGE, ATTACHMENT_TEXT, ATTACHMENT_KINDS };

/* All attachments of one problem together. */
enum { ATTACHMENTS_BYTES = 64 * MIB };

struct attachment_head {
    uint32_t test; /* 0, 1, ... in the suite's order */
    uint32_t kind;
    int32_t rows, columns; /* of an image: one byte a pixel, 0 is black; else 0 */
    uint32_t count;        /* of the bytes that follow */
    char title[ATTACH_TITLE];
};

struct attachment {
    struct attachment_head head;
    unsigned char *bytes;
};

/* --- In the judge (attach.c) --- */

/* From now on what is attached is kept; before it is only checked. */
void attachments_keep(void);
/* From now on it is this test's. */
void attachments_begin(int test);
/* All that was kept, as it goes out, and how many they are. */
const struct text *attachments_kept(uint32_t *count);

/* --- In gradus (attachment.c) --- */

/* Reads `count` attachments of `test_count` tests from `offset` to the end of a file.  Returns NULL
 * or what is wrong with it, one sentence; then there are none.  Free with attachments_free. */
const char *attachments_read(int descriptor, off_t offset, uint32_t count, int test_count,
                             struct attachment **attachments);
void attachments_free(struct attachment *attachments, int count);

#endif
