/* What a worker costs: from starting it to the end of its first call, and one call with 1 KB of
 * tensors: spinning, sleeping on one processor, and two such pairs at once.  Medians. */
#include "worker/worker.h"

#include "base/fault.h"
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NUMBERS = 64, STARTS = 200, CALLS = 20000 };

const struct call_function call_functions[] = {
    {"add_one", 1, CALL_INT, 2, {{"x", CALL_TENSOR_IN}, {"y", CALL_TENSOR_OUT}}}};
const int call_function_count = 1;

static const char source[] =
    "#include \"public/call.h\"\n"
    "volatile int gradus_missing;\n"
    "static void add_one(const union call_value *a, union call_value *r) {\n"
    "    for (int i = 0; i < 64; i++) a[1].tensor->at[i] = a[0].tensor_in->at[i] + 1;\n"
    "    r->integer = OK;\n"
    "}\n"
    "call_thunk *const student_thunks[] = {add_one};\n";

/* --- A worker to start --- */

static int built(const char *build) {
    char *directory = directory_private(), *path = format_string("%s/student.c", directory);
    if (!file_write(path, source, strlen(source)))
        fault("cannot write %s", path);
    char *command = format_string("gcc -O1 -Igrader -c %s -o %s/student.o && cd %s/worker &&"
                                  " ld.bfd -static -s -z noexecstack -o %s/worker runtime.o"
                                  " %s/student.o archives.ld crtend.o crtn.o",
                                  path, directory, build, directory, directory);
    char *result = format_string("%s/worker", directory);
    struct text bytes;
    text_init(&bytes, 16UL * MIB);
    if (system(command) != 0 || !file_read(result, &bytes))
        fault("cannot build a worker");
    int file = memfd_create("worker", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (write(file, bytes.at, bytes.length) != (ssize_t)bytes.length || fchmod(file, 0111) != 0)
        fault("cannot copy the worker");
    fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    directory_remove(directory);
    text_free(&bytes);
    free(result);
    free(command);
    free(path);
    free(directory);
    return file;
}

/* --- Measuring --- */

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *sample, int count) {
    qsort(sample, (size_t)count, sizeof sample[0], by_size);
    return sample[count / 2];
}

static void call_once(struct worker *w, struct verdict *v) {
    double x_numbers[NUMBERS] = {1}, y_numbers[NUMBERS] = {0};
    tensor x = {1, {NUMBERS, 1, 1, 1}, x_numbers}, y = {1, {NUMBERS, 1, 1, 1}, y_numbers};
    const union call_value arguments[] = {{.tensor_in = &x}, {.tensor = &y}};
    union call_value result;
    if (!worker_call(w, 0, arguments, &result, v) || y_numbers[0] != 2)
        fault("a call failed: status %d, code %d", v->status, v->code);
}

static struct worker *start(const struct worker_setup *setup, struct verdict *v) {
    *v = (struct verdict){.status = VERDICT_UNSET};
    struct worker *w = worker_start(setup, v);
    if (w == NULL)
        fault("a worker does not start: status %d, code %d, %s", v->status, v->code, v->sentence);
    return w;
}

static double start_time(const struct worker_setup *setup) {
    static double sample[STARTS];
    static struct verdict v;
    for (int i = 0; i < STARTS; i++) {
        double begun = microseconds();
        struct worker *w = start(setup, &v);
        call_once(w, &v);
        sample[i] = microseconds() - begun;
        worker_stop(w, &v);
    }
    return median(sample, STARTS);
}

static double call_time(const struct worker_setup *setup) {
    static double sample[CALLS];
    static struct verdict v;
    struct worker *w = start(setup, &v);
    for (int i = 0; i < CALLS; i++) {
        double begun = microseconds();
        call_once(w, &v);
        sample[i] = microseconds() - begun;
    }
    worker_stop(w, &v);
    return median(sample, CALLS);
}

/* The slower of two judges that run at the same time, each with its worker on one processor. */
static double call_time_of_two(struct worker_setup setup) {
    int answers[2];
    double time[2] = {0, 0};
    if (pipe(answers) != 0)
        fault("no pipe");
    for (setup.cpu = 0; setup.cpu < 2; setup.cpu++)
        if (fork() == 0) {
            double mine = call_time(&setup);
            _exit(write(answers[1], &mine, sizeof mine) != sizeof mine);
        }
    for (int i = 0; i < 2; i++)
        if (read(answers[0], &time[i], sizeof time[i]) != sizeof time[i])
            fault("a judge said nothing");
    while (wait(NULL) > 0)
        continue;
    return time[0] > time[1] ? time[0] : time[1];
}

int main(int count, char **arguments) {
    (void)count;
    char *build = copy_string(arguments[0]);
    char *end = strstr(build, "/tests/");
    if (end != NULL)
        *end = '\0';
    struct worker_setup setup = {.functions = call_functions,
                                 .executable = built(build),
                                 .limits = {20, 20, 256, 8, 64},
                                 .cpu = -1,
                                 .spin = true};
    bool two = sysconf(_SC_NPROCESSORS_ONLN) > 1;
    if (two)
        printf("call, 1 KB, spinning: %.2f us (bar 5, aim 1.2)\n", call_time(&setup));
    setup.spin = false;
    if (two)
        printf("call, 1 KB, two pairs at once: %.2f us (bar 8)\n", call_time_of_two(setup));
    setup.cpu = 0;
    printf("call, 1 KB, one processor: %.2f us\n", call_time(&setup));
    printf("worker start to first call: %.0f us (bar 1000, aim 500)\n", start_time(&setup));
    free(build);
    return 0;
}
