/* Both ends of a call: calls.h and calls.c pack the arguments on the judge's side, dispatch.c
 * unpacks them beside the function.  The bodies never see a document. */
#include "document/emit.h"

/* How each kind is stored in a union call_value, and what it needs to come out again. */
static const struct {
    const char *member, *cast, *name;
} kinds[] = {
    [CALL_VOID] = {"integer", "", "CALL_VOID"},
    [CALL_INT] = {"integer", "(int)", "CALL_INT"},
    [CALL_INT64] = {"integer", "", "CALL_INT64"},
    [CALL_DOUBLE] = {"real", "", "CALL_DOUBLE"},
    [CALL_TENSOR_IN] = {"tensor_in", "", "CALL_TENSOR_IN"},
    [CALL_INTS_IN] = {"ints_in", "", "CALL_INTS_IN"},
    [CALL_TENSOR_OUT] = {"tensor", "", "CALL_TENSOR_OUT"},
    [CALL_INTS_OUT] = {"ints", "", "CALL_INTS_OUT"},
    [CALL_TENSOR_INOUT] = {"tensor", "", "CALL_TENSOR_INOUT"},
    [CALL_INTS_INOUT] = {"ints", "", "CALL_INTS_INOUT"},
};

/* --- The caller's end --- */

static void write_calls_header(const struct tangle *t, const char *folder) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    emit_banner(&out, "the api blocks of problems/");
    text_add(&out, "#ifndef CALLS_H\n#define CALLS_H\n\n#include \"homework.h\"\n\n");
    EACH_FUNCTION(t->h, p, f) {
        emit_signature(&out, "call_", f);
        text_add(&out, ";\n");
    }
    /* calls.c itself names the functions; everybody else means the wrappers. */
    text_add(&out, "\n#ifndef CALLS_WITHOUT_NAMES\n");
    EACH_FUNCTION(t->h, p, f)
    text_add(&out, "#define %s call_%s\n", f->name, f->name);
    text_add(&out, "#endif\n\n#endif\n");
    emit_file(t, &out, "%scalls.h", folder);
}

static void write_wrapper(struct text *out, const struct call_function *f, int number) {
    text_add(out, "\n");
    emit_signature(out, "call_", f);
    text_add(out, " {\n    const union call_value arguments__[] = {");
    for (int i = 0; i < f->count; i++)
        text_add(out, "%s{.%s = %s}", i ? ", " : "", kinds[f->parameter[i].kind].member,
                 f->parameter[i].name);
    text_add(out, "%s};\n    ", f->count ? "" : "{0}");
    if (f->result == CALL_VOID)
        text_add(out, "call_perform(%d, arguments__);\n}\n", number);
    else
        text_add(out, "return %scall_perform(%d, arguments__).%s;\n}\n", kinds[f->result].cast,
                 number, kinds[f->result].member);
}

static void write_calls(const struct tangle *t, const char *folder) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    emit_banner(&out, "the api blocks of problems/");
    text_add(&out, "#define CALLS_WITHOUT_NAMES\n#include \"calls.h\"\n\n#include \"call.h\"\n\n"
                   "const struct call_function call_functions[] = {\n");
    int count = 0;
    EACH_FUNCTION(t->h, p, f) {
        text_add(&out, "    {\"%s\", %d, %s, %d, {", f->name, f->problem, kinds[f->result].name,
                 f->count);
        for (int i = 0; i < f->count; i++)
            text_add(&out, "%s{\"%s\", %s}", i ? ", " : "", f->parameter[i].name,
                     kinds[f->parameter[i].kind].name);
        text_add(&out, "%s}},\n", f->count ? "" : "{0}");
        count++;
    }
    text_add(&out, "    {0}};\nconst int call_function_count = %d;\n", count);
    int number = 0;
    EACH_FUNCTION(t->h, p, f)
    write_wrapper(&out, f, number++);
    emit_file(t, &out, "%scalls.c", folder);
}

void tangle_calls(const struct tangle *t, const char *folder) {
    write_calls_header(t, folder);
    write_calls(t, folder);
}

/* --- The function's end --- */

static void write_thunk(struct text *out, const struct call_function *f) {
    text_add(out,
             "\nstatic void thunk_%s(const union call_value *argument__, "
             "union call_value *result__) {\n",
             f->name);
    if (f->count == 0)
        text_add(out, "    (void)argument__;\n");
    if (f->result == CALL_VOID)
        text_add(out, "    (void)result__;\n    %s(", f->name);
    else
        text_add(out, "    result__->%s = %s(", kinds[f->result].member, f->name);
    for (int i = 0; i < f->count; i++)
        text_add(out, "%s%sargument__[%d].%s", i ? ", " : "", kinds[f->parameter[i].kind].cast, i,
                 kinds[f->parameter[i].kind].member);
    text_add(out, ");\n}\n");
}

void tangle_dispatch(const struct tangle *t, const char *folder) {
    struct text out;
    text_init(&out, EMIT_BYTES);
    emit_banner(&out, "the api blocks of problems/");
    text_add(&out, "#include \"homework.h\"\n\n#include \"call.h\"\n\n"
                   "#ifndef THUNKS\n#define THUNKS student_thunks\n#endif\n");
    EACH_FUNCTION(t->h, p, f)
    write_thunk(&out, f);
    text_add(&out, "\nextern call_thunk *const THUNKS[];\ncall_thunk *const THUNKS[] = {\n");
    EACH_FUNCTION(t->h, p, f)
    text_add(&out, "    thunk_%s,\n", f->name);
    text_add(&out, "    0};\n");
    emit_file(t, &out, "%sdispatch.c", folder);
}
