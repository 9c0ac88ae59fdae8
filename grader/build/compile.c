/* From sources to objects (stage.h).  Every file is compiled in a folder of its own that holds a
 * copy of all sources and our headers, so that `#include "helper.h"` works, names in messages are
 * the student's, and nothing else can be reached. */
#include "build/stage.h"

#include "base/fault.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- The compilers --- */

/* Those that understand each other's options go by the beginning of their names; the last one is
 * for all others. */
static const struct family {
    const char *name, *options, *version;
} families[] = {{"clang", "-ferror-limit=20", "-dumpversion"},
                {"gcc", "-fdiagnostics-urls=never -fmax-errors=20", "-dumpfullversion"}};

static const char *name_of(const struct compiler *c) {
    return c->name ? c->name : "gcc";
}

static const struct family *family_of(const struct compiler *c) {
    const struct family *f = families, *last = families + sizeof families / sizeof families[0] - 1;
    while (f < last && strncmp(name_of(c), f->name, strlen(f->name)) != 0)
        f++;
    return f;
}

void compiler_require(const struct compiler *c) {
    if (c->optimise && (strlen(c->optimise) != 1 || !strchr("0123sg", c->optimise[0])))
        refuse("\"%s\" is no level of optimisation: 0, 1, 2, 3, s or g", c->optimise);
    tool_require(name_of(c));
}

/* --- The folders --- */

static bool ends_in(const char *name, char letter) {
    size_t length = strlen(name);
    return length > 2 && name[length - 2] == '.' && name[length - 1] == letter;
}

bool is_source(const char *name) {
    return ends_in(name, 'c');
}

struct names {
    int count, room;
    char **at;
};

static void read_names(struct names *n, const char *directory, bool sources) {
    DIR *stream = opendir(directory);
    if (!stream)
        fault("cannot read %s: %s", directory, strerror(errno));
    for (const struct dirent *d; (d = folder_next(stream, directory));) {
        if (!ends_in(d->d_name, 'h') && !(sources && is_source(d->d_name)))
            continue;
        if (n->count == n->room) {
            n->room = n->room ? 2 * n->room : 16;
            n->at = realloc(n->at, (size_t)n->room * sizeof *n->at);
            if (!n->at)
                fault("no memory for %d names", n->room);
        }
        n->at[n->count++] = copy_string(d->d_name);
    }
    closedir(stream);
}

static void copy_names(const struct names *n, const char *from, struct tool *t) {
    for (int i = 0; i < n->count; i++) {
        enum copied copied = folder_copy(from, n->at[i], t->directory, n->at[i]);
        t->entries += copied == COPY_DONE;
        /* It was there when the folder was read. */
        if (copied == COPY_FAILED || (copied == COPY_NONE && errno == ENOENT))
            tool_fail(t, "copying the files");
    }
}

static void free_names(struct names *n) {
    for (int i = 0; i < n->count; i++)
        free(n->at[i]);
    free(n->at);
}

/* --- The runs --- */

struct sources {
    const char *directory, *tools;
    struct names ours, theirs;
    const struct compiler *compiler;
    char *driver; /* what the compiler is called here: a name that no source can guess */
};

/* The homework's flags first, so that it cannot undo ours; of two -O the last one counts.  No LTO:
 * such objects are programs for the linker's plugin. */
static void prepare(const struct homework *h, const struct sources *s, const struct unit *unit,
                    struct tool *t) {
    tool_init(t, name_of(s->compiler), unit->folder);
    tool_rename(t, s->driver);
    /* Ours come first, and what is there stays: a submission cannot replace them. */
    if (unit->folder) {
        copy_names(&s->ours, s->tools, t);
        copy_names(&s->theirs, s->directory, t);
    }
    tool_add_words(t, h->compiler_flags);
    if (s->compiler->optimise) {
        char level[] = {'-', 'O', s->compiler->optimise[0], '\0'};
        tool_add(t, level);
    }
    if (s->compiler->lines)
        tool_add(t, "-g");
    tool_add_words(t, family_of(s->compiler)->options);
    tool_add_words(t, "-pipe -fno-lto -fdiagnostics-color=never -c -o " UNIT_OBJECT);
    tool_add(t, unit->file->name);
}

static void prepare_all(const struct homework *h, struct sources *s, const char *scratch,
                        struct unit *units, int count, struct tool *runs) {
    off_t size;
    if (!folder_has(s->tools, "homework.h", &size))
        fault("%s/homework.h is missing: run make", s->tools);
    read_names(&s->ours, s->tools, false);
    read_names(&s->theirs, s->directory, true);
    for (int u = 0; u < count; u++) {
        char *name = format_string("compile-%d", u);
        units[u].folder = folder_make(scratch, name);
        free(name);
        prepare(h, s, &units[u], &runs[u]);
    }
    free_names(&s->ours);
    free_names(&s->theirs);
}

static bool has_object(const struct unit *unit) {
    off_t size;
    return folder_has(unit->folder, UNIT_OBJECT, &size);
}

/* The first line that holds these words; where `driver` is given, behind its name: a source can
 * have any line printed but one that begins with that.  NULL when there is none. */
