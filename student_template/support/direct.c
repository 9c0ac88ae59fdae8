/* Runs tests against functions linked into this very program: what students do on their own
 * machines.  Checks what the grader's sandbox would catch (inputs stay as they were, nothing is
 * written beside a tensor, crashes) and says what was fed, expected and returned.
 *
 * A crash inside a student's function becomes a finding: the signal handler jumps back to where the
 * call was made.  Nothing is called after that but what ends the test. */
#include "direct.h"

#include "finding.h"
#include "record.h"
#include "suite.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

struct direct_note *direct_notes;

static const struct suite_test *running;
static int running_row;
static jmp_buf leave;

struct direct_note *direct_note(void) {
    return &direct_notes[running - suite.tests];
}

const char *direct_test(void) {
    return running->name;
}

_Noreturn void direct_leave(void) {
    longjmp(leave, 1);
}

/* --- Findings --- */

/* The pieces of a failure, each with a share of the note that the others cannot take away. */
enum { SENTENCE_ROOM = 700, FED_ROOM = 1400, SIDE_ROOM = 600 };

static void add_part(struct direct_note *note, const char *caption, const char *text) {
    size_t used = strlen(note->text);
    if (text[0])
        snprintf(note->text + used, sizeof note->text - used, "%s:\n%s%s", caption, text,
                 text[strlen(text) - 1] == '\n' ? "" : "\n");
}

/* Ends the test with a sentence, and what `f` says about `call`, which may be NULL. */
static _Noreturn void report(const struct finding *f, const char *sentence,
                             const struct record *call) {
    struct direct_note *note = direct_note();
    char part[FED_ROOM] = "";
    snprintf(note->text, sizeof note->text, "%s:%d: %s\n", f->place.file, f->place.line, sentence);
    if (running->rows)
        add_part(note, "shapes", running->rows[running_row]);
    if (call && f->kind != FINDING_UNFINISHED)
        print_call(part, sizeof part, call->function, call->argument);
    add_part(note, "fed", part);
    if (f->kind != FINDING_UNFINISHED && f->kind != FINDING_UNTOUCHED) {
        print_expected(part, SIDE_ROOM, f);
        add_part(note, "expected", part);
        print_returned(part, SIDE_ROOM, f);
        add_part(note, "returned", part);
    }
    ck_abort_msg("%s", sentence);
    abort(); /* not reached: Check leaves the test */
}

/* A NaN has its own cause, whatever it is compared with. */
static void print_sentence(char *out, size_t room, const struct finding *f) {
    static const char advice[] = "\nAn output is full of NaN before the call: "
                                 "did you add to it before clearing it?";
    bool element = f->kind == FINDING_VALUES || f->kind == FINDING_GRADIENT;
    size_t used = print_finding(out, room, f);
    if (element && isnan(f->got))
        snprintf(out + used, room - used, "%s", advice);
}

/* A call that did nothing at all is told as such whatever is demanded: what is updated in place
 * never was NaN, and a property says nothing about an output that nobody wrote. */
_Noreturn void finding_report(const struct finding *f) {
    const void *output = f->got_tensor ? (const void *)f->got_tensor : (const void *)f->got_ints;
    const struct record *call = record_blamed(output);
    struct finding told = *f;
    char sentence[SENTENCE_ROOM];
    bool tells = f->kind == FINDING_UNFINISHED; /* in words of its own */
    if (call && (record_did_nothing(call) || (call->unfinished && !tells))) {
        told.kind = FINDING_UNFINISHED;
        told.place.expression = call_functions[call->function].name;
    }
    print_sentence(sentence, sizeof sentence, &told);
    report(&told, sentence, call);
}

/* A mistake that a call made, rather than a demand of the test; the fence is the nearest line. */
static _Noreturn void report_call(const char *what, int parameter) {
    const struct call_function *f = &call_functions[record_last()->function];
    char sentence[200];
    if (parameter >= 0)
        snprintf(sentence, sizeof sentence, "%s %s %s", f->name, what,
                 f->parameter[parameter].name);
    else
        snprintf(sentence, sizeof sentence, "%s %s", f->name, what);
    report(&(struct finding){.kind = FINDING_PROPERTY,
                             .place = {suite.document, f->name, running->line}},
           sentence, record_last());
}

void finding_expecting(const struct expect_place *p, const tensor *want) {
    (void)p;
    (void)want; /* only the judge distrusts its own expectations */
}

void finding_measure(enum finding_kind kind, double error, double allowed) {
    (void)kind, (void)error, (void)allowed; /* for authors */
}

void finding_award(int share, int of) {
    struct direct_note *note = direct_note();
    if (note->of == 0 || (long)share * note->of < (long)note->share * of) {
        note->share = share;
        note->of = of;
    }
}

/* --- Crashes --- */

static sigjmp_buf back;
static volatile sig_atomic_t calling, caught;
static const void *volatile caught_at;

static const struct {
    int number;
    const char *words;
} CRASHES[] = {{SIGSEGV, "crashed: it used an address that is not its own"},
               {SIGBUS, "crashed: it used an address that is not its own"},
               {SIGFPE, "crashed: a division by zero, or another impossible calculation"},
               {SIGILL, "crashed: an impossible instruction"},
               {SIGABRT, "gave up: abort was called, or an assertion failed"}};
