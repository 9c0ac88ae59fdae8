/* A whole homework: finds the documents, reads each, and compares them with one another.  Knows
 * what has to fit between documents; the inside of each is left to the other readers. */
#include "document/reader.h"

#include "base/fault.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_BYTES = 1 * MIB };

/* Where homework.md does not say: fits half a processor, and a platform that waits ten minutes. */
enum { PROBLEM_SECONDS = 20, DEADLINE_SECONDS = 540 };

/* --- One document --- */

static char *homework_path(const struct homework *h, const char *path) {
    return format_string("%s/%s", h->directory, path);
}

/* The line of the first byte in which two texts differ. */
static int first_difference(const char *a, const char *b) {
    int line = 1;
    for (; *a && *a == *b; a++, b++)
        line += *a == '\n';
    return line;
}

/* A document is clean text: what it holds reaches C strings, JSON and terminals as it is. */
static bool check_bytes(const struct reader *r, const struct text *document) {
    struct text clean;
    text_init(&clean, 4 * (size_t)DOCUMENT_BYTES);
    text_add_clean(&clean, document->at, document->length);
    bool same =
        clean.length == document->length && memcmp(clean.at, document->at, clean.length) == 0;
    if (document->cut)
        mistake(r, 1, "the document is larger than %d KiB", DOCUMENT_BYTES / KIB);
    else if (!same && strstr(document->at, "\r\n"))
        mistake(r, first_difference(document->at, clean.at), "lines end in LF, not in CR LF");
    else if (!same)
        mistake(r, first_difference(document->at, clean.at),
                "a byte that is not text: a control character, or not UTF-8");
    text_free(&clean);
    return same && !document->cut;
}

/* NULL after a mistake. */
static char *read_document(const struct reader *r) {
    char *path = format_string("%s/%s", r->directory, r->path);
    struct text document;
    text_init(&document, DOCUMENT_BYTES);
    char *text = NULL;
    if (!file_read(path, &document))
        mistake(r, 1, "cannot be read: %s", strerror(errno));
    else if (check_bytes(r, &document))
        text = copy_bytes(document.at, document.length);
    text_free(&document);
    free(path);
    return text;
}

/* --- homework.md --- */

static void complete(char **value) {
    if (!*value)
        *value = copy_string("");
}

/* What a key names has to be there; `text` is the document's. */
static void check_file(const struct reader *r, const char *text, const char *key,
                       const char *folder, const char *name) {
    char *path = format_string("%s/%s/%s", r->directory, folder, name);
    struct text unused;
    text_init(&unused, 1);
    if (name_is_file(name) && !file_read(path, &unused))
        mistake(r, front_matter_line(text, key), "%s: there is no %s/%s", key, folder, name);
    text_free(&unused);
    free(path);
}

static void check_support(const struct reader *r, const char *text, const char *key,
                          const struct name_list *names) {
    for (int i = 0; i < names->count; i++)
        check_file(r, text, key, "problems/support", names->name[i]);
}

static void read_homework(struct homework *h, struct text *mistakes) {
    struct reader r = {h->directory, h->path, mistakes};
    h->text = read_document(&r);
    if (!h->text)
        return;
    h->problem_seconds = PROBLEM_SECONDS;
    h->deadline_seconds = DEADLINE_SECONDS;
    int skip = front_matter_homework(&r, h);
    int count = 0;
    struct fence *fences = skip ? fences_read(&r, h->text, skip, &count) : NULL;
    for (int i = 0; i < count; i++) {
        struct block b;
        if (!block_read(&r, &fences[i], &b))
            continue;
        mistake(&r, b.line, "homework.md holds no blocks; they belong to a problem");
        block_free(&b);
    }
    fences_free(fences, count);
    check_support(&r, h->text, "public-support", &h->public_support);
}

/* --- Problems --- */

