/* PNG files: refused in a line, or pixels between 0 and 1, which are the same when they are written
 * and read again. */
#include "fuzz.h"

#include "base/fault.h"
#include "public/picture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void demand_pixels(const tensor *picture) {
    DEMAND(picture->rank == 2 && picture->dim[2] == 1 && picture->dim[3] == 1);
    DEMAND(picture->dim[0] >= 1 && picture->dim[0] <= PICTURE_SIDE);
    DEMAND(picture->dim[1] >= 1 && picture->dim[1] <= PICTURE_SIDE);
    for (int64_t i = 0; i < tensor_count(picture); i++)
        DEMAND(picture->at[i] >= 0 && picture->at[i] <= 1);
}

static void demand_again(const tensor *picture) {
    char *path = format_string("%s/again.png", fuzz_folder());
    tensor once, twice;
    DEMAND(!picture_write(path, picture) && !picture_read(path, &once));
    demand_pixels(&once);
    DEMAND(!picture_write(path, &once) && !picture_read(path, &twice));
    DEMAND(memcmp(once.dim, picture->dim, sizeof once.dim) == 0);
    for (int64_t i = 0; i < tensor_count(picture); i++) {
        double difference = once.at[i] - picture->at[i];
        DEMAND(difference <= 0.501 / 255 && difference >= -0.501 / 255);
        DEMAND(once.at[i] == twice.at[i]);
    }
    free(once.at);
    free(twice.at);
    free(path);
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    tensor picture;
    int file = memory_file(bytes, count);
    const char *objection = picture_read(memory_path(file), &picture);
    close(file);
    if (objection) {
        demand_line(objection);
        return;
    }
    demand_pixels(&picture);
    if (tensor_count(&picture) <= 4096)
        demand_again(&picture);
    free(picture.at);
}
