/* The files that tests attached (export.h): PNG pictures and plain text, in a folder beside the
 * scorecard that is put in place as a whole. */
#include "export/export.h"

#include "base/fault.h"
#include "base/file.h"
#include "public/picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WHITE = 255, CLEANED = 4 /* bytes that may come of one */ };

static char *write_image(const char *path, const struct attachment *a) {
    tensor picture = {2, {a->head.rows, a->head.columns, 1, 1}, NULL};
    picture.at = allocate(a->head.count, sizeof *picture.at);
    for (uint32_t i = 0; i < a->head.count; i++)
        picture.at[i] = (double)a->bytes[i] / WHITE;
    const char *reason = picture_write(path, &picture);
    free(picture.at);
    return reason ? format_string("cannot write %s: %s", path, reason) : NULL;
}

/* A test's text may quote what a student's code returned. */
static char *write_text(const char *path, const struct attachment *a) {
    struct text clean;
    text_init(&clean, CLEANED * (size_t)ATTACH_TEXT);
    text_add_clean(&clean, (const char *)a->bytes, a->head.count);
    bool written = file_write(path, clean.at, clean.length);
    char *reason = written ? NULL : format_string("cannot write %s: %s", path, strerror(errno));
    text_free(&clean);
    return reason;
}

static char *write_all(const struct card *card, const char *folder) {
    char *reason = NULL;
    for (int i = 0; i < card->test_count; i++) {
        const struct card_test *t = &card->tests[i];
        for (int k = 0; k < t->attachment_count && !reason; k++) {
            const struct attachment *a = &t->attachments[k];
            char *name = card_attachment_name(t, a);
            char *path = format_string("%s/%s", folder, name);
            reason = (a->head.kind == ATTACHMENT_IMAGE ? write_image : write_text)(path, a);
            free(path);
            free(name);
        }
    }
    return reason;
}

/* True when nothing is there any more. */
static bool remove_folder(const char *folder) {
    return directory_remove(folder) || errno == ENOENT || unlink(folder) == 0;
}

char *export_attachments(const struct card *card, const char *directory) {
    char *folder = format_string("%s/" ATTACHMENTS_FOLDER, directory);
    char *fresh = format_string("%s/.%s", directory, ATTACHMENTS_FOLDER);
    int count = 0;
    for (int i = 0; i < card->test_count; i++)
        count += card->tests[i].attachment_count;
    char *reason = NULL;
    bool done = remove_folder(fresh) && (count == 0 || directory_make(fresh));
    if (done && count > 0)
        reason = write_all(card, fresh);
    done = done && !reason && remove_folder(folder) && (count == 0 || rename(fresh, folder) == 0);
    if (!done && !reason)
        reason = format_string("cannot write %s: %s", folder, strerror(errno));
    if (!done)
        remove_folder(fresh);
    free(fresh);
    free(folder);
    return reason;
}
