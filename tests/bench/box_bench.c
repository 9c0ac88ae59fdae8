/* What the sandbox costs: the same static program from its start to its end, by bare fork and exec
 * and in a worker's box, turn by turn.  Medians; the bar is 0.3 ms between them. */
#include "box/box.h"

#include "base/fault.h"
#include "base/file.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STARTS = 400 };

static int sealed_program(void) {
    char *directory = directory_private();
    char *path = format_string("%s/program", directory);
    char *command = format_string("echo 'int main(void) { return 0; }' |"
                                  " gcc -O1 -static -s -x c - -o %s",
                                  path);
    struct text bytes;
    text_init(&bytes, 16UL * MIB);
    if (system(command) != 0 || !file_read(path, &bytes))
        fault("cannot build a program");
    int file = memfd_create("program", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (write(file, bytes.at, bytes.length) != (ssize_t)bytes.length || fchmod(file, 0111) != 0)
        fault("cannot copy the program");
    fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    directory_remove(directory);
    text_free(&bytes);
    free(command);
    free(path);
    free(directory);
    return file;
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static double run_bare(int program) {
    char *const arguments[] = {"program", NULL}, *const environment[] = {NULL};
    double begun = milliseconds();
    pid_t child = fork();
    if (child == 0) {
        fexecve(program, arguments, environment);
        _exit(1);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        fault("the bare program failed");
    return milliseconds() - begun;
}

static double run_boxed(int program) {
    const struct box box = {.kind = BOX_WORKER,
                            .executable = program,
                            .limits = {.cpu_seconds = 1,
                                       .wall_seconds = 1,
                                       .memory_mib = 64,
                                       .stack_mib = 2,
                                       .output_kib = 4},
                            .cpu = -1};
    struct boxed boxed;
    struct fate fate;
    double begun = milliseconds();
    if (!box_start(&box, &boxed, &fate))
        fault("no box: %s", fate.step);
    box_wait(&boxed, &fate);
    double taken = milliseconds() - begun;
    if (fate.kind != FATE_EXITED || fate.code != 0)
        fault("the boxed program failed: fate %d, code %d", (int)fate.kind, fate.code);
    close(boxed.output);
    return taken;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Before all others, where we may: what is waited for a busy machine is no cost of the box. */
static void come_first(void) {
    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1});
}

int main(void) {
    come_first();
    static double bare[STARTS], boxed[STARTS];
    int program = sealed_program();
    box_level();
    for (int i = 0; i < STARTS; i++) {
        bare[i] = run_bare(program);
        boxed[i] = run_boxed(program);
    }
    qsort(bare, STARTS, sizeof bare[0], by_size);
    qsort(boxed, STARTS, sizeof boxed[0], by_size);
    double cost = boxed[STARTS / 2] - bare[STARTS / 2];
    printf("sandbox (%s): bare fork and exec %.2f ms, boxed %.2f ms, cost %.2f ms (bar 0.3)\n",
           box_level()->words, bare[STARTS / 2], boxed[STARTS / 2], cost);
    close(program);
    return 0;
}