static void read_blocks(const struct reader *r, struct problem *p, int skip) {
    int count;
    struct fence *fences = fences_read(r, p->text, skip, &count);
    for (int i = 0; i < count; i++) {
        p->blocks = list_grow(p->blocks, p->block_count, sizeof *p->blocks);
        if (block_read(r, &fences[i], &p->blocks[p->block_count]))
            p->block_count++;
    }
    fences_free(fences, count);
    for (int i = 0; i < p->block_count; i++) {
        const struct block *b = &p->blocks[i];
        if (b->role == ROLE_API)
            prototypes_read(r, b, p);
        if (b->role != ROLE_SHAPES)
            continue;
        p->tables = list_grow(p->tables, p->table_count, sizeof *p->tables);
        table_read(r, b, &p->tables[p->table_count++]);
    }
}

static void read_problem(const struct homework *h, struct problem *p, struct text *mistakes) {
    struct reader r = {h->directory, p->path, mistakes};
    size_t before = mistakes->length;
    p->limits = h->limits;
    p->problem_seconds = h->problem_seconds;
    p->text = read_document(&r);
    if (p->text) {
        int skip = front_matter_problem(&r, p);
        complete(&p->reference);
        if (*p->reference || p->file_count > 0)
            check_file(&r, p->text, "reference", "reference", p->reference);
        check_support(&r, p->text, "support", &p->support);
        check_support(&r, p->text, "public-support", &p->public_support);
        if (skip)
            read_blocks(&r, p, skip);
    }
    complete(&p->id);
    complete(&p->title);
    complete(&p->reference);
    /* A block that was not understood would be missed by the rules for all blocks. */
    if (mistakes->length == before)
        problem_check(&r, p);
}

/* --- Finding the documents --- */

static void add_document(struct homework *h, const char *name, struct text *mistakes) {
    char *path = format_string("problems/%s", name);
    struct reader r = {h->directory, path, mistakes};
    size_t digits = strspn(name, "0123456789");
    char *number = copy_bytes(name, digits);
    int64_t value = 0;
    if (!number_read(number, 999, &value) || value == 0 || name[0] == '0' || name[digits] != '-' ||
        !name_is_file(name)) {
        mistake(&r, 1, "a document is named homework.md or like 3-name.md");
        free(path);
    } else {
        h->problems = list_grow(h->problems, h->problem_count, sizeof *h->problems);
        h->problems[h->problem_count].path = path;
        h->problems[h->problem_count++].number = (int)value;
    }
    free(number);
}

static int compare_problems(const void *a, const void *b) {
    const struct problem *first = a;
    const struct problem *second = b;
    if (first->number != second->number)
        return first->number < second->number ? -1 : 1;
    return strcmp(first->path, second->path);
}

static int is_problem(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 3 && strcmp(entry->d_name + length - 3, ".md") == 0 &&
           strcmp(entry->d_name, "homework.md") != 0;
}

static void find_documents(struct homework *h, struct text *mistakes) {
    char *path = homework_path(h, "problems");
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_problem, alphasort);
    for (int i = 0; i < count; i++) {
        add_document(h, entries[i]->d_name, mistakes);
        free(entries[i]);
    }
    free(entries);
    free(path);
    if (h->problem_count > 0)
        qsort(h->problems, (size_t)h->problem_count, sizeof *h->problems, compare_problems);
}

/* --- Between documents --- */

static bool rules_hold(const struct file_rule *rules, int count, const char *name) {
    for (int i = 0; i < count; i++)
        if (strcmp(rules[i].name, name) == 0)
            return true;
    return false;
}

static void check_pair(const struct reader *r, const struct problem *p, const struct problem *q) {
    if (p->number == q->number)
        mistake(r, 1, "there is another document for problem %d, %s", p->number, q->path);
    if (strcmp(p->id, q->id) == 0)
        mistake(r, front_matter_line(p->text, "id"), "id \"%s\" is also that of %s", p->id,
                q->path);
    for (int i = 0; i < p->file_count; i++)
        if (rules_hold(q->files, q->file_count, p->files[i].name))
            mistake(r, front_matter_line(p->text, "files"), "\"%s\" is also a file of %s",
                    p->files[i].name, q->path);
    for (int i = 0; i < p->data_count; i++)
        if (rules_hold(q->data, q->data_count, p->data[i].name))
            mistake(r, front_matter_line(p->text, "data"), "\"%s\" is also a file of %s",
                    p->data[i].name, q->path);
    for (int i = 0; i < p->function_count; i++)
        for (int j = 0; j < q->function_count; j++)
            if (strcmp(p->functions[i].call.name, q->functions[j].call.name) == 0)
                mistake(r, p->functions[i].line, "function \"%s\" already declared at %s:%d",
                        p->functions[i].call.name, q->path, q->functions[j].line);
}

