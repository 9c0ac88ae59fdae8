/* Where images come from, and what these sources share: files that are only believed once they were
 * looked at.  For images.c and its sources; others open images (images.h). */
#ifndef IMAGES_SOURCES_H
#define IMAGES_SOURCES_H

#include "images.h"

/* One of these in a folder makes it a source's.  End with NULL. */
extern const char *const images_cifar_files[], *const images_fashion_files[];
/* What was taken by then stays in `images` after a trouble, for images_free. */
bool images_open_cifar(const char *folder, struct images *images, struct trouble *t);
bool images_open_fashion(const char *folder, struct images *images, struct trouble *t);
bool images_make_up(uint64_t seed, struct images *images, struct trouble *t);

/* Memory for the records of `count` images of the map in each part. */
bool images_take(struct images *images, struct trouble *t);

struct images_file {
    char path[4096];
    int descriptor;
    int64_t bytes; /* that it has */
};
/* Opens an ordinary file of the folder, and waits for nothing: a pipe or a device is a trouble. */
bool images_open_file(const char *folder, const char *name, struct images_file *file,
                      struct trouble *t);
/* A path as far as a sentence has room for it: its end. */
const char *images_path_end(const char *path);

/* Every label is a class, and every class has equally many images. */
bool images_check_labels(const struct images *images, int part, const char *folder,
                         struct trouble *t);

#endif
