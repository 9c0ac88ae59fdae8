/* scorecard.json: everything, for staff and for programs; described by scorecard.schema.json. Facts
 * stand beside the sentences made from them.  The same submission gives the same bytes on every
 * machine and at every hour, but for the object `run`, which comes last. */
#include "export/export.h"

#include "base/fault.h"
#include "export/json.h"
#include "score/sentence.h"

#include <stdlib.h>
#include <string.h>

enum { SCORECARD_VERSION = 1, SENTENCE_BYTES = 4 * KIB, LOG_BYTES = 256 * KIB };

typedef void say(const struct card_test *, struct text *, enum audience);

static void add_said(cJSON *object, const char *key, say *speaker, const struct card_test *test) {
    struct text t;
    text_init(&t, SENTENCE_BYTES);
    speaker(test, &t, AUDIENCE_STAFF);
    if (t.length > 0)
        json_add_text(object, key, &t);
    text_free(&t);
}

static void add_number_of(cJSON *object, const struct card_test *t) {
    char *number = format_string("%d.%d", t->problem->number, t->number);
    json_add_string(object, "number", number);
    free(number);
}

/* --- Problems and tests --- */

static cJSON *make_product(const struct card_problem *p) {
    struct text sentence;
    cJSON *program = json_object();
    text_init(&sentence, SENTENCE_BYTES);
    sentence_product(p->problem, p->product, &sentence);
    json_add_string(program, "state", sentence_product_id(p->product->state));
    if (p->product->culprit)
        json_add_string(program, "culprit", p->product->culprit);
    json_add_text(program, "sentence", &sentence);
    text_free(&sentence);
    return program;
}

static cJSON *make_problem(const struct card_problem *p) {
    cJSON *problem = json_object();
    json_add_number(problem, "number", p->problem->number);
    json_add_string(problem, "id", p->problem->id);
    json_add_string(problem, "title", p->problem->title);
    json_add_string(problem, "document", p->problem->path);
    json_add_bool(problem, "graded", p->graded);
    if (p->graded)
        json_add_points(problem, "earned", p->earned);
    json_add_points(problem, "points", p->points);
    if (p->awaiting > 0)
        json_add_points(problem, "awaiting", p->awaiting);
    if (p->product)
        json_add(problem, "program", make_product(p));
    return problem;
}

static void add_attachments(cJSON *test, const struct card_test *t) {
    if (t->attachment_count == 0)
        return;
    cJSON *list = json_add(test, "attachments", json_array());
    for (int i = 0; i < t->attachment_count; i++) {
        const struct attachment *a = &t->attachments[i];
        char *name = card_attachment_name(t, a);
        char *file = format_string(ATTACHMENTS_FOLDER "/%s", name);
        cJSON *entry = json_append(list, json_object());
        json_add_string(entry, "title", a->head.title);
        json_add_string(entry, "file", file);
        json_add_string(entry, "media_type",
                        a->head.kind == ATTACHMENT_IMAGE ? "image/png" : "text/plain");
        free(file);
        free(name);
    }
}

/* For the staff alone: the scorecard is theirs. */
static void add_flags(cJSON *test, const struct verdict *v) {
    const char *at = v->flags;
    size_t length;
    if (!v->flags[0])
        return;
    cJSON *flags = json_add(test, "flags", json_array());
    for (; card_flag(&at, &length); at += length)
        json_append_text(flags, at, length);
    if (v->flags_left_out > 0)
        json_add_number(test, "flags_left_out", v->flags_left_out);
}

static cJSON *make_test(const struct card_test *t) {
    bool graded = t->verdict.status != VERDICT_NOT_GRADED;
    const struct block *mutant = card_mutant(t);
    cJSON *test = json_object();
    add_number_of(test, t);
    json_add_number(test, "problem", t->problem->number);
    if (t->block->part)
        json_add_string(test, "part", t->block->part);
    json_add_string(test, "name", t->block->name);
    json_add_string(test, "heading", t->block->heading);
    json_add_bool(test, "hidden", t->block->role == ROLE_HIDDEN);
    if (graded)
        json_add_points(test, "earned", t->earned);
    json_add_points(test, "points", t->block->points);
    json_add_string(test, "status", sentence_status_id(t->verdict.status));
    json_add_number(test, "line", t->verdict.line);
    cJSON *shapes = json_shapes(t);
    if (shapes)
        json_add(test, "shapes", shapes);
    json_add(test, "facts", json_facts(t));
    add_attachments(test, t);
    add_flags(test, &t->verdict);
    if (mutant) {
        cJSON *hint = json_add(test, "hint", json_object());
        json_add_string(hint, "id", mutant->name);
        json_add_string(hint, "text", mutant->hint);
    }
    add_said(test, "sentence", sentence_verdict, t);
    add_said(test, "next", sentence_next, t);
    return test;
}

/* --- Files --- */

static cJSON *make_file(const struct intake_file *f) {
    struct text sentence;
    cJSON *file = json_object();
    text_init(&sentence, SENTENCE_BYTES);
    sentence_fate(f, &sentence);
    json_add_string(file, "name", f->name);
    json_add_string(file, "fate", sentence_fate_id(f->fate));
    json_add_number(file, "size", (double)f->size);
    if (f->fate == INTAKE_TAKEN || f->fate == INTAKE_HELPER) {
        char *digest = format_string("%016lx", f->digest);
        json_add_string(file, "digest", digest);
        free(digest);
    }
    json_add_text(file, "sentence", &sentence);
    text_free(&sentence);
    return file;
}

