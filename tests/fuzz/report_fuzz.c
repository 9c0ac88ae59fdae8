/* Reports of training on a GPU: refused with a sentence, or sound and judged; and a struct of any
 * bytes, as from a parser that was taken over, is seen not to be sound, or judged as well. */
#include "fuzz.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 64 };

static void demand_judged(const struct report *r) {
    static struct report_finding findings[ROOM];
    int count = report_judge(r, findings, ROOM);
    DEMAND(count > 0 && count <= report_invariant_count);
    for (int i = 0; i < count; i++) {
        DEMAND(memchr(findings[i].words, '\0', sizeof findings[i].words) != NULL);
        demand_line(findings[i].words);
    }
    for (int part = 0; part < REPORT_PARTS; part++)
        (void)report_lacks(r, (enum report_part)part);
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    static struct report r;
    char *json = malloc(count + 1); /* exactly as long, for the sanitizer */
    memcpy(json, bytes, count);
    json[count] = '\0';
    bool good = report_parse(json, count, &r);
    free(json);
    DEMAND(report_sound(&r) && good == (*r.mistake == '\0'));
    demand_line(r.mistake);
    if (!good)
        return;
    demand_judged(&r);
    for (size_t i = 0; i + 8 < count; i += 97) { /* the report's own bytes, strewn over it */
        memcpy((char *)&r + (i * 1021) % (sizeof r - 8) / 8 * 8, bytes + i, 8);
        if (report_sound(&r) && *r.mistake == '\0')
            demand_judged(&r);
    }
}
