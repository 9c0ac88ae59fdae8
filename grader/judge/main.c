/* The command line of a judge (judge.h).  gradus is its only caller, so anything unexpected is a
 * fault. */
#include "judge/judge.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "judge/attachment.h"
#include "judge/data.h"
#include "judge/memo.h"
#include "judge/prove.h"
#include "judge/run.h"
#include "public/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum mode { MODE_NONE, MODE_GRADE, MODE_PROVE, MODE_LIST };

struct options {
    enum mode mode;
    enum proof_print print;
    int result, seed; /* descriptors, or -1 */
    double seconds;   /* that the workers of all tests may use */
    pid_t parent;     /* with which it ends, or 0 */
    struct worker_setup worker;
};

/* --- Options --- */

static int parse_int(const char *name, const char *text, int most) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end || errno || value < 0 || value > most)
        refuse("--%s: \"%s\" is not a number from 0 to %d", name, text, most);
    return (int)value;
}

/* "CPU,WALL,MEMORY,STACK,OUTPUT": seconds may have fractions, sizes are whole. */
static struct limits parse_limits(const char *text) {
    enum { COUNT = 5 };
    double value[COUNT];
    const char *at = text;
    for (int i = 0; i < COUNT; i++) {
        char *end;
        value[i] = strtod(at, &end);
        bool size = i > 1;
        if (end == at || *end != (i + 1 < COUNT ? ',' : '\0') || !(value[i] > 0) ||
            value[i] > INT_MAX || (size && value[i] != floor(value[i])))
            refuse("--limits: \"%s\" is not CPU,WALL,MEMORY,STACK,OUTPUT", text);
        at = end + 1;
    }
    return (struct limits){value[0], value[1], (int)value[2], (int)value[3], (int)value[4]};
}

static double parse_seconds(const char *text) {
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end || !(seconds > 0))
        refuse("--seconds: \"%s\" is no time", text);
    return seconds;
}

/* "NAME=DESCRIPTOR" */
static void take_data(char *text) {
    char *equals = strrchr(text, '=');
    if (equals) {
        *equals = '\0';
        data_take(text, parse_int("data", equals + 1, INT_MAX));
    } else {
        refuse("--data: \"%s\" is not NAME=DESCRIPTOR", text);
    }
}

static struct options parse_options(int count, char **arguments) {
    enum { GRADE, PROVE, LIST, MATRIX, MARGINS, LIMITS, SECONDS, DATA, SPIN };
    enum { WORKER = SPIN + 1, RESULT, SEED, MEMO, PARENT, CPU };
    static const struct option known[] = {
        {"grade", no_argument, NULL, GRADE},         {"prove", no_argument, NULL, PROVE},
        {"list", no_argument, NULL, LIST},           {"matrix", no_argument, NULL, MATRIX},
        {"margins", no_argument, NULL, MARGINS},     {"worker", required_argument, NULL, WORKER},
        {"result", required_argument, NULL, RESULT}, {"seed", required_argument, NULL, SEED},
        {"memo", required_argument, NULL, MEMO},     {"data", required_argument, NULL, DATA},
        {"limits", required_argument, NULL, LIMITS}, {"seconds", required_argument, NULL, SECONDS},
        {"parent", required_argument, NULL, PARENT}, {"cpu", required_argument, NULL, CPU},
        {"spin", no_argument, NULL, SPIN},           {0}};
    struct options o = {.result = -1,
                        .seed = -1,
                        .worker = {.functions = call_functions, .executable = -1, .cpu = -1}};
    int memo = -1;
    int *const numbers[] = {[WORKER] = &o.worker.executable,
                            [RESULT] = &o.result,
                            [SEED] = &o.seed,
                            [MEMO] = &memo,
                            [PARENT] = &o.parent,
                            [CPU] = &o.worker.cpu};
    int option, place = 0;
    while ((option = getopt_long(count, arguments, "", known, &place)) != -1) {
        if (option == '?')
            refuse("judge: unknown option");
        if (option <= LIST)
            o.mode = option == GRADE ? MODE_GRADE : option == PROVE ? MODE_PROVE : MODE_LIST;
        else if (option == MATRIX)
            o.print = PROOF_MATRIX;
        else if (option == MARGINS)
            o.print = PROOF_MARGINS;
        else if (option == DATA)
            take_data(optarg);
        else if (option == LIMITS)
            o.worker.limits = parse_limits(optarg);
        else if (option == SECONDS)
            o.seconds = parse_seconds(optarg);
        else if (option == SPIN)
            o.worker.spin = true;
        else
            *numbers[option] = parse_int(known[place].name, optarg, INT_MAX);
    }
    memo_use(memo);
    if (optind < count)
        refuse("judge: unexpected argument \"%s\"", arguments[optind]);
    return o;
}

