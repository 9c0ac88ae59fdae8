/* The judge's side of a call: writes the request, waits, and takes the results if the other side
 * kept to its slots.  Reads every byte of the output file at most once and believes none.  Knows
 * neither the homework's functions nor what their results should be. */
#include "worker/worker.h"

#include "base/fault.h"
#include "base/file.h"
#include "box/box.h"
#include "worker/autopsy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

struct worker {
    struct worker_setup setup;
    struct boxed boxed;
    struct fate fate;
    bool gone, said_missing;
    int calls;
    uint32_t sequence;
    char *inputs, *outputs; /* the two files, as mapped here */
    struct wire_request *request;
    struct wire_reply *reply;
};

/* --- Waiting --- */

enum { SPINS = 20000, FIRST_NAP_US = 500, LONGEST_NAP_US = 8000 };

static bool replied(const struct worker *w) {
    return atomic_load(&w->reply->sequence) == w->sequence;
}

static struct timespec time_of(long microseconds) {
    return (struct timespec){0, microseconds * 1000};
}

/* Wakes up for a reply, a crash note, or the time; true when it was not the time. */
static bool nap(struct worker *w, long microseconds) {
    const struct timespec time = time_of(microseconds);
    bool woken = true;
    atomic_store(&w->request->asleep, 1);
    uint32_t seen = atomic_load(&w->reply->sequence);
    if (seen != w->sequence)
        woken = syscall(SYS_futex, &w->reply->sequence, FUTEX_WAIT, seen, &time, NULL, 0) == 0 ||
                errno != ETIMEDOUT;
    atomic_store(&w->request->asleep, 0);
    return woken;
}

/* False when the worker has ended instead; w->fate says how.  To be woken without a reply means a
 * crash, or a worker that keeps us looking instead of letting its time pass: after such a look we
 * sleep where nobody can wake us. */
static bool wait_for_reply(struct worker *w) {
    const struct timespec moment = time_of(FIRST_NAP_US);
    for (int i = w->setup.spin ? SPINS : 0; i > 0; i--) {
        if (replied(w))
            return true;
        __builtin_ia32_pause();
    }
    box_resume(&w->boxed);
    for (long length = FIRST_NAP_US;; length = length < LONGEST_NAP_US ? 2 * length : length) {
        bool woken = nap(w, length);
        if (replied(w))
            return true;
        if (box_ended(&w->boxed, &w->fate)) {
            w->gone = true;
            return false;
        }
        if (woken)
            nanosleep(&moment, NULL);
    }
}

/* --- Starting --- */

