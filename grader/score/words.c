/* Numbers, lines and quoted blocks as people read them (sentence.h).  Everything hostile becomes
 * visible here by going through this file; nothing here knows what it is about. */
#include "score/sentence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Numbers --- */

char *sentence_number(char out[NUMBER_ROOM], double number) {
    enum { DOUBLE_DIGITS = 17 };
    static const double whole = 1e19; /* every int64_t is written out */
    const char *word = isnan(number)   ? "NaN"
                       : isinf(number) ? (number > 0 ? "Infinity" : "-Infinity")
                       : number == 0   ? "0" /* minus zero is zero to whoever reads it */
                                       : NULL;
    if (word) {
        (void)snprintf(out, NUMBER_ROOM, "%s", word);
        return out;
    }
    if (fabs(number) < whole && number == floor(number)) {
        (void)snprintf(out, NUMBER_ROOM, "%.0f", number);
        return out;
    }
    for (int digits = 1; digits <= DOUBLE_DIGITS; digits++) {
        (void)snprintf(out, NUMBER_ROOM, "%.*g", digits, number);
        if (strtod(out, NULL) == number)
            break;
    }
    return out;
}

char *sentence_points(char out[NUMBER_ROOM], double points) {
    (void)snprintf(out, NUMBER_ROOM, "%.3f", points);
    for (char *end = out + strlen(out) - 1; *end == '0' || *end == '.'; end--) {
        bool point = *end == '.';
        *end = '\0';
        if (point)
            break;
    }
    return out;
}

/* --- Lines and blocks --- */

void sentence_add_line(struct text *out, const char *bytes) {
    size_t start = out->length;
    text_add_clean(out, bytes, strlen(bytes));
    for (size_t i = start; i < out->length; i++)
        if (out->at[i] == '\n' || out->at[i] == '\t')
            out->at[i] = ' ';
}

void sentence_add_block(struct text *out, const char *margin, const char *bytes, size_t count) {
    for (size_t i = 0; i < count;) {
        const char *end = memchr(bytes + i, '\n', count - i);
        size_t length = end ? (size_t)(end - (bytes + i)) : count - i;
        text_add(out, "%s", margin);
        /* Files with CRLF endings are common and no attack. */
        bool carriage = length > 0 && bytes[i + length - 1] == '\r';
        text_add_clean(out, bytes + i, length - carriage);
        text_add(out, "\n");
        i += length + 1;
    }
}

void sentence_blocks(const struct card_test *test, struct text *out, enum audience audience) {
    const struct verdict *v = &test->verdict;
    const struct {
        const char *title, *margin, *text;
    } blocks[] = {{"Fed:", "    ", v->fed},
                  {"Expected:", "    ", v->expected},
                  {"Returned:", "    ", v->returned},
                  {"Printed by the submission:", "  | ", v->printed}};
    if (!sentence_may_tell(test, audience))
        return;
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (!blocks[i].text[0])
            continue;
        text_add(out, "%s\n", blocks[i].title);
        sentence_add_block(out, blocks[i].margin, blocks[i].text, strlen(blocks[i].text));
    }
    if (v->printed_cut)
        text_add(out, "  (It printed more than is shown.)\n");
}
