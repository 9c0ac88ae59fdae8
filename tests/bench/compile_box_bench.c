/* What the box of a compiler costs: the reference's files, each compiled by the same command with
 * and without it, turn about in one run.  The sum of the medians, and of those of processor time,
 * which tells more on a busy machine. */
#include "base/fault.h"
#include "base/file.h"
#include "build/tool.h"

#include <dirent.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 15 };
#define FLAGS "-std=c11 -O1 -Wall -Wextra -ffp-contract=off -pipe -fno-lto -c -o object.o"

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* Of this process and of those that it has waited for. */
static double computed(void) {
    double sum = 0;
    for (int child = 0; child < 2; child++) {
        struct rusage used;
        getrusage(child ? RUSAGE_CHILDREN : RUSAGE_SELF, &used);
        sum += 1e3 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               1e-3 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    }
    return sum;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void boxed(struct tool *t) {
    tools_run(t, 1, tools_seconds(1));
    if (t->fate.kind != FATE_EXITED || t->fate.code != 0)
        fault("it does not compile in the box: %s", t->output.at);
}

/* The same program, arguments, environment and folder. */
static void bare(struct tool *t) {
    static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TMPDIR=.",
                                        "SOURCE_DATE_EPOCH=0", NULL};
    pid_t child;
    int status = -1;
    if (chdir(t->directory) != 0 ||
        posix_spawn(&child, t->program, NULL, NULL, t->argv, environment) != 0 ||
        waitpid(child, &status, 0) != child || status != 0)
        fault("it does not compile outside of the box");
}

static double medians[2][2]; /* sums over the files: with and without the box; wall, processor */

static void measure(const char *from, const char *headers, const char *name) {
    double taken[2][2][ROUNDS];
    char *directory = directory_private();
    if (folder_copy(from, name, directory, name) != COPY_DONE ||
        folder_copy(headers, "homework.h", directory, "homework.h") != COPY_DONE ||
        folder_copy(headers, "tensor.h", directory, "tensor.h") != COPY_DONE)
        fault("cannot copy %s/%s", from, name);
    for (int round = 0; round < ROUNDS; round++)
        for (int box = 0; box < 2; box++) {
            struct tool t;
            tool_init(&t, "gcc", directory);
            tool_add_words(&t, FLAGS);
            tool_add(&t, name);
            double start = milliseconds(), before = computed();
            (box ? bare : boxed)(&t);
            taken[box][0][round] = milliseconds() - start;
            taken[box][1][round] = computed() - before;
            tool_free(&t);
        }
    for (int k = 0; k < 4; k++) {
        qsort(taken[k / 2][k % 2], ROUNDS, sizeof(double), by_size);
        medians[k / 2][k % 2] += taken[k / 2][k % 2][ROUNDS / 2];
    }
    directory_remove(directory);
    free(directory);
}

/* Before all others, where we may: what is waited for a busy machine is no cost of the box. */
static void come_first(void) {
    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1});
}

int main(void) {
    come_first();
    const char *build = getenv("BUILD");
    char *from = realpath("reference", NULL), *whole = realpath(build ? build : "build", NULL);
    char *headers = format_string("%s/worker", whole ? whole : "");
    DIR *stream = from ? opendir(from) : NULL;
    if (!stream)
        fault("there is no reference to compile");
    for (const struct dirent *d; (d = readdir(stream));)
        if (strlen(d->d_name) > 2 && strcmp(d->d_name + strlen(d->d_name) - 2, ".c") == 0)
            measure(from, headers, d->d_name);
    closedir(stream);
    printf(
        "compile box %.1f ms, bare compile %.1f ms, ratio %.3f (bar 1.05; processor time %.3f)\n",
        medians[0][0], medians[1][0], medians[0][0] / medians[1][0], medians[0][1] / medians[1][1]);
    free(headers);
    free(whole);
    free(from);
    return 0;
}
