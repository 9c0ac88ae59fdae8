/* A student's code, good and bad, that worker_test.c links with the worker's runtime and calls.
 * Compiled a second time with -DEARLY=deed to do one of the bad things before main. */
#include "worker_deeds.h"

#include "public/call.h"
#include "worker/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xmmintrin.h>

volatile int gradus_missing;
static volatile int zero;
static volatile double sink;

/* Names that the runtime has too. */
int main(void) {
    return 9;
}
double round(double x) {
    return x;
}

/* --- Honest functions --- */

static int add_one(const tensor *x, tensor *y) {
    for (int64_t i = 0; i < tensor_count(x); i++)
        y->at[i] = x->at[i] + 1;
    return OK;
}

static int64_t weighted_sum(const ints *x, int weight) {
    int64_t sum = 0;
    for (int64_t i = 0; i < ints_count(x); i++)
        sum += weight * x->at[i];
    return sum;
}

static void add_in_place(tensor *w, ints *n, double step) {
    for (int64_t i = 0; i < tensor_count(w); i++)
        w->at[i] += step;
    for (int64_t i = 0; i < ints_count(n); i++)
        n->at[i]++;
}

/* 1 where an output came filled as promised. */
static double promised(const tensor *y, const ints *n) {
    return isnan(y->at[0]) && isnan(y->at[tensor_count(y) - 1]) && n->at[0] == INT64_MIN;
}

/* --- Deeds --- */

static struct wire_reply *const reply = (void *)WIRE_OUTPUTS;
static double *kept;

enum { TRAP_MISALIGNED = 1 << 18, COPY_BACKWARDS = 1 << 10 };

static void set_flags(unsigned long flags) {
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | flags);
}

/* Everything about the processor that a call could leave behind. */
static void leave_modes(void) {
    fesetround(FE_DOWNWARD);
    _mm_setcsr(_mm_getcsr() | 0x8040); /* flush denormals */
    for (int i = 0; i < 8; i++)
        __asm__ volatile("fld1"); /* the x87 stack is full */
    set_flags(TRAP_MISALIGNED | COPY_BACKWARDS);
}

static void misalign(void) {
    static char bytes[16];
    set_flags(TRAP_MISALIGNED);
    *(volatile int *)(bytes + 1 + zero) = 1;
}

/* The processor time of this process by its number, as it could be asked of any process. */
static bool read_foreign_clock(void) {
    const clockid_t clock = (clockid_t)(~(unsigned)getpid() << 3 | 2);
    struct timespec time;
    return clock_gettime(clock, &time) == 0 || clock_getres(clock, &time) == 0;
}

static int recurse(int depth) {
    volatile char frame[4096];
    frame[0] = (char)depth;
    return zero ? 0 : recurse(depth + 1) + frame[0];
}

static void fill_stack(int bytes) {
    volatile char frame[bytes];
    frame[0] = frame[bytes / 2] = 1;
    sink = frame[0];
}

static void wait_a_moment(void) {
    const struct timespec moment = {0, 50000000};
    nanosleep(&moment, NULL);
}

static void do_crash(enum deed which) {
    switch (which) {
    case NULL_WRITE:
        *(volatile int *)(unsigned long)zero = 1;
        break;
    case WILD_WRITE:
        *(volatile int *)(0x1234567812345678UL + (unsigned long)zero) = 1;
        break;
    case RECURSE:
        sink = recurse(0);
        break;
    case LARGE_FRAME:
        fill_stack(64 << 20);
        break;
    case DIVIDE:
        sink = 1 % zero;
        break;
    case ABORT:
        abort();
    case MISALIGN:
        misalign();
        break;
    case RAISE_KILL:
        raise(SIGKILL);
        break;
    default:
        break;
    }
}

static void do_end(enum deed which) {
    switch (which) {
    case EXIT:
        exit(0);
    case EXIT_AT_ONCE:
        _exit(7);
    case OPEN:
        open("/etc/passwd", O_RDONLY);
        break;
    case TRUNCATE:
        sink = ftruncate(WIRE_OUTPUT_FILE, 0);
        break;
    case LOOP:
        while (!zero)
            sink += 1;
        break;
    case SLEEP:
        while (!zero)
            wait_a_moment();
        break;
    case FLOOD:
        while (!zero)
            puts("flood");
        break;
    case WRITE_FAR:
        sink = (double)lseek(WIRE_OUTPUT_FILE, WIRE_FILE - 1, SEEK_SET);
        sink = (double)write(WIRE_OUTPUT_FILE, "x", 1);
        break;
    case PRINT_AND_CRASH:
        printf("before %c the crash", '\0');
        *(volatile int *)(unsigned long)zero = 1;
        break;
    default:
        break;
    }
}