/* A file that one document keeps for the staff and another gives away. */
static void check_secrets(const struct reader *r, const struct problem *p,
                          const struct name_list *given, const char *path) {
    for (int i = 0; i < p->support.count; i++)
        if (names_hold(given, p->support.name[i]))
            mistake(r, front_matter_line(p->text, "support"),
                    "support: \"%s\" is public-support of %s", p->support.name[i], path);
}

static void check_alone(const struct reader *r, const struct homework *h, const struct problem *p) {
    for (int i = 0; i < p->function_count; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(p->functions[i].call.name, p->functions[j].call.name) == 0)
                mistake(r, p->functions[i].line, "function \"%s\" already declared at %s:%d",
                        p->functions[i].call.name, p->path, p->functions[j].line);
    for (int i = 0; i < p->file_count; i++)
        if (strcmp(p->files[i].name, h->answers.name) == 0)
            mistake(r, front_matter_line(p->text, "files"), "\"%s\" is the file of the answers",
                    p->files[i].name);
    for (int i = 0; i < p->data_count; i++) {
        const char *name = p->data[i].name;
        if (strcmp(name, h->answers.name) == 0)
            mistake(r, front_matter_line(p->text, "data"), "\"%s\" is the file of the answers",
                    name);
        for (int j = 0; j < h->problem_count; j++)
            if (rules_hold(h->problems[j].files, h->problems[j].file_count, name))
                mistake(r, front_matter_line(p->text, "data"), "\"%s\" is also a file of %s", name,
                        h->problems[j].path);
    }
    for (int i = 0; i < p->use_count; i++)
        if (!homework_problem(h, p->uses[i]))
            mistake(r, front_matter_line(p->text, "uses"), "uses: there is no problem %d",
                    p->uses[i]);
}

/* True when `p` uses the problem `target`, directly or through others. */
static bool reaches(const struct homework *h, const struct problem *p, int target) {
    bool *reached = allocate((size_t)h->problem_count, sizeof *reached);
    bool more = true;
    bool found = false;
    while (more) {
        more = false;
        for (int i = 0; i < h->problem_count; i++) {
            const struct problem *from = &h->problems[i];
            for (int j = 0; j < from->use_count && (from == p || reached[i]); j++) {
                const struct problem *to = homework_problem(h, from->uses[j]);
                found = found || from->uses[j] == target;
                more = more || (to && !reached[to - h->problems]);
                if (to)
                    reached[to - h->problems] = true;
            }
        }
    }
    free(reached);
    return found;
}

static void check_homework(const struct homework *h, struct text *mistakes) {
    struct reader r = {h->directory, h->path, mistakes};
    int points = 0;
    for (int i = 0; i < h->problem_count; i++) {
        const struct problem *p = &h->problems[i];
        struct reader document = {h->directory, p->path, mistakes};
        points += p->points;
        check_alone(&document, h, p);
        for (int j = 0; j < i; j++)
            check_pair(&document, p, &h->problems[j]);
        for (int j = 0; j < h->problem_count; j++)
            check_secrets(&document, p, &h->problems[j].public_support, h->problems[j].path);
        check_secrets(&document, p, &h->public_support, h->path);
        if (reaches(h, p, p->number))
            mistake(&document, front_matter_line(p->text, "uses"),
                    "uses: problem %d comes to use itself", p->number);
    }
    if (h->problem_count == 0)
        mistake(&r, 1, "there is no problem beside it");
    else if (points != h->points)
        mistake(&r, front_matter_line(h->text, "points"), "points say %d, problems add up to %d",
                h->points, points);
}

