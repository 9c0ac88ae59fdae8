/* What the box of a compiler costs: the reference's files, each compiled by the same command with
 * and without it, turn about in one run.  The sum of the medians. */
#include "base/fault.h"
#include "base/file.h"
#include "build/tool.h"

#include <dirent.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double boxed(struct tool *t) {
    double start = milliseconds();
    tools_run(t, 1);
    double end = milliseconds();
    if (t->fate.kind != FATE_EXITED || t->fate.code != 0)
        fault("it does not compile in the box: %s", t->output.at);
    return end - start;
}

/* The same program, arguments, environment and folder. */
static double bare(struct tool *t) {
    static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TMPDIR=.",
                                        "SOURCE_DATE_EPOCH=0", NULL};
    pid_t child;
    int status = -1;
    double start = milliseconds();
    if (chdir(t->directory) != 0 ||
        posix_spawn(&child, t->program, NULL, NULL, t->argv, environment) != 0 ||
        waitpid(child, &status, 0) != child || status != 0)
        fault("it does not compile outside of the box");
    return milliseconds() - start;
}

static double medians[2]; /* sums over the files: with and without the box */

static void measure(const char *from, const char *headers, const char *name) {
    double taken[2][ROUNDS];
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
            taken[box][round] = box ? bare(&t) : boxed(&t);
            tool_free(&t);
        }
    for (int box = 0; box < 2; box++) {
        qsort(taken[box], ROUNDS, sizeof(double), by_size);
        medians[box] += taken[box][ROUNDS / 2];
    }
    directory_remove(directory);
    free(directory);
}

int main(void) {
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
    printf("compile box %.1f ms, bare compile %.1f ms, ratio %.3f (bar 1.05)\n", medians[0],
           medians[1], medians[0] / medians[1]);
    free(headers);
    free(whole);
    free(from);
    return 0;
}
