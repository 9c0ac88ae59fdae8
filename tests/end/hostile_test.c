/* Grades every crime of tests/hostile against the tiny homework, as root also as an ordinary user,
 * and compares what became of it with tests/hostile/table.txt.  Knows what a grading may leave
 * behind: two files and the attachments in its output directory, and nothing else anywhere. */
#include "unit.h"

#include "base/fault.h"
#include "base/file.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CRIMES "tests/hostile"
#define HONEST "tests/tiny/reference"

enum { TESTS = 3, CASES = 300, AT_A_TIME = 2, PATIENCE = 60, SOMEBODY = 65534 };

/* --- The table --- */

struct row {
    char name[64], status[TESTS][64], words[80];
    int most;
    const char *ending; /* ".c", ".py" or NULL without a file */
};
static struct row rows[CASES / 2];
static int row_count;

static void read_table(void) {
    FILE *table = fopen(CRIMES "/table.txt", "re");
    char line[256];
    if (!table)
        fault("cannot read %s/table.txt", CRIMES);
    while (row_count < CASES / 2 && fgets(line, sizeof line, table)) {
        struct row *r = &rows[row_count];
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (sscanf(line, "%63s %63s %63s %63s %d %79[^\n]", r->name, r->status[0], r->status[1],
                   r->status[2], &r->most, r->words) != 6)
            fault("%s/table.txt: not a row: %s", CRIMES, line);
        row_count++;
    }
    fclose(table);
}

/* A series.c of its own, or a program that makes a submission of the honest one. */
static const char *crime_ending(const char *name) {
    static const char *const endings[] = {".c", ".py"};
    const char *ending = strrchr(name, '.');
    for (int i = 0; ending && i < 2; i++)
        if (strcmp(ending, endings[i]) == 0)
            return endings[i];
    return NULL;
}

/* Counts the crimes without a row. */
static int find_files(void) {
    DIR *folder = opendir(CRIMES);
    int strangers = 0;
    if (!folder)
        fault("cannot read %s", CRIMES);
    for (const struct dirent *d; (d = readdir(folder));) {
        const char *ending = crime_ending(d->d_name);
        if (!ending)
            continue;
        size_t length = strlen(d->d_name) - strlen(ending);
        bool found = false;
        for (int i = 0; i < row_count && !found; i++) {
            found = strlen(rows[i].name) == length && strncmp(rows[i].name, d->d_name, length) == 0;
            if (found)
                rows[i].ending = ending;
        }
        if (!found)
            printf("%s/%s has no row in table.txt\n", CRIMES, d->d_name);
        strangers += !found;
    }
    closedir(folder);
    return strangers;
}

