/* The keys between the two "---" lines that begin a document.  One table row a key says how its
 * value is written and where it goes; nothing here knows what a value is used for. */
#include "document/reader.h"

#include "base/fault.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* `document` is the struct homework or struct problem being filled. */
struct key {
    const char *name;
    bool required;
    bool (*read)(const char *value, void *document, size_t offset);
    size_t offset;
    const char *form; /* completes 'points: "x" is not …' */
};

/* --- Single values --- */

static char **string_at(void *document, size_t offset) {
    return (char **)((char *)document + offset);
}

/* Titles go into comments, strings and headings. */
static bool read_title(const char *value, void *document, size_t offset) {
    if (strlen(value) > 200 || strstr(value, "*/") || strstr(value, "/*"))
        return false;
    *string_at(document, offset) = copy_string(value);
    return true;
}

static bool read_file_name(const char *value, void *document, size_t offset) {
    if (!name_is_file(value))
        return false;
    *string_at(document, offset) = copy_string(value);
    return true;
}

/* They reach a command line and a makefile as they are. */
static bool read_flags(const char *value, void *document, size_t offset) {
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,/ ";
    if (strspn(value, letters) != strlen(value))
        return false;
    *string_at(document, offset) = copy_string(value);
    return true;
}

static bool read_whole(const char *value, void *document, size_t offset) {
    int64_t number;
    if (!number_read(value, 1000000, &number) || number == 0)
        return false;
    *(int *)((char *)document + offset) = (int)number;
    return true;
}

/* A problem of written questions only has no points of its own. */
static bool read_problem_points(const char *value, void *document, size_t offset) {
    int64_t number;
    if (!number_read(value, 1000000, &number))
        return false;
    *(int *)((char *)document + offset) = (int)number;
    return true;
}

static bool read_seconds(const char *value, void *document, size_t offset) {
    char *end;
    if (strspn(value, "0123456789.") != strlen(value))
        return false;
    double seconds = strtod(value, &end);
    if (*end || end == value || seconds < 0.01 || seconds > 3600)
        return false;
    memcpy((char *)document + offset, &seconds, sizeof seconds);
    return true;
}

/* --- Sizes and lists --- */

/* "64K" or "2M", at most 64 MiB. */
static bool read_size(const char *value, size_t *bytes) {
    size_t length = strlen(value);
    if (length < 2 || length > 8 || !strchr("KM", value[length - 1]))
        return false;
    char *digits = copy_bytes(value, length - 1);
    int64_t unit = value[length - 1] == 'K' ? KIB : MIB;
    int64_t number = 0;
    bool good = number_read(digits, 64 * (int64_t)MIB / unit, &number) && number > 0;
    *bytes = (size_t)(number * unit);
    free(digits);
    return good;
}

/* "16x64K" */
static bool read_helpers(const char *value, void *document, size_t offset) {
    struct homework *h = document;
    (void)offset;
    const char *times = strchr(value, 'x');
    if (!times)
        return false;
    char *digits = copy_bytes(value, (size_t)(times - value));
    int64_t count = 0;
    bool good = number_read(digits, 1000, &count) && read_size(times + 1, &h->helper_limit);
    h->helper_count = (int)count;
    free(digits);
    return good;
}

/* "a.c=64K" */
static bool read_rule(const char *value, struct file_rule *rule) {
    const char *equals = strchr(value, '=');
    if (!equals || !read_size(equals + 1, &rule->limit))
        return false;
    rule->name = copy_bytes(value, (size_t)(equals - value));
    return name_is_file(rule->name);
}

static bool read_answers(const char *value, void *document, size_t offset) {
    struct homework *h = document;
    (void)offset;
    return read_rule(value, &h->answers);
}

static bool add_rule(const char *item, struct file_rule **rules, int *count) {
    *rules = list_grow(*rules, *count, sizeof **rules);
    struct file_rule *rule = &(*rules)[(*count)++];
    if (!read_rule(item, rule))
        return false;
    for (const struct file_rule *other = *rules; other < rule; other++)
        if (strcmp(other->name, rule->name) == 0)
            return false;
    return true;
}

static bool add_file(const char *item, void *document, size_t offset) {
    struct problem *p = document;
    (void)offset;
    return add_rule(item, &p->files, &p->file_count);
}

