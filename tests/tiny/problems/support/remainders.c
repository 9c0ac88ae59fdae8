/* Reads and checks remainders (remainders.h).  The parser goes as deep as the parentheses do before it
 * counts them, as parsers that others wrote may: the grader has to bear that. */
#include "remainders.h"

#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *at) {
    return at + strspn(at, " \r\n");
}

/* One number and what follows it in parentheses; where it ends, or NULL. */
static const char *parse_from(const char *at, struct remainders *r, int depth) {
    char *end;
    int64_t number = strtoll(at, &end, 10);
    bool good = end != at;
    at = skip_blanks(end);
    if (good && *at == '(') {
        at = parse_from(at + 1, r, depth + 1);
        good = at && *at == ')';
        at = good ? skip_blanks(at + 1) : at;
    }
    if (!good || depth >= REMAINDERS)
        return NULL;
    r->number[depth] = number;
    r->count += 1;
    return at;
}

bool remainders_parse(const char *bytes, size_t count, void *result) {
    const char *end = parse_from(bytes, result, 0);
    return end == bytes + count;
}

bool remainders_hold(const struct remainders *r) {
    if (r->count < 2 || r->count > REMAINDERS)
        return false;
    for (int i = 0; i < r->count; i++)
        if (r->number[i] <= 0 || (i > 0 && r->number[i] >= r->number[i - 1]) ||
            (i > 1 && r->number[i] != r->number[i - 2] % r->number[i - 1]))
            return false;
    return r->number[r->count - 2] % r->number[r->count - 1] == 0;
}
