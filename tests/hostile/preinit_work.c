/* Runs even before constructors do. */
#define _GNU_SOURCE
#include "honest.h"

#include <fcntl.h>
#include <unistd.h>

static void work(void) {
    int file = open(DROP "/preinit", O_WRONLY | O_CREAT, 0666);
    ssize_t written = write(file, "here", 4);
    (void)written;
    deed_done();
}

__attribute__((section(".preinit_array"), used)) static void (*const early)(void) = work;

int running_sums(const tensor *x, tensor *y) {
    return honest_sums(x, y);
}
