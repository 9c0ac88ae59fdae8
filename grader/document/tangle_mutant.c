/* Mutants: the reference file of a problem with a few lines exchanged, its functions renamed, and
 * the thunks that call them.  Knows lines of text; not whether a mutant is caught. */
#include "document/emit.h"

#include "document/reader.h"

#include "base/fault.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum { REFERENCE_BYTES = 1 * MIB };

/* A line without its indentation and without blanks at the end. */
struct line {
    const char *at;
    int length, indentation;
};

static struct line line_of(const char *at) {
    struct line l = {.indentation = (int)strspn(at, " \t")};
    l.at = at + l.indentation;
    l.length = (int)strcspn(l.at, "\n");
    while (l.length > 0 && strchr(" \t", l.at[l.length - 1]))
        l.length--;
    return l;
}

/* --- The patch --- */

struct patch {
    struct line *removed, *added;
    int removed_count, added_count;
    int first; /* the line of the document that removes the first line */
};

static bool patch_read(const struct reader *r, const struct block *b, struct patch *p) {
    *p = (struct patch){0};
    bool good = true;
    int number = b->line + 1;
    for (const char *at = b->body; at && *at; at = line_find(at, 2), number++) {
        struct line l = line_of(at + 1);
        if (*at == '-' && (at[1] == ' ' || at[1] == '\n')) {
            p->removed = list_grow(p->removed, p->removed_count, sizeof *p->removed);
            p->removed[p->removed_count++] = l;
            p->first = p->first ? p->first : number;
        } else if (*at == '+' && (at[1] == ' ' || at[1] == '\n')) {
            p->added = list_grow(p->added, p->added_count, sizeof *p->added);
            p->added[p->added_count++] = l;
        } else if (line_of(at).length > 0) {
            mistake(r, number, "a line of a mutant begins with \"- \" or \"+ \"");
            good = false;
        }
    }
    if (good && p->removed_count == 0)
        mistake(r, b->line, "mutant \"%s\" removes no line", b->name);
    return good && p->removed_count > 0;
}

static bool patch_fits(const struct patch *p, const char *at) {
    for (int i = 0; i < p->removed_count; i++, at = line_find(at, 2)) {
        if (!at || !*at)
            return false;
        struct line l = line_of(at);
        if (l.length != p->removed[i].length ||
            strncmp(l.at, p->removed[i].at, (size_t)l.length) != 0)
            return false;
    }
    return true;
}

/* Where the removed lines stand in the source; NULL when not exactly once. */
static const char *patch_find(const struct reader *r, const struct patch *p, const char *source,
                              const char *name) {
    const char *found = NULL;
    int places = 0;
    for (const char *at = source; at && *at; at = line_find(at, 2))
        if (patch_fits(p, at)) {
            found = at;
            places++;
        }
    const char *lines = p->removed_count == 1 ? "line" : "lines";
    if (places == 0)
        mistake(r, p->first, "mutant %s not found in reference/%s", lines, name);
    else if (places > 1)
        mistake(r, p->first, "mutant %s found %d times in reference/%s", lines, places, name);
    return places == 1 ? found : NULL;
}

static void patch_apply(const struct patch *p, const char *source, const char *place,
                        struct text *out) {
    int indentation = line_of(place).indentation;
    text_add_bytes(out, source, (size_t)(place - source));
    for (int i = 0; i < p->added_count; i++)
        text_add(out, "%.*s%.*s\n", indentation, place, p->added[i].length, p->added[i].at);
    const char *rest = line_find(place, p->removed_count + 1);
    text_add(out, "%s", rest ? rest : "");
}

/* --- The file --- */

static void write_mutant(const struct tangle *t, const struct problem *p, const struct block *b,
                         const struct patch *patch, const char *source, const char *place) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    emit_banner(&out, p->path);
    EACH_FUNCTION(t->h, owner, f) {
        if (owner == p)
            text_add(&out, "#define %s mutant_%d_%s_%s\n", f->name, p->number, b->name, f->name);
        else
            text_add(&out, "#define %s ref_%s\n", f->name, f->name);
    }
    /* The thunks come first: what is included from the marked part would be left out of the
     * dependencies of the object. */
    text_add(&out, "#define THUNKS mutant_%d_%s_thunks\n#include \"dispatch.c\"\n", p->number,
             b->name);
    /* The 3 makes a system header of the rest, in which nothing is warned of: a mutant may well
     * leave something unused. */
    text_add(&out, "# 1 \"reference/%s\" 3\n", p->reference);
    patch_apply(patch, source, place, &out);
    emit_file(t, &out, "mutants/%d/%s.c", p->number, b->name);
}

void tangle_mutants(const struct tangle *t, const struct problem *p) {
    struct reader r = {t->h->directory, p->path, t->mistakes};
    struct text source;
    text_init(&source, REFERENCE_BYTES);
    char *path = format_string("%s/reference/%s", t->h->directory, p->reference);
    if (!file_read(path, &source) || source.cut)
        mistake(&r, front_matter_line(p->text, "reference"), "reference/%s cannot be read",
                p->reference);
    else
        for (int i = 0; i < p->block_count; i++) {
            const struct block *b = &p->blocks[i];
            struct patch patch;
            if (b->role != ROLE_MUTANT)
                continue;
            const char *place =
                patch_read(&r, b, &patch) ? patch_find(&r, &patch, source.at, p->reference) : NULL;
            if (place)
                write_mutant(t, p, b, &patch, source.at, place);
            free(patch.removed);
            free(patch.added);
        }
    free(path);
    text_free(&source);
}