/* What a compiler would take for its own is no data. */
static bool add_data(const char *item, void *document, size_t offset) {
    struct problem *p = document;
    (void)offset;
    if (p->data_count == DATA_FILES || !add_rule(item, &p->data, &p->data_count))
        return false;
    const char *end = strrchr(p->data[p->data_count - 1].name, '.');
    return !end || (strcasecmp(end, ".c") != 0 && strcasecmp(end, ".h") != 0);
}

static bool add_use(const char *item, void *document, size_t offset) {
    struct problem *p = document;
    (void)offset;
    int64_t number;
    if (!number_read(item, 999, &number))
        return false;
    for (int i = 0; i < p->use_count; i++)
        if (p->uses[i] == number)
            return false;
    p->uses = list_grow(p->uses, p->use_count, sizeof *p->uses);
    p->uses[p->use_count++] = (int)number;
    return true;
}

static bool add_name(const char *item, void *document, size_t offset) {
    struct name_list *names = (struct name_list *)(void *)((char *)document + offset);
    if (!name_is_file(item) || names_hold(names, item))
        return false;
    names->name = list_grow(names->name, names->count, sizeof *names->name);
    names->name[names->count++] = copy_string(item);
    return true;
}

/* Items between commas, blanks around them ignored. */
static bool read_list(const char *value, void *document, size_t offset,
                      bool (*add)(const char *item, void *document, size_t offset)) {
    for (;;) {
        size_t length = strcspn(value, ",");
        size_t first = strspn(value, " ");
        size_t last = length;
        while (last > first && value[last - 1] == ' ')
            last--;
        if (last <= first)
            return false;
        char *item = copy_bytes(value + first, last - first);
        bool good = add(item, document, offset);
        free(item);
        if (!good || !value[length])
            return good;
        value += length + 1;
    }
}

static bool read_files(const char *value, void *document, size_t offset) {
    return read_list(value, document, offset, add_file);
}

static bool read_data(const char *value, void *document, size_t offset) {
    return read_list(value, document, offset, add_data);
}

static bool read_uses(const char *value, void *document, size_t offset) {
    return read_list(value, document, offset, add_use);
}

static bool read_names(const char *value, void *document, size_t offset) {
    return read_list(value, document, offset, add_name);
}

/* --- The keys --- */

static const char a_title[] = "a line without comment signs";
static const char a_name[] = "a name of letters, digits, \"_\", \"-\" and \".\"";
static const char a_number[] = "a whole number from 1 to 1000000";
static const char a_time[] = "a number of seconds from 0.01 to 3600";
static const char a_list[] = "a list of different file names like \"a.c, b.h\"";
static const char flags[] = "a list of plain compiler flags";

#define LIMIT_KEYS(document, required)                                                             \
    {"cpu-seconds", required, read_seconds, offsetof(document, limits.cpu_seconds), a_time},       \
        {"wall-seconds", required, read_seconds, offsetof(document, limits.wall_seconds), a_time}, \
        {"memory-mib", required, read_whole, offsetof(document, limits.memory_mib), a_number},     \
        {"stack-mib", required, read_whole, offsetof(document, limits.stack_mib), a_number}, {     \
        "output-kib", required, read_whole, offsetof(document, limits.output_kib), a_number        \
    }

static const struct key homework_keys[] = {
    {"id", true, read_file_name, offsetof(struct homework, id), a_name},
    {"title", true, read_title, offsetof(struct homework, title), a_title},
    {"points", true, read_whole, offsetof(struct homework, points), a_number},
    {"answers", true, read_answers, 0, "a file name and its limit like \"answers.md=256K\""},
    {"helpers", true, read_helpers, 0, "a number of files and their limit like \"16x64K\""},
    {"compiler-flags", true, read_flags, offsetof(struct homework, compiler_flags), flags},
    {"support-flags", false, read_flags, offsetof(struct homework, support_flags), flags},
    {"public-support", false, read_names, offsetof(struct homework, public_support), a_list},
    {"deadline-seconds", false, read_seconds, offsetof(struct homework, deadline_seconds), a_time},
    {"problem-seconds", false, read_seconds, offsetof(struct homework, problem_seconds), a_time},
    LIMIT_KEYS(struct homework, true),
};

