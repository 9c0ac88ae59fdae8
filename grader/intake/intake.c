/* From a listing to files (intake.h): finds the folder that is meant, decides each entry's fate,
 * and writes what is allowed.  Knows nothing of how the entries were found. */
#include "intake/intake.h"

#include "base/fault.h"
#include "base/file.h"
#include "intake/entry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- The listing --- */

_Static_assert(INTAKE_ENTRIES == 10000, "the sentence quotes it");

struct entry *listing_add(struct listing *l, const char *path, enum entry_kind kind) {
    if (l->count == INTAKE_ENTRIES) {
        listing_problem(l, "The submission holds more than 10000 files.");
        return NULL;
    }
    if (l->count == l->room) {
        l->room = l->room ? 2 * l->room : 64;
        l->at = realloc(l->at, (size_t)l->room * sizeof *l->at);
        if (!l->at)
            fault("no memory for %d entries", l->room);
    }
    struct entry *e = &l->at[l->count];
    *e = (struct entry){.order = l->count++, .kind = kind};
    e->path = format_string("%.*s", ENTRY_PATH, path);
    e->bad = path_is_bad(e->path);
    if (!e->bad)
        path_simplify(e->path);
    return e;
}

void listing_problem(struct listing *l, const char *sentence) {
    if (!l->problem)
        l->problem = copy_string(sentence);
}

void listing_fault(struct listing *l, const char *step, int error) {
    if (!l->fault)
        l->fault = format_string("The submission was not read: %s: %s.", step, strerror(error));
}

static void listing_free(struct listing *l) {
    for (int i = 0; i < l->count; i++)
        free(l->at[i].path);
    free(l->at);
    free(l->problem);
    free(l->fault);
    text_free(&l->bytes);
}

/* Sorted, because directories and archives come in any order; the first of two equals stays first.
 */
