/* What becomes student_template/: stubs, the file for the answers, the public suites, and the
 * documents as students may see them.  What is hidden follows from a block's role alone. */
#include "document/emit.h"

#include "document/reader.h"

#include "base/fault.h"

#include <stdlib.h>
#include <string.h>

/* --- Stubs --- */

static void write_stubs(const struct tangle *t, const struct problem *p) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    text_add(&out,
             "/* %d. %s\n *\n * Write these functions; %s says what each has to do.\n"
             " * Keep their names and parameters; functions of your own are welcome.\n"
             " * What still returns as it does here counts as not started. */\n"
             "#include \"homework.h\"\n\n#include <math.h>\n",
             p->number, p->title, p->path);
    for (int i = 0; i < p->function_count; i++) {
        const struct function *f = &p->functions[i];
        text_add(&out, "\n%s%s%s {\n", f->comment, *f->comment ? "\n" : "", f->prototype);
        emit_unused(&out, &f->call);
        emit_unfinished(&out, &f->call);
        text_add(&out, "}\n");
    }
    emit_file(t, &out, "skeleton/%s", p->reference);
}

/* --- Answers --- */

void problem_heading(const struct problem *p, struct text *out) {
    text_add(out, "%d. %s", p->number, p->title);
}

void question_label(const struct problem *p, const struct block *question, struct text *out) {
    text_add(out, "%d%s.%s", p->number, question->part ? question->part : "", question->name);
}

void question_heading(const struct problem *p, const struct block *question, struct text *out) {
    question_label(p, question, out);
    if (question->check == CHECK_NOTHING)
        text_add(out, " (%d point%s%s)", question->points, question->points == 1 ? "" : "s",
                 question->extra ? ", optional" : "");
}

static void write_question(const struct problem *p, const struct block *b, struct text *out) {
    text_add(out, "\n## ");
    question_heading(p, b, out);
    text_add(out, "\n\n");
    for (const char *at = b->body; at && *at; at = line_find(at, 2)) {
        int length = (int)strcspn(at, "\n");
        text_add(out, "%s%.*s\n", length ? "> " : ">", length, at);
    }
    text_add(out, "\n\n");
}

/* A problem has a heading of its own: what stands below a question's heading that was lost is then
 * at least not taken for the answer to the last question of another problem. */
static void write_questions(const struct problem *p, struct text *out) {
    bool any = false;
    for (int i = 0; i < p->block_count; i++) {
        if (p->blocks[i].role != ROLE_QUESTION)
            continue;
        if (!any) {
            text_add(out, "\n# ");
            problem_heading(p, out);
            text_add(out, "\n");
        }
        any = true;
        write_question(p, &p->blocks[i], out);
    }
}

static void write_answers(const struct tangle *t) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    text_add(&out,
             "# %s: answers\n\nWrite below each question, and leave its heading as it is: answers "
             "are found by it.\n",
             t->h->title);
    for (int i = 0; i < t->h->problem_count; i++)
        write_questions(&t->h->problems[i], &out);
    emit_file(t, &out, "skeleton/%s", t->h->answers.name);
}

/* --- Documents --- */

static bool is_shown(const struct block *b) {
    return b->role == ROLE_API || b->role == ROLE_SETUP || b->role == ROLE_TEST ||
           b->role == ROLE_QUESTION;
}

/* The block whose fences enclose the line or are it, or NULL. */
static const struct block *block_at(const struct block *blocks, int count, int line) {
    for (int i = 0; i < count; i++)
        if (line >= blocks[i].line && line <= blocks[i].end)
            return &blocks[i];
    return NULL;
}

/* The same lines under the same numbers, those of the staff's blocks empty: what a message says of
 * a line holds for both. */
static void write_document(const struct tangle *t, const char *path, const char *text,
                           const struct block *blocks, int count) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    int line = 1;
    for (const char *at = text; at && *at; at = line_find(at, 2), line++) {
        const struct block *b = block_at(blocks, count, line);
        if (!b || is_shown(b))
            text_add_bytes(&out, at, strcspn(at, "\n"));
        else if (b->role == ROLE_HIDDEN && line == b->line)
            text_add(&out, "*A hidden test, %d point%s: %s.*", b->points, b->points == 1 ? "" : "s",
                     b->name);
        text_add(&out, "\n");
    }
    emit_file(t, &out, "skeleton/%s", path);
}

/* --- The folder --- */

void tangle_skeleton(const struct tangle *t) {
    for (int i = 0; i < t->h->problem_count; i++) {
        const struct problem *p = &t->h->problems[i];
        if (problem_is_judged(p)) {
            char *suite = format_string("skeleton/tests/public-%d.c", p->number);
            tangle_suite(t, p, false, suite);
            free(suite);
            if (*p->reference)
                write_stubs(t, p);
        }
        write_document(t, p->path, p->text, p->blocks, p->block_count);
    }
    write_answers(t);
    write_document(t, t->h->path, t->h->text, NULL, 0);
    tangle_homework_header(t, "skeleton/");
    tangle_calls(t, "skeleton/tests/");
    tangle_dispatch(t, "skeleton/tests/");
    tangle_missing(t, "skeleton/tests/");
}
