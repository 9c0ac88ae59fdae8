/* Processes that train (studies_pool.h).  Each takes the next run that nobody has taken, longest
 * first, and leaves what it finds in memory that all share; one that crashes is replaced, so that
 * it costs the others nothing. */
#include "studies_pool.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { IMPOSSIBLE_MODEL = 3 };
static const long PAUSE = 30000000; /* nanoseconds between two looks at the processes */

static volatile sig_atomic_t stopped;
static char trouble[80];

void pool_stop(void) {
    stopped = 1;
}

bool pool_stopped(void) {
    return stopped;
}

const char *pool_trouble(void) {
    return trouble;
}

static double read_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void pause_shortly(void) {
    struct timespec t = {0, PAUSE};
    nanosleep(&t, NULL);
}

static const char *name_death(int status) {
    static char text[80];
    if (WIFEXITED(status) && WEXITSTATUS(status) == IMPOSSIBLE_MODEL)
        snprintf(text, sizeof text, "the model is impossible");
    else if (WIFEXITED(status))
        snprintf(text, sizeof text, "exit code %d", WEXITSTATUS(status));
    else if (WTERMSIG(status) == SIGALRM)
        snprintf(text, sizeof text, "it did not come to an end");
    else
        snprintf(text, sizeof text, "%s", strsignal(WTERMSIG(status)));
    return text;
}

/* --- One process --- */

/* Ctrl-C ends a child at once, whatever its parent made of the signal. */
static pid_t begin_child(void) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
    }
    return pid;
}

const char *pool_try(void (*work)(void *context), void *context, unsigned seconds) {
    pid_t pid = begin_child();
    if (pid < 0)
        return strerror(errno);
    if (pid == 0) {
        alarm(seconds);
        work(context);
        _exit(0);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        if (stopped)
            kill(pid, SIGKILL);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NULL : name_death(status);
}

/* --- Several of them --- */

struct crew {
    struct study_runs *runs;
    const struct pool *pool;
    int *order;       /* of the runs: longest first */
    atomic_int *next; /* shared: place in `order` that nobody has taken */
    pid_t pid[POOL_MOST];
    int working;
    double begun;
};

static const double *expected; /* for qsort */

static int compare_runs(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    if (expected[x] != expected[y])
        return expected[x] > expected[y] ? -1 : 1;
    return x - y;
}

static void work(const struct crew *c) {
    for (;;) {
        int place = atomic_fetch_add(c->next, 1);
        if (place >= c->runs->count)
            _exit(0);
        if (!studies_train(c->runs, &c->runs->run[c->order[place]], c->pool->engine))
            _exit(IMPOSSIBLE_MODEL);
    }
}

static void begin(struct crew *c, int place) {
    c->pid[place] = begin_child();
    if (c->pid[place] == 0)
        work(c);
    if (c->pid[place] > 0)
        c->working++;
    else
        snprintf(trouble, sizeof trouble, "%s", strerror(errno));
}

static void tell_progress(const struct crew *c) {
    struct pool_progress p = {.seconds = read_clock() - c->begun, .count = c->runs->count};
    double all = 0, done = 0;
    for (int i = 0; i < c->runs->count; i++) {
        const struct study_run *run = &c->runs->run[i];
        double share = run->finished ? 1 : (double)run->epoch / run->series->epochs;
        all += c->pool->seconds[i];
        done += c->pool->seconds[i] * share;
        p.finished += run->finished;
    }
    p.share = all > 0 ? done / all : 0;
    if (c->pool->watch)
        c->pool->watch(c->pool->context, &p);
}

/* Takes note of processes that have ended; one that crashed is replaced while there is work. */
static void look_after(struct crew *c) {
    for (int i = 0; i < c->pool->jobs; i++) {
        int status = 0;
        if (c->pid[i] <= 0 || waitpid(c->pid[i], &status, WNOHANG) != c->pid[i])
            continue;
        c->pid[i] = 0;
        c->working--;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            continue;
        if (!stopped && !trouble[0])
            snprintf(trouble, sizeof trouble, "%s", name_death(status));
        if (!stopped && atomic_load(c->next) < c->runs->count)
            begin(c, i);
    }
}

static void end_all(struct crew *c) {
    for (int i = 0; i < c->pool->jobs; i++)
        if (c->pid[i] > 0) {
            kill(c->pid[i], SIGTERM);
            waitpid(c->pid[i], NULL, 0);
        }
}

static bool prepare(struct crew *c) {
    c->order = malloc(sizeof *c->order * (size_t)(c->runs->count + 1));
    c->next =
        mmap(NULL, sizeof *c->next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!c->order || c->next == MAP_FAILED)
        return false;
    atomic_init(c->next, 0);
    for (int i = 0; i < c->runs->count; i++)
        c->order[i] = i;
    expected = c->pool->seconds;
    qsort(c->order, (size_t)c->runs->count, sizeof *c->order, compare_runs);
    return true;
}

enum pool_outcome pool_run(struct study_runs *runs, const struct pool *pool) {
    struct crew c = {.runs = runs, .pool = pool, .begun = read_clock()};
    trouble[0] = '\0';
    if (prepare(&c)) {
        for (int i = 0; i < pool->jobs && i < runs->count; i++)
            begin(&c, i);
        while (c.working && !stopped) {
            look_after(&c);
            tell_progress(&c);
            pause_shortly();
        }
        end_all(&c);
        munmap(c.next, sizeof *c.next);
    } else
        snprintf(trouble, sizeof trouble, "out of memory");
    free(c.order);
    return stopped ? POOL_STOPPED : trouble[0] ? POOL_FAILED : POOL_DONE;
}