static int compare_entries(const void *a, const void *b) {
    const struct entry *left = a, *right = b;
    int order = strcmp(left->path, right->path);
    return order ? order : left->order - right->order;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Only what is a directory or a regular file is opened at all. */
static void list(const struct homework *h, const char *submission, struct listing *l) {
    struct stat status;
    if (stat(submission, &status) != 0) {
        int error = errno;
        text_init(&l->bytes, 0);
        if (error == ENOENT || error == ENOTDIR)
            listing_problem(l, "There is no such directory or file.");
        else
            listing_fault(l, "looking at it", error);
        return;
    }
    bool folder = S_ISDIR(status.st_mode), readable = folder || S_ISREG(status.st_mode);
    int opened = readable ? open(submission, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
    if (opened < 0) {
        if (readable)
            listing_fault(l, "opening it", errno);
        else
            listing_problem(l, "The submission cannot be read.");
        text_init(&l->bytes, 0);
        return;
    }
    const char *name = base_name(submission);
    if (folder)
        directory_list(h, opened, l);
    else if (rule_of(h, name).limit > 0)
        directory_list_file(h, opened, name, l);
    else
        archive_list(h, opened, l);
    close(opened);
}

/* --- The folder that is meant --- */

static bool is_wanted(const struct homework *h, const struct entry *e) {
    return e->kind == ENTRY_PLAIN && !e->bad && !path_is_litter(e->path) &&
           rule_of(h, base_name(e->path)).fate == INTAKE_TAKEN;
}

static int depth_of(const char *path) {
    int depth = 0;
    for (; *path; path++)
        depth += *path == '/';
    return depth;
}

/* The folder, with its '/', of the least deep files that were asked for: "" when they lie at the
 * top or nowhere, and with a problem when they lie in several.  The caller frees it. */
static char *find_top(const struct homework *h, struct listing *l) {
    for (int depth = 0; depth <= ENTRY_DEPTH; depth++) {
        char *top = NULL;
        for (int i = 0; i < l->count; i++) {
            const struct entry *e = &l->at[i];
            if (depth_of(e->path) != depth || !is_wanted(h, e))
                continue;
            size_t length = (size_t)(base_name(e->path) - e->path);
            if (!top) {
                top = format_string("%.*s", (int)length, e->path);
            } else if (strlen(top) != length || memcmp(top, e->path, length) != 0) {
                char *one = path_shown(top, strlen(top)), *two = path_shown(e->path, length);
                l->problem = format_string("The files asked for lie in several folders (%s and "
                                           "%s): hand in only one of them.",
                                           one, two);
                free(one);
                free(two);
                return top;
            }
        }
        if (top)
            return top;
    }
    return copy_string("");
}

/* --- Fates --- */

struct taking {
    const struct homework *homework;
    struct listing *listing;
    struct intake *intake;
    const char *top;
    int into;         /* the private directory */
    int helpers;      /* taken so far */
    const char *last; /* path taken: equal ones are neighbours */
};

static struct intake_file *add_file(struct intake *i, const char *path, size_t length,
                                    enum intake_fate fate) {
    /* Rows come one at a time, at most one an entry: doubling at each power of two is enough. */
    if ((i->file_count & (i->file_count - 1)) == 0) {
        size_t room = i->file_count ? 2 * (size_t)i->file_count : 1;
        i->files = realloc(i->files, room * sizeof *i->files);
        if (!i->files)
            fault("no memory for %zu files", room);
    }
    struct intake_file *file = &i->files[i->file_count++];
    *file = (struct intake_file){.name = path_shown(path, length), .fate = fate};
    return file;
}

static bool write_file(int into, const char *name, const char *bytes, size_t count) {
    int file = openat(into, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0)
        return false;
    bool written = file_write_descriptor(file, bytes, count);
    int error = errno;
    bool closed = close(file) == 0;
    if (!written)
        errno = error;
    return written && closed;
}

static enum intake_fate fate_of(const struct taking *t, const struct entry *e, const char *name) {
    struct rule rule = rule_of(t->homework, name);
    if (rule.fate != INTAKE_TAKEN && rule.fate != INTAKE_HELPER)
        return rule.fate;
    if (e->kind != ENTRY_PLAIN)
        return INTAKE_NOT_PLAIN;
    if (!e->kept)
        return INTAKE_TOO_LARGE;
    if (t->last && strcmp(t->last, e->path) == 0)
        return INTAKE_REPEATED;
    if (rule.fate == INTAKE_HELPER && t->helpers == t->homework->helper_count)
        return INTAKE_TOO_MANY;
    return rule.fate;
}

/* An entry directly in the folder that is meant. */
static void decide(struct taking *t, const struct entry *e, const char *name) {
    enum intake_fate fate = fate_of(t, e, name);
    struct intake_file *file = add_file(t->intake, name, strlen(name), fate);
    file->size = e->size;
    if (fate > INTAKE_HELPER)
        return;
    const char *bytes = t->listing->bytes.at + e->offset;
    file->digest = digest(0, bytes, e->size);
    if (!write_file(t->into, name, bytes, e->size))
        listing_fault(t->listing, "writing its copy", errno);
    t->helpers += fate == INTAKE_HELPER;
    t->last = e->path;
}

/* Folders beside the way to the meant one are listed once each, without what they hold. */
static void ignore(struct taking *t, const struct entry *e) {
    const char *path = e->path;
    size_t shared = 0, top = strlen(t->top);
    for (size_t c = 0; c < top && path[c] == t->top[c]; c++)
        if (path[c] == '/')
            shared = c + 1;
    if (path[shared] == '\0')
        return; /* the meant folder itself, or one above it */
    const char *shown = shared == top ? path + shared : path;
    const char *slash = strchr(path + shared, '/');
    size_t length = slash ? (size_t)(slash + 1 - shown) : strlen(shown);
    char *name = path_shown(shown, length);
    const struct intake *i = t->intake;
    bool again = slash && i->file_count > 0 && strcmp(i->files[i->file_count - 1].name, name) == 0;
    free(name);
    if (!again)
        add_file(t->intake, shown, length, INTAKE_IGNORED)->size = slash ? 0 : e->size;
}

static void decide_all(struct taking *t) {
    size_t top = strlen(t->top);
    for (int i = 0; i < t->listing->count && !t->listing->fault; i++) {
        const struct entry *e = &t->listing->at[i];
        if (e->bad) {
            add_file(t->intake, e->path, strlen(e->path), INTAKE_BAD_NAME)->size = e->size;
            continue;
        }
        bool inside = strncmp(e->path, t->top, top) == 0;
        const char *name = inside ? e->path + top : e->path;
        /* A folder counts only where it stands in the way of a file. */
        char *base = format_string("%.*s", (int)strcspn(name, "/"), name);
        bool folder = e->kind == ENTRY_FOLDER && rule_of(t->homework, base).limit > 0;
        if (inside && *base && depth_of(name) <= folder)
            decide(t, e, base);
        else
            ignore(t, e);
        free(base);
    }
}

/* --- What is reported --- */

static int compare_files(const void *a, const void *b) {
    const struct intake_file *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    if (order == 0)
        order = (int)left->fate - (int)right->fate;
    return order ? order : (left->size > right->size) - (left->size < right->size);
}

/* Sorts, and leaves out the last of what was not taken where the list is too long. */
static void shorten(struct intake *i) {
    qsort(i->files, (size_t)i->file_count, sizeof *i->files, compare_files);
    int taken = 0, kept = 0, others = 0;
    for (int f = 0; f < i->file_count; f++)
        taken += i->files[f].fate <= INTAKE_HELPER;
    for (int f = 0; f < i->file_count; f++) {
        bool keep = i->files[f].fate <= INTAKE_HELPER || others++ < INTAKE_FILES - taken;
        if (keep)
            i->files[kept++] = i->files[f];
        else
            free(i->files[f].name);
    }
    i->left_out = i->file_count - kept;
    i->file_count = kept;
}

static char *describe_nothing(const struct homework *h, const struct listing *l) {
    if (l->count == 0)
        return copy_string("The submission is empty.");
    struct text names;
    text_init(&names, KIB);
    for (int p = 0; p < h->problem_count; p++) {
        const struct problem *asks = &h->problems[p];
        for (int f = 0; f < asks->file_count + asks->data_count; f++) {
            bool code = f < asks->file_count;
            const struct file_rule *rule =
                code ? &asks->files[f] : &asks->data[f - asks->file_count];
            text_add(&names, "%s%s", names.length ? ", " : "", rule->name);
        }
    }
    char *sentence = format_string("None of the files asked for could be taken (%s).", names.at);
    text_free(&names);
    return sentence;
}

static void take(const struct homework *h, struct listing *l, struct intake *i, const char *into) {
    if (l->count > 0)
        qsort(l->at, (size_t)l->count, sizeof *l->at, compare_entries);
    char *top = find_top(h, l);
    if (!l->problem) {
        struct taking t = {.homework = h, .listing = l, .intake = i, .top = top};
        t.into = open(into, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (t.into < 0)
            listing_fault(l, "opening the place for its copy", errno);
        decide_all(&t);
        if (t.into >= 0)
            close(t.into);
        bool any = false;
        for (int f = 0; f < i->file_count; f++)
            any = any || i->files[f].fate == INTAKE_TAKEN;
        if (!any)
            i->problem = describe_nothing(h, l);
        if (*top)
            i->folder = path_shown(top, strlen(top) - 1);
    }
    free(top);
}

struct intake *intake_take(const struct homework *h, const char *submission, const char *into) {
    struct intake *i = allocate(1, sizeof *i);
    struct listing l = {0};
    list(h, submission, &l);
    if (!l.problem && !l.fault)
        take(h, &l, i, into);
    if (l.problem)
        i->problem = copy_string(l.problem);
    if (l.fault)
        i->fault = copy_string(l.fault);
    if (i->file_count > 0)
        shorten(i);
    listing_free(&l);
    return i;
}

void intake_look_again(struct intake *i, const char *into) {
    int lost = 0;
    for (int f = 0; f < i->file_count; f++)
        lost += i->files[f].fate <= INTAKE_HELPER;
    DIR *copies = opendir(into);
    for (const struct dirent *d; copies && (d = readdir(copies));)
        lost -= strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
    if (copies)
        closedir(copies);
    if (lost != 0 && !i->fault)
        i->fault = copy_string("The copies of its files were lost while it was graded.");
}

void intake_free(struct intake *i) {
    if (!i)
        return;
    for (int f = 0; f < i->file_count; f++)
        free(i->files[f].name);
    free(i->files);
    free(i->folder);
    free(i->problem);
    free(i->fault);
    free(i);
}