static cJSON *make_intake(const struct intake *i) {
    cJSON *intake = json_object();
    json_add_string(intake, "problem", i ? i->problem : NULL);
    json_add_string(intake, "folder", i ? i->folder : NULL);
    json_add_number(intake, "left_out", i ? i->left_out : 0);
    cJSON *files = json_add(intake, "files", json_array());
    for (int k = 0; i && k < i->file_count; k++)
        json_append(files, make_file(&i->files[k]));
    return intake;
}

static cJSON *make_build(const struct build *b) {
    cJSON *build = json_array();
    for (int i = 0; b && i < b->file_count; i++) {
        struct text sentence;
        text_init(&sentence, SENTENCE_BYTES);
        sentence_build(&b->files[i], &sentence);
        cJSON *file = json_append(build, json_object());
        json_add_string(file, "name", b->files[i].name);
        json_add_bool(file, "helper", b->files[i].helper);
        json_add_string(file, "state", sentence_build_id(b->files[i].state));
        json_add_text(file, "sentence", &sentence);
        text_free(&sentence);
    }
    return build;
}

/* --- What depends on machine and moment --- */

static void add_log(cJSON *entry, const struct text *log) {
    struct text t;
    text_init(&t, LOG_BYTES);
    text_add_clean(&t, log->at, log->length);
    json_add_text(entry, "log", &t);
    text_free(&t);
}

/* What a compiler says differs between its versions, so it is kept from the rest. */
static void add_logs(cJSON *run, const struct build *b) {
    cJSON *compiled = json_add(run, "compiled", json_array());
    for (int i = 0; b && i < b->file_count; i++)
        if (b->files[i].log.length > 0) {
            cJSON *entry = json_append(compiled, json_object());
            json_add_string(entry, "name", b->files[i].name);
            add_log(entry, &b->files[i].log);
        }
    cJSON *linked = json_add(run, "linked", json_array());
    for (int i = 0; b && i < b->product_count; i++)
        if (b->products[i].log.length > 0) {
            cJSON *entry = json_append(linked, json_object());
            json_add_number(entry, "problem", b->products[i].problem);
            add_log(entry, &b->products[i].log);
        }
}

static cJSON *make_run(const struct card *card) {
    cJSON *run = json_object();
    json_add_string(run, "started", card->run.started);
    json_add_number(run, "seconds", card->run.seconds);
    json_add_string(run, "isolation", card->run.isolation);
    json_add_string(run, "compiler", card->run.compiler);
    json_add_string(run, "kernel", card->run.host_kernel);
    json_add_bool(run, "practice_seed", card->run.practice_seed);
    cJSON *faults = json_add(run, "faults", json_array());
    for (int i = 0; i < card->problem_count; i++)
        if (!card->problems[i].graded) {
            cJSON *entry = json_append(faults, json_object());
            json_add_number(entry, "problem", card->problems[i].problem->number);
            json_add_string(entry, "sentence", card->problems[i].fault);
        }
    cJSON *tests = json_add(run, "tests", json_array());
    for (int i = 0; i < card->test_count; i++) {
        const struct verdict *v = &card->tests[i].verdict;
        cJSON *test = json_append(tests, json_object());
        add_number_of(test, &card->tests[i]);
        json_add_number(test, "cpu_ms", v->cpu_ms);
        json_add_number(test, "wall_ms", v->wall_ms);
        json_add_number(test, "peak_kib", (double)v->peak_kib);
    }
    add_logs(run, card->build);
    return run;
}

/* --- The whole --- */

void export_scorecard(const struct card *card, struct text *out) {
    struct text start, answers;
    cJSON *root = json_object();
    json_add_string(root, "format", "gradus-scorecard");
    json_add_number(root, "version", SCORECARD_VERSION);
    cJSON *homework = json_add(root, "homework", json_object());
    json_add_string(homework, "id", card->homework->id);
    json_add_string(homework, "title", card->homework->title);
    json_add_bool(root, "graded", card->graded);
    if (card->graded)
        json_add_points(root, "earned", card->earned);
    json_add_points(root, "points", card->points);
    if (card->awaiting > 0)
        json_add_points(root, "awaiting", card->awaiting);
    text_init(&start, SENTENCE_BYTES);
    sentence_start(card, &start);
    json_add_text(root, "next", &start);
    text_free(&start);
    cJSON *problems = json_add(root, "problems", json_array());
    for (int i = 0; i < card->problem_count; i++)
        json_append(problems, make_problem(&card->problems[i]));
    cJSON *tests = json_add(root, "tests", json_array());
    for (int i = 0; i < card->test_count; i++)
        json_append(tests, make_test(&card->tests[i]));
    cJSON *written = json_add(root, "written", json_array());
    cJSON *checked = json_add(root, "checked", json_array());
    for (int i = 0; i < card->question_count; i++)
        if (card->questions[i].block->check == CHECK_NOTHING)
            json_append(written, json_written(card, &card->questions[i]));
        else
            json_append(checked, json_question(card, &card->questions[i]));
    text_init(&answers, SENTENCE_BYTES);
    sentence_answers(card, &answers);
    json_add_string(root, "answers_problem", answers.length > 0 ? answers.at : NULL);
    text_free(&answers);
    json_add(root, "intake", make_intake(card->intake));
    json_add(root, "build", make_build(card->build));
    if (card->memory)
        json_add(root, "memory", json_memory(card->memory));
    json_add(root, "run", make_run(card));
    json_print(root, out);
}