static const struct key problem_keys[] = {
    {"id", true, read_file_name, offsetof(struct problem, id), a_name},
    {"title", true, read_title, offsetof(struct problem, title), a_title},
    {"points", true, read_problem_points, offsetof(struct problem, points),
     "a whole number up to 1000000"},
    {"reference", false, read_file_name, offsetof(struct problem, reference), a_name},
    {"files", false, read_files, 0,
     "a list of different files with their limits like \"a.c=64K, b.c=1M\""},
    {"data", false, read_data, 0,
     "a list of at most eight different files that are no C, with their limits like "
     "\"a.json=64K\""},
    {"uses", false, read_uses, 0, "a list of different problem numbers like \"4, 5\""},
    {"support", false, read_names, offsetof(struct problem, support), a_list},
    {"public-support", false, read_names, offsetof(struct problem, public_support), a_list},
    {"libraries", false, read_names, offsetof(struct problem, libraries),
     "a list of different libraries that pkg-config knows, like \"zlib, libpng\""},
    {"judge-seconds", false, read_seconds, offsetof(struct problem, judge_seconds), a_time},
    {"problem-seconds", false, read_seconds, offsetof(struct problem, problem_seconds), a_time},
    LIMIT_KEYS(struct problem, false),
};

enum { KEYS = 20 };

/* --- Lines --- */

/* The value of a line "key: value", or NULL; the caller frees both. */
static char *split_line(const char *line, size_t length, char **key) {
    const char *colon = memchr(line, ':', length);
    size_t before = colon ? (size_t)(colon - line) : 0;
    if (before == 0)
        return NULL;
    const char *value = colon + 1;
    size_t rest = length - before - 1;
    for (; rest > 0 && *value == ' '; value++)
        rest--;
    while (rest > 0 && value[rest - 1] == ' ')
        rest--;
    *key = copy_bytes(line, before);
    return copy_bytes(value, rest);
}

static void read_key(const struct reader *r, int line, const char *name, const char *value,
                     const struct key *keys, int count, void *document, int *seen) {
    const char *names[KEYS];
    int i = 0;
    for (; i < count && strcmp(keys[i].name, name) != 0; i++)
        names[i] = keys[i].name;
    if (i == count) {
        mistake_unknown(r, line, "key", name, names, count);
    } else if (seen[i]) {
        mistake(r, line, "key \"%s\" already given on line %d", name, seen[i]);
    } else {
        seen[i] = line;
        if (!*value || !keys[i].read(value, document, keys[i].offset))
            mistake(r, line, "%s: \"%s\" is not %s", name, value, keys[i].form);
    }
}

static int read_keys(const struct reader *r, const char *text, const struct key *keys, int count,
                     void *document) {
    int seen[KEYS] = {0};
    if (strncmp(text, "---\n", 4) != 0) {
        mistake(r, 1, "a document begins with a line \"---\" and its keys");
        return 0;
    }
    if (!strstr(text, "\n---\n")) {
        mistake(r, 1, "the front matter has no second line \"---\"");
        return 0;
    }
    int line = 2;
    for (const char *at = text + 4; strncmp(at, "---\n", 4) != 0; line++) {
        size_t length = strcspn(at, "\n");
        char *name;
        char *value = split_line(at, length, &name);
        if (value) {
            read_key(r, line, name, value, keys, count, document, seen);
            free(name);
            free(value);
        } else {
            mistake(r, line, "front matter is written \"key: value\"");
        }
        at += length + 1;
    }
    for (int i = 0; i < count; i++)
        if (keys[i].required && !seen[i])
            mistake(r, 1, "key \"%s\" is missing", keys[i].name);
    return line;
}

int front_matter_homework(const struct reader *r, struct homework *h) {
    return read_keys(r, h->text, homework_keys, sizeof homework_keys / sizeof *homework_keys, h);
}

int front_matter_problem(const struct reader *r, struct problem *p) {
    return read_keys(r, p->text, problem_keys, sizeof problem_keys / sizeof *problem_keys, p);
}

int front_matter_line(const char *text, const char *key) {
    size_t length = strlen(key);
    int number = 2;
    for (const char *line = line_find(text, 2); line && strncmp(line, "---\n", 4) != 0; number++) {
        if (strncmp(line, key, length) == 0 && line[length] == ':')
            return number;
        line = line_find(line, 2);
    }
    return 1;
}
