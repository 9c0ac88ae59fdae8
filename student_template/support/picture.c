/* Reads and writes grey pictures as PNG files (picture.h), through libpng's simplified interface,
 * which turns every kind of PNG into plain bytes and reports errors without longjmp.  Knows pixels;
 * not what they show.
 *
 * The size is refused as soon as the header is read: a file of fifty bytes may promise gigabytes.
 */
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SIGNATURE = 8, RGBA = 4, GREY_ALPHA = 2, WHITE = 255, REASON = 200 };

/* What libpng or the system says follows what we say. */
static const char *sentence(const char *what, const char *detail) {
    static char said[REASON];
    snprintf(said, sizeof said, "%s: %s", what, detail);
    return said;
}

/* --- Reading --- */

/* One pixel in [0, 1]; the weights of R, G and B are those of the notebook that students know, and
 * add up to 0.9999.  A file that is grey already keeps its numbers. */
static double grey_of(const png_byte *pixel, bool coloured) {
    double grey = coloured ? 0.2989 * pixel[0] + 0.5870 * pixel[1] + 0.1140 * pixel[2] : pixel[0];
    double opaque = (double)pixel[coloured ? 3 : 1] / WHITE;
    return opaque * grey / WHITE + (1 - opaque);
}

static const char *decode(png_image *image, tensor *picture) {
    bool coloured = image->format & PNG_FORMAT_FLAG_COLOR;
    size_t count = (size_t)image->width * image->height, samples = coloured ? RGBA : GREY_ALPHA;
    image->format = coloured ? PNG_FORMAT_RGBA : PNG_FORMAT_GA;
    image->flags |= PNG_IMAGE_FLAG_16BIT_sRGB; /* 16-bit pictures have a gamma, too */
    png_byte *bytes = malloc(count * samples);
    double *numbers = malloc(count * sizeof *numbers);
    const char *objection = NULL;
    if (!bytes || !numbers)
        objection = "there is not enough memory for this picture";
    else if (!png_image_finish_read(image, NULL, bytes, 0, NULL))
        objection = sentence("this PNG file is damaged", image->message);
    if (!objection) {
        for (size_t i = 0; i < count; i++)
            numbers[i] = grey_of(bytes + i * samples, coloured);
        *picture = (tensor){2, {(int)image->height, (int)image->width, 1, 1}, numbers};
        numbers = NULL;
    }
    free(bytes);
    free(numbers);
    return objection;
}

static const char *read_open(FILE *file, tensor *picture) {
    png_byte signature[SIGNATURE];
    if (fread(signature, 1, SIGNATURE, file) != SIGNATURE || png_sig_cmp(signature, 0, SIGNATURE))
        return "this is not a PNG file";
    rewind(file);
    png_image image = {.version = PNG_IMAGE_VERSION};
    const char *objection;
    if (!png_image_begin_read_from_stdio(&image, file))
        objection = sentence("this PNG file is damaged", image.message);
    else if (image.width > PICTURE_SIDE || image.height > PICTURE_SIDE)
        objection = "this picture has more than 4096 rows or columns";
    else
        objection = decode(&image, picture);
    png_image_free(&image);
    return objection;
}

const char *picture_read(const char *path, tensor *picture) {
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) /* opening a pipe would wait */
        return "this is not a file";
    FILE *file = fopen(path, "rb");
    if (!file)
        return sentence("it cannot be opened", strerror(errno));
    const char *objection = read_open(file, picture);
    fclose(file);
    return objection;
}

/* --- Writing --- */

static png_byte byte_of(double grey) {
    if (!(grey > 0)) /* NaN too */
        return 0;
    return grey >= 1 ? WHITE : (png_byte)lround(grey * WHITE);
}

const char *picture_write(const char *path, const tensor *picture) {
    int rows = picture->dim[0], columns = picture->dim[1];
    if (picture->rank != 2 || rows < 1 || columns < 1)
        return "only a tensor of rank 2 is a picture";
    if (rows > PICTURE_SIDE || columns > PICTURE_SIDE)
        return "this picture has more than 4096 rows or columns";
    size_t count = (size_t)rows * (size_t)columns;
    png_byte *bytes = malloc(count);
    if (!bytes)
        return "there is not enough memory for this picture";
    for (size_t i = 0; i < count; i++)
        bytes[i] = byte_of(picture->at[i]);
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)columns,
                       .height = (png_uint_32)rows,
                       .format = PNG_FORMAT_GRAY};
    bool written = png_image_write_to_file(&image, path, 0, bytes, 0, NULL);
    free(bytes);
    return written ? NULL : sentence("it cannot be written", image.message);
}
