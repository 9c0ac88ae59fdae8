/* What box_test.c runs inside a worker's box.  The deed "call" makes one system call and exits with
 * its errno, or with NOT_REFUSED. */
#include "box_deeds.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct order order;
static volatile int sink, zero;
static char block[1 << 16];

/* --- Harmless deeds --- */

static int do_nothing(void) {
    return printf("uid %d\n", (int)getuid()) < 0;
}

static int do_call(void) {
    const long *a = order.argument;
    return syscall(order.call, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 ? errno : NOT_REFUSED;
}

static int do_list_descriptors(void) {
    struct stat status;
    for (int file = 0; file < 1024; file++)
        if (syscall(SYS_fstat, file, &status) == 0) /* the library's asks by an empty path */
            printf("%d ", file);
    return 0;
}

static int do_write_everywhere(void) {
    for (int file = 4; file < 1024; file++)
        if (write(file, "{\"score\":100}", 13) >= 0)
            return NOT_REFUSED;
    return 0;
}

/* How many blocks of 10 MiB there are. */
static int do_allocate(void) {
    static void *blocks[100];
    int count = 0;
    while (count < 100 && (blocks[count] = malloc(10 << 20)) != NULL)
        count++;
    return count;
}

static int do_compute(void) {
    while (clock() < CLOCKS_PER_SEC / 5)
        sink++;
    return 0;
}

/* --- Deeds that do not end, or end badly --- */

static int do_loop(void) {
    while (!zero)
        sink++;
    return 0;
}

static int do_loop_deaf(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    signal(SIGXCPU, SIG_IGN);
    return do_loop();
}

static int do_sleep(void) {
    while (!zero)
        usleep(100000);
    return 0;
}

/* Awake a tenth of the time. */
static int do_doze(void) {
    for (;;) {
        usleep(20000);
        for (clock_t start = clock(); clock() - start < CLOCKS_PER_SEC / 500;)
            sink++;
    }
}

static int do_stop(void) {
    raise(SIGSTOP);
    return do_sleep();
}

static int recurse(int depth) {
    volatile char frame[4096];
    frame[0] = (char)depth;
    return zero ? 0 : recurse(depth + 1) + frame[0];
}

static int do_recurse(void) {
    return recurse(0);
}

static int do_null(void) {
    *(volatile int *)(unsigned long)zero = 1;
    return 0;
}

static int do_divide(void) {
    return sink / zero;
}

static int do_flood(void) {
    while (!zero)
        sink += (int)write(1, block, sizeof block);
    return 0;
}

static int do_flood_deaf(void) {
    signal(SIGXFSZ, SIG_IGN);
    return do_flood();
}

static int do_abort(void) {
    abort();
}

/* A 32-bit call: its number means something else. */
static int do_foreign_call(void) {
    int result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    return result < 0 ? -result : NOT_REFUSED;
}

/* --- Obeying --- */

static const struct {
    const char *name;
    int (*deed)(void);
} deeds[] = {
    {"nothing", do_nothing},
    {"call", do_call},
    {"list descriptors", do_list_descriptors},
    {"write everywhere", do_write_everywhere},
    {"allocate", do_allocate},
    {"compute", do_compute},
    {"loop", do_loop},
    {"loop deaf", do_loop_deaf},
    {"sleep", do_sleep},
    {"doze", do_doze},
    {"stop", do_stop},
    {"recurse", do_recurse},
    {"null", do_null},
    {"divide", do_divide},
    {"flood", do_flood},
    {"flood deaf", do_flood_deaf},
    {"abort", do_abort},
    {"foreign call", do_foreign_call},
};

static int obey(void) {
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(deeds[i].name, order.deed) == 0)
            return deeds[i].deed();
    return NO_SUCH_DEED;
}

__attribute__((constructor)) static void early(void) {
    if (pread(3, &order, sizeof order, 0) == sizeof order && order.early)
        _exit(obey());
}

int main(void) {
    return obey();
}
