/* Running box_deeds.c in a worker's box. */
#ifndef GRADUS_BOX_RUN_H
#define GRADUS_BOX_RUN_H

#include "box_unit.h"

#include "base/fault.h"
#include "base/file.h"
#include "box_deeds.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

static int deeds = -1, swollen = -1; /* sealed executables */

/* --- Making what runs inside --- */

static inline int sealed(const char *path) {
    int from = open(path, O_RDONLY | O_CLOEXEC);
    int to = memfd_create("deeds", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    char bytes[1 << 16];
    for (ssize_t count; (count = read(from, bytes, sizeof bytes)) > 0;)
        ck_assert_int_eq(write(to, bytes, (size_t)count), count);
    close(from);
    fchmod(to, 0111);
    fcntl(to, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    return to;
}

static inline int compiled(const char *sources) {
    char *directory = directory_private();
    char *command =
        format_string("gcc -std=c11 -D_GNU_SOURCE -O1 -w -static -o %s/out %s", directory, sources);
    char *path = format_string("%s/out", directory);
    ck_assert_int_eq(system(command), 0);
    int file = sealed(path);
    directory_remove(directory);
    free(path);
    free(command);
    free(directory);
    return file;
}

static inline void compile(void) {
    deeds = compiled("tests/unit/box_deeds.c");
    char *directory = directory_private();
    char *path = format_string("%s/swollen.c", directory);
    const char *source = "char big[1ul << 30]; int main(void) { return big[0]; }";
    ck_assert(file_write(path, source, strlen(source)));
    swollen = compiled(path);
    directory_remove(directory);
    free(path);
    free(directory);
}

/* --- Running one deed --- */

static inline struct boxed begin(const struct order *order, const struct limits *limits) {
    int file = memfd_create("order", MFD_CLOEXEC);
    ck_assert_int_eq(write(file, order, sizeof *order), sizeof *order);
    struct box box = {.kind = BOX_WORKER,
                      .executable = deeds,
                      .pass = {file},
                      .pass_count = 1,
                      .limits = *limits,
                      .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    ck_assert_msg(box_start(&box, &boxed, &fate), "%s: %s", fate.step, strerror(fate.code));
    close(file);
    return boxed;
}

static inline struct fate obey(const struct order *order, const struct limits *limits) {
    struct boxed boxed = begin(order, limits);
    return finish(&boxed);
}

static inline struct fate perform(const char *deed, const struct limits *limits) {
    struct order order = {.early = 0};
    snprintf(order.deed, sizeof order.deed, "%s", deed);
    return obey(&order, limits);
}

#endif
