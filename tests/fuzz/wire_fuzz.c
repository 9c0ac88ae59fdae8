/* The wall from the judge's side: a worker that answers whatever it likes.  What the judge sent is
 * decoded here by the wire's rules alone and must be what was meant; what comes back must be just
 * the numbers in the slots, or a verdict that can be shown to people. */
#include "fabricated.h"
#include "fuzz.h"

#include "worker/wire.h"
#include "worker/worker.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST = 512 /* numbers of an argument */ };

static struct input in;
static const struct wire_request *request;
static struct wire_reply *reply;
static char *inputs, *outputs;
static uint32_t sequence;
static bool damaged, answered;

/* The call as the test meant it. */
static const struct call_function *called;
static union call_value argument[CALL_PARAMETERS];
static tensor tensors[CALL_PARAMETERS]; /* of a tensor or of ints: the two are laid out alike */
static _Alignas(8) char numbers[CALL_PARAMETERS][MOST * 8];

/* --- The worker --- */

static bool is_array(int i) {
    return call_is_tensor(called->parameter[i].kind) || call_is_ints(called->parameter[i].kind);
}

/* Where the numbers of an argument begin: they end at the end of their slot, rounded up. */
static uint64_t *place(const struct wire_argument *a) {
    size_t slot = 4096 + (size_t)a->slot * (5 << 20), rounded = ((size_t)a->bytes + 15) / 16 * 16;
    char *file = call_is_input((enum call_kind)a->kind) ? inputs : outputs;
    return (uint64_t *)(file + slot + (4 << 20) - rounded);
}

static void demand_sent(void) {
    DEMAND(request->function == called - call_functions && request->count == called->count);
    for (int i = 0; i < called->count; i++) {
        const struct wire_argument *a = &request->argument[i];
        enum call_kind kind = called->parameter[i].kind;
        DEMAND(a->kind == (int)kind);
        if (!is_array(i)) {
            DEMAND(memcmp(&a->scalar, &argument[i], sizeof a->scalar) == 0);
            continue;
        }
        DEMAND(a->slot >= 0 && a->slot < WIRE_SLOTS && a->rank == tensors[i].rank);
        DEMAND(memcmp(a->dim, tensors[i].dim, sizeof a->dim) == 0);
        DEMAND(a->bytes == 8 * tensor_count(&tensors[i]));
        bool fresh = kind == CALL_TENSOR_OUT || kind == CALL_INTS_OUT;
        DEMAND(fresh || memcmp(place(a), numbers[i], (size_t)a->bytes) == 0);
        for (int k = 0; fresh && k < a->bytes / 8; k++)
            DEMAND(place(a)[k] == (kind == CALL_INTS_OUT ? (uint64_t)INT64_MIN : CALL_UNWRITTEN));
    }
}

/* Some words in and around the outputs become others. */
static void poke(void) {
    for (int pokes = input_byte(&in) % 8; pokes > 0; pokes--) {
        const struct wire_argument *a =
            &request->argument[called->count ? input_byte(&in) % called->count : 0];
        int word = (int8_t)input_byte(&in);
        uint64_t was, is;
        input_fill(&in, &is, sizeof is);
        if (called->count == 0 || !is_array((int)(a - request->argument)) ||
            call_is_input((enum call_kind)a->kind))
            continue;
        int count = a->bytes / 8, rounded = (count + 1) / 2 * 2;
        word = word < -8 ? 0 : word >= rounded ? rounded - 1 : word;
        was = place(a)[word];
        place(a)[word] = is;
        damaged = damaged || ((word < 0 || word >= count) && was != is);
    }
}

/* A note whose address lies near an argument, for those that the fuzzer does not find. */
static void note(void) {
    static const uint64_t bases[] = {WIRE_INPUTS, WIRE_OUTPUTS, 0, 0x7ffff0000000};
    uint8_t kind = input_byte(&in);
    if (kind % 2)
        reply->note.address = bases[kind / 2 % 4] + reply->note.address % (WIRE_FILE + 4096);
    if (kind & 0x10)
        reply->note.stack_base = reply->note.address + ((uint64_t)kind << 20);
    if (kind & 0x20)
        reply->note.stack_pointer = reply->note.address;
}

static void act(struct fate *fate) {
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGKILL, SIGILL, 0, 77};
    uint8_t deed = input_byte(&in);
    if (called)
        demand_sent();
    if (called && deed & 1)
        input_fill(&in, reply, sizeof *reply);
    if (called && deed & 2)
        note();
    if (called && deed & 4)
        poke();
    *fate = (struct fate){.kind = deed / 16 % (FATE_SETUP + 1),
                          .code = signals[input_byte(&in) % 8],
                          .step = "a step"};
    if (deed & 8 && reply->note.signal % 2 == 0)
        reply->note.signal = fate->code;
    answered = deed < 0xc0;
    atomic_store(&reply->sequence, answered                          ? ++sequence
                                   : reply->sequence == sequence + 1 ? sequence + 2
                                                                     : reply->sequence);
}

