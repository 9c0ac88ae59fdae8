/* What both tests of boxes need. */
#ifndef GRADUS_BOX_UNIT_H
#define GRADUS_BOX_UNIT_H

#include "box/box.h"

#include "unit.h"

#include <string.h>
#include <unistd.h>

static const struct limits usual = {
    .cpu_seconds = 5, .wall_seconds = 5, .memory_mib = 256, .stack_mib = 8, .output_kib = 64};

/* Every test that is given a row runs twice: as whoever we are and as an ordinary user. */
static void become_user(int odd) {
    if (odd % 2 == 0 || geteuid() != 0)
        return;
    ck_assert_int_eq(setgid(65534), 0);
    ck_assert_int_eq(setuid(65534), 0);
}

static char printed[1 << 17];

static struct fate finish(struct boxed *boxed) {
    struct fate fate;
    box_wait(boxed, &fate);
    ssize_t count = pread(boxed->output, printed, sizeof printed - 1, 0);
    printed[count > 0 ? count : 0] = '\0';
    close(boxed->output);
    return fate;
}

#define ck_assert_fate(fate, wanted_kind, wanted_code)                                             \
    do {                                                                                           \
        ck_assert_int_eq((fate).kind, wanted_kind);                                                \
        ck_assert_int_eq((fate).code, wanted_code);                                                \
    } while (0)

#define ROWS(table) (2 * (int)(sizeof(table) / sizeof((table)[0])))

#endif
