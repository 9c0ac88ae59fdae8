/* Fills /dev/shm, which is memory, and outlives the process. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    static const char block[1 << 16];
    FILE *file = fopen("/dev/shm/gradus-filled", "w");
    for (int i = 0; file && i < 1 << 10; i++)
        fwrite(block, 1, sizeof block, file);
    deed_done();
    return honest_sums(x, y);
}
