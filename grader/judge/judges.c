/* Starts the judges and collects their verdicts (judges.h).  A judge is trusted but not believed to
 * be well: one that dies, hangs, is older than its document or reports another number of tests
 * than were tangled is a fault of ours, and its problem is not graded.
 *
 * The run's deadline is the only clock.  A judge may take all that is left of it, unless others
 * wait for its place: then it gets the share that its front matter makes likely, so that one that
 * hangs costs its own problem, and the others get theirs in any case.  (A sum of all that every
 * test could take at worst would come to hours, and outlast every deadline.) */
#include "judge/judges.h"

#include "base/deadline.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/machine.h"
#include "box/box.h"
#include "worker/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 100, SUITE_SECONDS = 10 };

struct running {
    const struct problem *problem;
    struct judging *judging;
    pid_t pid; /* 0: this place is free */
    int process, result;
    double started, share; /* moment; seconds */
};

static int count_blocks(const struct problem *p, enum role role) {
    int count = 0;
    for (int i = 0; i < p->block_count; i++)
        count += p->blocks[i].role == role;
    return count;
}

static int count_tests(const struct problem *p) {
    return count_blocks(p, ROLE_TEST) + count_blocks(p, ROLE_HIDDEN);
}

/* --- Starting --- */

enum { OWN_DESCRIPTORS = 4, JUDGE_DESCRIPTORS = OWN_DESCRIPTORS + DATA_FILES, FIRST_FREE = 20 };

/* Starts the program with `given` as descriptors 3, 4, ...; -1 among them is left out.  Returns 0
 * or the reason. */
static int spawn(const char *program, char **arguments, const int *given, pid_t *pid) {
    char *temporary = format_string("TMPDIR=%s", directory_temporary());
    char *environment[] = {"LC_ALL=C", temporary, NULL};
    int copies[JUDGE_DESCRIPTORS];
    int reason = 0;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    for (int i = 0; i < JUDGE_DESCRIPTORS; i++) {
        /* High copies: a source must not be overwritten by an earlier target. */
        copies[i] = given[i] < 0 ? -1 : fcntl(given[i], F_DUPFD_CLOEXEC, FIRST_FREE);
        if (copies[i] >= 0)
            posix_spawn_file_actions_adddup2(&actions, copies[i], 3 + i);
        else if (given[i] >= 0)
            reason = errno;
    }
    /* A group of its own: what is killed is all of it, and a key pressed in the terminal is for
     * gradus alone. */
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    if (reason == 0)
        reason = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free(temporary);
    for (int i = 0; i < JUDGE_DESCRIPTORS; i++)
        if (copies[i] >= 0)
            close(copies[i]);
    return reason;
}

/* The judge's descriptors: 3 the worker's executable, 4 the result, 5 the secret, 6 the memos, and
 * from 7 the files of data. */
static void start(struct running *r, const struct product *product, const struct judges *j,
                  int processor) {
    const struct limits *l = &r->problem->limits;
    char *program = format_string("%s/judge-%d", j->directory, r->problem->number);
    char *limits = format_string("--limits=%g,%g,%d,%d,%d", l->cpu_seconds, l->wall_seconds,
                                 l->memory_mib, l->stack_mib, l->output_kib);
    char *seconds = format_string("--seconds=%g", r->problem->problem_seconds);
    char *place = processor < 0 ? copy_string("--spin") : format_string("--cpu=%d", processor);
    char *parent = format_string("--parent=%d", (int)getpid());
    const int *files = j->handed->files[r->problem - j->homework->problems];
    char *arguments[11 + DATA_FILES] = {program, "--grade", "--worker=3", "--result=4",
                                        parent,  limits,    seconds,      place};
    int count = 8;
    if (j->secret >= 0)
        arguments[count++] = "--seed=5";
    if (j->memo >= 0)
        arguments[count++] = "--memo=6";
    int given[JUDGE_DESCRIPTORS] = {product->executable, r->result, j->secret, j->memo};
    int first_data = count;
    for (int i = 0; i < DATA_FILES; i++) {
        given[OWN_DESCRIPTORS + i] = files[i];
        if (files[i] >= 0)
            arguments[count++] =
                format_string("--data=%s=%d", r->problem->data[i].name, 3 + OWN_DESCRIPTORS + i);
    }
    int reason = spawn(program, arguments, given, &r->pid);
    r->process = reason == 0 ? (int)syscall(SYS_pidfd_open, r->pid, 0) : -1;
    if (reason == 0 && r->process < 0) { /* no judge without a watch */
        reason = errno;
        kill(-r->pid, SIGKILL);
        waitpid(r->pid, NULL, 0);
    }
    if (reason != 0) {
        r->pid = 0;
        r->judging->fault = format_string("cannot start %s: %s", program, strerror(reason));
    }
    free(program);
    free(limits);
    free(seconds);
    free(place);
    free(parent);
    while (count > first_data)
        free(arguments[--count]);
}

