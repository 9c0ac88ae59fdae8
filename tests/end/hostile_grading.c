/* Grades one crime at one level: as whoever runs this, as an ordinary user, or as root of a
 * simulated container.  Each grading has a place of its own, which everybody may write to, so that
 * only the sandbox is in the way. */
#include "hostile.h"

#include "base/fault.h"
#include "base/file.h"

#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Two a processor, since some crimes only wait. */
enum { AT_A_TIME = 4, PATIENCE = 60, ROOM_MIB = 512, SOMEBODY = 65534 };

const char grading_canary[] = "untouched\n";
static const char old_results[] = "the results of an earlier run\n";

const char *grading_level_name(enum level level) {
    static const char *const names[LEVELS] = {"root", "ordinary user", "root in a container"};
    return level == LEVEL_SELF && geteuid() != 0 ? "this user" : names[level];
}

/* --- What is graded with --- */

static bool run(char *command) {
    int code = system(command); /* NOLINT(cert-env33-c): paths of ours */
    free(command);
    return code == 0;
}

/* Thousands of small files, flushed to a disk, would take a third of all the time. */
static void prefer_memory(void) {
    struct statvfs memory;
    if (statvfs("/dev/shm", &memory) == 0 && !(memory.f_flag & ST_NOEXEC) &&
        memory.f_bavail >= (fsblkcnt_t)ROOM_MIB * MIB / memory.f_frsize &&
        access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
}

/* A checkout may lie where only its owner can go. */
void grading_open(struct bench *bench, const char *build) {
    umask(022);
    prefer_memory();
    bench->build = build;
    bench->private = directory_private();
    bench->product = format_string("%s/product", bench->private);
    const char *to = bench->product;
    if (!run(format_string("mkdir -p %s/tiny/memo && cp %s/gradus %s && "
                           "cp -R %s/tiny/judge-* %s/tiny/worker %s/tiny && "
                           "cp -R tests/tiny %s/homework && chmod -R go=u,go-w %s",
                           to, build, to, build, build, to, to, bench->private)))
        fault("cannot copy the product from %s", build);
}

void grading_close(struct bench *bench) {
    if (getenv("KEEP"))
        printf("The gradings are kept in %s.\n", bench->private);
    else
        directory_remove(bench->private);
    free(bench->private);
    free(bench->product);
}

bool grading_possible(const struct bench *bench, enum level level) {
    return level == LEVEL_SELF ||
           (geteuid() == 0 &&
            (level != LEVEL_CONTAINER ||
             run(format_string("%s/tests/container/container true", bench->build))));
}

/* --- A place to grade in --- */

char *grading_path(const struct grading *g, const char *name) {
    return format_string("%s/%s", g->place, name);
}

static void put(const struct grading *g, const char *name, const char *bytes, size_t count) {
    char *path = grading_path(g, name);
    if (!file_write(path, bytes, count))
        fault("cannot write %s", path);
    free(path);
}

static void put_copy(const struct grading *g, const char *name, const char *from) {
    struct text t;
    text_init(&t, MIB);
    if (!file_read(from, &t))
        fault("cannot read %s", from);
    put(g, name, t.at, t.length);
    text_free(&t);
}

static bool is_written_in(const struct row *row, const char *ending) {
    return row->ending && strcmp(row->ending, ending) == 0;
}

static char *crime_path(const struct row *row) {
    return format_string("%s/%s%s", CRIMES, row->name, row->ending);
}

static void open_to_all(const struct grading *g, const char *name, bool folder) {
    char *path = grading_path(g, name);
    if ((folder && !directory_make(path)) || chmod(path, folder ? 0777 : 0666) != 0)
        fault("cannot make %s", path);
    free(path);
}

/* What no submission may make anybody open, follow or print as it is. */
static void put_litter(const struct grading *g) {
    static const char *const names[] = {"line\nbreak.c", "\xff\xfe.c", "\xe2\x80\xaegnp.c", "-o.c",
                                        "\x1b[31mred.h"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *name = format_string("submission/%s", names[i]);
        put(g, name, "#error\n", 7);
        free(name);
    }
    char *fifo = grading_path(g, "submission/fifo.c"), *link = grading_path(g, "submission/link.h");
    if (mkfifo(fifo, 0666) != 0 || symlink("/etc/passwd", link) != 0)
        fault("cannot make %s", fifo);
    free(fifo);
    free(link);
}

static void put_submission(const struct grading *g) {
    put_copy(g, "submission/numbers.c", HONEST "/numbers.c");
    if (!is_written_in(g->row, ".c")) {
        put_copy(g, "submission/series.c", HONEST "/series.c");
        return;
    }
    char *crime = crime_path(g->row);
    put_copy(g, "submission/series.c", crime);
    put_copy(g, "submission/honest.h", CRIMES "/honest.h");
    put_litter(g);
    free(crime);
}

static void prepare(const struct bench *bench, const struct grading *g) {
    static const char *const folders[] = {"", "submission", "out", "tmp", "drop"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        open_to_all(g, folders[i], true);
    put(g, "canary", grading_canary, strlen(grading_canary));
    open_to_all(g, "canary", false);
    put(g, "out/results.json", old_results, strlen(old_results));
    char *target = format_string("#define OUT \"%s/out\"\n#define RESULTS OUT \"/results.json\"\n"
                                 "#define CANARY \"%s/canary\"\n#define DROP \"%s/drop\"\n"
                                 "#define GRADER \"%s/gradus\"\n"
                                 "#define REFERENCE \"%s/homework/reference/series.c\"\n",
                                 g->place, g->place, g->place, bench->product, bench->product);
    put(g, "submission/target.h", target, strlen(target));
    put_submission(g);
    free(target);
}

/* --- Committing and grading, in the keeper --- */

static void print_to_log(const struct grading *g) {
    char *log = grading_path(g, "log");
    if (!freopen(log, "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        _exit(ENDED_BADLY);
    free(log);
}

/* A script commits its crime where it is graded, with nothing but its interpreter. */
static bool commit(const struct grading *g) {
    if (!is_written_in(g->row, ".py"))
        return true;
    char *crime = crime_path(g->row), *script = realpath(crime, NULL);
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        print_to_log(g);
        if (chdir(g->place) != 0)
            _exit(ENDED_BADLY);
        setenv("PATH", "/usr/bin:/bin", 1); /* no version manager, which starts thirty programs */
        execlp("python3", "python3", "-I", "-S", "-B", script, (char *)NULL);
        _exit(ENDED_BADLY);
    }
    free(script);
    free(crime);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* What is handed in: the folder, or the archive that a script left beside it. */
static char *handed_in(const struct grading *g) {
    static const char *const names[] = {"submission.zip", "submission.tar", "submission.tar.gz"};
    for (int i = 0; i < 3; i++) {
        char *archive = grading_path(g, names[i]);
        if (access(archive, F_OK) == 0)
            return archive;
        free(archive);
    }
    return grading_path(g, "submission");
}

static _Noreturn void become_gradus(const struct bench *bench, const struct grading *g) {
    char *tmp = grading_path(g, "tmp"), *out = grading_path(g, "out");
    char *container = format_string("%s/tests/container/container", bench->build);
    char *gradus = format_string("%s/gradus", bench->product);
    char *homework = format_string("%s/homework", bench->product);
    char *build = format_string("%s/tiny", bench->product);
    char *whole[] = {container, gradus, "grade", handed_in(g), "--homework", homework,
                     "--build", build,  "--out", out,          NULL};
    char **arguments = whole + (g->level != LEVEL_CONTAINER);
    print_to_log(g);
    if (g->level == LEVEL_SOMEBODY &&
        (setgroups(0, NULL) != 0 || setresgid(SOMEBODY, SOMEBODY, SOMEBODY) != 0 ||
         setresuid(SOMEBODY, SOMEBODY, SOMEBODY) != 0))
        _exit(ENDED_BADLY);
    setenv("TMPDIR", tmp, 1);
    execv(arguments[0], arguments);
    perror(arguments[0]);
    _exit(ENDED_BADLY);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void nap(void) {
    nanosleep(&(struct timespec){0, 2000000}, NULL);
}

/* What gradus leaves running becomes ours when it ends: nothing can hide. */
static _Noreturn void keep(const struct bench *bench, const struct grading *g) {
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prepare(bench, g);
    if (!commit(g))
        _exit(ENDED_BEFORE);
    pid_t gradus = fork();
    if (gradus == 0)
        become_gradus(bench, g);
    int status = 0;
    for (double end = now() + PATIENCE; waitpid(gradus, &status, WNOHANG) == 0; nap())
        if (now() > end) {
            kill(gradus, SIGKILL);
            _exit(ENDED_HUNG);
        }
    /* The killed may need a moment to be gone. */
    for (double end = now() + 0.2; waitpid(-1, NULL, WNOHANG) >= 0; nap())
        if (now() > end)
            _exit(ENDED_LEFT_PROCESSES);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : ENDED_BADLY);
}

static double seconds_of(const struct timeval *t) {
    return (double)t->tv_sec + 1e-6 * (double)t->tv_usec;
}

static void begin(const struct bench *bench, struct grading *g) {
    g->started = now();
    g->place = format_string("%s/%d-%s-%d", bench->private, (int)g->level, g->row->name,
                             g->honest != NULL);
    fflush(NULL);
    g->keeper = fork();
    if (g->keeper == 0)
        keep(bench, g);
}

void grading_run_all(const struct bench *bench, struct grading *gradings, int count) {
    int running = 0;
    for (int next = 0; next < count || running > 0;) {
        if (next < count && running < AT_A_TIME) {
            begin(bench, &gradings[next++]);
            running++;
            continue;
        }
        int status = 0;
        struct rusage used;
        pid_t ended = wait4(-1, &status, 0, &used);
        for (int i = 0; i < next; i++)
            if (gradings[i].keeper == ended) {
                gradings[i].seconds = now() - gradings[i].started;
                gradings[i].computed = seconds_of(&used.ru_utime) + seconds_of(&used.ru_stime);
                gradings[i].ended = WIFEXITED(status) ? WEXITSTATUS(status) : ENDED_BADLY;
            }
        running--;
    }
}
