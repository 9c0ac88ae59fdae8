/* report FILE: what the tests will say about a report of training on a GPU, and more: also the
 * demands that hold.  Exit code 0 when nothing costs points, 1 when something does, 2 when there is
 * no report. */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINDINGS = 64, MOST_BYTES = 256 << 10 };

static bool read_file(const char *path, char *bytes, size_t *count) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s cannot be opened\n", path);
        return false;
    }
    *count = fread(bytes, 1, MOST_BYTES + 1, file);
    bool good = !ferror(file) && *count <= MOST_BYTES;
    if (!good)
        fprintf(stderr, "%s cannot be read, or has more than %d KiB\n", path, MOST_BYTES >> 10);
    fclose(file);
    return good;
}

/* Returns whether the part costs points. */
static bool print_part(const struct report *r, enum report_part part,
                       const struct report_finding *findings, int count) {
    static const char *const outcomes[] = {"ok", "odd", "WRONG"};
    const char *missing = report_lacks(r, part);
    bool costs = missing != NULL;
    printf("%s\n", report_part_names[part]);
    if (missing)
        printf("  %-6s %-18s %s\n", "none", "", missing);
    for (int i = 0; i < count; i++) {
        const struct report_finding *f = &findings[i];
        if (f->invariant->part != part)
            continue;
        printf("  %-6s %-18s %s\n", outcomes[f->outcome], f->invariant->id, f->words);
        costs = costs || f->outcome == REPORT_INCONSISTENT;
    }
    return costs;
}

int main(int count, char **arguments) {
    static char bytes[MOST_BYTES + 1];
    static struct report r;
    static struct report_finding findings[FINDINGS];
    size_t length;
    if (count != 2 || !read_file(arguments[1], bytes, &length))
        return 2;
    if (!report_parse(bytes, length, &r)) {
        printf("%s: %s\n", arguments[1], r.mistake);
        return 2;
    }
    int finding_count = report_judge(&r, findings, FINDINGS), costly = 0;
    for (int part = 0; part < REPORT_PARTS; part++)
        costly += print_part(&r, (enum report_part)part, findings, finding_count);
    if (r.kind == REPORT_REHEARSAL)
        printf("This is a rehearsal: the points await a measurement.\n");
    else if (costly > 0)
        printf("%d of %d parts cost their points.\n", costly, REPORT_PARTS);
    else
        printf("Nothing here costs points.\n");
    return costly > 0;
}
