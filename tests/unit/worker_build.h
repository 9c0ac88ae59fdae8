/* Makes workers from worker_deeds.c, as the build stage makes them from a submission. */
#ifndef GRADUS_WORKER_BUILD_H
#define GRADUS_WORKER_BUILD_H

#include "base/fault.h"
#include "base/file.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int sealed(const char *path) {
    struct text bytes;
    text_init(&bytes, 16UL * MIB);
    ck_assert(file_read(path, &bytes));
    int file = memfd_create("worker", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    ck_assert_int_eq(write(file, bytes.at, bytes.length), (ssize_t)bytes.length);
    fchmod(file, 0111);
    fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    text_free(&bytes);
    return file;
}

static inline int built(const char *options) {
    const char *build = getenv("BUILD");
    char *directory = directory_private(),
         *tools = format_string("%s/worker", build ? build : "build");
    char *command = format_string(
        "gcc -std=c11 -D_GNU_SOURCE -O1 -w -Igrader %s -c tests/unit/worker_deeds.c -o %s/deeds.o "
        "&&"
        " cd %s && ld.bfd -static -s -z noexecstack -o %s/worker runtime.o %s/deeds.o archives.ld"
        " crtend.o crtn.o",
        options, directory, tools, directory, directory);
    char *path = format_string("%s/worker", directory);
    ck_assert_int_eq(system(command), 0);
    int file = sealed(path);
    directory_remove(directory);
    free(path);
    free(command);
    free(tools);
    free(directory);
    return file;
}

#endif
