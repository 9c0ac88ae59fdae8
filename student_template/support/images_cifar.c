/* CIFAR-10 as its binary version has it (Krizhevsky, 2009): files of ten thousand records, which
 * are ours already. */
#include "images_sources.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 6, IMAGES_A_FILE = 10000, RECORD = 1 + 3 * 32 * 32 };

const char *const images_cifar_files[] = {"data_batch_1.bin",
                                          "data_batch_2.bin",
                                          "data_batch_3.bin",
                                          "data_batch_4.bin",
                                          "data_batch_5.bin",
                                          "test_batch.bin",
                                          NULL};

static bool read_all(const struct images_file *file, unsigned char *at, struct trouble *t) {
    int64_t count = 0, wanted = (int64_t)IMAGES_A_FILE * RECORD;
    while (count < wanted) {
        ssize_t more = read(file->descriptor, at + count, (size_t)(wanted - count));
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            return trouble_tell(t, TROUBLE_DATA, "%s cannot be read beyond %" PRId64 " bytes: %s",
                                images_path_end(file->path), count,
                                more < 0 ? strerror(errno) : "it became shorter");
        count += more;
    }
    return true;
}

static bool read_file(const char *folder, const char *name, unsigned char *at, struct trouble *t) {
    struct images_file file = {.descriptor = -1};
    int64_t wanted = (int64_t)IMAGES_A_FILE * RECORD;
    if (!images_open_file(folder, name, &file, t))
        return false;
    bool right = file.bytes == wanted;
    if (!right)
        trouble_tell(t, TROUBLE_DATA,
                     "%s has %" PRId64 " bytes; of CIFAR-10 (binary version) it would be %" PRId64,
                     images_path_end(file.path), file.bytes, wanted);
    right = right && read_all(&file, at, t);
    close(file.descriptor);
    return right;
}

bool images_open_cifar(const char *folder, struct images *images, struct trouble *t) {
    *images = (struct images){.name = "CIFAR-10",
                              .map = {3, 32, 32},
                              .classes = 10,
                              .count = {(FILES - 1) * (int64_t)IMAGES_A_FILE, IMAGES_A_FILE}};
    if (!images_take(images, t))
        return false;
    for (int i = 0; i < FILES; i++) {
        int part = i == FILES - 1 ? IMAGES_TEST : IMAGES_TRAINING;
        int64_t before = part == IMAGES_TEST ? 0 : (int64_t)i * IMAGES_A_FILE;
        if (!read_file(folder, images_cifar_files[i], images->records[part] + before * RECORD, t))
            return false;
    }
    return images_check_labels(images, IMAGES_TRAINING, folder, t) &&
           images_check_labels(images, IMAGES_TEST, folder, t);
}
