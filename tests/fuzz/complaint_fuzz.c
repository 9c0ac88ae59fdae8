/* What a linker says of a student's objects, whose symbols have any names: the words for it are
 * clean, within the ceiling, and there are some wherever the linker said something visible. */
#include "fuzz.h"

#include "build/stage.h"

#include <string.h>

enum { LONGEST = 8192 };

void fuzz_one(const uint8_t *bytes, size_t count) {
    static struct build_file files[] = {{.name = "first.c"}, {.name = "second.c"}};
    static const struct unit units[] = {{.file = &files[0]}, {.file = &files[1]}};
    static const struct unit *linked[] = {&units[0], &units[1]};
    const struct linkage link = {.units = linked, .unit_count = 2};
    static char said[LONGEST];
    struct input in = {bytes, count};
    struct text log;
    text_init(&log, (size_t)input_byte(&in) * 16);
    input_string(&in, said, sizeof said);
    complaint_add(&link, said, &log);
    DEMAND(log.length <= log.limit);
    demand_clean(log.at, log.length);
    DEMAND(log.length > 0 || log.limit < 3 || !*said || log.cut);
    text_free(&log);
}
