/* From a fence to a block: its role, its name and its options.  Everything that one opening line
 * can get wrong is found here; what needs a second block to be wrong is found in check.c. */
#include "document/reader.h"

#include "base/fault.h"

#include <stdlib.h>
#include <string.h>

/* --- Roles --- */

static const struct role_rule {
    const char *name;
    bool code;  /* written behind the language: "c test" */
    bool named; /* followed by a name */
} roles[] = {
    [ROLE_API] = {"api", true, false},           [ROLE_SETUP] = {"setup", true, false},
    [ROLE_TEST] = {"test", true, true},          [ROLE_HIDDEN] = {"hidden", true, true},
    [ROLE_SHAPES] = {"shapes", false, true},     [ROLE_MUTANT] = {"mutant", false, true},
    [ROLE_QUESTION] = {"question", false, true}, [ROLE_RUBRIC] = {"rubric", false, true},
    [ROLE_ANSWER] = {"answer", false, true},
};

enum { ROLES = sizeof roles / sizeof *roles };

const char *role_name(enum role role) {
    return roles[role].name;
}

static int role_find(const char *word) {
    int i = 0;
    while (i < ROLES && strcmp(roles[i].name, word) != 0)
        i++;
    return i;
}

/* --- Options --- */

static bool read_points(const char *value, struct block *b) {
    int64_t points;
    if (!number_read(value, 1000, &points))
        return false;
    b->points = (int)points;
    return true;
}

static bool read_seed(const char *value, struct block *b) {
    int64_t seed;
    if (!number_read(value, INT64_MAX, &seed) || seed == 0)
        return false;
    b->seed = (uint64_t)seed;
    return true;
}

static bool read_dull(const char *value, struct block *b) {
    b->dull = strcmp(value, "yes") == 0;
    return b->dull;
}

static bool read_extra(const char *value, struct block *b) {
    b->extra = strcmp(value, "yes") == 0;
    return b->extra;
}

static bool read_shapes(const char *value, struct block *b) {
    b->shapes = copy_string(value);
    return name_is_plain(value);
}

static bool read_killed_by(const char *value, struct block *b) {
    b->killed_by = copy_string(value);
    return name_is_plain(value);
}

static bool read_hint(const char *value, struct block *b) {
    b->hint = copy_string(value);
    return *value != '\0';
}

static bool read_inout(const char *value, struct block *b) {
    b->inout = copy_string(value);
    return *value != '\0';
}

static bool read_check(const char *value, struct block *b) {
    bool number = strcmp(value, "number") == 0;
    b->check = number ? CHECK_NUMBER : CHECK_TEXT;
    return number || strcmp(value, "text") == 0;
}

static bool read_part(const char *value, struct block *b) {
    b->part = copy_string(value);
    return name_is_part(value);
}

#define ROLE(role) (1u << ROLE_##role)

static const struct option {
    const char *name;
    unsigned roles, required; /* sets of ROLE() */
    bool (*read)(const char *value, struct block *b);
    const char *form; /* completes 'points="x" is not …' */
} options[] = {
    {"points", ROLE(TEST) | ROLE(HIDDEN) | ROLE(QUESTION), ROLE(TEST) | ROLE(HIDDEN), read_points,
     "a whole number up to 1000"},
    {"shapes", ROLE(TEST) | ROLE(HIDDEN), 0, read_shapes, "a name"},
    {"seed", ROLE(TEST) | ROLE(HIDDEN), 0, read_seed, "a whole number from 1"},
    {"dull", ROLE(TEST) | ROLE(HIDDEN), 0, read_dull, "\"yes\""},
    {"part", ROLE(TEST) | ROLE(HIDDEN) | ROLE(QUESTION), 0, read_part,
     "a part of the sheet like \"a\" or \"c(iii)\""},
    {"killed-by", ROLE(MUTANT), ROLE(MUTANT), read_killed_by, "a name"},
    {"hint", ROLE(MUTANT), ROLE(MUTANT), read_hint, "a sentence"},
    {"extra", ROLE(QUESTION), 0, read_extra, "\"yes\""},
    {"check", ROLE(QUESTION), 0, read_check, "\"text\" or \"number\""},
    {"inout", ROLE(API), 0, read_inout, "a list of parameters"},
};

enum { OPTIONS = sizeof options / sizeof *options };

/* Sets the bit of the option in `seen`. */
static bool read_option(const struct reader *r, const char *name, const char *value,
                        struct block *b, unsigned *seen) {
    const char *known[OPTIONS];
    int count = 0;
    for (unsigned i = 0; i < OPTIONS; i++) {
        if (!(options[i].roles & 1u << b->role))
            continue;
        known[count++] = options[i].name;
        if (strcmp(options[i].name, name) != 0)
            continue;
        if (*seen & 1u << i) {
            mistake(r, b->line, "%s= is given twice", name);
            return false;
        }
        *seen |= 1u << i;
        if (options[i].read(value, b))
            return true;
        mistake(r, b->line, "%s=\"%s\" is not %s", name, value, options[i].form);
        return false;
    }
    mistake_unknown(r, b->line, "key", name, known, count);
    return false;
}

