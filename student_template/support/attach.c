/* What tests attach on a student's machine (attach.h): files in pictures/, named after the test.
 * Linked only to problems that ask for libpng. */
#include "attach.h"

#include "direct.h"
#include "picture.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER "pictures"

enum { PATH = 200 };

static _Noreturn void give_up(const char *title, const char *reason) {
    fprintf(stderr, "cannot attach \"%s\": %s\n", title, reason);
    exit(2);
}

/* Where it goes; the note names it below the test's result. */
static void take_path(char path[PATH], const char *title, const char *extension) {
    struct direct_note *note = direct_note();
    if (!attach_title_is_good(title))
        give_up(title, "a title is of letters, digits and blanks");
    if (note->attached_count++ == ATTACH_MOST)
        give_up(title, "a test attaches at most eight things");
    if (mkdir(FOLDER, 0777) != 0 && errno != EEXIST)
        give_up(title, strerror(errno));
    snprintf(path, PATH, FOLDER "/%s-%s.%s", direct_test(), title, extension);
    for (char *blank = path; (blank = strchr(blank, ' '));)
        *blank = '-';
    size_t used = strlen(note->attached);
    if (strstr(note->attached, path))
        give_up(title, "another thing of this test has the same title");
    snprintf(note->attached + used, sizeof note->attached - used, "%s%s", used > 0 ? ", " : "",
             path);
}

void attach_image(const char *title, const tensor *picture) {
    char path[PATH];
    take_path(path, title, "png");
    if (tensor_count(picture) > ATTACH_PIXELS)
        give_up(title, "a picture has at most 1,048,576 pixels");
    const char *objection = picture_write(path, picture);
    if (objection)
        give_up(title, objection);
}

void attach_text(const char *title, const char *format, ...) {
    char path[PATH], text[ATTACH_TEXT + 1];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    take_path(path, title, "txt");
    if (length < 0 || length > ATTACH_TEXT)
        give_up(title, "a text has at most 4096 bytes");
    FILE *file = fopen(path, "w");
    if (!file)
        give_up(title, strerror(errno));
    fputs(text, file);
    if (fclose(file) != 0)
        give_up(title, strerror(errno));
}
