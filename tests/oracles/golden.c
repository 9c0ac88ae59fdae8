/* Reads and compares golden data.  A failure says which case of which family it was, how large the
 * output is, and where the first wrong number lies. */
#include "golden.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double ROOM = 1e-12;

/* --- Reading --- */

cJSON *golden_read(const char *family) {
    char path[64];
    snprintf(path, sizeof path, "tests/oracles/%s.json", family);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = calloc(1, (size_t)size + 1);
    cJSON *read = NULL;
    if (text && fread(text, 1, (size_t)size, file) == (size_t)size)
        read = cJSON_Parse(text);
    free(text);
    fclose(file);
    const char *said = cJSON_GetStringValue(cJSON_GetObjectItem(read, "family"));
    if (said && !strcmp(said, family) && golden_count(read) > 0)
        return read;
    cJSON_Delete(read);
    return NULL;
}

int golden_count(const cJSON *file) {
    return cJSON_GetArraySize(cJSON_GetObjectItem(file, "cases"));
}

struct golden golden_case(const cJSON *file, int index) {
    const cJSON *one = cJSON_GetArrayItem(cJSON_GetObjectItem(file, "cases"), index);
    return (struct golden){
        .family = cJSON_GetStringValue(cJSON_GetObjectItem(file, "family")),
        .name = cJSON_GetStringValue(cJSON_GetObjectItem(one, "case")),
        .call = cJSON_GetStringValue(cJSON_GetObjectItem(one, "call")),
        .number = index + 1,
        .given = cJSON_GetObjectItem(one, "given"),
        .want = cJSON_GetObjectItem(one, "want"),
        .scale = cJSON_GetObjectItem(one, "scale"),
    };
}

/* --- What is given and wanted --- */

static _Noreturn void golden_fail(const struct golden *g, const char *format, const char *name) {
    char what[160];
    snprintf(what, sizeof what, format, name);
    ck_abort_msg("%s, case %d (%s), %s: %s", g->family, g->number, g->name, g->call, what);
    abort();
}

static const cJSON *item(const struct golden *g, const cJSON *where, const char *name) {
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(where, name);
    if (!found)
        golden_fail(g, "no \"%s\" in the file", name);
    return found;
}

static shape item_shape(const struct golden *g, const cJSON *one, const char *name) {
    const cJSON *dims = item(g, one, "shape"), *dim;
    int sizes[TENSOR_RANK], rank = 0;
    cJSON_ArrayForEach(dim, dims) {
        if (rank == TENSOR_RANK || !cJSON_IsNumber(dim) || dim->valueint < 1)
            golden_fail(g, "the shape of \"%s\"", name);
        sizes[rank++] = dim->valueint;
    }
    return shape_of(rank, sizes);
}

/* The numbers of a tensor, as many as its shape asks for. */
static void item_numbers(const struct golden *g, const cJSON *one, const char *name, int64_t count,
                         double *reals, int64_t *wholes) {
    const cJSON *numbers = item(g, one, "at"), *number;
    if (cJSON_GetArraySize(numbers) != count)
        golden_fail(g, "\"%s\" does not fill its shape", name);
    int64_t i = 0;
    cJSON_ArrayForEach(number, numbers) {
        if (!cJSON_IsNumber(number))
            golden_fail(g, "\"%s\" holds something else than numbers", name);
        if (reals)
            reals[i++] = number->valuedouble;
        else
            wholes[i++] = (int64_t)number->valuedouble;
    }
}

static tensor *item_tensor(const struct golden *g, const cJSON *where, const char *name) {
    const cJSON *one = item(g, where, name);
    tensor *t = tensor_new(item_shape(g, one, name));
    item_numbers(g, one, name, tensor_count(t), t->at, NULL);
    return t;
}

static ints *item_ints(const struct golden *g, const cJSON *where, const char *name) {
    const cJSON *one = item(g, where, name);
    ints *t = ints_new(item_shape(g, one, name));
    item_numbers(g, one, name, ints_count(t), NULL, t->at);
    return t;
}

