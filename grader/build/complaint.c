/* What the linker says, in a student's words (stage.h).  Knows the sentences of GNU ld; whatever it
 * does not recognise is passed on cleaned.  The text is hostile: a symbol may have any name. */
#include "build/stage.h"

#include "base/fault.h"

#include <stdlib.h>
#include <string.h>

/* --- Names in a line --- */

struct span {
    const char *at;
    size_t length;
};

/* The object that a line speaks of, after its `from`th byte: "NUMBER.o". */
static const char *file_in(const struct linkage *l, const char *at, const char *end) {
    for (; at < end; at++) {
        if (*at < '0' || *at > '9')
            continue;
        char *behind;
        long number = strtol(at, &behind, 10);
        if (strncmp(behind, ".o:", 3) == 0 && number < l->unit_count)
            return l->units[number]->file->name;
        at = behind - 1;
    }
    return NULL;
}

/* What stands between ` and ' at `at`. */
static struct span quoted(const char *at, const char *end) {
    const char *open = memchr(at, '`', (size_t)(end - at));
    const char *close = open ? memchr(open, '\'', (size_t)(end - open)) : NULL;
    return close ? (struct span){open + 1, (size_t)(close - open - 1)} : (struct span){0};
}

static const char *find_words(const char *at, const char *end, const char *words) {
    return memmem(at, (size_t)(end - at), words, strlen(words));
}

/* --- Sentences --- */

/* Linkers repeat themselves, once for each use. */
static void add_once(struct text *log, const char *sentence) {
    char *line = format_string("%s\n", sentence);
    if (!strstr(log->at, line))
        text_add_clean(log, line, strlen(line));
    free(line);
}

/* "FILE:(.text+0x0): multiple definition of `NAME'; OTHER: first defined here" */
static char *clash(const struct linkage *l, const char *line, const char *words, const char *end,
                   const char *current) {
    struct span name = quoted(words, end);
    if (!name.at)
        return NULL;
    const char *second = file_in(l, line, words);
    const char *first = file_in(l, name.at + name.length, end);
    if (!second)
        second = current;
    if (!first || !second)
        return format_string("%.*s is defined by the grader already: rename yours%s%s.",
                             (int)name.length, name.at, second ? " in " : "", second ? second : "");
    return format_string("%.*s is defined both in %s and in %s: rename one, or make both static.",
                         (int)name.length, name.at, first, second);
}

/* "FILE:(.text+0x0): undefined reference to `NAME'" */
static char *absence(const struct linkage *l, const char *line, const char *words, const char *end,
                     const char *current) {
    struct span name = quoted(words, end);
    if (!name.at)
        return NULL;
    const char *user = file_in(l, line, words);
    if (!user)
        user = current;
    return format_string("%.*s is used%s%s but defined nowhere.", (int)name.length, name.at,
                         user ? " in " : "", user ? user : "");
}

/* "LD: NAME: TLS definition in FILE section .tbss mismatches non-TLS definition in FILE …" */
static char *other_kind(const struct linkage *l, const char *line, const char *words,
                        const char *end, const char *current) {
    (void)l, (void)end, (void)current;
    const char *name = words;
    while (name > line && name[-1] != ' ')
        name--;
    return format_string("%.*s is something else in the C library: rename yours.",
                         (int)(words - name), name);
}

static const struct {
    const char *words;
    char *(*sentence)(const struct linkage *l, const char *line, const char *words, const char *end,
                      const char *current);
} known[] = {{"multiple definition of `", clash},
             {"undefined reference to `", absence},
             {": TLS definition in ", other_kind}};

static char *recognise(const struct linkage *l, const char *line, const char *end,
                       const char *current) {
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        const char *words = find_words(line, end, known[k].words);
        char *sentence = words ? known[k].sentence(l, line, words, end, current) : NULL;
        if (sentence)
            return sentence;
    }
    return NULL;
}

void complaint_add(const struct linkage *l, const char *said, struct text *log) {
    const char *current = NULL; /* "NUMBER.o: in function `…':" holds for the lines below it */
    for (const char *line = said; *line;) {
        const char *end = line + strcspn(line, "\n");
        char *sentence = recognise(l, line, end, current);
        if (sentence)
            add_once(log, sentence);
        else if (find_words(line, end, ".o: in function `"))
            current = file_in(l, line, end);
        free(sentence);
        line = *end ? end + 1 : end;
    }
    if (log->length == 0)
        text_add_clean(log, said, strlen(said));
}
