/* Reads headings (headings.h).  Everything is compared as words: letters and digits in lower case
 * with single "_" between them, so that "3a.Layers for images" and "## 3a.layers_for_images" are
 * the same. */
#include "score/headings.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 256 };

/* --- Words --- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* "_3a_layers_for_images_2_points_": a separator at both ends, so that whole words are found by
 * strstr.  What does not fit is left out; no question is that long. */
static void make_words(const char *text, char words[WORDS]) {
    size_t length = 1;
    words[0] = '_';
    for (; *text && length < WORDS - 2; text++) {
        char c = *text;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (is_digit(c) || (c >= 'a' && c <= 'z'))
            words[length++] = c;
        else if (words[length - 1] != '_')
            words[length++] = '_';
    }
    if (words[length - 1] != '_')
        words[length++] = '_';
    words[length] = '\0';
}

/* Behind the number of the problem; NULL where there is none. */
static const char *read_number(const char *words, int *number) {
    static const char *const before[] = {"_question_", "_problem_", "_exercise_", "_answer_", "_q"};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        if (strncmp(words, before[i], strlen(before[i])) == 0) {
            words += strlen(before[i]) - 1;
            break;
        }
    words++;
    size_t digits = strspn(words, "0123456789");
    if (digits == 0 || digits > 3)
        return NULL;
    *number = atoi(words);
    return words + digits;
}

/* How many letters of `words` spell the part, whose words they may part otherwise: "c(iii)" as
 * "ciii_" or "c_iii_".  0 where they do not. */
static size_t spells_part(const char *words, const char *part) {
    size_t letters = 0;
    words += *words == '_';
    for (; *part; part++) {
        if (*part == '(' || *part == ')')
            continue;
        if (letters > 0 && part[-1] == '(' && *words == '_')
            words++;
        if (*words++ != *part)
            return 0;
        letters++;
    }
    return *words == '_' ? letters : 0;
}

/* How many letters of `words` are the name, which stands first or behind the part; 0 where none. */
static size_t spells_name(const char *words, const char *name) {
    enum { LONGEST_PART = 16 };
    char wanted[WORDS];
    make_words(name, wanted);
    const char *found = strstr(words, wanted);
    return found && found - words <= LONGEST_PART ? strlen(wanted) : 0;
}

/* --- Headings --- */

static bool is_problem(const struct problem *p, int number, const char *words) {
    char wanted[WORDS];
    make_words(p->title, wanted);
    return number == p->number && strncmp(words, wanted, strlen(wanted)) == 0;
}

/* The question of a problem of which most letters are spelled: "6c(ii)" is not 6c, and "why_not" is
 * not "why". */
static int find_longest(const struct card *card, int number, const char *words, bool by_name) {
    size_t longest = 0;
    int found = HEADING_OTHER;
    for (int i = 0; i < card->question_count; i++) {
        const struct block *b = card->questions[i].block;
        if (card->questions[i].problem->number != number || (!by_name && !b->part))
            continue;
        size_t letters = by_name ? spells_name(words, b->name) : spells_part(words, b->part);
        if (letters > longest) {
            longest = letters;
            found = i;
        }
    }
    return found;
}

/* Whether these words are just the question's heading in the skeleton, with its points or without
 * them. */
static bool is_heading(const struct card_question *q, const char *words, bool points) {
    struct text heading;
    char wanted[WORDS];
    text_init(&heading, KIB);
    if (points)
        question_heading(q->problem, q->block, &heading);
    else
        question_label(q->problem, q->block, &heading);
    make_words(heading.at, wanted);
    text_free(&heading);
    return strcmp(words, wanted) == 0;
}

static int find_heading(const struct card *card, const char *words, bool points) {
    for (int i = 0; i < card->question_count; i++)
        if (is_heading(&card->questions[i], words, points))
            return i;
    return HEADING_OTHER;
}

int heading_read(const struct card *card, const char *text) {
    char words[WORDS];
    int number = 0;
    make_words(text, words);
    const char *rest = read_number(words, &number);
    if (!rest)
        return HEADING_OTHER;
    /* As the skeleton has it, whatever else it could mean: a question may be called "points", or
     * begin like its problem's title. */
    int whole = find_heading(card, words, true);
    if (whole != HEADING_OTHER)
        return whole;
    for (int i = 0; i < card->problem_count; i++)
        if (is_problem(card->problems[i].problem, number, rest))
            return HEADING_PROBLEM;
    /* A name says more than a letter, which is easily mistyped. */
    int named = find_longest(card, number, rest, true);
    return named != HEADING_OTHER ? named : find_longest(card, number, rest, false);
}

int heading_read_plain(const struct card *card, const char *text) {
    char words[WORDS];
    make_words(text, words);
    int whole = find_heading(card, words, true);
    return whole != HEADING_OTHER ? whole : find_heading(card, words, false);
}