static double item_real(const struct golden *g, const cJSON *where, const char *name) {
    const cJSON *one = item(g, where, name);
    if (!cJSON_IsNumber(one))
        golden_fail(g, "\"%s\" is no number", name);
    return one->valuedouble;
}

tensor *golden_tensor(const struct golden *g, const char *name) {
    return item_tensor(g, g->given, name);
}

ints *golden_ints(const struct golden *g, const char *name) {
    return item_ints(g, g->given, name);
}

double golden_real(const struct golden *g, const char *name) {
    return item_real(g, g->given, name);
}

int golden_int(const struct golden *g, const char *name) {
    return (int)golden_real(g, name);
}

const char *golden_word(const struct golden *g, const char *name) {
    const char *word = cJSON_GetStringValue(item(g, g->given, name));
    if (!word)
        golden_fail(g, "\"%s\" is no word", name);
    return word;
}

tensor *golden_output(const struct golden *g, const char *name) {
    return tensor_new(item_shape(g, item(g, g->want, name), name));
}

ints *golden_output_ints(const struct golden *g, const char *name) {
    return ints_new(item_shape(g, item(g, g->want, name), name));
}

bool golden_wants(const struct golden *g, const char *name) {
    return cJSON_HasObjectItem(g->want, name);
}

/* --- Comparing --- */

/* " (2,3)", and nothing for a single number. */
static void say_shape(const tensor *t, char *text, size_t room) {
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < t->rank; i++)
        used += (size_t)snprintf(text + used, room - used, "%s%d%s", i ? "," : " (", t->dim[i],
                                 i == t->rank - 1 ? ")" : "");
}

static void expect_number(const struct golden *g, const char *name, const tensor *got, int64_t i,
                          double want, double allowed) {
    if (fabs(got->at[i] - want) <= allowed) /* false for NaN */
        return;
    char sizes[64];
    say_shape(got, sizes, sizeof sizes);
    ck_abort_msg("%s, case %d (%s), %s: %s%s: number %ld is %.17g, not %.17g (allowed %g)",
                 g->family, g->number, g->name, g->call, name, sizes, (long)i, got->at[i], want,
                 allowed);
}

void golden_expect_within(const struct golden *g, const char *name, const tensor *got,
                          double room) {
    const tensor *want = item_tensor(g, g->want, name);
    bool scaled = cJSON_HasObjectItem(g->scale, name);
    double scale = scaled ? item_real(g, g->scale, name) : tensor_largest(want);
    ck_assert_int_eq(tensor_count(got), tensor_count(want));
    for (int64_t i = 0; i < tensor_count(got); i++)
        expect_number(g, name, got, i, want->at[i], room * scale);
}

void golden_expect_real_within(const struct golden *g, const char *name, double got, double room) {
    bool scaled = cJSON_HasObjectItem(g->scale, name);
    double want = item_real(g, g->want, name);
    double scale = scaled ? item_real(g, g->scale, name) : fabs(want);
    expect_number(g, name, tensor_filled(shape_of(0, NULL), got), 0, want, room * scale);
}

void golden_expect(const struct golden *g, const char *name, const tensor *got) {
    golden_expect_within(g, name, got, ROOM);
}

void golden_expect_real(const struct golden *g, const char *name, double got) {
    golden_expect_real_within(g, name, got, ROOM);
}

void golden_expect_ints(const struct golden *g, const char *name, const ints *got) {
    const ints *want = item_ints(g, g->want, name);
    tensor *numbers = tensor_new(shape_of(got->rank, got->dim));
    ck_assert_int_eq(ints_count(got), ints_count(want));
    for (int64_t i = 0; i < ints_count(got); i++) {
        numbers->at[i] = (double)got->at[i];
        expect_number(g, name, numbers, i, (double)want->at[i], 0);
    }
}

void golden_expect_int(const struct golden *g, const char *name, int64_t got) {
    expect_number(g, name, tensor_filled(shape_of(0, NULL), (double)got), 0,
                  item_real(g, g->want, name), 0);
}
