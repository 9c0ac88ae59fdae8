/* What a test demands of a report (report_suite.h).  Reads the file through the test library, which
 * knows where it is and boxes the parser; what comes back may be any bytes, so it is looked through
 * first. */
#include "report_suite.h"

#include "data.h"
#include "expect.h"

#include <stdio.h>
#include <string.h>

enum { FINDINGS = 64, WORDS = 720 };

/* Says what is wrong with the report as a whole, and does not return then. */
static void read_report(const char *file, struct report *r) {
    enum data_state state = data_read(file, report_read, r, sizeof *r);
    if (state == DATA_MISSING)
        awaiting("a measurement");
    expect_true(state == DATA_READ && report_sound(r), "the report can be read");
    static char words[WORDS];
    snprintf(words, sizeof words, "the report can be understood.  %s", r->mistake);
    expect_true(*r->mistake == '\0', words);
    if (r->kind != REPORT_MEASUREMENT)
        awaiting("a measurement");
}

void expect_report(const char *file, enum report_part part) {
    static struct report r;
    static struct report_finding findings[FINDINGS];
    static char words[WORDS];
    read_report(file, &r);
    const char *missing = report_lacks(&r, part);
    snprintf(words, sizeof words, "the report has %s", missing ? missing : "all");
    expect_true(!missing, words);
    size_t length = (size_t)snprintf(words, sizeof words, "the figures of %s can be true.",
                                     report_part_names[part]);
    bool holds = true;
    int count = report_judge(&r, findings, FINDINGS);
    for (int i = 0; i < count; i++) {
        const struct report_finding *f = &findings[i];
        if (f->invariant->part != part || f->outcome == REPORT_CONSISTENT)
            continue;
        if (f->outcome == REPORT_SUSPICIOUS)
            flag(f->words);
        else if (length < sizeof words)
            length += (size_t)snprintf(words + length, sizeof words - length, "  %s", f->words);
        holds = holds && f->outcome == REPORT_SUSPICIOUS;
    }
    expect_true(holds, words);
}