/* Whether `word` is one of the alternatives "this|that". */
static bool allows(const char *alternatives, const char *word) {
    size_t length = strlen(word);
    for (const char *at = alternatives; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strncmp(at, word, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    return false;
}

/* --- A place to grade in --- */

enum { ENDED_HUNG = 100, ENDED_BEFORE, ENDED_LEFT_PROCESSES, ENDED_BADLY };

static struct grading {
    const struct row *row;
    bool as_somebody;
    char *place; /* submission, out, tmp, drop, canary */
    pid_t keeper;
    int ended; /* gradus's exit code, or one of the above */
} gradings[CASES];
static int grading_count;
static char *root, *private;

static const char canary[] = "untouched\n", old_results[] = "the results of an earlier run\n";

static char *path_in(const struct grading *g, const char *name) {
    return format_string("%s/%s", g->place, name);
}

static void put(const struct grading *g, const char *name, const char *bytes, size_t count) {
    char *path = path_in(g, name);
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

static bool is_script(const struct row *row) {
    return strcmp(row->ending, ".py") == 0;
}

static char *crime_path(const struct row *row) {
    return format_string("%s/%s%s", CRIMES, row->name, row->ending);
}

/* For everybody to read and write: only the sandbox is in the way. */
static void open_to_all(const struct grading *g, const char *name, bool folder) {
    char *path = path_in(g, name);
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
    char *fifo = path_in(g, "submission/fifo.c"), *link = path_in(g, "submission/link.h");
    if (mkfifo(fifo, 0666) != 0 || symlink("/etc/passwd", link) != 0)
        fault("cannot make %s", fifo);
    free(fifo);
    free(link);
}

static void prepare(struct grading *g) {
    static const char *const folders[] = {"", "submission", "out", "tmp", "drop"};
    g->place =
        format_string("%s/%s-%s", private, g->row->name, g->as_somebody ? "somebody" : "self");
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        open_to_all(g, folders[i], true);
    put(g, "canary", canary, strlen(canary));
    open_to_all(g, "canary", false);
    put(g, "out/results.json", old_results, strlen(old_results));
    bool script = is_script(g->row);
    char *crime = script ? copy_string(HONEST "/series.c") : crime_path(g->row);
    put_copy(g, "submission/series.c", crime);
    put_copy(g, "submission/numbers.c", HONEST "/numbers.c");
    if (!script)
        put_copy(g, "submission/honest.h", CRIMES "/honest.h");
    char *target = format_string("#define OUT \"%s/out\"\n#define RESULTS OUT \"/results.json\"\n"
                                 "#define CANARY \"%s/canary\"\n#define DROP \"%s/drop\"\n"
                                 "#define GRADER \"%s/gradus\"\n"
                                 "#define REFERENCE \"%s/homework/reference/series.c\"\n",
                                 g->place, g->place, g->place, root, root);
    put(g, "submission/target.h", target, strlen(target));
    if (!script) /* it may want to pack its submission */
        put_litter(g);
    free(target);
    free(crime);
}

/* --- Grading --- */

/* A script commits its crime where it is graded, with nothing but its interpreter. */
static bool commit(const struct grading *g) {
    if (!is_script(g->row))
        return true;
    char *crime = crime_path(g->row), *script = realpath(crime, NULL);
    char *log = path_in(g, "log");
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (!freopen(log, "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0 ||
            chdir(g->place) != 0)
            _exit(ENDED_BADLY);
        execlp("python3", "python3", "-I", "-S", "-B", script, (char *)NULL);
        _exit(ENDED_BADLY);
    }
    free(log);
    free(script);
    free(crime);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* What is handed in: the folder, or the archive that a script left beside it. */
static char *handed_in(const struct grading *g) {
    static const char *const archives[] = {"submission.zip", "submission.tar", "submission.tar.gz"};
    char *path = path_in(g, "submission");
    for (int i = 0; i < 3; i++) {
        char *archive = path_in(g, archives[i]);
        if (access(archive, F_OK) == 0) {
            free(path);
            return archive;
        }
        free(archive);
    }
    return path;
}

static _Noreturn void become_gradus(const struct grading *g) {
    char *submission = handed_in(g), *out = path_in(g, "out"), *tmp = path_in(g, "tmp");
    char *log = path_in(g, "log"), *gradus = format_string("%s/gradus", root);
    char *build = format_string("%s/tiny", root), *homework = format_string("%s/homework", root);
    if (!freopen(log, "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        _exit(ENDED_BADLY);
    if (g->as_somebody && (setgroups(0, NULL) != 0 || setresgid(SOMEBODY, SOMEBODY, SOMEBODY) ||
                           setresuid(SOMEBODY, SOMEBODY, SOMEBODY) != 0))
        _exit(ENDED_BADLY);
    setenv("TMPDIR", tmp, 1);
    execl(gradus, gradus, "grade", submission, "--homework", homework, "--build", build, "--out",
          out, (char *)NULL);
    perror(gradus);
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
static _Noreturn void keep(const struct grading *g) {
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (!commit(g))
        _exit(ENDED_BEFORE);
    pid_t gradus = fork();
    if (gradus == 0)
        become_gradus(g);
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

static void grade_all(void) {
    int running = 0;
    for (int next = 0; next < grading_count || running > 0;) {
        if (next < grading_count && running < AT_A_TIME) {
            struct grading *g = &gradings[next++];
            prepare(g);
            fflush(NULL);
            g->keeper = fork();
            if (g->keeper == 0)
                keep(g);
            running++;
            continue;
        }
        int status = 0;
        pid_t ended = waitpid(-1, &status, 0);
        for (int i = 0; i < next; i++)
            if (gradings[i].keeper == ended)
                gradings[i].ended = WIFEXITED(status) ? WEXITSTATUS(status) : ENDED_BADLY;
        running--;
    }
}

/* --- What is left --- */

#define DEMAND(g, holds, ...)                                                                      \
    do                                                                                             \
        if (!(holds))                                                                              \
            refute((g), __VA_ARGS__);                                                              \
    while (0)

__attribute__((format(printf, 2, 3))) static _Noreturn void refute(const struct grading *g,
                                                                   const char *format, ...) {
    struct text sentence;
    text_init(&sentence, KIB);
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&sentence, format, arguments);
    va_end(arguments);
    ck_abort_msg("%s%s: %s", g->row->name, g->as_somebody ? " as somebody" : "", sentence.at);
}

static char *whole(const struct grading *g, const char *name) {
    char *path = path_in(g, name);
    struct text t;
    text_init(&t, MIB);
    DEMAND(g, file_read(path, &t), "there is no %s", path);
    free(path);
    return t.at;
}

static void demand_entries(const struct grading *g, const char *folder, const char *allowed) {
    char *path = path_in(g, folder);
    DIR *entries = opendir(path);
    DEMAND(g, entries, "there is no %s", path);
    for (const struct dirent *d; (d = readdir(entries));)
        DEMAND(g, d->d_name[0] == '.' || allows(allowed, d->d_name), "%s/%s was left behind", path,
               d->d_name);
    closedir(entries);
    free(path);
}

static void demand_clean_place(const struct grading *g) {
    char *found = whole(g, "canary");
    DEMAND(g, strcmp(found, canary) == 0, "a file outside was changed");
    free(found);
    demand_entries(g, "",
                   "submission|submission.zip|submission.tar|submission.tar.gz|"
                   "out|tmp|drop|canary|log");
    demand_entries(g, "out", "results.json|scorecard.json|attachments");
    demand_entries(g, "drop", "");
    demand_entries(g, "tmp", "");
}

/* No byte that writes on a terminal or turns a line around, escaped or not, and no secret. */
static void demand_harmless(const struct grading *g, const char *text) {
    static const char *const harm[] = {
        "\xe2\x80\xae", "\\u202e", "\\u001b", "\\u0000",
        "root:x:0",     "TMPDIR=", "LC_ALL=", "Series: running sums, reduced"};
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        DEMAND(g, *at >= 0x20 || *at == '\n' || *at == '\t', "a byte %02x is shown", *at);
    for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++)
        DEMAND(g, !strstr(text, harm[i]), "%s is shown", harm[i]);
}

/* --- What it earned --- */

static const char *string_of(const struct grading *g, const cJSON *object, const char *key) {
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItem(object, key));
    DEMAND(g, s, "no %s", key);
    return s;
}

static double number_of(const cJSON *object, const char *key) {
    return cJSON_GetNumberValue(cJSON_GetObjectItem(object, key));
}

static bool says_done(const cJSON *object) {
    char *text = cJSON_PrintUnformatted(object);
    bool says = strstr(text, "should have been stopped") != NULL;
    cJSON_free(text);
    return says;
}

static void demand_scorecard(const struct grading *g, const char *text) {
    const struct row *row = g->row;
    cJSON *card = cJSON_Parse(text);
    DEMAND(g, card, "scorecard.json is no JSON");
    const cJSON *problems = cJSON_GetObjectItem(card, "problems"),
                *tests = cJSON_GetObjectItem(card, "tests");
    const cJSON *first = cJSON_GetArrayItem(problems, 0), *test = NULL;
    DEMAND(g, number_of(first, "earned") == number_of(first, "points"), "problem 1 lost points");
    double earned = 0;
    int i = 0;
    cJSON_ArrayForEach(test, tests) {
        if (number_of(test, "problem") != 2)
            continue;
        const char *status = string_of(g, test, "status");
        if (i < TESTS) {
            DEMAND(g, allows(row->status[i], status), "test 2.%d is %s, not %s", i + 1, status,
                   row->status[i]);
            earned += number_of(test, "earned");
        }
        bool goes_on = allows("passed|wrong|not_started", status);
        i++;
        DEMAND(g, goes_on || !says_done(test), "test 2.%d went on after the deed", i);
    }
    DEMAND(g, i >= TESTS, "tests are missing");
    DEMAND(g, earned <= row->most, "more than %d points", row->most);
    DEMAND(g, strcmp(row->words, "-") == 0 || strstr(text, row->words), "nothing says \"%s\"",
           row->words);
    cJSON_Delete(card);
}

static void demand_results(const struct grading *g, const char *text) {
    cJSON *results = cJSON_Parse(text);
    DEMAND(g, results, "results.json is no JSON");
    const cJSON *test;
    cJSON_ArrayForEach(test, cJSON_GetObjectItem(results, "tests")) {
        bool hidden = strstr(string_of(g, test, "name"), "hidden") != NULL;
        DEMAND(g, !hidden || !says_done(test), "a hidden test shows what was printed");
        DEMAND(g, number_of(test, "score") <= number_of(test, "max_score"), "too many points");
    }
    DEMAND(g, number_of(results, "score") <= 16, "too many points");
    cJSON_Delete(results);
}

START_TEST(gains_and_leaves_nothing) {
    const struct grading *g = &gradings[_i];
    char *log = whole(g, "log");
    if (g->ended != 0)
        printf("%s", log);
    DEMAND(g, g->ended != ENDED_HUNG, "gradus hung");
    DEMAND(g, g->ended != ENDED_BEFORE, "the script failed");
    DEMAND(g, g->ended != ENDED_LEFT_PROCESSES, "a process was left");
    DEMAND(g, g->ended == 0, "gradus ended with code %d", g->ended);
    char *results = whole(g, "out/results.json"), *card = whole(g, "out/scorecard.json");
    demand_harmless(g, log);
    demand_harmless(g, results);
    demand_harmless(g, card);
    demand_clean_place(g);
    demand_scorecard(g, card);
    demand_results(g, results);
    free(log);
    free(results);
    free(card);
}
END_TEST

/* --- All of them --- */

static int strangers;

START_TEST(every_crime_has_a_row_and_every_row_a_crime) {
    ck_assert_int_eq(strangers, 0);
    for (int i = 0; i < row_count; i++)
        ck_assert_msg(rows[i].ending, "%s/%s is missing", CRIMES, rows[i].name);
}
END_TEST

static void list_gradings(void) {
    int rounds = geteuid() == 0 ? 2 : 1;
    if (rounds == 1)
        printf("This is not root: how root's boxes hold is not tried.\n");
    for (int i = 0; i < row_count; i++)
        for (int round = 0; round < rounds && rows[i].ending; round++)
            gradings[grading_count++] =
                (struct grading){.row = &rows[i], .as_somebody = round == 1};
}

/* A checkout may lie where only its owner can go; the ordinary user gets a copy of what it takes.
 */
static void copy_product(const char *build) {
    umask(022);
    private = directory_private();
    root = format_string("%s/product", private);
    char *command = format_string("mkdir -p %s/tiny && cp %s/gradus %s && "
                                  "cp -R %s/tiny/judge-* %s/tiny/worker %s/tiny && "
                                  "cp -R tests/tiny %s/homework && chmod -R go=u,go-w %s",
                                  root, build, root, build, build, root, root, private);
    if (system(command) != 0) /* NOLINT(cert-env33-c): paths of ours */
        fault("cannot copy the product from %s", build);
    free(command);
}

int main(void) {
    const char *build = getenv("BUILD");
    copy_product(build ? build : "build");
    read_table();
    strangers = find_files();
    list_gradings();
    double start = now();
    grade_all();
    printf("%d gradings took %.1f s.\n", grading_count, now() - start);
    Suite *suite = suite_create("hostile");
    TCase *tcase = tcase_create("hostile");
    tcase_add_test(tcase, every_crime_has_a_row_and_every_row_a_crime);
    tcase_add_loop_test(tcase, gains_and_leaves_nothing, 0, grading_count);
    suite_add_tcase(suite, tcase);
    int code = unit_run(suite);
    if (!getenv("KEEP"))
        directory_remove(private);
    return code;
}
