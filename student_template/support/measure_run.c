/* Processes, one a piece, and what is known already (measure_run.h). */
#include "measure_run.h"

#include "measure_files.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* --- Stopping --- */

static volatile sig_atomic_t stopped;
static volatile pid_t running; /* 0: none */

void measure_stop(void) {
    stopped = 1;
    if (running > 0)
        kill(running, SIGTERM);
}

bool measure_stopped(void) {
    return stopped;
}

/* --- A process of its own --- */

/* From the process that measures: how far it is, and at the end the record. */
struct message {
    bool last;
    double share;
};

/* Whoever waits for this may have died: then so does this, by SIGPIPE. */
static void send(int pipe, const void *bytes, size_t count) {
    const char *at = bytes;
    while (count > 0) {
        ssize_t sent = write(pipe, at, count);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            _exit(1);
        at += sent;
        count -= (size_t)sent;
    }
}

static bool receive(int pipe, void *bytes, size_t count) {
    char *at = bytes;
    while (count > 0) {
        ssize_t got = read(pipe, at, count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        count -= (size_t)got;
    }
    return true;
}

struct reporter {
    int pipe;
    double told;
};

static void report_share(void *context, double share) {
    struct reporter *to = context;
    const struct message m = {false, share};
    if (now() - to->told < 0.1)
        return;
    to->told = now();
    send(to->pipe, &m, sizeof m);
}

static void measure_here(measure_doer *doer, const struct measure_options *o,
                         const struct measure_record *device, const struct measure_piece *p,
                         int pipe) {
    static struct measure_record record;
    struct reporter to = {pipe, 0};
    const struct message last = {true, 1};
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    doer(o, device, p, report_share, &to, &record);
    send(pipe, &last, sizeof last);
    send(pipe, &record, sizeof record);
    _exit(0);
}

static bool listen(int pipe, measure_watch *watch, void *context, struct measure_record *record) {
    struct message m;
    while (receive(pipe, &m, sizeof m)) {
        if (m.last)
            return receive(pipe, record, sizeof *record);
        watch(context, m.share);
    }
    return false;
}

static void explain_end(int status, struct trouble *t) {
    if (WIFSIGNALED(status))
        trouble_tell(t, TROUBLE_DEVICE, "its process was ended by signal %d (%s)%s",
                     WTERMSIG(status), strsignal(WTERMSIG(status)),
                     WTERMSIG(status) == SIGKILL
                         ? ": perhaps the computer's memory, not the GPU's, was not enough"
                         : "");
    else
        trouble_tell(t, TROUBLE_DEVICE, "its process ended early, with exit code %d",
                     WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

bool measure_apart(measure_doer *doer, const struct measure_options *o,
                   const struct measure_record *device, const struct measure_piece *p,
                   measure_watch *watch, void *context, struct measure_record *record) {
    int ends[2] = {-1, -1}, status = 0;
    memset(record, 0, sizeof *record);
    fflush(NULL);
    pid_t child = pipe(ends) == 0 ? fork() : -1;
    if (child == 0) {
        close(ends[0]);
        measure_here(doer, o, device, p, ends[1]);
    }
    if (child > 0) {
        running = child;
        if (stopped)
            kill(child, SIGTERM);
        close(ends[1]);
        bool told = listen(ends[0], watch, context, record);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
        running = 0;
        close(ends[0]);
        if (!told && !stopped)
            explain_end(status, &record->trouble);
    } else
        trouble_tell(&record->trouble, TROUBLE_DEVICE, "no process could be started: %s",
                     strerror(errno));
    snprintf(record->name, sizeof record->name, "%s", p->name);
    if (device)
        measure_settings(o, device, p, record->settings);
    return !stopped;
}

/* --- What is there --- */

const struct measure_record *measure_good(const struct measurement *m, int piece) {
    const struct measure_record *r = &m->records[piece];
    return r->name[0] && r->trouble.kind == TROUBLE_NONE ? r : NULL;
}

const struct measure_record *measure_find(const struct measurement *m, const char *name) {
    for (int i = 0; i < m->count; i++)
        if (strcmp(m->records[i].name, name) == 0)
            return measure_good(m, i);
    return NULL;
}

/* --- Piece by piece --- */

struct run {
    struct measurement *m;
    measure_doer *doer;
    const struct measure_news *news;
    struct trouble *trouble;
    const struct measure_piece *piece;
    double began, seconds, done; /* of pieces that were measured by now: time and work */
};

/* By how long the work has taken so far. */
static double guess_left(const struct run *run, double share) {
    const struct measurement *m = run->m;
    double left = 0, done = run->done + share * run->piece->work;
    for (int i = 0; i < m->count; i++)
        if (!m->records[i].name[0])
            left += m->pieces[i].work;
    left -= share * run->piece->work;
    return done > 0 ? left * (run->seconds + now() - run->began) / done : -1;
}

static void went_on(void *context, double share) {
    struct run *run = context;
    if (run->news->went_on)
        run->news->went_on(run->news->context, run->piece, share, guess_left(run, share));
}

/* False when nothing more is to be done. */
static bool do_piece(struct run *run, int i) {
    struct measurement *m = run->m;
    struct measure_record *r = &m->records[i];
    static struct measure_record found;
    char settings[MEASURE_SETTINGS];
    run->piece = &m->pieces[i];
    measure_settings(m->options, &m->device, run->piece, settings);
    bool known = measure_load(m->folder, run->piece->name, &found) &&
                 strcmp(found.settings, settings) == 0 && found.trouble.kind == TROUBLE_NONE;
    if (run->news->started)
        run->news->started(run->news->context, run->piece, known);
    if (known) {
        *r = found;
    } else {
        run->began = now();
        if (!measure_apart(run->doer, m->options, &m->device, run->piece, went_on, run, &found))
            return false;
        *r = found;
        run->seconds += now() - run->began;
        run->done += run->piece->work;
        if (!measure_save(m->folder, r, run->trouble))
            return false;
    }
    if (run->news->ended)
        run->news->ended(run->news->context, m, run->piece, r);
    return run->trouble->kind == TROUBLE_NONE;
}

/* --- The largest batch --- */

static int add_attempt(struct measurement *m, int64_t batch) {
    m->pieces[m->count] = measure_attempt(m->options, &m->device, batch);
    memset(&m->records[m->count], 0, sizeof m->records[m->count]);
    return m->count++;
}

/* Scratch grows with the batch up to a limit, which the rows before may have reached. */
static int64_t find_workspace(const struct measurement *m, int64_t limit) {
    int64_t most = 0;
    for (int i = 0; i < m->count; i++)
        if (measure_good(m, i) && m->pieces[i].kind == MEASURE_BATCH &&
            m->records[i].by_kind[STEP_WORKSPACE] > most)
            most = m->records[i].by_kind[STEP_WORKSPACE];
    return most > 0 ? most : limit;
}

/* What a training takes on top of its one allocation, as the rows before showed. */
static int64_t find_extra(const struct measurement *m) {
    int64_t extra = 0;
    for (int i = 0; i < m->count; i++) {
        const struct measure_record *r = measure_good(m, i);
        int64_t more = r ? r->at[MOMENT_PEAK].seen - r->at[MOMENT_OPENED].seen - r->granted : 0;
        if (r && m->pieces[i].kind == MEASURE_BATCH && more > extra)
            extra = more;
    }
    return extra;
}

static int64_t find_budget(const struct measurement *m) {
    int64_t pretended = measure_scale_of(m->options, &m->device).budget;
    return pretended > 0 ? pretended : m->device.left - find_extra(m);
}

/* From the planned one up while it trains and down while it does not, until both are near. */
static int64_t next_attempt(const struct measurement *m, int64_t batch) {
    int64_t step = m->planned_fit / 50 + 1;
    if (m->fits > 0 && m->fails > 0)
        return m->fails - m->fits <= step ? 0 : m->fits + (m->fails - m->fits) / 2;
    return m->fits > 0 ? batch + step : batch - step > 0 ? batch - step : 0;
}

static bool find_largest(struct run *run) {
    enum { ATTEMPTS = 8 };
    struct measurement *m = run->m;
    const bool rehearsal = measure_scale_of(m->options, &m->device).budget > 0;
    struct measure_piece first = measure_attempt(m->options, &m->device, 1);
    struct trainer_order order = measure_order(m->options, &m->device, &first);
    order.most_workspace = find_workspace(m, order.most_workspace);
    m->planned_fit = measure_largest(&order, find_budget(m));
    int64_t batch = m->planned_fit;
    for (int i = 0; i < ATTEMPTS && batch > 0 && m->count < MEASURE_PIECES; i++) {
        int at = add_attempt(m, batch);
        if (!do_piece(run, at))
            return false;
        if (measure_good(m, at))
            m->fits = batch;
        else if (m->records[at].trouble.kind == TROUBLE_NO_MEMORY)
            m->fails = batch;
        else
            break;
        batch = rehearsal ? 0 : next_attempt(m, batch);
    }
    if (rehearsal && m->fits > 0) {
        m->fails = m->fits + 1;
        m->fails_by_plan_only = true;
    }
    return true;
}

/* --- Everything --- */

static void ignore_share(void *context, double share) {
    (void)context;
    (void)share;
}

static bool find_device(struct run *run) {
    struct measurement *m = run->m;
    const struct measure_piece piece = {.kind = MEASURE_DEVICE, .name = "device"};
    if (!measure_apart(run->doer, m->options, NULL, &piece, ignore_share, NULL, &m->device))
        return false;
    if (m->device.trouble.kind == TROUBLE_NONE)
        return true;
    *run->trouble = m->device.trouble;
    return false;
}

enum measure_outcome measure_run(struct measurement *m, measure_doer *doer,
                                 const struct measure_news *news, struct trouble *t) {
    struct run run = {.m = m, .doer = doer, .news = news, .trouble = t};
    bool found = find_device(&run);
    if (!found)
        return stopped ? MEASURE_STOPPED : MEASURED_NOTHING;
    if (news->started)
        news->started(news->context, NULL, false);
    m->count = measure_list(m->options, &m->device, m->pieces);
    memset(m->records, 0, sizeof m->records);
    bool on = true, good = true;
    for (int i = 0; i < m->count && on; i++)
        on = do_piece(&run, i);
    on = on && find_largest(&run);
    if (!on)
        return stopped ? MEASURE_STOPPED : MEASURED_UNSAVED;
    for (int i = 0; i < m->count; i++)
        good = good && (measure_good(m, i) || m->pieces[i].kind == MEASURE_LARGEST);
    return good && m->fits > 0 ? MEASURED : MEASURED_PARTLY;
}