static const char *find_line(const char *said, const char *driver, const char *words) {
    for (const char *at = said; (at = strstr(at, words)); at++) {
        const char *line = at;
        while (line > said && line[-1] != '\n')
            line--;
        if (!driver || strncmp(line, driver, strlen(driver)) == 0)
            return line;
    }
    return NULL;
}

/* A compiler that a source crashed or exhausted says so in its own words, which speak of a mistake
 * in the compiler, and exits like any other.  Returns where they begin, or NULL. */
static const char *last_words(const char *driver, const char *said) {
    static const char *const words[] = {"internal compiler error", "out of memory allocating",
                                        "virtual memory exhausted", "LLVM ERROR: out of memory",
                                        "PLEASE submit a bug report"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *line = find_line(said, NULL, words[i]);
        if (line)
            return line;
    }
    return find_line(said, driver, " signal terminated program ");
}

/* What the driver says when the machine, and no limit of ours, stopped it or its parts. */
static bool was_hindered(const char *driver, const char *said) {
    return find_line(said, driver, ": fatal error: cannot execute ") ||
           find_line(said, driver, ": fatal error: Killed signal terminated program ") ||
           find_line(said, driver, ": error: unable to execute command: ");
}

/* What it says when a file nests or repeats without end: its words show where. */
static bool says_too_deep(const char *said) {
    static const char *const words[] = {"#include nested depth ", "nested too deeply",
                                        "nesting level exceeded"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(said, words[i]))
            return true;
    return false;
}

/* The compiler's words under its own name, but of the trail "In file included from, from, from"
 * only its first two lines: two hundred of them would hide the error that they lead to. */
static void keep_said(const struct sources *s, const char *said, size_t count, struct text *log) {
    bool trail = false;
    size_t driver = strlen(s->driver);
    for (size_t i = 0; i < count;) {
        const char *line = said + i, *end = memchr(line, '\n', count - i);
        size_t length = end ? (size_t)(end - line) + 1 : count - i;
        bool from = strncmp(line + strspn(line, " "), "from ", 5) == 0;
        size_t skipped = length > driver && memcmp(line, s->driver, driver) == 0 ? driver : 0;
        if (skipped > 0)
            text_add(log, "%s", name_of(s->compiler));
        if (!from || !trail)
            text_add_clean(log, line + skipped, length - skipped);
        trail = from;
        i += length;
    }
}

static void conclude(const struct sources *s, const struct unit *unit, const struct tool *t) {
    struct build_file *file = unit->file;
    if (tool_failed(t, &file->log)) {
        file->state = BUILD_FAULT;
        return;
    }
    const char *said = t->output.at, *last = last_words(s->driver, said);
    bool ended = t->fate.kind == FATE_EXITED;
    if (ended && t->fate.code == 0) { /* and where nothing is, somebody took it away */
        file->state = has_object(unit) ? BUILD_COMPILED : BUILD_FAULT;
        last = NULL;
    } else if (ended && was_hindered(s->driver, said)) {
        file->state = BUILD_FAULT;
        last = NULL;
    } else {
        bool exceeded = !ended || last || says_too_deep(said);
        file->state = exceeded ? BUILD_EXCEEDED : BUILD_FAILED;
    }
    keep_said(s, said, last ? (size_t)(last - said) : t->output.length, &file->log);
}

static char *make_driver(const struct compiler *c) {
    unsigned long any;
    if (getrandom(&any, sizeof any, 0) != sizeof any)
        fault("no random bytes: %s", strerror(errno));
    return format_string("%s-%016lx", name_of(c), any);
}

static char *describe_compiler(const struct compiler *c, const struct tool *version) {
    size_t length = strspn(version->output.at, "0123456789.");
    return format_string("%s%s%.*s%s%s", name_of(c), length > 0 ? " " : "", (int)length,
                         version->output.at, c->optimise ? " -O" : "",
                         c->optimise ? c->optimise : "");
}

static int compare_sizes(const void *a, const void *b) {
    const struct unit *left = a, *right = b;
    if (left->size != right->size)
        return left->size < right->size ? 1 : -1;
    return strcmp(left->file->name, right->file->name);
}

char *compile_units(const struct homework *h, const struct compiler *compiler,
                    const char *directory, const char *tools, const char *scratch,
                    struct unit *units, int count) {
    /* The longest first: the short ones then fill what the other processor has left. */
    if (count > 0)
        qsort(units, (size_t)count, sizeof *units, compare_sizes);
    struct tool *runs = allocate((unsigned long)count + 1, sizeof *runs), *version = &runs[0];
    struct sources sources = {.directory = directory,
                              .tools = tools,
                              .compiler = compiler,
                              .driver = make_driver(compiler)};
    prepare_all(h, &sources, scratch, units, count, runs + 1);
    char *folder = folder_make(scratch, "version");
    tool_init(version, name_of(compiler), folder);
    tool_add(version, family_of(compiler)->version);
    free(folder);
    tools_run(runs, count + 1, tools_seconds(count));
    for (int u = 0; u < count; u++)
        conclude(&sources, &units[u], &runs[u + 1]);
    char *description = describe_compiler(compiler, version);
    for (int r = 0; r <= count; r++)
        tool_free(&runs[r]);
    free(runs);
    free(sources.driver);
    return description;
}
