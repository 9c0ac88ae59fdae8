/* Reading files of data in the judge (judge/data.h, public/data.h).  Each reading is a boxed
 * process of its own, started by a server that was split off before the judge knew any secret: a
 * reader is a copy of whoever starts it, and a parser may be taken over by what it reads.  Then it
 * still can neither call nor open anything, and holds no secret, no seed of the course, no number
 * of a hidden test and nothing of another submission; but it holds this program, suite and
 * reference included, and could tell of it what fits into the bytes of its result and is shown of
 * these by the tests' own sentences.
 *
 * The result crosses in shared memory, so that a reading whose requester was ended (the trial of a
 * mutant) leaves nothing behind for the next but a reply that is not for it. */
#include "judge/data.h"

#include "base/fault.h"
#include "base/file.h"
#include "box/box.h"
#include "judge/attempt.h"
#include "public/data.h"
#include "public/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 8, READER_IN = 3, READER_OUT = 4 };

static struct {
    int count;
    struct file {
        const char *name;
        int descriptor;
        bool harmful; /* it took a reader down: once is enough */
    } files[FILES];
    int server; /* a socket, or -1 */
    unsigned char *result;
    unsigned asked; /* requests so far */
} data = {.server = -1};

void data_take(const char *name, int descriptor) {
    if (data.count == FILES)
        fault("more than %d files of data", FILES);
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    data.files[data.count++] = (struct file){.name = name, .descriptor = descriptor};
}

/* --- In the box --- */

/* Exit codes away from those of libraries and of our own fault(). */
enum outcome { FIRST_CODE = 100, READ_WELL = FIRST_CODE, READ_REFUSED, READ_NOT_SENT };

/* Whose request it is: a mutant's process counts as its judge does. */
struct asker {
    pid_t process;
    unsigned number;
};

struct request {
    struct asker asker;
    int file;
    data_parser *parse; /* the server is a copy of us, so an address here is one there */
    size_t size;
};

static int read_in_box(void *context) {
    const struct request *q = context;
    struct text bytes; /* ends with a NUL */
    text_init(&bytes, (size_t)DATA_MEMORY * MIB);
    char *result = calloc(1, q->size);
    enum outcome outcome = READ_NOT_SENT;
    if (result && file_read_descriptor(READER_IN, &bytes)) {
        outcome = READ_REFUSED;
        if (q->parse(bytes.at, bytes.length, result))
            outcome =
                file_write_descriptor(READER_OUT, result, q->size) ? READ_WELL : READ_NOT_SENT;
    }
    text_free(&bytes);
    free(result);
    return (int)outcome;
}

/* --- In the server --- */

struct reply {
    struct asker asker;
    enum { REPLY_READ, REPLY_UNREADABLE, REPLY_FAULT } kind;
    int error;
    char step[64]; /* what failed, of a fault */
};

static void blame(struct reply *reply, const char *step, int error) {
    reply->kind = REPLY_FAULT;
    reply->error = error;
    snprintf(reply->step, sizeof reply->step, "%s", step);
}

/* Exactly the bytes that were asked for, or nothing. */
static void take_result(const struct request *q, int from, struct reply *reply) {
    struct stat about;
    if (fstat(from, &about) != 0)
        blame(reply, "looking at the result", errno);
    else if (about.st_size == (off_t)q->size &&
             pread(from, data.result, q->size, 0) == (ssize_t)q->size)
        reply->kind = REPLY_READ;
}

static void judge_fate(const struct request *q, const struct fate *fate, int result,
                       struct reply *reply) {
    if (fate->kind == FATE_SETUP)
        blame(reply, fate->step, fate->code);
    else if (fate->kind == FATE_EXITED && fate->code == READ_NOT_SENT)
        blame(reply, "reading in the box", ENOMEM);
    else if (fate->kind == FATE_EXITED && fate->code == READ_WELL)
        take_result(q, result, reply);
    else if (fate->kind != FATE_EXITED)
        data.files[q->file].harmful = true;
}

