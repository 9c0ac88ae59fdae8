/* The worker's main: the other side of the wall.  It shares its process with a student's code, so
 * nothing that it says is believed; it only has to be fair to a student whose code is merely wrong.
 * Linked before any submission is seen (runtime.mk), then with dispatch.c, missing.c and the
 * student's objects. */
#include "worker/wire.h"

#include <errno.h>
#include <fenv.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <linux/futex.h>

/* Of missing.c: set by the functions that stand in for what a submission lacks. */
extern volatile int gradus_missing;

static const struct wire_request *const request = (const void *)WIRE_INPUTS;
static struct wire_reply *const reply = (void *)WIRE_OUTPUTS;

enum { SPINS = 1000, EXIT_NO_FILES = 100 };

/* --- Start --- */

static int map(unsigned long address, int protection, int file) {
    void *wanted = (void *)address;
    if (mmap(wanted, WIRE_FILE, protection, MAP_SHARED | MAP_FIXED_NOREPLACE, file, 0) != wanted)
        return -1;
    for (int slot = 0; slot < WIRE_SLOTS; slot++)
        if (mprotect((char *)wanted + wire_slot_end(slot), WIRE_GUARD, PROT_NONE) != 0)
            return -1;
    return 0;
}

static void wake_judge(void) {
    if (atomic_load(&request->asleep))
        syscall(SYS_futex, &reply->sequence, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Notes where it was, brings out what was printed, and dies of the same signal. */
static void on_crash(int signal_number, siginfo_t *information, void *context) {
    const ucontext_t *where = context;
    reply->note.no_memory = errno == ENOMEM;
    reply->note.code = information->si_code;
    reply->note.address = (uint64_t)information->si_addr;
    reply->note.stack_pointer = (uint64_t)where->uc_mcontext.gregs[REG_RSP];
    reply->note.signal = signal_number;
    fflush(stdout);
    wake_judge();
    raise(signal_number);
}

static void catch_crashes(void) {
    static char stack[32 << 10];
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&other, NULL); /* an overflown stack has no room for a handler */
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction action = {.sa_sigaction = on_crash,
                                   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER};
        sigaction(signals[i], &action, NULL);
    }
}

/* --- One call --- */

static void wait_for(uint32_t sequence) {
    for (int i = request->spin ? SPINS : 0; i > 0; i--) {
        if (atomic_load(&request->sequence) == sequence)
            return;
        __builtin_ia32_pause();
    }
    while (atomic_load(&request->sequence) != sequence) {
        atomic_store(&reply->asleep, 1);
        if (atomic_load(&request->sequence) != sequence)
            syscall(SYS_futex, &request->sequence, FUTEX_WAIT, sequence - 1, NULL, NULL, 0);
        atomic_store(&reply->asleep, 0);
    }
}

/* Takes back what code may have set: rounding, flushed denormals, traps, a full x87 stack, copying
 * backwards, trapping on what is not aligned.  The next call starts as the first did. */
static void reset_processor(void) {
    enum { STANDARD_FLAGS = 0x202 };
    __builtin_ia32_writeeflags_u64(STANDARD_FLAGS);
    __asm__ volatile("fninit");
    fesetenv(FE_DFL_ENV);
}

/* The student gets copies of the headers; what they do to them changes nothing. */
static void perform(void) {
    union call_value argument[CALL_PARAMETERS], result = {0};
    tensor tensors[CALL_PARAMETERS];
    ints integers[CALL_PARAMETERS];
    for (int i = 0; i < request->count; i++) {
        const struct wire_argument *a = &request->argument[i];
        enum call_kind kind = (enum call_kind)a->kind;
        unsigned long file = call_is_input(kind) ? WIRE_INPUTS : WIRE_OUTPUTS;
        void *at = (void *)(file + wire_begin(a->slot, a->bytes));
        if (call_is_tensor(kind)) {
            tensors[i] = (tensor){.rank = a->rank, .at = at};
            memcpy(tensors[i].dim, a->dim, sizeof a->dim);
            argument[i].tensor = &tensors[i];
        } else if (call_is_ints(kind)) {
            integers[i] = (ints){.rank = a->rank, .at = at};
            memcpy(integers[i].dim, a->dim, sizeof a->dim);
            argument[i].ints = &integers[i];
        } else if (kind == CALL_DOUBLE) {
            argument[i].real = a->scalar.real;
        } else {
            argument[i].integer = a->scalar.integer;
        }
    }
    gradus_missing = 0;
    errno = 0;
    student_thunks[request->function](argument, &result);
    reset_processor();
    fflush(stdout); /* before a later crash */
    memcpy(&reply->result, &result, sizeof reply->result);
    reply->missing = gradus_missing;
}

int main(void) {
    if (map(WIRE_INPUTS, PROT_READ, WIRE_INPUT_FILE) != 0 ||
        map(WIRE_OUTPUTS, PROT_READ | PROT_WRITE, WIRE_OUTPUT_FILE) != 0)
        return EXIT_NO_FILES;
    reply->note.stack_base = (uint64_t)__builtin_frame_address(0);
    catch_crashes();
    reset_processor(); /* constructors have run */
    for (uint32_t sequence = WIRE_HELLO;; perform()) {
        atomic_store(&reply->sequence, sequence++);
        wake_judge();
        wait_for(sequence);
    }
}
