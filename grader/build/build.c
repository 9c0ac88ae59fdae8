/* Which files are compiled, and what is linked with what (build.h).  Knows files, problems and
 * their `uses`; the steps themselves are in compile.c and link.c. */
#include "build/build.h"

#include "base/fault.h"
#include "box/box.h"
#include "build/stage.h"
#include "worker/worker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct building {
    const struct homework *homework;
    const struct compiler *compiler;
    const char *directory, *tools, *scratch;
    struct build *build;
    struct unit *units; /* the sources among the build's files that are there */
    int unit_count;
};

/* --- Which files --- */

static struct build_file *find_file(const struct build *b, const char *name) {
    for (int f = 0; f < b->file_count; f++)
        if (strcmp(b->files[f].name, name) == 0)
            return &b->files[f];
    return NULL;
}

static void add_file(struct build *b, const char *name, bool helper) {
    if (find_file(b, name))
        return;
    struct build_file *files = realloc(b->files, ((size_t)b->file_count + 1) * sizeof *files);
    if (!files)
        fault("no memory for %d files", b->file_count + 1);
    b->files = files;
    struct build_file *file = &files[b->file_count++];
    *file = (struct build_file){.name = copy_string(name), .helper = helper};
    text_init(&file->log, LOG_BYTES);
}

static int compare_names(const void *a, const void *b) {
    const struct build_file *left = a, *right = b;
    return strcmp(left->name, right->name);
}

/* Those that the problems name, in their order, and then the helpers by name. */
static void find_files(struct building *g) {
    struct build *b = g->build;
    for (int p = 0; p < g->homework->problem_count; p++)
        for (int f = 0; f < g->homework->problems[p].file_count; f++)
            add_file(b, g->homework->problems[p].files[f].name, false);
    int named = b->file_count;
    DIR *stream = opendir(g->directory);
    if (!stream)
        fault("cannot read %s: %s", g->directory, strerror(errno));
    for (const struct dirent *d; (d = folder_next(stream, g->directory));)
        if (is_source(d->d_name))
            add_file(b, d->d_name, true);
    closedir(stream);
    if (b->file_count > named)
        qsort(b->files + named, (size_t)(b->file_count - named), sizeof *b->files, compare_names);
}

static void find_units(struct building *g) {
    struct build *b = g->build;
    g->units = allocate((unsigned long)b->file_count, sizeof *g->units);
    for (int f = 0; f < b->file_count; f++) {
        off_t size;
        bool there = folder_has(g->directory, b->files[f].name, &size);
        /* What is asked for and is no source needs only to be there. */
        if (there && is_source(b->files[f].name))
            g->units[g->unit_count++] = (struct unit){&b->files[f], size, NULL};
        else
            b->files[f].state = there ? BUILD_COMPILED : BUILD_MISSING;
    }
}

/* --- Which objects --- */

static bool has_file(const struct problem *p, const char *name) {
    for (int f = 0; f < p->file_count; f++)
        if (strcmp(p->files[f].name, name) == 0)
            return true;
    return false;
}

/* `uses` never runs in circles that grow: `depth` ends those that a document may have. */
static bool needs_file(const struct homework *h, const struct problem *p, const char *name,
                       int depth) {
    if (has_file(p, name))
        return true;
    for (int u = 0; u < p->use_count && depth < h->problem_count; u++) {
        const struct problem *used = homework_problem(h, p->uses[u]);
        if (used && needs_file(h, used, name, depth + 1))
            return true;
    }
    return false;
}

bool build_wants(const struct homework *h, const struct problem *p, const struct build_file *file) {
    return file->helper || needs_file(h, p, file->name, 0);
}

/* The objects of one problem, of what it uses, and of the helpers.  What is missing or broken in a
 * used problem is left to the weak functions. */
static struct linkage choose(const struct building *g, const struct problem *p) {
    struct linkage l = {.name = format_string("link-%d", p->number)};
    l.units = allocate((unsigned long)g->unit_count, sizeof(void *));
    for (int u = 0; u < g->unit_count; u++) {
        const struct build_file *file = g->units[u].file;
        if (file->state == BUILD_COMPILED && build_wants(g->homework, p, file))
            l.units[l.unit_count++] = &g->units[u];
    }
    return l;
}

static void free_linkage(struct linkage *l) {
    free(l->name);
    free(l->units);
    text_free(&l->log);
    if (l->executable >= 0)
        close(l->executable);
}