/* How long it may take, to be compared with that of others: what its workers may use, what the
 * front matter grants the staff's own code, and something for what every suite does besides. */
static double weight_of(const struct problem *p) {
    return p->problem_seconds + p->judge_seconds + SUITE_SECONDS;
}

double judges_share(double left, double weight, double all, int places) {
    return left * fmin(1, places * weight / all);
}

/* Where it cannot, its place stays free and its judging says why. */
static void begin(struct running *r, const struct product *product, const struct judges *j,
                  int processor) {
    if (deadline_passed()) {
        r->judging->fault = deadline_reason();
        return;
    }
    if (j->handed->fault) {
        r->judging->fault = copy_string(j->handed->fault);
        return;
    }
    r->result = memfd_create("verdicts", MFD_CLOEXEC);
    if (r->result < 0) {
        r->judging->fault = format_string("no file for verdicts: %s", strerror(errno));
        return;
    }
    r->started = moment_now();
    start(r, product, j, processor);
    if (!r->pid)
        close(r->result);
}

/* --- Collecting --- */

char *judging_read(const struct homework *h, const struct problem *p, int result,
                   struct judging *judging) {
    struct judge_result head;
    if (pread(result, &head, sizeof head, 0) != (ssize_t)sizeof head || head.magic != JUDGE_MAGIC ||
        head.verdict_size != sizeof(struct verdict))
        return copy_string("the judge's report cannot be read");
    if (head.digest != problem_digest(h, p))
        return format_string("judge-%d is older than %s or its reference: run make", p->number,
                             p->path);
    int count = count_tests(p);
    if (head.problem != (uint32_t)p->number || head.test_count != (uint32_t)count)
        return format_string("the judge ran %u tests where %s has %d", head.test_count, p->path,
                             count);
    size_t size = (size_t)count * sizeof(struct verdict);
    judging->verdicts = allocate((size_t)count, sizeof(struct verdict));
    if (pread(result, judging->verdicts, size, sizeof head) != (ssize_t)size)
        return copy_string("the judge's report is cut off");
    const char *mistake = attachments_read(result, (off_t)(sizeof head + size),
                                           head.attachment_count, count, &judging->attachments);
    if (mistake)
        return copy_string(mistake);
    judging->verdict_count = count;
    judging->attachment_count = (int)head.attachment_count;
    return NULL;
}

/* The judge has ended, or must: its verdicts, or a fault.  Its workers have groups of their own,
 * and end with it nevertheless. */