/* --- The whole --- */

struct homework *homework_read(const char *directory, struct text *mistakes) {
    struct homework *h = allocate(1, sizeof *h);
    size_t before = mistakes->length;
    h->directory = copy_string(directory);
    h->path = copy_string("problems/homework.md");
    read_homework(h, mistakes);
    find_documents(h, mistakes);
    int functions = 0;
    for (int i = 0; i < h->problem_count; i++) {
        read_problem(h, &h->problems[i], mistakes);
        h->problems[i].first_function = functions;
        functions += h->problems[i].function_count;
    }
    if (mistakes->length == before)
        check_homework(h, mistakes);
    if (mistakes->length == before)
        return h;
    homework_free(h);
    return NULL;
}

static void function_free(struct function *f) {
    for (int i = 0; i < f->call.count; i++)
        free((char *)f->call.parameter[i].name);
    free((char *)f->call.name);
    free(f->comment);
    free(f->prototype);
}

static void names_free(struct name_list *names) {
    for (int i = 0; i < names->count; i++)
        free(names->name[i]);
    free(names->name);
}

static void problem_free(struct problem *p) {
    for (int i = 0; i < p->file_count; i++)
        free(p->files[i].name);
    for (int i = 0; i < p->data_count; i++)
        free(p->data[i].name);
    for (int i = 0; i < p->block_count; i++)
        block_free(&p->blocks[i]);
    for (int i = 0; i < p->table_count; i++)
        table_free(&p->tables[i]);
    for (int i = 0; i < p->function_count; i++)
        function_free(&p->functions[i]);
    names_free(&p->support);
    names_free(&p->public_support);
    names_free(&p->libraries);
    free(p->files);
    free(p->data);
    free(p->uses);
    free(p->blocks);
    free(p->tables);
    free(p->functions);
    free(p->path);
    free(p->text);
    free(p->id);
    free(p->title);
    free(p->reference);
}

void homework_free(struct homework *h) {
    if (!h)
        return;
    for (int i = 0; i < h->problem_count; i++)
        problem_free(&h->problems[i]);
    free(h->problems);
    free(h->directory);
    free(h->path);
    free(h->id);
    free(h->title);
    free(h->text);
    free(h->compiler_flags);
    free(h->support_flags);
    names_free(&h->public_support);
    free(h->answers.name);
    free(h);
}

const struct problem *homework_problem(const struct homework *h, int number) {
    for (int i = 0; i < h->problem_count; i++)
        if (h->problems[i].number == number)
            return &h->problems[i];
    return NULL;
}

static unsigned long digest_file(unsigned long sum, const struct homework *h, const char *folder,
                                 const char *name) {
    char *path = format_string("%s/%s/%s", h->directory, folder, name);
    struct text bytes;
    text_init(&bytes, DOCUMENT_BYTES);
    if (file_read(path, &bytes))
        sum = digest(sum, bytes.at, bytes.length);
    text_free(&bytes);
    free(path);
    return sum;
}

unsigned long problem_digest(const struct homework *h, const struct problem *p) {
    unsigned long sum = digest(0, h->text, strlen(h->text));
    for (int i = 0; i < h->problem_count; i++) {
        const struct problem *q = &h->problems[i];
        if (q == p || reaches(h, p, q->number))
            sum = digest(sum, q->text, strlen(q->text));
        /* The numbers of all functions change with any api. */
        for (int j = 0; j < q->function_count; j++)
            sum = digest(sum, q->functions[j].prototype, strlen(q->functions[j].prototype));
    }
    if (*p->reference)
        sum = digest_file(sum, h, "reference", p->reference);
    for (int i = 0; i < p->support.count; i++)
        sum = digest_file(sum, h, "problems/support", p->support.name[i]);
    for (int i = 0; i < p->public_support.count; i++)
        sum = digest_file(sum, h, "problems/support", p->public_support.name[i]);
    return sum;
}