/* --- The products --- */

static void give_up(struct product *product, const struct text *why) {
    product->state = PRODUCT_NOT_GRADED;
    text_add_bytes(&product->log, why->at, why->length);
}

static void add_product(const struct building *g, const struct problem *p) {
    struct build *b = g->build;
    struct product *product = &b->products[b->product_count++];
    *product = (struct product){.problem = p->number, .executable = -1};
    text_init(&product->log, LOG_BYTES);
    static const enum product_state without[] = {[BUILD_MISSING] = PRODUCT_FILE_MISSING,
                                                 [BUILD_FAILED] = PRODUCT_NOT_COMPILED,
                                                 [BUILD_EXCEEDED] = PRODUCT_COMPILER_EXCEEDED};
    for (int f = 0; f < p->file_count && product->state == PRODUCT_READY; f++) {
        const struct build_file *file = find_file(b, p->files[f].name);
        if (file->state == BUILD_COMPILED || file->state == BUILD_FAULT)
            continue;
        product->culprit = copy_string(file->name);
        product->state = without[file->state];
    }
    for (int u = 0; u < g->unit_count && product->state == PRODUCT_READY; u++)
        if (g->units[u].file->state == BUILD_FAULT && build_wants(g->homework, p, g->units[u].file))
            give_up(product, &g->units[u].file->log);
}

/* --- The first start --- */

/* The worker starts and stops again: what a constructor does to it shows here.  Nothing honest
 * computes for long before main, and one that loops is waited for in each linkage. */
static bool says_hello(int executable, const struct limits *limits, struct verdict *v) {
    struct worker_setup setup = {.executable = executable, .limits = *limits, .cpu = -1};
    setup.limits.cpu_seconds = fmin(limits->cpu_seconds, 0.5);
    setup.limits.wall_seconds = fmin(limits->wall_seconds, 1);
    *v = (struct verdict){.status = VERDICT_UNSET};
    struct worker *w = worker_start(&setup, v);
    if (w)
        worker_stop(w, v);
    return w != NULL;
}

