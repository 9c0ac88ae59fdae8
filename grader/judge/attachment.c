/* Reads what tests have attached (attachment.h).  The judge wrote it, yet nothing in it is believed
 * before it is checked: a judge that is not well must cost a message, not gradus. */
#include "judge/attachment.h"

#include "base/fault.h"
#include "public/picture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool head_is_good(const struct attachment_head *h, uint32_t least_test, int test_count) {
    if (h->test < least_test || h->test >= (uint32_t)test_count || !attach_title_is_good(h->title))
        return false;
    if (h->kind == ATTACHMENT_TEXT)
        return h->rows == 0 && h->columns == 0 && h->count <= ATTACH_TEXT;
    return h->kind == ATTACHMENT_IMAGE && h->rows >= 1 && h->columns >= 1 &&
           h->rows <= PICTURE_SIDE && h->columns <= PICTURE_SIDE && h->count <= ATTACH_PIXELS &&
           (int64_t)h->rows * h->columns == h->count;
}

/* One attachment; returns the bytes it takes, or 0. */
static off_t read_one(int descriptor, off_t offset, const struct attachment *before, int test_count,
                      struct attachment *a) {
    const uint32_t least = before ? before->head.test : 0;
    if (pread(descriptor, &a->head, sizeof a->head, offset) != (ssize_t)sizeof a->head ||
        !head_is_good(&a->head, least, test_count))
        return 0;
    a->bytes = allocate((size_t)a->head.count + 1, 1);
    if (pread(descriptor, a->bytes, a->head.count, offset + (off_t)sizeof a->head) !=
        (ssize_t)a->head.count)
        return 0;
    return (off_t)sizeof a->head + a->head.count;
}

/* The names of the files must differ, and a test's be no more than it may attach. */
static bool belongs(const struct attachment *all, uint32_t i) {
    uint32_t same = 0;
    for (uint32_t k = i; k-- > 0 && all[k].head.test == all[i].head.test; same++)
        if (strcmp(all[k].head.title, all[i].head.title) == 0)
            return false;
    return same < ATTACH_MOST;
}

const char *attachments_read(int descriptor, off_t offset, uint32_t count, int test_count,
                             struct attachment **attachments) {
    if (count > (uint32_t)test_count * ATTACH_MOST)
        return "the judge reports too many attachments";
    struct attachment *all = allocate((size_t)count + 1, sizeof *all);
    const off_t end = offset + ATTACHMENTS_BYTES;
    bool good = true;
    for (uint32_t i = 0; i < count && good; i++) {
        off_t taken = read_one(descriptor, offset, i > 0 ? &all[i - 1] : NULL, test_count, &all[i]);
        offset += taken;
        good = taken > 0 && offset <= end && belongs(all, i);
    }
    char more;
    if (good && pread(descriptor, &more, 1, offset) == 0) {
        *attachments = all;
        return NULL;
    }
    attachments_free(all, (int)count);
    return "the judge's attachments make no sense";
}

void attachments_free(struct attachment *attachments, int count) {
    for (int i = 0; attachments && i < count; i++)
        free(attachments[i].bytes);
    free(attachments);
}
