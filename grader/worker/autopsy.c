/* Why a worker ended, in terms that a student understands.  The kernel's word (the fate) decides
 * what it was; the worker's note, which a student's code could have forged, only says where, and
 * every number in it is compared with our own before it is used. */
#include "worker/autopsy.h"

#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* --- What holds before and in a call --- */

static const enum verdict_status statuses[] = {
    [FATE_EXITED] = VERDICT_EXITED,        [FATE_SIGNALLED] = VERDICT_CRASHED,
    [FATE_FORBIDDEN] = VERDICT_FORBIDDEN,  [FATE_TIMED_OUT] = VERDICT_TIMED_OUT,
    [FATE_BLOCKED] = VERDICT_BLOCKED,      [FATE_OUTPUT] = VERDICT_TOO_MUCH_OUTPUT,
    [FATE_MEMORY] = VERDICT_OUT_OF_MEMORY, [FATE_IMAGE] = VERDICT_NOT_GRADED,
    [FATE_SETUP] = VERDICT_NOT_GRADED,
};

static void set(const struct fate *fate, const struct limits *limits, enum verdict_status status,
                int code, struct verdict *v) {
    switch (status) {
    case VERDICT_OUT_OF_MEMORY:
        code = limits->memory_mib;
        break;
    case VERDICT_TOO_MUCH_OUTPUT:
        code = limits->output_kib;
        break;
    case VERDICT_TIMED_OUT: /* the limit, not the measured time: the same on every machine */
        v->seconds = limits->cpu_seconds;
        break;
    case VERDICT_BLOCKED:
        v->seconds = limits->wall_seconds;
        break;
    case VERDICT_NOT_GRADED:
        snprintf(v->sentence, sizeof v->sentence, "the box failed at %s: %s", fate->step,
                 strerror(fate->code));
        break;
    default:
        break;
    }
    verdict_set(v, status, code);
}

void autopsy_before_main(const struct fate *fate, const struct limits *limits, struct verdict *v) {
    enum verdict_status status = statuses[fate->kind];
    int code = fate->code;
    if (fate->kind == FATE_EXITED || fate->kind == FATE_SIGNALLED) {
        status = VERDICT_ENDED_EARLY;
        code = fate->kind == FATE_EXITED ? code : -code;
    }
    set(fate, limits, status, code, v);
}

/* --- Where an address lies --- */

enum { STACK_MARGIN = 256 * KIB, FIRST_PAGE = 4096 };

/* The stack's limit was reached: the address lies beyond it, at or above the stack pointer. */
static bool is_stack(const struct wire_note *note, const struct limits *limits) {
    uint64_t room = (uint64_t)limits->stack_mib * MIB - STACK_MARGIN;
    return note->address < note->stack_base && note->stack_base - note->address > room &&
           note->address + STACK_MARGIN >= note->stack_pointer;
}

/* Whether the address lies in or around the slot of this argument, and what that means. */
static bool is_argument(const struct wire_note *note, const struct wire_argument *a,
                        struct verdict *v) {
    enum call_kind kind = (enum call_kind)a->kind;
    bool input = call_is_input(kind);
    if (!call_is_tensor(kind) && !call_is_ints(kind))
        return false;
    uint64_t file = input ? WIRE_INPUTS : WIRE_OUTPUTS;
    uint64_t begin = file + wire_begin(a->slot, a->bytes), end = begin + (uint64_t)a->bytes;
    uint64_t first = file + wire_slot_end(a->slot) - WIRE_SLOT;
    uint64_t last = file + wire_slot_end(a->slot) + WIRE_GUARD;
    if (note->address < first || note->address >= last)
        return false;
    if (note->address >= end) {
        v->crash = CRASH_PAST_ARGUMENT;
        v->element = (int64_t)(note->address - end) / 8 + 1;
    } else if (note->address < begin) {
        v->crash = CRASH_BEFORE_ARGUMENT;
        v->element = (int64_t)(begin - 1 - note->address) / 8 + 1;
    } else if (input) {
        v->crash = CRASH_WROTE_INPUT;
        v->element = (int64_t)(note->address - begin) / 8;
    } else {
        return false;
    }
    return true;
}

static void locate(const struct wire_note *note, const struct limits *limits,
                   const struct wire_request *request, const struct call_function *f,
                   struct verdict *v) {
    if (note->code == SI_KERNEL) /* an address that cannot exist: the kernel does not tell which */
        return;
    if (note->address < FIRST_PAGE) {
        v->crash = CRASH_NULL;
        return;
    }
    if (is_stack(note, limits)) {
        v->crash = CRASH_STACK;
        return;
    }
    for (int i = 0; i < f->count; i++)
        if (is_argument(note, &request->argument[i], v)) {
            snprintf(v->argument, sizeof v->argument, "%s", f->parameter[i].name);
            return;
        }
}

/* --- The end in a call --- */

void autopsy_in_call(const struct fate *fate, const struct limits *limits,
                     const struct wire_note *note, const struct wire_request *request,
                     const struct call_function *f, struct verdict *v) {
    enum verdict_status status = statuses[fate->kind];
    bool crashed = status == VERDICT_CRASHED;
    v->crash = CRASH_UNKNOWN;
    if (crashed && note->signal == fate->code) {
        if (fate->code == SIGSEGV) /* the others' addresses mean something else */
            locate(note, limits, request, f, v);
        if (v->crash == CRASH_NULL && note->no_memory)
            status = VERDICT_OUT_OF_MEMORY;
    }
    if (crashed && fate->code == SIGFPE)
        v->crash = CRASH_DIVISION;
    if (crashed && fate->code == SIGABRT)
        v->crash = CRASH_ABORTED;
    set(fate, limits, status, fate->code, v);
}