static void collect(const struct homework *h, struct running *r, bool hung) {
    if (hung)
        kill(-r->pid, SIGKILL);
    int status = 0;
    while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (deadline_passed() && hung)
        r->judging->fault = deadline_reason();
    else if (hung)
        r->judging->fault = format_string("the judge did not come to an end within %.3g seconds, "
                                          "its share of this run",
                                          r->share);
    else if (WIFSIGNALED(status))
        r->judging->fault = format_string("the judge was ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != EXIT_DONE)
        r->judging->fault = format_string("the judge failed with code %d", WEXITSTATUS(status));
    else
        r->judging->fault = judging_read(h, r->problem, r->result, r->judging);
    close(r->process);
    close(r->result);
    r->pid = 0;
}

/* Waits until a judge ends or there is something else to look at, and collects what there is.
 * `others` wait for a place. */
static void wait_for_any(const struct judges *j, struct running *places, int count, bool others) {
    struct pollfd *watched = allocate((size_t)count, sizeof *watched);
    for (int i = 0; i < count; i++)
        watched[i] =
            (struct pollfd){.fd = places[i].pid ? places[i].process : -1, .events = POLLIN};
    /* A signal that comes just before is seen at the next look. */
    if (poll(watched, (nfds_t)count, LOOK_EVERY_MS) < 0)
        for (int i = 0; i < count; i++)
            watched[i].revents = 0;
    for (int i = 0; i < count; i++) {
        if (!places[i].pid)
            continue;
        bool late = others && moment_now() - places[i].started > places[i].share;
        bool hung = deadline_passed() || late;
        if (!watched[i].revents && !hung)
            continue;
        collect(j->homework, &places[i], !watched[i].revents);
        j->judged(places[i].judging, j->context);
    }
    j->judged(NULL, j->context);
    free(watched);
}

/* What a killed judge started was killed with it; it is ours now, and is to be gone when we are. */
static void reap_orphans(void) {
    const double end = moment_now() + 1;
    while (waitpid(-1, NULL, WNOHANG) >= 0 && moment_now() < end)
        usleep(1000);
}

/* The ready product, not yet started, that may take longest, or -1: begun first, it does not keep
 * one processor busy when the others are done. */
static int find_longest(const struct homework *h, const struct build *b, const bool *started) {
    int longest = -1;
    double most = -1;
    for (int i = 0; i < b->product_count; i++) {
        if (started[i] || b->products[i].state != PRODUCT_READY)
            continue;
        const struct problem *p = homework_problem(h, b->products[i].problem);
        double seconds = p->judge_seconds + p->limits.cpu_seconds * count_tests(p);
        if (seconds > most) {
            most = seconds;
            longest = i;
        }
    }
    return longest;
}

/* The first place without a judge, or -1. */
static int find_free(const struct running *places, int count) {
    for (int p = 0; p < count; p++)
        if (!places[p].pid)
            return p;
    return -1;
}

static int count_busy(const struct running *places, int count) {
    int busy = 0;
    for (int p = 0; p < count; p++)
        busy += places[p].pid != 0;
    return busy;
}

/* The seconds that this one may take, while those that run and those that wait have theirs. */
static double find_share(const struct judges *j, const bool *started, const struct running *places,
                         int place_count, const struct problem *p) {
    double all = weight_of(p);
    for (int i = 0; i < j->build->product_count; i++)
        if (!started[i] && j->build->products[i].state == PRODUCT_READY)
            all += weight_of(homework_problem(j->homework, j->build->products[i].problem));
    for (int i = 0; i < place_count; i++)
        if (places[i].pid)
            all += weight_of(places[i].problem);
    return judges_share(deadline_left(), weight_of(p), all, place_count);
}

/* At once: as many as there are, as may compute and as fit when every worker takes all its memory.
 */
static int count_places(const struct judges *j, const struct machine *m) {
    const struct build *b = j->build;
    int ready = 0, mib = 1;
    for (int i = 0; i < b->product_count; i++) {
        if (b->products[i].state != PRODUCT_READY)
            continue;
        const struct limits *l = &homework_problem(j->homework, b->products[i].problem)->limits;
        ready++;
        mib = l->memory_mib > mib ? l->memory_mib : mib;
    }
    int most = machine_places(m, mib + WIRE_OVERHEAD_MIB);
    return ready < most ? ready : most;
}

struct judging *judges_run(const struct judges *j) {
    const struct build *b = j->build;
    const struct machine *machine = machine_ours();
    struct judging *judgings = allocate((size_t)b->product_count, sizeof *judgings);
    for (int i = 0; i < b->product_count; i++)
        judgings[i].problem = b->products[i].problem;
    int place_count = count_places(j, machine);
    /* Spinning pays only while judge and worker have a processor each; two spinning pairs on two
     * processors take turns instead of talking. */
    bool spin = 2 * place_count <= fmin(machine->processor_count, machine->granted);
    struct running *places = allocate((size_t)place_count + 1, sizeof *places);
    bool *started = allocate((size_t)b->product_count, sizeof *started);
    for (int next; (next = find_longest(j->homework, b, started)) >= 0;) {
        const struct problem *p = homework_problem(j->homework, b->products[next].problem);
        int place;
        while ((place = find_free(places, place_count)) < 0)
            wait_for_any(j, places, place_count, true);
        started[next] = true;
        double share = find_share(j, started, places, place_count, p);
        places[place] = (struct running){.problem = p, .judging = &judgings[next], .share = share};
        begin(&places[place], &b->products[next], j, spin ? -1 : machine->processors[place]);
    }
    while (count_busy(places, place_count) > 0)
        wait_for_any(j, places, place_count, false);
    reap_orphans();
    free(started);
    free(places);
    return judgings;
}

void judges_free(struct judging *judgings, int count) {
    for (int i = 0; i < count; i++) {
        free(judgings[i].verdicts);
        attachments_free(judgings[i].attachments, judgings[i].attachment_count);
        free(judgings[i].fault);
    }
    free(judgings);
}
