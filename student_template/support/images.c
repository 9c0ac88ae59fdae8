/* Chooses where images come from, and checks what all sources have in common (images.h).  Knows no
 * format of files. */
#include "images_sources.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const part_names[IMAGES_PARTS] = {"training", "test"};

static const struct {
    const char *const *files;
    bool (*open)(const char *folder, struct images *images, struct trouble *t);
} sources[] = {{images_cifar_files, images_open_cifar},
               {images_fashion_files, images_open_fashion}};

/* Where to look when nobody says where. */
static const char *const places[] = {"./cifar-10-batches-bin", "./data/cifar-10-batches-bin",
                                     "/usr/share/datasets/fashion-mnist"};

/* --- What sources share --- */

const char *images_path_end(const char *path) {
    enum { ROOM = 160 };
    size_t length = strlen(path);
    return length > ROOM ? path + length - ROOM : path;
}

bool images_take(struct images *images, struct trouble *t) {
    const struct map *m = &images->map;
    images->record = 1 + (int64_t)m->channels * m->height * m->width;
    for (int part = 0; part < IMAGES_PARTS; part++) {
        int64_t bytes = images->count[part] * images->record;
        images->records[part] = malloc((size_t)bytes);
        if (!images->records[part]) {
            t->asked = bytes;
            return trouble_tell(t, TROUBLE_NO_MEMORY,
                                "this machine has no memory for the %s images of %s: %" PRId64
                                " bytes",
                                part_names[part], images->name, bytes);
        }
    }
    return true;
}

bool images_open_file(const char *folder, const char *name, struct images_file *file,
                      struct trouble *t) {
    struct stat about;
    int length = snprintf(file->path, sizeof file->path, "%s/%s", folder, name);
    const char *path = images_path_end(file->path);
    if (length >= (int)sizeof file->path)
        return trouble_tell(t, TROUBLE_DATA, "%s: the name is too long", path);
    file->descriptor = open(file->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file->descriptor < 0)
        return trouble_tell(t, TROUBLE_DATA, "%s cannot be opened: %s", path, strerror(errno));
    if (fstat(file->descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(file->descriptor);
        return trouble_tell(t, TROUBLE_DATA, "%s is not an ordinary file", path);
    }
    file->bytes = about.st_size;
    return true;
}

bool images_check_labels(const struct images *images, int part, const char *folder,
                         struct trouble *t) {
    int64_t found[UINT8_MAX + 1] = {0}, expected = images->count[part] / images->classes;
    for (int64_t i = 0; i < images->count[part]; i++) {
        int label = images->records[part][i * images->record];
        if (label >= images->classes)
            return trouble_tell(t, TROUBLE_DATA,
                                "%s: number %" PRId64
                                " of the %s images has the label %d; those of %s go from 0 to %d",
                                images_path_end(folder), i, part_names[part], label, images->name,
                                images->classes - 1);
        found[label]++;
    }
    for (int i = 0; i < images->classes; i++)
        if (found[i] != expected)
            return trouble_tell(t, TROUBLE_DATA,
                                "%s: %" PRId64 " of the %s images have the label %d; of %s it "
                                "would be %" PRId64,
                                images_path_end(folder), found[i], part_names[part], i,
                                images->name, expected);
    return true;
}

/* --- Choosing --- */

/* A link counts, wherever it leads. */
static bool holds(const char *folder, const char *name) {
    struct stat about;
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    return length < (int)sizeof path && lstat(path, &about) == 0;
}

static bool open_folder(const char *folder, struct images *images, struct trouble *t) {
    struct stat about;
    const char *end = images_path_end(folder);
    if (stat(folder, &about) != 0)
        return trouble_tell(t, TROUBLE_DATA, "%s cannot be opened: %s", end, strerror(errno));
    if (!S_ISDIR(about.st_mode))
        return trouble_tell(t, TROUBLE_DATA, "%s is not a folder", end);
    if (access(folder, R_OK | X_OK) != 0)
        return trouble_tell(t, TROUBLE_DATA, "%s cannot be read: %s", end, strerror(errno));
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        for (const char *const *name = sources[i].files; *name; name++)
            if (holds(folder, *name))
                return sources[i].open(folder, images, t);
    if (holds(folder, "data_batch_1"))
        return trouble_tell(t, TROUBLE_DATA,
                            "%s has CIFAR-10 for Python; wanted is its binary version, of "
                            "cifar-10-binary.tar.gz",
                            end);
    return trouble_tell(t, TROUBLE_DATA,
                        "%s has neither CIFAR-10's files (%s, ...) nor Fashion-MNIST's (%s, ...)",
                        end, images_cifar_files[0], images_fashion_files[0]);
}

static bool make_up(const char *digits, struct images *images, struct trouble *t) {
    char *end;
    errno = 0;
    uint64_t seed = strtoull(digits, &end, 10);
    if (strspn(digits, "0123456789") == 0 || *end || errno)
        return trouble_tell(t, TROUBLE_DATA,
                            "behind \"made:\" stands a seed, a whole number below 2^64, not "
                            "\"%.40s\"",
                            digits);
    return images_make_up(seed, images, t);
}

bool images_open(const char *where, struct images *images, struct trouble *t) {
    static const char made[] = "made:";
    struct stat about;
    *images = (struct images){.name = ""};
    for (size_t i = 0; !where && i < sizeof places / sizeof *places; i++)
        if (stat(places[i], &about) == 0)
            where = places[i];
    if (!where)
        where = "made:1";
    bool makes = strncmp(where, made, strlen(made)) == 0;
    bool done = makes ? make_up(where + strlen(made), images, t) : open_folder(where, images, t);
    if (!done)
        images_free(images);
    return done;
}

void images_free(struct images *images) {
    for (int part = 0; part < IMAGES_PARTS; part++)
        free(images->records[part]);
    *images = (struct images){.name = ""};
}
