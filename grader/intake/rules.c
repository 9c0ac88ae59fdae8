/* Which names a homework asks for, and which names may be written or shown at all.  Knows only
 * names; opens nothing. */
#include "intake/entry.h"

#include <string.h>
#include <strings.h>

/* --- Files --- */

/* What every file of a submission compiles against.  Ours are used, so that an edited copy changes
 * nothing; other names of the public library are left to students, whose helper may well be called
 * random.c: the handout keeps that library in a folder of its own. */
static const char *const ours[] = {"homework.h", "tensor.h"};

static bool ends_in_source(const char *name) {
    size_t length = strlen(name);
    return length > 2 && name[length - 2] == '.' &&
           (name[length - 1] == 'c' || name[length - 1] == 'h');
}

/* Compilers take a leading '-' or '@' for an option, and quotes and backslashes for themselves. */
static bool helper_name_is_plain(const char *name) {
    if (strchr("-@ ", name[0]) || strlen(name) > 100)
        return false;
    for (const char *at = name; *at; at++)
        if (*at < 0x20 || *at > 0x7e || strchr("\"\\%?*:", *at))
            return false;
    return true;
}

/* Among the files that a problem asks for, code and data; `compare` is 0 for equal names. */
static const struct file_rule *find_rule(const struct problem *p, const char *name,
                                         int (*compare)(const char *, const char *)) {
    for (int f = 0; f < p->file_count; f++)
        if (compare(name, p->files[f].name) == 0)
            return &p->files[f];
    for (int d = 0; d < p->data_count; d++)
        if (compare(name, p->data[d].name) == 0)
            return &p->data[d];
    return NULL;
}

/* On many a student's machine such a file would be the one that was asked for. */
static bool differs_in_case(const struct homework *h, const char *name) {
    for (int p = 0; p < h->problem_count; p++)
        if (find_rule(&h->problems[p], name, strcasecmp))
            return true;
    return false;
}

struct rule rule_of(const struct homework *h, const char *name) {
    if (h->answers.name && strcmp(name, h->answers.name) == 0)
        return (struct rule){INTAKE_TAKEN, h->answers.limit};
    for (int p = 0; p < h->problem_count; p++) {
        const struct file_rule *asked = find_rule(&h->problems[p], name, strcmp);
        if (asked)
            return (struct rule){INTAKE_TAKEN, asked->limit};
    }
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (strcmp(name, ours[i]) == 0)
            return (struct rule){INTAKE_IGNORED, 0};
    if (differs_in_case(h, name))
        return (struct rule){INTAKE_BAD_NAME, 0};
    if (name[0] == '.' || !ends_in_source(name))
        return (struct rule){INTAKE_IGNORED, 0};
    if (!helper_name_is_plain(name))
        return (struct rule){INTAKE_BAD_NAME, 0};
    return (struct rule){INTAKE_HELPER, h->helper_limit};
}

/* --- Paths --- */

/* The next component of *at, which moves behind it; false at the end. */
static bool next_component(const char **at, const char **component, size_t *length) {
    *at += strspn(*at, "/");
    *component = *at;
    *length = strcspn(*at, "/");
    *at += *length;
    return *length > 0;
}

bool path_is_bad(const char *path) {
    if (path[0] == '/' || path[0] == '\0' || strlen(path) >= ENTRY_PATH)
        return true;
    for (const unsigned char *at = (const unsigned char *)path; *at; at++)
        if (*at < 0x20 || *at == 0x7f)
            return true;
    const char *component;
    size_t length;
    while (next_component(&path, &component, &length))
        if (length > 255 || (length == 2 && memcmp(component, "..", 2) == 0))
            return true;
    return false;
}

void path_simplify(char *path) {
    char *end = path;
    const char *at = path, *component;
    size_t length;
    while (next_component(&at, &component, &length)) {
        if (length == 1 && component[0] == '.')
            continue;
        bool folder = *at == '/';
        memmove(end, component, length);
        end += length;
        /* The end moves no further than the component that was read, so `at` stays good. */
        if (folder)
            *end++ = '/';
    }
    *end = '\0';
}

bool path_is_litter(const char *path) {
    static const char *const litter[] = {"__MACOSX", ".git", ".DS_Store", ".svn", "__pycache__"};
    const char *component;
    size_t length;
    while (next_component(&path, &component, &length))
        for (size_t i = 0; i < sizeof litter / sizeof litter[0]; i++)
            if (strlen(litter[i]) == length && memcmp(component, litter[i], length) == 0)
                return true;
    return false;
}

char *path_shown(const char *path, size_t length) {
    enum { SHOWN = 80 };
    struct text clean;
    text_init(&clean, 4 * length + 1);
    text_add_clean(&clean, path, length);
    int characters = 0;
    for (char *at = clean.at; *at; at++) {
        bool first = ((unsigned char)*at & 0xc0) != 0x80;
        if (first && ++characters > SHOWN) {
            clean.length = (size_t)(at - clean.at);
            clean.at[clean.length] = '\0';
            text_add(&clean, "…");
            break;
        }
        if (*at == '\n' || *at == '\t')
            *at = '?';
    }
    return clean.at;
}