/* The kernel's errno when it does not start this executable, or 0. */
static int refusal(int executable, const struct limits *limits) {
    struct box box = {.kind = BOX_WORKER, .executable = executable, .limits = *limits, .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    if (!box_start(&box, &boxed, &fate))
        return fate.kind == FATE_IMAGE ? fate.code : 0;
    box_kill(&boxed, &fate);
    close(boxed.output);
    return 0;
}

/* A program that holds nothing of the submission. */
static struct linkage link_nothing(const struct building *g, const struct problem *p) {
    struct linkage ours = {.name = format_string("link-none-%d", p->number)};
    link_all(g->tools, g->scratch, &ours, 1);
    return ours;
}

/* The kernel does not start this executable, but does start one that holds nothing of the
 * submission: then the submission did that, by the sections of its files. */
static bool is_refused(const struct building *g, const struct problem *p, int executable,
                       struct text *log) {
    int error = refusal(executable, &p->limits);
    if (error == 0)
        return false;
    struct linkage ours = link_nothing(g, p);
    struct verdict v;
    bool starts = ours.executable >= 0 && says_hello(ours.executable, &p->limits, &v) &&
                  refusal(executable, &p->limits) == error; /* and not only a moment ago */
    free_linkage(&ours);
    if (starts)
        text_add(log,
                 "The system does not start the program (%s), though it starts one without these "
                 "files: take out what changes how a program is loaded.\n",
                 strerror(error));
    return starts;
}

/* Why a worker did not get as far as its main. */
static void explain_silence(const struct building *g, const struct problem *p, int executable,
                            const struct verdict *v, struct product *product) {
    if (v->status != VERDICT_NOT_GRADED) {
        product->state = v->status == VERDICT_FORBIDDEN ? PRODUCT_FORBIDDEN : PRODUCT_ENDED_EARLY;
        product->status = v->status;
        product->code = v->code;
    } else if (is_refused(g, p, executable, &product->log)) {
        product->state = PRODUCT_NOT_LINKED;
    } else {
        product->state = PRODUCT_NOT_GRADED;
        text_add(&product->log, "Its program could not be started: %s.\n", v->sentence);
    }
}

/* --- What is linked with what --- */

/* The submission's mistake only where our own parts can be linked without it. */
static void blame_linkage(const struct building *g, const struct problem *p,
                          const struct linkage *l, struct product *product) {
    struct linkage ours = link_nothing(g, p);
    bool links = ours.executable >= 0;
    enum product_state theirs = l->exceeded ? PRODUCT_LINKER_EXCEEDED : PRODUCT_NOT_LINKED;
    product->state = links ? theirs : PRODUCT_NOT_GRADED;
    text_add(&product->log, "%s%s", links ? "" : "The worker's own parts cannot be linked. ",
             (links ? &l->log : &ours.log)->at);
    free_linkage(&ours);
}

/* Each problem's own: in one program for all, the code that one problem hands in could run before
 * main, or stand in for the C library, in every other problem's tests. */
static void link_products(const struct building *g) {
    struct build *b = g->build;
    struct linkage *links = allocate((unsigned long)b->product_count, sizeof *links);
    struct product **products = allocate((unsigned long)b->product_count, sizeof(void *));
    int count = 0;
    for (int p = 0; p < b->product_count; p++)
        if (b->products[p].state == PRODUCT_READY) {
            products[count] = &b->products[p];
            links[count++] = choose(g, homework_problem(g->homework, b->products[p].problem));
        }
    link_all(g->tools, g->scratch, links, count);
    for (int l = 0; l < count; l++) {
        struct product *product = products[l];
        const struct problem *p = homework_problem(g->homework, product->problem);
        struct verdict v;
        if (links[l].failed) {
            give_up(product, &links[l].log);
        } else if (links[l].executable < 0) {
            blame_linkage(g, p, &links[l], product);
        } else if (says_hello(links[l].executable, &p->limits, &v)) {
            product->executable = links[l].executable;
            links[l].executable = -1;
        } else {
            explain_silence(g, p, links[l].executable, &v, product);
        }
        free_linkage(&links[l]);
    }
    free(products);
    free(links);
}

static void make_products(const struct building *g) {
    struct build *b = g->build;
    b->products = allocate((unsigned long)g->homework->problem_count, sizeof *b->products);
    for (int p = 0; p < g->homework->problem_count; p++)
        if (problem_is_judged(&g->homework->problems[p]))
            add_product(g, &g->homework->problems[p]);
    link_products(g);
}

/* --- All of it --- */

/* A folder that no submission may read and that the compiler could, or NULL.  The caller frees it.
 */
static char *find_bare(const struct building *g) {
    char *const secrets[] = {format_string("%s", g->homework->directory),
                             format_string("%s/..", g->tools)};
    char *bare = NULL;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        if (!bare && !box_hides(secrets[i], tool_readable))
            bare = copy_string(secrets[i]);
        free(secrets[i]);
    }
    return bare;
}

static void compile_nothing(const struct building *g, const char *bare) {
    for (int u = 0; u < g->unit_count; u++) {
        g->units[u].file->state = BUILD_FAULT;
        text_add(&g->units[u].file->log,
                 "Nothing was compiled: %s, and the compiler could read %s. Close that folder to "
                 "others (chmod o-rwx).\n",
                 box_level()->tools_confined ? "it reads the system's folders"
                                             : "this machine lacks Landlock",
                 bare);
    }
}

struct build *build_submission(const struct homework *h, const struct compiler *compiler,
                               const char *directory, const char *tools, const char *scratch) {
    struct build *b = allocate(1, sizeof *b);
    struct building g = {.homework = h,
                         .compiler = compiler,
                         .directory = directory,
                         .tools = tools,
                         .scratch = scratch,
                         .build = b};
    find_files(&g);
    find_units(&g);
    char *bare = find_bare(&g);
    if (bare)
        compile_nothing(&g, bare);
    else
        b->compiler = compile_units(h, compiler, directory, tools, scratch, g.units, g.unit_count);
    free(bare);
    make_products(&g);
    for (int u = 0; u < g.unit_count; u++)
        free(g.units[u].folder);
    free(g.units);
    return b;
}

void build_free(struct build *b) {
    if (!b)
        return;
    for (int f = 0; f < b->file_count; f++) {
        free(b->files[f].name);
        text_free(&b->files[f].log);
    }
    for (int p = 0; p < b->product_count; p++) {
        free(b->products[p].culprit);
        text_free(&b->products[p].log);
        if (b->products[p].executable >= 0)
            close(b->products[p].executable);
    }
    free(b->files);
    free(b->products);
    free(b->compiler);
    free(b);
}