static void read_boxed(struct request *q, struct reply *reply) {
    int result = memfd_create("result", MFD_CLOEXEC);
    if (result < 0) {
        blame(reply, "memory", errno);
        return;
    }
    struct box box = {
        .kind = BOX_READER,
        .entry = read_in_box,
        .context = q,
        .pass = {data.files[q->file].descriptor, result},
        .pass_count = 2,
        .limits = {.cpu_seconds = DATA_SECONDS,
                   .wall_seconds = 2 * DATA_SECONDS,
                   .memory_mib = DATA_MEMORY,
                   .stack_mib = 8,
                   .output_kib = 16},
        .file_kib = (long)(q->size / KIB) + 1,
        .cpu = -1,
    };
    struct boxed boxed;
    struct fate fate;
    if (box_start(&box, &boxed, &fate)) {
        box_wait(&boxed, &fate);
        close(boxed.output);
    }
    judge_fate(q, &fate, result, reply);
    close(result);
}

static _Noreturn void serve(int channel, pid_t judge) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != judge)
        _exit(EXIT_FAULT);
    struct request q;
    while (recv(channel, &q, sizeof q, 0) == (ssize_t)sizeof q) {
        struct reply reply = {.asker = q.asker, .kind = REPLY_UNREADABLE};
        if (!data.files[q.file].harmful)
            read_boxed(&q, &reply);
        if (send(channel, &reply, sizeof reply, MSG_NOSIGNAL) != (ssize_t)sizeof reply)
            break;
    }
    _exit(EXIT_DONE);
}

void data_begin(void) {
    if (data.count == 0)
        return;
    int ends[2];
    data.result = mmap(NULL, DATA_RESULT, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data.result == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        fault("cannot talk to readers: %s", strerror(errno));
    fflush(NULL);
    pid_t judge = getpid(), server = fork();
    if (server < 0)
        fault("cannot start a process for readers: %s", strerror(errno));
    if (server == 0) {
        close(ends[0]); /* or the judge's end would never be seen */
        serve(ends[1], judge);
    }
    close(ends[1]);
    data.server = ends[0];
}

/* --- In the judge --- */

/* Its number, or -1 when it was not handed in.  Names come from the test, and so does a wrong one.
 */
static int find_file(const char *name) {
    bool known = false;
    for (int i = 0; i < suite.data_count; i++)
        known = known || strcmp(suite.data[i].name, name) == 0;
    if (!known)
        fault("%s has no data: %s", suite.document, name);
    for (int i = 0; i < data.count; i++)
        if (strcmp(data.files[i].name, name) == 0)
            return i;
    return -1;
}

static bool is_ours(const struct reply *reply, const struct request *q) {
    return reply->asker.process == q->asker.process && reply->asker.number == q->asker.number;
}

static struct reply ask(struct request *q) {
    struct reply reply = {.asker = {0}};
    q->asker = (struct asker){getpid(), ++data.asked};
    ssize_t got = send(data.server, q, sizeof *q, MSG_NOSIGNAL);
    while (got > 0 && !is_ours(&reply, q))
        got = recv(data.server, &reply, sizeof reply, 0);
    if (got <= 0)
        blame(&reply, "the server of readers", EPIPE);
    return reply;
}

enum data_state data_read(const char *name, data_parser *parse, void *result, size_t size) {
    struct request q = {.file = find_file(name), .parse = parse, .size = size};
    if (size == 0 || size > DATA_RESULT)
        fault("%zu bytes are no size for what is read of %s", size, name);
    memset(result, 0, size);
    if (q.file < 0)
        return DATA_MISSING;
    struct reply reply = ask(&q);
    if (reply.kind == REPLY_FAULT) {
        char words[VERDICT_NAME * 4];
        snprintf(words, sizeof words, "%s could not be read: %s: %s", name, reply.step,
                 strerror(reply.error));
        attempt_end(VERDICT_NOT_GRADED, words);
    }
    if (reply.kind != REPLY_READ)
        return DATA_UNREADABLE;
    memcpy(result, data.result, size);
    return DATA_READ;
}

void data_await(const char *what) {
    attempt_end(VERDICT_AWAITING, what);
}

void data_flag(const char *sentence) {
    attempt_flag(sentence);
}