/* --- The judge --- */

static void start(const struct box *box, struct boxed *boxed, struct fate *fate) {
    char printed[256];
    (void)fate;
    inputs = mmap(NULL, WIRE_FILE, PROT_READ, MAP_SHARED, box->pass[0], 0);
    outputs = mmap(NULL, WIRE_FILE, PROT_READ | PROT_WRITE, MAP_SHARED, box->pass[1], 0);
    DEMAND(inputs != MAP_FAILED && outputs != MAP_FAILED);
    /* Nobody else can ever write what the judge says. */
    DEMAND(mmap(NULL, WIRE_FILE, PROT_READ | PROT_WRITE, MAP_SHARED, box->pass[0], 0) ==
           MAP_FAILED);
    DEMAND(ftruncate(box->pass[1], 0) != 0);
    request = (const struct wire_request *)inputs;
    reply = (struct wire_reply *)outputs;
    sequence = 0;
    input_string(&in, printed, sizeof printed);
    boxed->output = memory_file(printed, strlen(printed));
}

static void choose(void) {
    called = &call_functions[input_byte(&in) % call_function_count];
    for (int i = 0; i < called->count; i++) {
        if (!is_array(i)) {
            argument[i].integer = 0;
            input_fill(&in, &argument[i], sizeof argument[i]);
            continue;
        }
        tensor *t = &tensors[i];
        *t = (tensor){input_byte(&in) % (TENSOR_RANK + 1), {1, 1, 1, 1}, (double *)numbers[i]};
        for (int k = 0; k < t->rank; k++) {
            int dim = input_byte(&in) % 16, large = dim == 0 ? WIRE_SLOT : dim;
            t->dim[k] = dim == 0 || tensor_count(t) * dim <= MOST ? large : 1;
            if (dim == 0)
                break;
        }
        input_fill(&in, numbers[i], 8 * (size_t)(input_byte(&in) % MOST));
        argument[i].tensor = t;
    }
}

static bool fits(void) {
    for (int i = 0; i < called->count; i++)
        if (is_array(i) && tensor_count(&tensors[i]) > MOST)
            return false;
    return true;
}

static void demand_taken(const union call_value *result) {
    DEMAND(answered && !damaged && fits());
    for (int i = 0; i < called->count; i++)
        if (is_array(i) && !call_is_input(called->parameter[i].kind))
            DEMAND(memcmp(numbers[i], place(&request->argument[i]),
                          (size_t)request->argument[i].bytes) == 0);
    int64_t want = reply->result.integer;
    DEMAND(result->integer == (called->result == CALL_INT ? (int)want : want));
}

static void demand_verdict(const struct verdict *v) {
    DEMAND(v->status > VERDICT_PARTIAL && v->status < VERDICT_COUNT);
    DEMAND(strnlen(v->argument, sizeof v->argument) < sizeof v->argument);
    if (fits() && answered)
        DEMAND(damaged && v->crash == CRASH_DAMAGED_OUTPUT && v->status == VERDICT_CRASHED);
    if (!fits())
        DEMAND(v->status == VERDICT_NOT_GRADED);
}

/* As far as people: the verdict stands for a test of problem 3. */
static void show(const struct verdict *v) {
    struct card *card = card_make(&homework, NULL, NULL);
    judge_all(card, *v, fabricate(VERDICT_PASSED));
    DEMAND(v->status == VERDICT_PASSED || card->tests[0].earned == 0);
    demand_exports(card);
    card_free(card);
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    const struct worker_setup setup = {
        .functions = call_functions,
        .executable = -1,
        .limits = {.cpu_seconds = 1, .wall_seconds = 2, .stack_mib = 8, .memory_mib = 64},
        .cpu = -1};
    enum { CALLS = 3 };
    in = (struct input){bytes, count};
    box_deed_next = start;
    box_resumed = act;
    called = NULL;
    inputs = NULL;
    struct verdict v = fabricate(VERDICT_UNSET);
    struct worker *w = worker_start(&setup, &v);
    bool alive = w != NULL;
    DEMAND(alive == answered);
    for (int i = 0; i < CALLS && alive; i++) {
        union call_value result;
        damaged = answered = false;
        choose();
        alive = worker_call(w, (int)(called - call_functions), argument, &result, &v);
        if (alive)
            demand_taken(&result);
        else
            demand_verdict(&v);
    }
    verdict_set(&v, VERDICT_PASSED, 0);
    if (w)
        worker_stop(w, &v);
    DEMAND(memchr(v.printed, '\0', sizeof v.printed) != NULL);
    munmap(inputs, WIRE_FILE);
    munmap(outputs, WIRE_FILE);
    show(&v);
}