/* --- The opening line --- */

/* Cuts the next word off `*rest`: up to a blank that is not between double quotes.  NULL at the
 * end; the caller frees it. */
static char *next_word(const char **rest) {
    const char *start = *rest + strspn(*rest, " \t");
    const char *end = start;
    for (bool quoted = false; *end && (quoted || !strchr(" \t", *end)); end++)
        quoted = quoted != (*end == '"');
    *rest = end;
    return end > start ? copy_bytes(start, (size_t)(end - start)) : NULL;
}

static bool read_option_word(const struct reader *r, char *word, struct block *b, unsigned *seen) {
    char *value = strchr(word, '=');
    if (!value || value == word) {
        mistake(r, b->line, "\"%s\" is not key=value", word);
        return false;
    }
    *value++ = '\0';
    size_t length = strlen(value);
    if (value[0] == '"') {
        if (length < 2 || value[length - 1] != '"') {
            mistake(r, b->line, "the text of %s= has no closing quote", word);
            return false;
        }
        value[length - 1] = '\0';
        value++;
    }
    if (strchr(value, '"')) {
        mistake(r, b->line, "the text of %s= holds a quote", word);
        return false;
    }
    return read_option(r, word, value, b, seen);
}

static bool read_options(const struct reader *r, const char *rest, struct block *b) {
    unsigned seen = 0;
    bool good = true;
    char *word;
    while ((word = next_word(&rest))) {
        good = read_option_word(r, word, b, &seen) && good;
        free(word);
    }
    for (unsigned i = 0; good && i < OPTIONS; i++)
        if (options[i].required & 1u << b->role && !(seen & 1u << i)) {
            mistake(r, b->line, "%s \"%s\" needs %s=", role_name(b->role), b->name,
                    options[i].name);
            good = false;
        }
    return good;
}

static bool read_name(const struct reader *r, const char **rest, struct block *b) {
    char *word = roles[b->role].named ? next_word(rest) : copy_string("");
    b->name = word ? word : copy_string("");
    if (!roles[b->role].named || name_is_plain(b->name))
        return true;
    if (!word || strchr(word, '='))
        mistake(r, b->line, "%s needs a name", role_name(b->role));
    else
        mistake(r, b->line,
                "the name \"%s\" is not made of letters, digits and single \"_\" (at most %d)",
                b->name, NAME_LENGTH);
    return false;
}

/* Finds the role in the first words and returns what follows it; NULL for an illustration and for
 * a mistake. */
static const char *read_role(const struct reader *r, const struct fence *f, int *role) {
    const char *rest = f->info;
    char *first = next_word(&rest);
    bool code = first && strcmp(first, "c") == 0;
    const char *after = rest;
    char *second = next_word(&after);
    /* One word is a language, unless it is a role without its language or its name. */
    bool illustration = !first || (!second && role_find(first) == ROLES);
    const char *word = code ? second : first;
    *role = illustration ? ROLES : role_find(word);
    if (!illustration && *role == ROLES) {
        const char *known[ROLES];
        int count = 0;
        for (int i = 0; i < ROLES; i++)
            if (roles[i].code == code)
                known[count++] = roles[i].name;
        mistake_unknown(r, f->line, "role", word, known, count);
    } else if (!illustration && roles[*role].code != code) {
        mistake(r, f->line, "this role is written \"%s%s\"", code ? "" : "c ", word);
        *role = ROLES;
    }
    free(first);
    free(second);
    if (*role == ROLES)
        return NULL;
    return code ? after : rest;
}

bool block_read(const struct reader *r, const struct fence *f, struct block *b) {
    *b = (struct block){.line = f->line, .end = f->end};
    if (f->open) {
        mistake(r, f->line, "this fence is never closed");
        return false;
    }
    int role;
    const char *rest = read_role(r, f, &role);
    if (!rest)
        return false;
    b->role = (enum role)role;
    b->heading = copy_string(f->heading);
    b->body = copy_string(f->body);
    bool good = read_name(r, &rest, b) && read_options(r, rest, b);
    if (f->nested) {
        mistake(r, f->line, "a block may not stand inside a list or a quotation");
        good = false;
    }
    if (!good)
        block_free(b);
    return good;
}

void block_free(struct block *b) {
    free(b->name);
    free(b->heading);
    free(b->body);
    free(b->part);
    free(b->shapes);
    free(b->killed_by);
    free(b->hint);
    free(b->inout);
}
