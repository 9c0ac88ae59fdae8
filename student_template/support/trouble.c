/* Keeps the first trouble (trouble.h). */
#include "trouble.h"

#include <stdarg.h>
#include <stdio.h>

bool trouble_tell(struct trouble *t, enum trouble_kind kind, const char *format, ...) {
    if (t->kind != TROUBLE_NONE)
        return false;
    t->kind = kind;
    va_list more;
    va_start(more, format);
    vsnprintf(t->words, sizeof t->words, format, more);
    va_end(more);
    return false;
}