/* A memory file that nobody can resize; mapped for us, and the descriptor for the worker. */
static bool make_file(const char *name, unsigned seals, int *file, char **mapped) {
    *file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*file < 0 || ftruncate(*file, WIRE_FILE) != 0)
        return false;
    void *at = mmap(NULL, WIRE_FILE, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
    if (at == MAP_FAILED)
        return false;
    *mapped = at;
    return fcntl(*file, F_ADD_SEALS, seals | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

static void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    sched_setaffinity(0, sizeof set, &set); /* only makes us quicker */
}

static bool start(struct worker *w, struct verdict *v) {
    struct box box = {.kind = BOX_WORKER,
                      .executable = w->setup.executable,
                      .pass = {-1, -1},
                      .pass_count = 2,
                      .passed_mib = WIRE_OVERHEAD_MIB,
                      .limits = w->setup.limits,
                      .cpu = w->setup.cpu};
    bool made = make_file("inputs", F_SEAL_FUTURE_WRITE, &box.pass[0], &w->inputs) &&
                make_file("outputs", 0, &box.pass[1], &w->outputs);
    if (made) {
        w->request = (struct wire_request *)w->inputs;
        w->reply = (struct wire_reply *)w->outputs;
        w->request->spin = w->setup.spin;
        w->sequence = WIRE_HELLO;
        w->gone = !box_start(&box, &w->boxed, &w->fate);
    } else {
        verdict_set(v, VERDICT_NOT_GRADED, errno);
        snprintf(v->sentence, sizeof v->sentence, "memory for a worker: %s", strerror(errno));
    }
    for (int i = 0; i < box.pass_count; i++)
        if (box.pass[i] >= 0)
            close(box.pass[i]);
    bool greeted = !w->gone && wait_for_reply(w);
    if (made && !greeted)
        autopsy_before_main(&w->fate, &w->setup.limits, v);
    return greeted;
}

struct worker *worker_start(const struct worker_setup *setup, struct verdict *v) {
    struct worker *w = allocate(1, sizeof *w);
    w->setup = *setup;
    w->boxed.output = -1;
    w->gone = true;
    if (setup->cpu >= 0)
        pin(setup->cpu);
    if (start(w, v))
        return w;
    worker_stop(w, v);
    return NULL;
}

/* --- Arguments there --- */

/* False when an argument does not fit its slot, which is the test's mistake. */
static bool describe(struct wire_argument *a, int rank, const int *dim) {
    int64_t bytes = sizeof(double);
    a->rank = rank;
    for (int i = 0; i < TENSOR_RANK; i++) {
        a->dim[i] = dim[i];
        if (dim[i] < 1 || bytes > WIRE_ROOM / dim[i])
            return false;
        bytes *= dim[i];
    }
    a->bytes = (int32_t)bytes;
    return rank >= 0 && rank <= TENSOR_RANK;
}

static uint64_t *words_at(const struct worker *w, const struct wire_argument *a) {
    char *file = call_is_input((enum call_kind)a->kind) ? w->inputs : w->outputs;
    return (uint64_t *)(file + wire_begin(a->slot, a->bytes));
}

/* Numbers, with a canary before and, where rounding leaves room, behind them. */
static void lay_out(const struct worker *w, const struct wire_argument *a, const void *numbers) {
    uint64_t *words = words_at(w, a);
    int count = a->bytes / 8;
    for (int i = 1; i <= WIRE_CANARY / 8; i++)
        words[-i] = WIRE_CANARY_WORD;
    if (count % 2 != 0)
        words[count] = WIRE_CANARY_WORD;
    const double unwritten_real = call_unwritten();
    const int64_t unwritten_integer = INT64_MIN;
    bool real = call_is_tensor((enum call_kind)a->kind);
    if (numbers != NULL)
        memcpy(words, numbers, (size_t)a->bytes);
    else
        for (int i = 0; i < count; i++)
            memcpy(&words[i], real ? (const void *)&unwritten_real : &unwritten_integer, 8);
}

static bool send_arguments(struct worker *w, const struct call_function *f,
                           const union call_value *argument, struct verdict *v) {
    int in = 0, out = 0;
    for (int i = 0; i < f->count; i++) {
        enum call_kind kind = f->parameter[i].kind;
        struct wire_argument *a = &w->request->argument[i];
        *a = (struct wire_argument){.kind = (int32_t)kind};
        if (kind == CALL_DOUBLE)
            a->scalar.real = argument[i].real;
        else if (!call_is_tensor(kind) && !call_is_ints(kind))
            a->scalar.integer = argument[i].integer;
        else {
            bool real = call_is_tensor(kind);
            const tensor *t = argument[i].tensor_in;
            const ints *n = argument[i].ints_in;
            a->slot = call_is_input(kind) ? in++ : out++;
            if (a->slot >= WIRE_SLOTS ||
                !describe(a, real ? t->rank : n->rank, real ? t->dim : n->dim)) {
                verdict_set(v, VERDICT_NOT_GRADED, 0);
                snprintf(v->sentence, sizeof v->sentence,
                         "argument %s of %s is larger than a slot of %d bytes",
                         f->parameter[i].name, f->name, WIRE_ROOM);
                return false;
            }
            bool fresh = kind == CALL_TENSOR_OUT || kind == CALL_INTS_OUT;
            lay_out(w, a, fresh ? NULL : (real ? (void *)t->at : (void *)n->at));
        }
    }
    w->request->count = f->count;
    return true;
}

/* --- And back --- */

static bool is_output(enum call_kind kind) {
    return (call_is_tensor(kind) || call_is_ints(kind)) && !call_is_input(kind);
}

/* Which word around the numbers was changed: negative before them, positive behind, 0 for none. */
static int damage(const struct worker *w, const struct wire_argument *a) {
    const volatile uint64_t *words = words_at(w, a);
    int count = a->bytes / 8;
    if (count % 2 != 0 && words[count] != WIRE_CANARY_WORD)
        return 1;
    for (int i = 1; i <= WIRE_CANARY / 8; i++)
        if (words[-i] != WIRE_CANARY_WORD)
            return -i;
    return 0;
}

static bool outputs_intact(const struct worker *w, const struct call_function *f,
                           struct verdict *v) {
    for (int i = 0; i < f->count; i++) {
        int where = is_output(f->parameter[i].kind) ? damage(w, &w->request->argument[i]) : 0;
        if (where != 0) {
            verdict_set(v, VERDICT_CRASHED, 0);
            v->crash = CRASH_DAMAGED_OUTPUT;
            v->element = where;
            snprintf(v->argument, sizeof v->argument, "%s", f->parameter[i].name);
            return false;
        }
    }
    return true;
}

static void take_results(struct worker *w, const struct call_function *f,
                         const union call_value *argument, union call_value *result) {
    for (int i = 0; i < f->count; i++) {
        const struct wire_argument *a = &w->request->argument[i];
        enum call_kind kind = f->parameter[i].kind;
        if (is_output(kind))
            memcpy(call_is_tensor(kind) ? (void *)argument[i].tensor->at
                                        : (void *)argument[i].ints->at,
                   words_at(w, a), (size_t)a->bytes);
    }
    *result = (union call_value){.integer = w->reply->result.integer};
    if (f->result == CALL_INT)
        result->integer = (int)result->integer;
    w->said_missing = w->reply->missing != 0;
}

bool worker_call(struct worker *w, int function, const union call_value *argument,
                 union call_value *result, struct verdict *v) {
    const struct call_function *f = &w->setup.functions[function];
    v->calls = ++w->calls;
    snprintf(v->function, sizeof v->function, "%s", f->name);
    v->argument[0] = '\0';
    if (w->gone)
        fault("a call of %s to a worker that is gone", f->name);
    if (!send_arguments(w, f, argument, v))
        return false;
    w->request->function = function;
    atomic_store(&w->request->sequence, ++w->sequence);
    if (atomic_load(&w->reply->asleep))
        syscall(SYS_futex, &w->request->sequence, FUTEX_WAKE, 1, NULL, NULL, 0);
    if (!wait_for_reply(w)) {
        const struct wire_note note = w->reply->note;
        autopsy_in_call(&w->fate, &w->setup.limits, &note, w->request, f, v);
        return false;
    }
    if (!outputs_intact(w, f, v)) {
        box_kill(&w->boxed, &w->fate);
        w->gone = true;
        return false;
    }
    take_results(w, f, argument, result);
    return true;
}

bool worker_said_missing(const struct worker *w) {
    return w->said_missing;
}

/* --- The end --- */

/* What it printed, after what workers of the same test printed before. */
static void add_printed(int output, struct verdict *v) {
    size_t room = sizeof v->printed, used = strnlen(v->printed, room);
    struct text printed;
    text_init(&printed, room - 1 - used);
    file_read_descriptor(output, &printed);
    for (size_t i = 0; i < printed.length; i++)
        v->printed[used + i] = printed.at[i] != '\0' ? printed.at[i] : '\1';
    v->printed[used + printed.length] = '\0';
    v->printed_cut |= printed.cut;
    text_free(&printed);
}

void worker_stop(struct worker *w, struct verdict *v) {
    if (!w->gone)
        box_kill(&w->boxed, &w->fate);
    if (w->boxed.output >= 0) {
        add_printed(w->boxed.output, v);
        close(w->boxed.output);
    }
    v->cpu_ms += w->fate.cpu_ms;
    v->wall_ms += w->fate.wall_ms;
    v->waited_ms += w->fate.waited_ms;
    if (w->fate.peak_kib > v->peak_kib)
        v->peak_kib = w->fate.peak_kib;
    if (w->inputs != NULL)
        munmap(w->inputs, WIRE_FILE);
    if (w->outputs != NULL)
        munmap(w->outputs, WIRE_FILE);
    free(w);
}