static void do_forge(enum deed which, tensor *y) {
    switch (which) {
    case FORGE_FUTURE:
        reply->sequence += 2;
        do_end(LOOP);
        break;
    case FORGE_HUGE:
        reply->sequence = UINT32_MAX;
        do_end(LOOP);
        break;
    case REPLY_AND_CHANGE: /* too early, with right numbers; later they are wrong */
        atomic_fetch_add(&reply->sequence, 1);
        wait_a_moment();
        y->at[0] = -1e9;
        break;
    case REPLY_AND_LOOP:
        atomic_fetch_add(&reply->sequence, 1);
        do_end(LOOP);
        break;
    case FORGE_NOTE:
        reply->note = (struct wire_note){SIGSEGV, 1, 1, 0, 1, 2};
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        break;
    case ERASE_SLOT:
        memset((void *)(WIRE_OUTPUTS + WIRE_HEADER), 0, WIRE_SLOT);
        break;
    case CLOSE_ALL:
        for (int file = 0; file < 64; file++)
            close(file);
        break;
    default:
        break;
    }
}

static void do_memory(enum deed which, const tensor *x, tensor *y, int offset) {
    int64_t count = tensor_count(y);
    switch (which) {
    case WRITE_PAST:
        y->at[count + offset] = 1;
        break;
    case WRITE_BEFORE:
        y->at[-offset] = 1;
        break;
    case READ_PAST:
        sink = x->at[count + offset];
        break;
    case WRITE_INPUT:
        ((double *)x->at)[offset] = 1;
        break;
    case KEEP:
        kept = y->at;
        break;
    case WRITE_KEPT:
        kept[0] = 1;
        break;
    case CHANGE_HEADERS:
        *y = (tensor){77, {-1, 1 << 30, 0, 5}, NULL};
        memset((tensor *)x, 0xff, sizeof *x);
        break;
    case OPEN_INPUTS:
        if (mprotect((void *)WIRE_INPUTS, WIRE_HEADER, PROT_READ | PROT_WRITE) == 0 ||
            write(WIRE_INPUT_FILE, "x", 1) == 1 ||
            mmap(NULL, WIRE_HEADER, PROT_READ | PROT_WRITE, MAP_SHARED, WIRE_INPUT_FILE, 0) !=
                MAP_FAILED)
            y->at[0] = -1e9;
        break;
    case LEAVE_MODES:
        leave_modes();
        break;
    case READ_FOREIGN_CLOCK:
        if (read_foreign_clock())
            y->at[0] = -1e9;
        break;
    case ALLOCATE:
        kept = malloc((size_t)offset << 20);
        *(volatile double *)kept = 1;
        break;
    case PRINT:
        for (int i = 0; i < offset; i++)
            putchar('x');
        break;
    case COMPUTE:
        for (clock_t end = clock() + offset * CLOCKS_PER_SEC / 1000; clock() < end;)
            sink += 1;
        break;
    default:
        break;
    }
}

static int misbehave(int which, int offset, const tensor *x, tensor *y) {
    if (which < FIRST_CRASH || which > LAST_CRASH)
        add_one(x, y);
    tensor header = *y;
    do_memory(which, x, y, offset);
    do_crash(which);
    do_end(which);
    do_forge(which, &header);
    return OK;
}

static double third(void) {
    volatile double one = 1, tiny = 5e-324;
    volatile long double two = 2;
    bool clean = (__builtin_ia32_readeflags_u64() & (TRAP_MISALIGNED | COPY_BACKWARDS)) == 0;
    return clean && tiny > 0 && two + two == 4 ? one / 3 : 0;
}

static int absent(void) {
    gradus_missing = 1;
    return UNFINISHED;
}

/* --- Before main --- */

#ifdef EARLY
__attribute__((constructor)) static void early(void) {
    if (EARLY == FORGE_HUGE) { /* a hello of its own */
        struct wire_reply *forged =
            mmap(NULL, WIRE_FILE, PROT_READ | PROT_WRITE, MAP_SHARED, WIRE_OUTPUT_FILE, 0);
        forged->sequence = WIRE_HELLO + 1;
    } else {
        do_crash(EARLY);
        do_end(EARLY);
    }
}
#endif

/* --- What the dispatcher would be --- */

static void call_add_one(const union call_value *a, union call_value *r) {
    r->integer = add_one(a[0].tensor_in, a[1].tensor);
}
static void call_weighted_sum(const union call_value *a, union call_value *r) {
    r->integer = weighted_sum(a[0].ints_in, (int)a[1].integer);
}
static void call_add_in_place(const union call_value *a, union call_value *r) {
    (void)r;
    add_in_place(a[0].tensor, a[1].ints, a[2].real);
}
static void call_promised(const union call_value *a, union call_value *r) {
    r->real = promised(a[0].tensor, a[1].ints);
}
static void call_misbehave(const union call_value *a, union call_value *r) {
    r->integer = misbehave((int)a[0].integer, (int)a[1].integer, a[2].tensor_in, a[3].tensor);
}
static void call_third(const union call_value *a, union call_value *r) {
    (void)a;
    r->real = third();
}
static void call_absent(const union call_value *a, union call_value *r) {
    (void)a;
    r->integer = absent();
}

call_thunk *const student_thunks[] = {call_add_one,  call_weighted_sum, call_add_in_place,
                                      call_promised, call_misbehave,    call_third,
                                      call_absent};
