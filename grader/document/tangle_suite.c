/* The suite of one problem: suite-N.c for the judge, public-N.c for the student.  Every test is a
 * body that runs once for each row of its shapes, and an entry for Check.  `#line` sends compiler
 * and Check to the document: to the fence for what surrounds a body, to the line for the body.
 *
 * Check's START_TEST is not used: it would declare a variable with the name of the test, and a test
 * may well be named after the function that it tests, which is a macro here. */
#include "document/emit.h"

#include "base/file.h"

#include <string.h>

struct writer {
    const struct problem *p;
    const char *file; /* the name of the generated file, for the way back */
    bool staff;
    struct text out;
};

static bool belongs(const struct writer *w, const struct block *b) {
    return b->role == ROLE_TEST || (b->role == ROLE_HIDDEN && w->staff);
}

static int count_tests(const struct writer *w) {
    int count = 0;
    for (int i = 0; i < w->p->block_count; i++)
        count += belongs(w, &w->p->blocks[i]);
    return count;
}

/* --- Shapes --- */

static bool table_is_used(const struct writer *w, const struct shape_table *table) {
    for (int i = 0; i < w->p->block_count; i++) {
        const struct block *b = &w->p->blocks[i];
        if (belongs(w, b) && b->shapes && strcmp(b->shapes, table->block->name) == 0)
            return true;
    }
    return false;
}

static void write_table(struct writer *w, const struct shape_table *table) {
    const char *name = table->block->name;
    text_add(&w->out, "\nstruct %s__row {\n    int ", name);
    for (int i = 0; i < table->field_count; i++)
        text_add(&w->out, "%s%s", i ? ", " : "", table->field[i]);
    text_add(&w->out, ";\n};\nstatic const struct %s__row %s__rows[] = {\n", name, name);
    for (int i = 0; i < table->row_count; i++) {
        text_add(&w->out, "    {");
        for (int j = 0; j < table->field_count; j++)
            text_add(&w->out, "%s%d", j ? ", " : "", table->row[i].value[j]);
        text_add(&w->out, "},\n");
    }
    text_add(&w->out, "};\nstatic const char *const %s__texts[] = {\n", name);
    for (int i = 0; i < table->row_count; i++) {
        text_add(&w->out, "    ");
        emit_string(&w->out, table->row[i].text);
        text_add(&w->out, ",\n");
    }
    text_add(&w->out, "};\n");
}

/* --- Tests --- */

static const char unused_allowed[] = "#pragma GCC diagnostic push\n"
                                     "#pragma GCC diagnostic ignored \"-Wunused-variable\"\n";
static const char unused_reported[] = "#pragma GCC diagnostic pop\n";

/* What the setup blocks above a test declare is there for whoever wants it. */
static bool write_setups(struct writer *w, const struct block *test) {
    bool any = false;
    for (const struct block *b = w->p->blocks; b < test; b++) {
        if (b->role != ROLE_SETUP)
            continue;
        text_add(&w->out, "%s", any ? "" : unused_allowed);
        emit_line(&w->out, b->line + 1, w->p->path);
        text_add(&w->out, "%s", b->body);
        any = true;
    }
    text_add(&w->out, "%s", any ? unused_reported : "");
    return any;
}

/* Clang reports an unused variable where it is declared, gcc where its block ends: behind setups
 * the body is a block of its own, so that its own unused variables are still reported. */
static void write_body(struct writer *w, const struct block *b) {
    bool setups = write_setups(w, b);
    text_add(&w->out, "%s", setups ? "{\n" : "");
    emit_line(&w->out, b->line + 1, w->p->path);
    text_add(&w->out, "%s", b->body);
    if (setups)
        text_add(&w->out, "}\n%s}\n%s", unused_allowed, unused_reported);
    else
        text_add(&w->out, "}\n");
}

static void write_test(struct writer *w, const struct block *b, int number) {
    text_add(&w->out, "\n");
    emit_line(&w->out, b->line, w->p->path);
    text_add(&w->out, "static void %s__body(int row) {\n", b->name);
    if (b->shapes)
        text_add(&w->out, "    const struct %s__row *shape = &%s__rows[row];\n    (void)shape;\n",
                 b->shapes, b->shapes);
    else
        text_add(&w->out, "    (void)row;\n");
    write_body(w, b);
    emit_line_home(&w->out, w->file);
    text_add(&w->out,
             "static void %s__run(int unused) {\n    (void)unused;\n"
             "    suite_run(&suite_tests[%d]);\n}\n"
             "static const TTest %s__check = {\"%s\", %s__run, \"%s\", %d};\n",
             b->name, number, b->name, b->name, b->name, w->p->path, b->line);
}

static int count_rows(const struct problem *p, const struct block *b) {
    for (int i = 0; b->shapes && i < p->table_count; i++)
        if (strcmp(p->tables[i].block->name, b->shapes) == 0)
            return p->tables[i].row_count;
    return 1;
}

static void write_entry(struct writer *w, const struct block *b) {
    uint64_t seed = b->seed ? b->seed : digest(0, b->name, strlen(b->name));
    text_add(&w->out, "    {.name = \"%s\",\n     .heading = ", b->name);
    emit_string(&w->out, b->heading);
    text_add(&w->out, ",\n     .line = %d,\n     .points = %d,\n", b->line, b->points);
    if (b->role == ROLE_HIDDEN)
        text_add(&w->out, "     .hidden = true,\n");
    if (b->dull)
        text_add(&w->out, "     .dull = true,\n");
    text_add(&w->out, "     .seed = %lluu,\n", (unsigned long long)seed);
    if (b->shapes)
        text_add(&w->out, "     .rows = %s__texts,\n", b->shapes);
    text_add(&w->out, "     .row_count = %d,\n     .body = %s__body,\n     .check = &%s__check},\n",
             count_rows(w->p, b), b->name, b->name);
}