/* --- Grading --- */

/* The secret, without the line end that an editor adds. */
static char *read_secret(int descriptor) {
    enum { LONGEST = 4 * KIB };
    if (descriptor < 0)
        return copy_string("");
    struct text secret;
    text_init(&secret, LONGEST);
    if (!file_read_descriptor(descriptor, &secret) || secret.cut)
        fault("the course's secret cannot be read, or is longer than %d bytes", LONGEST);
    while (secret.length > 0 && strchr("\r\n", secret.at[secret.length - 1]))
        secret.at[--secret.length] = '\0';
    if (secret.length == 0 || strlen(secret.at) != secret.length)
        fault("the course's secret is empty, or not text");
    close(descriptor);
    return secret.at;
}

static void write_whole(int descriptor, const void *bytes, size_t count) {
    if (!file_write_descriptor(descriptor, bytes, count))
        fault("cannot write the verdicts: %s", strerror(errno));
}

static void grade(const struct options *o) {
    if (o->worker.executable < 0 || o->result < 0 || o->worker.limits.cpu_seconds <= 0 ||
        o->seconds <= 0)
        refuse("judge: --grade needs --worker, --result, --limits and --seconds");
    if (o->worker.spin && o->worker.cpu >= 0)
        refuse("judge: --spin and --cpu exclude each other");
    signal(SIGPIPE, SIG_IGN);
    if (o->parent > 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != o->parent))
        fault("gradus has ended");
    fcntl(o->result, F_SETFD, FD_CLOEXEC);
    data_begin(); /* before there is a secret to know */
    char *secret = read_secret(o->seed);
    struct verdict *verdicts = allocate((unsigned long)suite.test_count, sizeof *verdicts);
    run_suite(&o->worker, secret, o->seconds, verdicts);
    uint32_t attachment_count;
    const struct text *attachments = attachments_kept(&attachment_count);
    struct judge_result head = {.magic = JUDGE_MAGIC,
                                .problem = (uint32_t)suite.problem,
                                .test_count = (uint32_t)suite.test_count,
                                .verdict_size = sizeof *verdicts,
                                .digest = suite.digest,
                                .attachment_count = attachment_count};
    write_whole(o->result, &head, sizeof head);
    write_whole(o->result, verdicts, (size_t)suite.test_count * sizeof *verdicts);
    write_whole(o->result, attachments->at, attachments->length);
    free(verdicts);
    free(secret);
}

/* --- For people --- */

static void list(void) {
    for (int i = 0; i < suite.test_count; i++) {
        const struct suite_test *t = &suite.tests[i];
        printf("%s:%d: %s, points=%d, %s, %d row%s: %s\n", suite.document, t->line, t->name,
               t->points, t->hidden ? "hidden" : "public", t->row_count,
               t->row_count == 1 ? "" : "s", t->heading);
    }
}

int main(int count, char **arguments) {
    const char *place = getenv("TMPDIR");
    char *kept = place ? copy_string(place) : NULL;
    clearenv(); /* CK_* would change what Check does */
    if (kept && setenv("TMPDIR", kept, 1) != 0)
        fault("no memory for the environment");
    free(kept);
    struct options o = parse_options(count, arguments);
    switch (o.mode) {
    case MODE_GRADE:
        grade(&o);
        return EXIT_DONE;
    case MODE_PROVE:
        return prove_suite(o.print, stdout) ? EXIT_FOUND : EXIT_DONE;
    case MODE_LIST:
        list();
        return EXIT_DONE;
    case MODE_NONE:
        break;
    }
    refuse("judge: one of --grade, --prove and --list is needed");
}
