/* From documents to C (tangle.h): the list of what is written. */
#include "document/tangle.h"

#include "document/emit.h"

#include "base/fault.h"

#include <stdlib.h>

bool tangle(const struct homework *h, const char *out, struct text *mistakes) {
    struct tangle t = {h, out, mistakes};
    size_t before = mistakes->length;
    tangle_api(&t);
    tangle_calls(&t, "");
    tangle_dispatch(&t, "");
    for (int i = 0; i < h->problem_count; i++) {
        const struct problem *p = &h->problems[i];
        if (!problem_is_judged(p))
            continue;
        char *suite = format_string("suite-%d.c", p->number);
        char *public_suite = format_string("public-%d.c", p->number);
        tangle_suite(&t, p, true, suite);
        tangle_suite(&t, p, false, public_suite);
        if (*p->reference) {
            tangle_mutants(&t, p);
            tangle_trivial(&t, p);
        }
        free(suite);
        free(public_suite);
    }
    tangle_skeleton(&t);
    tangle_lists(&t);
    return mistakes->length == before;
}
