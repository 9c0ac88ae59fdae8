/* From the submission's files to one dynamic program a problem, with line numbers and the public
 * suite (memory.h).  Knows files and command lines; compiles and links in boxes like the build. */
#include "base/fault.h"
#include "build/stage.h"
#include "memory/stage.h"

#include <stdlib.h>
#include <sys/stat.h>

#define ATTACHED "pictures"
#define LOADER   "/lib64/ld-linux-x86-64.so.2"

/* --- Compiling --- */

struct sources {
    struct build_file *files; /* as the build has them, with logs that nobody reads */
    struct unit *units;
    int count;
};

/* What did not compile before is left to weak functions, as it was then. */
static struct sources find_sources(const struct build *b) {
    struct sources s = {.files = allocate((unsigned long)b->file_count + 1, sizeof *s.files),
                        .units = allocate((unsigned long)b->file_count + 1, sizeof *s.units)};
    for (int i = 0; i < b->file_count; i++) {
        const struct build_file *f = &b->files[i];
        if (f->state != BUILD_COMPILED || !is_source(f->name))
            continue;
        s.files[s.count] = (struct build_file){.name = f->name, .helper = f->helper};
        text_init(&s.files[s.count].log, LOG_BYTES);
        s.units[s.count] = (struct unit){.file = &s.files[s.count]};
        s.count++;
    }
    return s;
}

static void free_sources(struct sources *s) {
    for (int i = 0; i < s->count; i++) {
        text_free(&s->files[i].log);
        free(s->units[i].folder);
    }
    free(s->files);
    free(s->units);
}

/* --- Linking --- */

static void add_part(const struct memory_job *order, struct tool *t, const char *name) {
    char *parts = format_string("%s/memory", order->directory);
    if (folder_copy(parts, name, t->directory, name) != COPY_DONE)
        tool_fail(t, "copying the memory check's parts");
    tool_add(t, name);
    free(parts);
}

static void add_numbered(const struct memory_job *order, struct tool *t, const char *name,
                         int number, const char *ending) {
    char *whole = format_string("%s-%d.%s", name, number, ending);
    add_part(order, t, whole);
    free(whole);
}

/* In the order of parts.mk. */
static void prepare(const struct memory_job *order, const struct sources *s,
                    const struct problem *p, const char *folder, struct tool *t) {
    tool_init(t, "ld.bfd", folder);
    if (!folder)
        return;
    tool_add_words(t,
                   "-z noexecstack --build-id=none -dynamic-linker " LOADER " -o " MEMORY_PROGRAM);
    add_numbered(order, t, "public", p->number, "o");
    for (int u = 0; u < s->count; u++) {
        const struct unit *unit = &s->units[u];
        if (!build_wants(order->homework, p, unit->file))
            continue;
        char *object = format_string("%d.o", u);
        /* What compiled before compiles again, or the machine was in the way. */
        if (unit->file->state != BUILD_COMPILED ||
            folder_copy(unit->folder, UNIT_OBJECT, folder, object) != COPY_DONE)
            tool_fail(t, "compiling with line numbers");
        tool_add(t, object);
        free(object);
    }
    add_numbered(order, t, "libraries", p->number, "ld");
    add_part(order, t, "crtend.o");
    add_part(order, t, "crtn.o");
}

/* Its box becomes its owner; nobody else has to look into it.  The program can make no folder for
 * what its tests attach (public/attach.c). */
static char *make_folder(const char *place, int problem) {
    char *name = format_string("program-%d", problem);
    char *folder = folder_make(place, name);
    free(name);
    char *pictures = folder ? folder_make(folder, ATTACHED) : NULL;
    bool made = pictures && chmod(pictures, 0777) == 0 && chmod(folder, 0700) == 0;
    free(pictures);
    if (made)
        return folder;
    free(folder);
    return NULL;
}

static void link_programs(const struct memory_job *order, const struct sources *s,
                          const char *place, struct watch *watches, int count) {
    struct tool *runs = allocate((unsigned long)count + 1, sizeof *runs);
    struct watch **linked = allocate((unsigned long)count + 1, sizeof(void *));
    int run_count = 0;
    for (int i = 0; i < count; i++) {
        if (watches[i].result->end != MEMORY_WHOLE)
            continue;
        const struct problem *p = watches[i].result->problem;
        watches[i].folder = make_folder(place, p->number);
        prepare(order, s, p, watches[i].folder, &runs[run_count]);
        linked[run_count++] = &watches[i];
    }
    tools_run(runs, run_count, tools_seconds(run_count));
    for (int r = 0; r < run_count; r++) {
        const struct fate *f = &runs[r].fate;
        if (f->kind == FATE_SETUP)
            linked[r]->result->end = MEMORY_HINDERED;
        else if (f->kind != FATE_EXITED || f->code != 0)
            linked[r]->result->end = MEMORY_UNLINKED;
        tool_free(&runs[r]);
    }
    free(linked);
    free(runs);
}

char *programs_make(const struct memory_job *order, const char *place, struct watch *watches,
                    int count) {
    char *scratch = folder_make(order->scratch, "memory");
    if (!scratch)
        return NULL;
    char *tools = format_string("%s/worker", order->directory);
    struct compiler compiler = *order->compiler;
    compiler.lines = true;
    struct sources s = find_sources(order->build);
    free(compile_units(order->homework, &compiler, order->files, tools, scratch, s.units, s.count));
    link_programs(order, &s, place, watches, count);
    free_sources(&s);
    char *whole = realpath(scratch, NULL);
    free(tools);
    free(scratch);
    return whole;
}
