/* Submissions that do no work, one a kind: what they earn is what a test gives away.  Written for
 * any homework from the signatures alone. */
#include "document/emit.h"

#include <string.h>

static const struct trivial {
    const char *kind;
    const char *status;         /* what int functions return */
    const char *real, *integer; /* every number of an output, and what other functions return */
} trivials[] = {
    {"zeros", "OK", "0", "0"},
    {"ones", "OK", "1", "1"},
    {"negative", "OK", "-1", "-1"},
    {"infinite", "OK", "INFINITY", "INT64_MAX"},
    {"huge", "OK", "1e308", "INT64_MAX"},
    {"tiny", "OK", "5e-324", "0"},
    {"nans", "OK", "NAN", "INT64_MIN"},
    {"copies", "OK", NULL, NULL}, /* from the inputs */
    {"random", "OK", "random__()", "random__()"},
    {"refuses", "IMPOSSIBLE", "0", "-1"},
};

static const char random_source[] =
    "\nstatic int random__(void) {\n"
    "    static uint64_t state = 182;\n"
    "    state = state * 6364136223846793005u + 1442695040888963407u;\n"
    "    return (int)(state >> 60) - 8;\n"
    "}\n";

/* The first parameter for which `wanted` holds, or NULL. */
static const struct call_parameter *find(const struct call_function *f,
                                         int (*wanted)(enum call_kind kind)) {
    for (int i = 0; i < f->count; i++)
        if (wanted(f->parameter[i].kind))
            return &f->parameter[i];
    return NULL;
}

static int is_scalar(enum call_kind kind) {
    return kind == CALL_INT || kind == CALL_INT64 || kind == CALL_DOUBLE;
}

static int is_input(enum call_kind kind) {
    return call_is_input(kind);
}

static const char *array_type(enum call_kind kind) {
    return call_is_tensor(kind) ? "tensor" : "ints";
}

static void write_output(struct text *out, const struct trivial *trivial,
                         const struct call_function *f, const struct call_parameter *output) {
    bool in_place = output->kind == CALL_TENSOR_INOUT || output->kind == CALL_INTS_INOUT;
    const struct call_parameter *input = find(f, is_input);
    const char *fill = call_is_tensor(output->kind) ? trivial->real : trivial->integer;
    if (!fill && in_place)
        return; /* what is there already is a copy of the input */
    text_add(out, "    for (int64_t i__ = 0; i__ < %s_count(%s); i__++)\n        %s->at[i__] = ",
             array_type(output->kind), output->name, output->name);
    if (fill || !input)
        text_add(out, "%s;\n", fill ? fill : "0");
    else
        text_add(out, "(%s)%s->at[i__ %% %s_count(%s)];\n",
                 call_is_tensor(output->kind) ? "double" : "int64_t", input->name,
                 array_type(input->kind), input->name);
}

static void write_function(struct text *out, const struct trivial *trivial,
                           const struct call_function *f) {
    text_add(out, "\n");
    emit_signature(out, "", f);
    text_add(out, " {\n");
    emit_unused(out, f);
    for (int i = 0; i < f->count; i++)
        if (!is_scalar(f->parameter[i].kind) && !call_is_input(f->parameter[i].kind))
            write_output(out, trivial, f, &f->parameter[i]);
    const struct call_parameter *scalar = find(f, is_scalar);
    const char *copied = scalar ? scalar->name : "0";
    if (f->result == CALL_INT)
        text_add(out, "    return %s;\n", trivial->status);
    else if (f->result == CALL_INT64)
        text_add(out, "    return (int64_t)%s;\n", trivial->integer ? trivial->integer : copied);
    else if (f->result == CALL_DOUBLE)
        text_add(out, "    return (double)%s;\n", trivial->real ? trivial->real : copied);
    text_add(out, "}\n");
}

void tangle_trivial(const struct tangle *t, const struct problem *p) {
    for (size_t i = 0; i < sizeof trivials / sizeof *trivials; i++) {
        struct text out;
        text_init(&out, EMIT_BYTES);
        emit_banner(&out, p->path);
        text_add(&out, "#include \"homework.h\"\n\n#include <math.h>\n");
        if (strcmp(trivials[i].kind, "random") == 0)
            text_add(&out, "%s", random_source);
        for (int j = 0; j < p->function_count; j++)
            write_function(&out, &trivials[i], &p->functions[j].call);
        emit_file(t, &out, "trivial/%s/%s", trivials[i].kind, p->reference);
    }
}
