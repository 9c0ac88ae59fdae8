/* The facts of a verdict as JSON (json.h): what a program would want to count or plot, beside the
 * sentence that a person reads.  Only what the status gives a meaning is written. */
#include "export/json.h"

#include "box/box.h"
#include "public/finding.h"
#include "score/sentence.h"

/* --- What was not met --- */

static const struct {
    bool numbers, allowed, element, count;
} shown[] = {
    [FINDING_INT] = {.numbers = false}, /* integers, below */
    [FINDING_STATUS] = {.numbers = true},
    [FINDING_REAL] = {.numbers = true, .allowed = true},
    [FINDING_PROPERTY] = {.numbers = false},
    [FINDING_VALUES] = {.numbers = true, .allowed = true, .element = true, .count = true},
    [FINDING_SHAPE] = {.numbers = false},
    [FINDING_ADJOINT] = {.numbers = true, .allowed = true},
    [FINDING_GRADIENT] = {.numbers = true, .allowed = true, .element = true, .count = true},
    [FINDING_UNTOUCHED] = {.numbers = false},
    [FINDING_UNFINISHED] = {.numbers = false},
    [FINDING_MISSING] = {.numbers = false},
};

static void add_finding(cJSON *facts, const struct verdict *v) {
    json_add_string(facts, "finding", sentence_finding_id(v->finding));
    json_add_string(facts, "expression", v->expression);
    if (v->finding == FINDING_PROPERTY)
        json_add_string(facts, "property", v->sentence);
    if (shown[v->finding].element) {
        cJSON *index = json_add(facts, "index", json_array());
        for (int i = 0; i < v->rank; i++)
            json_append_number(index, v->index[i]);
    }
    if (shown[v->finding].numbers) {
        json_add_number(facts, "got", v->got);
        json_add_number(facts, "want", v->want);
    }
    if (v->finding == FINDING_INT) {
        json_add_integer(facts, "got", v->got_integer);
        json_add_integer(facts, "want", v->want_integer);
    }
    if (shown[v->finding].allowed)
        json_add_number(facts, "allowed", v->allowed);
    if (shown[v->finding].count) {
        json_add_number(facts, "worst_absolute", v->worst_absolute);
        json_add_number(facts, "worst_relative", v->worst_relative);
        json_add_number(facts, "bad", (double)v->bad);
        json_add_number(facts, "total", (double)v->total);
    }
}

/* --- How it ended --- */

static void add_crash(cJSON *facts, const struct verdict *v) {
    json_add_string(facts, "crash", sentence_crash_id(v->crash));
    if (v->code > 0)
        json_add_number(facts, "signal", v->code);
    if (v->argument[0])
        json_add_string(facts, "argument", v->argument);
    if (v->crash == CRASH_PAST_ARGUMENT)
        json_add_number(facts, "element", (double)v->element);
}

static void add_end(cJSON *facts, const struct card_test *test) {
    const struct verdict *v = &test->verdict;
    const struct limits *limits = &test->problem->limits;
    switch (v->status) {
    case VERDICT_PARTIAL:
        json_add_number(facts, "share", v->share);
        json_add_number(facts, "of", v->of);
        break;
    case VERDICT_WRONG:
        add_finding(facts, v);
        break;
    case VERDICT_CRASHED:
        add_crash(facts, v);
        break;
    case VERDICT_EXITED:
    case VERDICT_ENDED_EARLY:
        json_add_number(facts, v->code < 0 ? "signal" : "exit_code",
                        v->code < 0 ? -(double)v->code : v->code);
        break;
    case VERDICT_FORBIDDEN:
        json_add_string(facts, "call", box_call_name(v->code));
        break;
    case VERDICT_TIMED_OUT:
        json_add_number(facts, "limit_seconds",
                        v->costly > 0 ? test->problem->problem_seconds : limits->cpu_seconds);
        if (v->costly > 0)
            json_add_number(facts, "costly_test", v->costly);
        break;
    case VERDICT_BLOCKED:
        json_add_number(facts, "limit_seconds", limits->wall_seconds);
        break;
    case VERDICT_OUT_OF_MEMORY:
        json_add_number(facts, "limit_mib", v->code);
        break;
    case VERDICT_TOO_MUCH_OUTPUT:
        json_add_number(facts, "limit_kib", v->code);
        break;
    default:
        break;
    }
}

cJSON *json_facts(const struct card_test *test) {
    const struct verdict *v = &test->verdict;
    const struct {
        const char *key, *text;
    } texts[] = {{"fed", v->fed},
                 {"expected", v->expected},
                 {"returned", v->returned},
                 {"printed", v->printed}};
    cJSON *facts = json_object();
    if (v->function[0])
        json_add_string(facts, "function", v->function);
    if (v->calls > 0)
        json_add_number(facts, "calls", v->calls);
    add_end(facts, test);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].text[0])
            json_add_string(facts, texts[i].key, texts[i].text);
    if (v->printed_cut)
        json_add_bool(facts, "printed_cut", true);
    return facts;
}

cJSON *json_shapes(const struct card_test *test) {
    const struct shape_row *row = card_row(test);
    if (!row)
        return NULL;
    cJSON *shapes = json_object();
    json_add_number(shapes, "row", test->verdict.row + 1);
    json_add_string(shapes, "text", row->text);
    json_add_string(shapes, "title", row->title);
    return shapes;
}