/* --- Mutants --- */

static int write_mutants(struct writer *w) {
    int count = 0;
    for (int i = 0; i < w->p->block_count; i++)
        if (w->p->blocks[i].role == ROLE_MUTANT)
            text_add(&w->out, "%sextern call_thunk *const mutant_%d_%s_thunks[];\n",
                     count++ ? "" : "\n", w->p->number, w->p->blocks[i].name);
    if (count == 0)
        return 0;
    text_add(&w->out, "static const struct suite_mutant suite_mutants[] = {\n");
    for (int i = 0; i < w->p->block_count; i++) {
        const struct block *b = &w->p->blocks[i];
        if (b->role != ROLE_MUTANT)
            continue;
        text_add(&w->out, "    {\"%s\", \"%s\", ", b->name, b->killed_by);
        emit_string(&w->out, b->hint);
        text_add(&w->out, ", mutant_%d_%s_thunks},\n", w->p->number, b->name);
    }
    text_add(&w->out, "};\n");
    return count;
}

/* --- The suite --- */

static void write_tests(struct writer *w, const struct homework *h, int count) {
    /* One entry more than there are tests: C has no empty arrays. */
    text_add(&w->out, "\nstatic const struct suite_test suite_tests[%d];\n", count + 1);
    for (int i = 0; i < w->p->table_count; i++)
        if (table_is_used(w, &w->p->tables[i]))
            write_table(w, &w->p->tables[i]);
    int number = 0;
    for (int i = 0; i < w->p->block_count; i++)
        if (belongs(w, &w->p->blocks[i]))
            write_test(w, &w->p->blocks[i], number++);
    /* The members of the structs below may have the name of a function. */
    text_add(&w->out, "\n");
    EACH_FUNCTION(h, p, f)
    text_add(&w->out, "#undef %s\n", f->name);
    text_add(&w->out, "\nstatic const struct suite_test suite_tests[%d] = {\n", count + 1);
    for (int i = 0; i < w->p->block_count; i++)
        if (belongs(w, &w->p->blocks[i]))
            write_entry(w, &w->p->blocks[i]);
    text_add(&w->out, "    {0}};\n");
}

static void write_data(struct writer *w) {
    if (w->p->data_count > 0)
        text_add(&w->out, "\nstatic const struct suite_data suite_data[] = {\n");
    for (int i = 0; i < w->p->data_count; i++)
        text_add(&w->out, "    {\"%s\", %zu},\n", w->p->data[i].name, w->p->data[i].limit);
    text_add(&w->out, "%s", w->p->data_count > 0 ? "};\n" : "");
}

static void write_suite(struct writer *w, int tests, int mutants, unsigned long sources) {
    text_add(&w->out,
             "\nconst struct suite suite = {\n    .problem = %d,\n    .id = ", w->p->number);
    emit_string(&w->out, w->p->id);
    text_add(&w->out, ",\n    .title = ");
    emit_string(&w->out, w->p->title);
    text_add(&w->out, ",\n    .document = \"%s\",\n", w->p->path);
    if (w->p->data_count > 0)
        text_add(&w->out, "    .data_count = %d,\n    .data = suite_data,\n", w->p->data_count);
    if (w->staff)
        text_add(&w->out, "    .digest = 0x%lxu,\n", sources);
    text_add(&w->out, "    .test_count = %d,\n    .tests = suite_tests,\n", tests);
    if (mutants > 0)
        text_add(&w->out, "    .mutant_count = %d,\n    .mutants = suite_mutants,\n", mutants);
    if (w->staff)
        text_add(&w->out, "    .reference = reference_thunks,\n");
    text_add(&w->out, "};\n");
}

/* The headers among the support files. */
static void write_includes(struct writer *w, const struct name_list *support) {
    for (int i = 0; i < support->count; i++) {
        const char *end = strrchr(support->name[i], '.');
        if (end && strcmp(end, ".h") == 0)
            text_add(&w->out, "#include \"%s\"\n", support->name[i]);
    }
}

void tangle_suite(const struct tangle *t, const struct problem *p, bool staff, const char *file) {
    const char *slash = strrchr(file, '/');
    struct writer w = {.p = p, .file = slash ? slash + 1 : file, .staff = staff};
    text_init(&w.out, EMIT_BYTES);
    emit_banner(&w.out, p->path);
    text_add(&w.out,
             "#include <math.h>\n\n#include \"suite.h\"\n\n#include \"attach.h\"\n"
             "#include \"expect.h\"\n%s",
             p->data_count > 0 ? "#include \"data.h\"\n" : "");
    write_includes(&w, &p->public_support);
    if (staff) {
        write_includes(&w, &p->support);
        text_add(&w.out, "#include \"reference.h\"\n");
    }
    /* Last: what follows means the wrappers when it names a function. */
    text_add(&w.out, "#include \"calls.h\"\n");
    int tests = count_tests(&w);
    write_tests(&w, t->h, tests);
    int mutants = staff ? write_mutants(&w) : 0;
    if (staff)
        text_add(&w.out, "\nextern call_thunk *const reference_thunks[];\n");
    write_data(&w);
    write_suite(&w, tests, mutants, staff ? problem_digest(t->h, p) : 0);
    emit_file(t, &w.out, "%s", file);
}