enum { CRASH_COUNT = sizeof CRASHES / sizeof CRASHES[0] };

static void catch_crash(int number, siginfo_t *info, void *context) {
    (void)context;
    if (!calling) { /* not in a student's function: crash as usual */
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    calling = 0;
    caught = number;
    caught_at = info->si_addr;
    siglongjmp(back, 1);
}

/* Whether an address lies where the stack grows to: below this frame, as far as the limit. */
static bool is_stack(const void *address) {
    const rlim_t most = 64 << 20; /* an unlimited stack would reach everywhere */
    const uintptr_t gap = 64 << 10;
    struct rlimit limit;
    char here;
    uintptr_t at = (uintptr_t)address, top = (uintptr_t)&here;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur > most)
        limit.rlim_cur = most;
    return at < top && top - at <= limit.rlim_cur + gap;
}

/* Whose numbers these are, or -1. */
static int find_parameter(const void *numbers) {
    const struct record *call = record_last();
    const struct call_function *f = &call_functions[call->function];
    for (int i = 0; numbers && i < f->count; i++) {
        enum call_kind kind = f->parameter[i].kind;
        if ((call_is_tensor(kind) && call->made[i].tensor_in->at == numbers) ||
            (call_is_ints(kind) && (const void *)call->made[i].ints_in->at == numbers))
            return i;
    }
    return -1;
}

static _Noreturn void report_crash(void) {
    if (caught == SIGSEGV || caught == SIGBUS) {
        int parameter = find_parameter(inputs_guarded((const void *)caught_at));
        if (parameter >= 0)
            report_call("read or wrote beyond the numbers of", parameter);
        if ((uintptr_t)caught_at < 4096)
            report_call("crashed: it used a null pointer", -1);
        if (is_stack((const void *)caught_at))
            report_call("ran out of stack: endless recursion, or too large an array", -1);
    }
    for (int i = 0; i < CRASH_COUNT; i++)
        if (CRASHES[i].number == caught)
            report_call(CRASHES[i].words, -1);
    report_call("crashed", -1);
}

static void watch_crashes(void) {
    /* A stack of its own, so that an exhausted one can be told. */
    enum { STACK = 64 << 10 };
    static char memory[STACK];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    struct sigaction action = {.sa_sigaction = catch_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    if (sigaltstack(&stack, NULL) != 0)
        return;
    for (int i = 0; i < CRASH_COUNT; i++)
        sigaction(CRASHES[i].number, &action, NULL);
}

void direct_begin(void) {
    size_t size = (size_t)(suite.test_count + 1) * sizeof *direct_notes;
    direct_notes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    if (direct_notes == MAP_FAILED) {
        perror("cannot share memory with the tests");
        exit(2);
    }
    watch_crashes();
}

/* --- Calls --- */

/* Headers are passed as copies: changing one harms nobody, as in the grader. */
struct headers {
    tensor tensors[CALL_PARAMETERS];
    ints ints[CALL_PARAMETERS];
    union call_value argument[CALL_PARAMETERS];
};

static void copy_headers(struct headers *h, int function, const union call_value *argument) {
    const struct call_function *f = &call_functions[function];
    for (int i = 0; i < f->count; i++) {
        enum call_kind kind = f->parameter[i].kind;
        h->argument[i] = argument[i];
        if (call_is_tensor(kind)) {
            h->tensors[i] = *argument[i].tensor_in;
            h->argument[i].tensor = &h->tensors[i];
        } else if (call_is_ints(kind)) {
            h->ints[i] = *argument[i].ints_in;
            h->argument[i].ints = &h->ints[i];
        }
    }
}

static void check_call(const struct record *call) {
    const struct call_function *f = &call_functions[call->function];
    int changed = record_changed_input(call);
    if (changed >= 0)
        report_call("changed its const argument", changed);
    for (int i = 0; i < f->count; i++) {
        enum call_kind kind = f->parameter[i].kind;
        if ((call_is_tensor(kind) && !inputs_intact(call->made[i].tensor_in->at)) ||
            (call_is_ints(kind) && !inputs_intact(call->made[i].ints_in->at)))
            report_call("wrote outside the numbers of", i);
    }
}

union call_value call_perform(int function, const union call_value *argument) {
    static struct headers headers;
    struct record *call = record_take(function, argument);
    copy_headers(&headers, function, argument);
    if (sigsetjmp(back, 1))
        report_crash();
    calling = 1;
    student_thunks[function](headers.argument, &call->result);
    calling = 0;
    check_call(call);
    record_finish(call);
    return call->result;
}

/* --- A test --- */

void suite_run(const struct suite_test *test) {
    running = test;
    random_seed(random_mixed(test->seed, test->name));
    for (running_row = 0; running_row < test->row_count; running_row++) {
        inputs_release(); /* what a failed test has left */
        record_forget();
        if (setjmp(leave) != 0)
            break;
        test->body(running_row);
    }
    inputs_release();
}
