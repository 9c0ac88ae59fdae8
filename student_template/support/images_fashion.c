/* Fashion-MNIST as its authors and Debian's dataset-fashion-mnist have it (Xiao, Rasul and
 * Vollgraf, arXiv 1708.07747): labels and grey pixels in files of their own, behind a head of
 * big-endian numbers, compressed.  No number of a head is used: all are known beforehand and only
 * compared. */
#include "images_sources.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, NUMBER = 4, HEAD_MOST = 4 };
/* The first number of a file: unsigned bytes, in one or three dimensions. */
enum { OF_LABELS = 0x801, OF_PIXELS = 0x803 };

const char *const images_fashion_files[] = {
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz", NULL};

struct packed {
    struct images_file file;
    gzFile stream;
};

static bool open_packed(const char *folder, const char *name, struct packed *p, struct trouble *t) {
    enum { BUFFER = 1 << 17 };
    if (!images_open_file(folder, name, &p->file, t))
        return false;
    p->stream = gzdopen(p->file.descriptor, "rb");
    if (!p->stream) {
        close(p->file.descriptor);
        return trouble_tell(t, TROUBLE_NO_MEMORY, "this machine has no memory for unpacking %s",
                            images_path_end(p->file.path));
    }
    gzbuffer(p->stream, BUFFER);
    if (!gzdirect(p->stream))
        return true;
    gzclose(p->stream);
    return trouble_tell(t, TROUBLE_DATA, "%s is not a file of gzip", images_path_end(p->file.path));
}

/* What zlib found out about a file that ended too early. */
static const char *find_reason(const struct packed *p) {
    int number;
    const char *words = gzerror(p->stream, &number);
    return number == Z_OK || number == Z_STREAM_END ? "there the data end"
           : number == Z_BUF_ERROR                  ? "there the file ends"
                                                    : words;
}

/* `at` bytes were read before. */
static bool read_packed(const struct packed *p, int64_t at, void *bytes, int count,
                        struct trouble *t) {
    int got = gzread(p->stream, bytes, (unsigned)count);
    if (got == count)
        return true;
    return trouble_tell(t, TROUBLE_DATA,
                        "%s cannot be unpacked beyond %" PRId64 " bytes of its data: %s",
                        images_path_end(p->file.path), at + (got > 0 ? got : 0), find_reason(p));
}

static bool read_head(const struct packed *p, const int64_t *expected, int count,
                      struct trouble *t) {
    static const char *const names[HEAD_MOST] = {"kind of data", "number of images", "height",
                                                 "width"};
    unsigned char head[HEAD_MOST * NUMBER];
    if (!read_packed(p, 0, head, count * NUMBER, t))
        return false;
    for (int i = 0; i < count; i++) {
        const unsigned char *b = head + (size_t)i * NUMBER;
        int64_t found = (int64_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
        if (found != expected[i])
            return trouble_tell(t, TROUBLE_DATA,
                                "%s says that its %s is %" PRId64 "; of Fashion-MNIST it would be "
                                "%" PRId64,
                                images_path_end(p->file.path), names[i], found, expected[i]);
    }
    return true;
}

/* Reading on also lets zlib compare its checksum. */
static bool ends(const struct packed *p, struct trouble *t) {
    unsigned char more;
    int got = gzread(p->stream, &more, 1), number;
    const char *words = gzerror(p->stream, &number);
    if (got > 0)
        return trouble_tell(t, TROUBLE_DATA, "%s has more data than Fashion-MNIST has",
                            images_path_end(p->file.path));
    if (number != Z_OK && number != Z_STREAM_END)
        return trouble_tell(t, TROUBLE_DATA, "%s is damaged: %s", images_path_end(p->file.path),
                            words);
    return true;
}

/* A file's pieces, of `bytes` each, to places that are a record apart. */
static bool read_pieces(const char *folder, const char *name, const int64_t *head, int head_count,
                        int bytes, const struct images *images, unsigned char *to,
                        struct trouble *t) {
    struct packed p = {.stream = NULL};
    if (!open_packed(folder, name, &p, t))
        return false;
    bool right = read_head(&p, head, head_count, t);
    for (int64_t i = 0; right && i < head[1]; i++)
        right = read_packed(&p, (int64_t)head_count * NUMBER + i * bytes, to + i * images->record,
                            bytes, t);
    right = right && ends(&p, t);
    gzclose(p.stream);
    return right;
}

bool images_open_fashion(const char *folder, struct images *images, struct trouble *t) {
    *images = (struct images){
        .name = "Fashion-MNIST", .map = {1, SIDE, SIDE}, .classes = 10, .count = {60000, 10000}};
    if (!images_take(images, t))
        return false;
    for (int part = 0; part < IMAGES_PARTS; part++) {
        const char *const *names = images_fashion_files + (ptrdiff_t)2 * part;
        int64_t labels[] = {OF_LABELS, images->count[part]};
        int64_t pixels[] = {OF_PIXELS, images->count[part], SIDE, SIDE};
        unsigned char *to = images->records[part];
        if (!read_pieces(folder, names[1], labels, 2, 1, images, to, t) ||
            !read_pieces(folder, names[0], pixels, 4, PIXELS, images, to + 1, t) ||
            !images_check_labels(images, part, folder, t))
            return false;
    }
    return true;
}
