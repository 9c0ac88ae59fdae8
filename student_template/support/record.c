/* Remembers calls (record.h).  Knows kinds of parameters; not who carries a call out, nor what
 * anybody thinks of it. */
#include "record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- The numbers of an argument, whatever their type --- */

struct numbers {
    char *at;
    size_t count;
};

enum { NUMBER_SIZE = 8 };
_Static_assert(sizeof(double) == NUMBER_SIZE && sizeof(int64_t) == NUMBER_SIZE,
               "both kinds of numbers take eight bytes");

static struct numbers find_numbers(enum call_kind kind, union call_value v) {
    if (call_is_tensor(kind))
        return (struct numbers){(char *)v.tensor_in->at, (size_t)tensor_count(v.tensor_in)};
    if (call_is_ints(kind))
        return (struct numbers){(char *)v.ints_in->at, (size_t)ints_count(v.ints_in)};
    return (struct numbers){NULL, 0};
}

static bool is_output(enum call_kind kind) {
    return (call_is_tensor(kind) || call_is_ints(kind)) && !call_is_input(kind);
}

static void blank(enum call_kind kind, union call_value v) {
    if (kind == CALL_TENSOR_OUT)
        for (int64_t i = 0, n = tensor_count(v.tensor); i < n; i++)
            v.tensor->at[i] = call_unwritten();
    if (kind == CALL_INTS_OUT)
        for (int64_t i = 0, n = ints_count(v.ints); i < n; i++)
            v.ints->at[i] = INT64_MIN;
}

/* --- Before the call --- */

static struct record *records; /* one a function; their copies' memory is used again and again */
static int last = -1;

static void *get_memory(void *old, size_t size) {
    free(old);
    void *memory = calloc(1, size);
    if (!memory) {
        fprintf(stderr, "out of memory: cannot remember a call\n");
        exit(2);
    }
    return memory;
}

static void copy_numbers(struct record *r, int i, enum call_kind kind) {
    struct numbers from = find_numbers(kind, r->made[i]);
    size_t bytes = from.count * NUMBER_SIZE;
    if (r->size[i] < bytes) {
        r->room[i] = get_memory(r->room[i], bytes);
        r->size[i] = bytes;
    }
    memcpy(r->room[i], from.at, bytes);
    if (call_is_tensor(kind)) {
        r->tensor[i] = *r->made[i].tensor_in;
        r->tensor[i].at = r->room[i];
        r->argument[i].tensor_in = &r->tensor[i];
    } else {
        r->ints[i] = *r->made[i].ints_in;
        r->ints[i].at = r->room[i];
        r->argument[i].ints_in = &r->ints[i];
    }
}

struct record *record_take(int function, const union call_value *argument) {
    if (!records)
        records = get_memory(NULL, (size_t)call_function_count * sizeof *records);
    const struct call_function *f = &call_functions[function];
    struct record *r = &records[function];
    last = r->function = function;
    r->known = true;
    r->missing = r->unfinished = false;
    r->idle = false; /* what never comes back cannot be said to have done nothing */
    r->output_count = 0;
    r->result = (union call_value){.integer = 0};
    for (int i = 0; i < f->count; i++) {
        enum call_kind kind = f->parameter[i].kind;
        r->made[i] = r->argument[i] = argument[i];
        blank(kind, argument[i]);
        if (call_is_tensor(kind) || call_is_ints(kind))
            copy_numbers(r, i, kind);
    }
    return r;
}

void record_forget(void) {
    for (int i = 0; records && i < call_function_count; i++)
        records[i].known = records[i].worked = false;
    last = -1;
}

/* --- Which call --- */

const struct record *record_last(void) {
    return last < 0 ? NULL : &records[last];
}

static bool writes(const struct record *r, const void *output) {
    const struct call_function *f = &call_functions[r->function];
    for (int i = 0; i < f->count; i++)
        if (is_output(f->parameter[i].kind) &&
            (call_is_tensor(f->parameter[i].kind) ? (const void *)r->made[i].tensor == output
                                                  : (const void *)r->made[i].ints == output))
            return true;
    return false;
}

const struct record *record_writing(const void *output) {
    if (last >= 0 && !writes(&records[last], output))
        for (int i = 0; i < call_function_count; i++)
            if (records[i].known && writes(&records[i], output))
                return &records[i];
    return record_last();
}

/* --- After the call --- */

/* Bytes, not numbers: NaN equals itself here, and 0 differs from -0. */
static bool is_unchanged(const struct record *r, int i) {
    enum call_kind kind = call_functions[r->function].parameter[i].kind;
    struct numbers now = find_numbers(kind, r->made[i]);
    return memcmp(now.at, r->room[i], now.count * NUMBER_SIZE) == 0;
}

int record_changed_input(const struct record *r) {
    const struct call_function *f = &call_functions[r->function];
    for (int i = 0; i < f->count; i++)
        if (call_is_input(f->parameter[i].kind) && !is_unchanged(r, i))
            return i;
    return -1;
}

static bool left_outputs(const struct record *r) {
    const struct call_function *f = &call_functions[r->function];
    for (int i = 0; i < f->count; i++)
        if (is_output(f->parameter[i].kind) && !is_unchanged(r, i))
            return false;
    return true;
}

static void keep_number(struct record *r, double number) {
    if (r->output_count < r->output_room)
        r->outputs[r->output_count] = number;
    r->output_count++;
}

/* Keeps what there is room for, and counts all of it. */
static void keep_outputs(struct record *r) {
    const struct call_function *f = &call_functions[r->function];
    r->output_count = 0;
    for (int i = 0; i < f->count; i++) {
        enum call_kind kind = f->parameter[i].kind;
        size_t count = is_output(kind) ? find_numbers(kind, r->made[i]).count : 0;
        for (size_t k = 0; k < count; k++)
            keep_number(r, call_is_tensor(kind) ? r->made[i].tensor_in->at[k]
                                                : (double)r->made[i].ints_in->at[k]);
    }
    if (f->result != CALL_VOID)
        keep_number(r, f->result == CALL_DOUBLE ? r->result.real : (double)r->result.integer);
}

/* What a skeleton returns; NaN can be a result, too. */
static bool says_unfinished(const struct record *r) {
    enum call_kind kind = call_functions[r->function].result;
    return (kind == CALL_INT && r->result.integer == UNFINISHED) ||
           (kind == CALL_INT64 && r->result.integer == INT64_MIN);
}

void record_finish(struct record *r) {
    r->unfinished = says_unfinished(r) && left_outputs(r);
    r->idle = call_functions[r->function].result == CALL_VOID && left_outputs(r);
    r->worked |= !r->idle;
    keep_outputs(r);
    if (r->output_count <= r->output_room)
        return;
    r->output_room = r->output_count;
    r->outputs = get_memory(r->outputs, r->output_room * sizeof *r->outputs);
    keep_outputs(r);
}

bool record_did_nothing(const struct record *r) {
    return r->idle && !r->worked;
}

const struct record *record_blamed(const void *output) {
    const struct record *writing = record_writing(output);
    if (writing && (writing->missing || writing->unfinished || record_did_nothing(writing)))
        return writing;
    for (int i = 0; records && i < call_function_count; i++)
        if (records[i].known && (records[i].missing || records[i].unfinished))
            return &records[i];
    return writing;
}
