/* The scorecard's object `memory` (json.h): advice, facts beside sentences.  Knows the names of
 * fields. */
#include "export/json.h"

#include "score/sentence.h"

enum { SENTENCE_BYTES = 4 * KIB };

static void add_finding_facts(cJSON *finding, const struct memory_finding *f) {
    json_add_string(finding, "kind", sentence_memory_id(f->kind));
    json_add_string(finding, "file", f->file);
    json_add_integer(finding, "line", f->line);
    json_add_string(finding, "function", f->function);
    if (f->count > 0)
        json_add_integer(finding, "count", f->count);
    if (f->bytes > 0)
        json_add_integer(finding, "bytes", f->bytes);
    if (f->test)
        json_add_string(finding, "test", f->test->name);
}

static cJSON *make_problem(const struct memory_problem *p) {
    struct text sentence;
    text_init(&sentence, SENTENCE_BYTES);
    cJSON *problem = json_object();
    json_add_integer(problem, "number", p->problem->number);
    json_add_string(problem, "state", sentence_memory_state_id(p));
    sentence_memory_problem(p, &sentence);
    json_add_text(problem, "sentence", &sentence);
    cJSON *findings = json_add(problem, "findings", json_array());
    for (int i = 0; i < p->finding_count; i++) {
        cJSON *finding = json_append(findings, json_object());
        add_finding_facts(finding, &p->finding[i]);
        text_clear(&sentence);
        sentence_memory(&p->finding[i], &sentence);
        json_add_text(finding, "sentence", &sentence);
    }
    json_add_integer(problem, "left_out", p->left_out);
    text_free(&sentence);
    return problem;
}

cJSON *json_memory(const struct memory *m) {
    struct text note;
    text_init(&note, SENTENCE_BYTES);
    sentence_memory_note(m, &note);
    cJSON *memory = json_object();
    json_add_bool(memory, "watched", m->lack == MEMORY_LACKS_NOTHING);
    json_add_text(memory, "note", &note);
    cJSON *problems = json_add(memory, "problems", json_array());
    for (int i = 0; i < m->problem_count; i++)
        json_append(problems, make_problem(&m->problems[i]));
    text_free(&note);
    return memory;
}
