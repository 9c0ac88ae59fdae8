/* Mistakes of an author, one line each, and guesses at what was meant.  Knows how a sentence is
 * quoted; not which rule was broken. */
#include "document/reader.h"

#include "base/fault.h"

#include <string.h>

enum { MISTAKE_BYTES = 600 };

void mistake(const struct reader *r, int line, const char *format, ...) {
    struct text sentence;
    text_init(&sentence, MISTAKE_BYTES);
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&sentence, format, arguments);
    va_end(arguments);
    /* What is quoted may go over several lines; a mistake is one. */
    for (char *at = sentence.at; *at; at++)
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    text_add(r->mistakes, "%s:%d: ", r->path, line);
    text_add_clean(r->mistakes, sentence.at, sentence.length);
    text_add(r->mistakes, sentence.cut ? "…\n" : "\n");
    text_free(&sentence);
}

/* --- Did you mean --- */

enum { WORD_LENGTH = 24, WORD_DISTANCE = 3 };

/* The number of letters to insert, remove or replace to get from one word to the other. */
static int edit_distance(const char *a, const char *b) {
    int row[WORD_LENGTH + 1];
    int width = (int)strlen(b);
    for (int j = 0; j <= width; j++)
        row[j] = j;
    for (int i = 1; a[i - 1]; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= width; j++) {
            int best = diagonal + (a[i - 1] != b[j - 1]);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[width];
}

static const char *nearest_word(const char *word, const char *const *candidates, int count) {
    const char *nearest = NULL;
    int least = WORD_DISTANCE;
    if (strlen(word) > WORD_LENGTH)
        return NULL;
    for (int i = 0; i < count; i++) {
        if (strlen(candidates[i]) > WORD_LENGTH)
            fault("the key word \"%s\" is too long to compare", candidates[i]);
        int distance = edit_distance(word, candidates[i]);
        /* A word of which nothing is left is no guess. */
        if (distance < least && distance < (int)strlen(candidates[i])) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

void mistake_unknown(const struct reader *r, int line, const char *kind, const char *word,
                     const char *const *known, int count) {
    const char *near = nearest_word(word, known, count);
    if (near)
        mistake(r, line, "unknown %s \"%s\" (did you mean \"%s\"?)", kind, word, near);
    else
        mistake(r, line, "unknown %s \"%s\"", kind, word);
}
