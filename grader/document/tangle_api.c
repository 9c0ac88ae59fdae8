/* The header that students and judges share, and what renames its functions: homework.h,
 * reference.h, rename.h, missing.c. */
#include "document/emit.h"

void tangle_homework_header(const struct tangle *t, const char *folder) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    emit_banner(&out, "the api blocks of problems/");
    text_add(&out, "#ifndef HOMEWORK_H\n#define HOMEWORK_H\n\n#include \"tensor.h\"\n");
    for (int i = 0; i < t->h->problem_count; i++) {
        const struct problem *p = &t->h->problems[i];
        text_add(&out, "\n/* --- %d. %s --- */\n", p->number, p->title);
        for (int j = 0; j < p->block_count; j++)
            if (p->blocks[j].role == ROLE_API)
                text_add(&out, "\n%s", p->blocks[j].body);
    }
    text_add(&out, "\n#endif\n");
    emit_file(t, &out, "%shomework.h", folder);
}

static void write_reference_header(const struct tangle *t) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    emit_banner(&out, "the api blocks of problems/");
    text_add(&out, "#ifndef REFERENCE_H\n#define REFERENCE_H\n\n#include \"homework.h\"\n\n");
    EACH_FUNCTION(t->h, p, f) {
        emit_signature(&out, "ref_", f);
        text_add(&out, ";\n");
    }
    text_add(&out, "\n#define REF(f) ref_##f\n\n#endif\n");
    emit_file(t, &out, "reference.h");
}

static void write_rename_header(const struct tangle *t) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    emit_banner(&out, "the api blocks of problems/");
    EACH_FUNCTION(t->h, p, f)
    text_add(&out, "#define %s ref_%s\n", f->name, f->name);
    emit_file(t, &out, "rename.h");
}

/* Any definition of the student's replaces the weak one. */
void tangle_missing(const struct tangle *t, const char *folder) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    emit_banner(&out, "the api blocks of problems/");
    text_add(&out, "#include \"homework.h\"\n\n#include <math.h>\n\n"
                   "volatile int gradus_missing; /* set by a call to a missing function */\n");
    EACH_FUNCTION(t->h, p, f) {
        text_add(&out, "\n__attribute__((weak)) ");
        emit_signature(&out, "", f);
        text_add(&out, " {\n");
        emit_unused(&out, f);
        text_add(&out, "    gradus_missing = 1;\n");
        emit_unfinished(&out, f);
        text_add(&out, "}\n");
    }
    emit_file(t, &out, "%smissing.c", folder);
}

void tangle_api(const struct tangle *t) {
    tangle_homework_header(t, "");
    write_reference_header(t);
    write_rename_header(t);
    tangle_missing(t, "");
}
