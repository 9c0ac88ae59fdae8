/* Filters a picture with the functions of problem 1 and writes what comes out as PNG files: for
 * looking at, and for reports.  Says nothing about right or wrong.
 *
 *     pictures FOLDER [IMAGE]
 *
 * Without IMAGE the test picture is drawn.  Ends with 1 when a function is not written yet or the
 * folder cannot be written to, with 2 when it is called wrongly. */
#include "homework.h"
#include "picture.h"
#include "pictures.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SCALE = 4 /* 384 by 512 pixels */, PATH_ROOM = 4096 };

static bool write_picture(const char *folder, const char *name, const tensor *picture) {
    char path[PATH_ROOM];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        fprintf(stderr, "pictures: the name of the folder is too long\n");
        return false;
    }
    const char *objection = picture_write(path, picture);
    if (objection)
        fprintf(stderr, "pictures: %s: %s\n", path, objection);
    else
        printf("%s\n", path);
    return !objection;
}

/* Whether the function assigned numbers to all of what it was given. */
static bool is_written(const tensor *t, const char *function) {
    int64_t count = tensor_count(t), missing = 0;
    for (int64_t i = 0; i < count; i++)
        missing += t->at[i] != t->at[i];
    if (missing == count)
        fprintf(stderr, "pictures: %s is not written yet\n", function);
    else if (missing)
        fprintf(stderr, "pictures: %s leaves %lld of %lld numbers NaN\n", function,
                (long long)missing, (long long)count);
    return missing == 0;
}

static bool write_blurred(const char *folder, const tensor *picture, int size) {
    tensor *w = tensor_new(SHAPE(size, size)), *y = tensor_like(picture);
    averaging_filter(w);
    if (!is_written(w, "averaging_filter"))
        return false;
    filter_image(picture, w, y);
    char name[32];
    snprintf(name, sizeof name, "blurred_%d.png", size);
    return is_written(y, "filter_image") && write_picture(folder, name, y);
}

/* What is shown is the size of the Laplacian, whatever its sign: black where nothing changes. */
static bool write_edges(const char *folder, const tensor *picture) {
    tensor *w = tensor_new(SHAPE(3, 3)), *y = tensor_like(picture);
    laplacian_filter(w);
    if (!is_written(w, "laplacian_filter"))
        return false;
    filter_image(picture, w, y);
    return is_written(y, "filter_image") && write_picture(folder, "edges.png", tensor_absolute(y));
}

static bool write_all(const char *folder, const tensor *picture) {
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "pictures: %s cannot be made: %s\n", folder, strerror(errno));
        return false;
    }
    bool written = write_picture(folder, "original.png", picture);
    for (int size = 3; written && size <= 9; size += 3)
        written = write_blurred(folder, picture, size);
    return written && write_edges(folder, picture);
}

int main(int count, char **argument) {
    if (count < 2 || count > 3) {
        fprintf(stderr, "usage: pictures FOLDER [IMAGE]\n");
        return 2;
    }
    tensor photo = {.at = NULL};
    const tensor *picture = &photo;
    if (count == 3) {
        const char *objection = picture_read(argument[2], &photo);
        if (objection) {
            fprintf(stderr, "pictures: %s: %s\n", argument[2], objection);
            return 2;
        }
    } else {
        picture = pictures_draw(SCALE);
    }
    bool written = write_all(argument[1], picture);
    free(photo.at);
    inputs_release();
    return written ? 0 : 1;
}
