/* gradus: the verbs of the command line.  Reads options, calls the stages, writes what they made.
 * Knows exit codes and file names; nothing of documents, processes or points. */
#include "base/deadline.h"
#include "base/fault.h"
#include "base/file.h"
#include "box/box.h"
#include "build/tool.h"
#include "document/points.h"
#include "document/tangle.h"
#include "export/export.h"
#include "grade.h"
#include "marks/marks.h"
#include "prove.h"
#include "results.h"
#include "score/score.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What --deadline may say. */
#define MIN_SECONDS 0.01
#define MAX_SECONDS 86400

struct options {
    const char *homework, *build, *out, *secret, *memo, *deadline, *memory;
    struct compiler compiler;
    int argument_count;
    char **arguments;
};

static const char help[] =
    "gradus: grades C homework that tests describe in Markdown\n"
    "\n"
    "usage: gradus VERB [ARGUMENT] [OPTION]\n"
    "\n"
    "  grade SUBMISSION   compile, run in a sandbox, judge and score a directory or an archive;\n"
    "                     writes OUT/results.json (for students, Gradescope's format) and\n"
    "                     OUT/scorecard.json (everything), and prints a table; what tests drew "
    "or\n"
    "                     noted for people goes to OUT/attachments\n"
    "  prove [DIR ...]    show that the suites do their work: the reference earns everything, "
    "each\n"
    "                     DIR (work that does nothing) earns nothing, every planted mistake is "
    "caught\n"
    "  marks FILE         merge the points and remarks that a person gave to written answers, JSON "
    "or\n"
    "                     CSV, into OUT/scorecard.json and OUT/results.json, and say what is open\n"
    "  right DIR ...      show that each DIR earns every point\n"
    "  margins DIR ...    the same, with how near the numbers come to what is allowed\n"
    "  tangle             turn the documents into C below OUT (the build does this)\n"
    "  points             print the table of points in Markdown\n"
    "  isolation          say which layers of the sandbox hold on this machine\n"
    "\n"
    "  --homework DIR     the homework: DIR/problems and DIR/reference (default: .)\n"
    "  --build DIR        where its judges were built (default: HOMEWORK/build)\n"
    "  --out DIR          where results go (default: HOMEWORK/build/grade)\n"
    "  --secret FILE      the course's secret, from which hidden inputs derive; without it the\n"
    "                     results say \"practice seed\"\n"
    "  --memo DIR         where judges remember what took long (default: BUILD/memo)\n"
    "  --deadline SECONDS for a whole grading, instead of what homework.md says; what is not "
    "judged\n"
    "                     by then is not graded (exit code 2), what is judged is kept\n"
    "  --memory           also say what Valgrind sees of the submission's use of memory in the "
    "public\n"
    "                     tests: advice, never points (grade)\n"
    "  --compiler NAME    instead of gcc (grade, prove, right, margins)\n"
    "  --optimise LEVEL   0 to 3, s or g, instead of what the homework's compiler flags say\n"
    "  --help             this text\n"
    "\n"
    "Exit codes: 0 done, whatever the score; 1 prove found something, or a document or the marks "
    "have a\n"
    "mistake;\n"
    "2 gradus itself failed or was called wrongly.\n";

/* --- What every verb needs --- */

/* Reads the homework; prints its mistakes and returns NULL when it has any. */
static struct homework *read_homework(const char *directory) {
    struct text mistakes;
    text_init(&mistakes, MIB);
    struct homework *h = homework_read(directory, &mistakes);
    fputs(mistakes.at, stderr);
    text_free(&mistakes);
    return h;
}

static int open_secret(const char *path) {
    if (!path)
        return -1;
    int secret = open(path, O_RDONLY | O_CLOEXEC);
    char first;
    if (secret < 0 || pread(secret, &first, 1, 0) != 1)
        refuse("cannot read the course's secret from %s: %s", path,
               secret < 0 ? strerror(errno) : "it is empty");
    if (!box_hides(path, tool_readable))
        refuse("others can read the course's secret %s: chmod 600 it", path);
    return secret;
}

/* Where judges remember: only in a directory that nobody else can change, or not at all. */
static int open_memo(const struct options *o) {
    char *path = o->memo ? copy_string(o->memo) : format_string("%s/memo", o->build);
    struct stat about;
    mkdir(path, 0700); /* where that fails, so does the next line */
    int memo = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool ours = memo >= 0 && fstat(memo, &about) == 0 && about.st_uid == geteuid() &&
                (about.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    if (!ours && o->memo)
        fprintf(stderr, "gradus: %s is no directory of our own: nothing is remembered\n", path);
    if (!ours && memo >= 0)
        close(memo);
    free(path);
    return ours ? memo : -1;
}

/* Marks that a person gave are not made again by grading again, so that they may not go silently.
 */
static void warn_of_marks(const struct homework *h, const char *directory) {
    struct text old;
    text_init(&old, RESULTS_BYTES);
    struct card *card = card_make(h, NULL, NULL);
    char *path = format_string("%s/scorecard.json", directory);
    bool read = file_read(path, &old);
    bool none = !read && (errno == ENOENT || errno == ENOTDIR || errno == EISDIR);
    if (!read && !none)
        refuse("cannot tell whether %s holds the marks of a person: %s", path, strerror(errno));
    char *reason = read ? marks_restore(card, old.at) : NULL;
    bool marked = false;
    double earned;
    for (int i = 0; i < card->question_count; i++)
        marked = marked || card_marked(&card->questions[i], &earned) > 0;
    if (marked)
        fprintf(stderr,
                "gradus: %s held the marks of a person for what was graded before; the new one "
                "holds none: run gradus marks again\n",
                path);
    free(reason);
    free(path);
    card_free(card);
    text_free(&old);
}

/* --- The verbs --- */

static void write_gained(const struct card *card, void *context) {
    results_write(context, card);
}

/* Seconds, or 0 where none were given. */
static double read_deadline(const char *text) {
    if (!text)
        return 0;
    char *end;
    double seconds = strtod(text, &end);
    if (strspn(text, "0123456789.") != strlen(text) || end == text || *end ||
        seconds < MIN_SECONDS || seconds > MAX_SECONDS)
        refuse("--deadline: \"%s\" is not a number of seconds from 0.01 to 86400", text);
    return seconds;
}

static int verb_grade(const struct options *o) {
    if (o->argument_count != 1)
        refuse("grade takes one submission, a directory or an archive; see gradus --help");
    double deadline = read_deadline(o->deadline);
    const char *submission = o->arguments[0];
    if (access(submission, R_OK) != 0)
        refuse("cannot read the submission %s: %s", submission, strerror(errno));
    const struct box_level *level = box_level();
    if (!level->enough)
        refuse("the sandbox that holds on this machine (%s) is too weak to run hidden tests "
               "against foreign code: it lacks %s",
               level->words, level->missing);
    struct homework *h = read_homework(o->homework);
    if (!h)
        return EXIT_FAULT;
    compiler_require(&o->compiler);
    warn_of_marks(h, o->out);
    deadline_heed_signals();
    struct results results;
    struct grade_order order = {.submission = submission,
                                .build = o->build,
                                .secret = open_secret(o->secret),
                                .memo = open_memo(o),
                                .compiler = o->compiler,
                                .memory = o->memory != NULL,
                                .deadline = deadline > 0 ? deadline : h->deadline_seconds,
                                .gained = write_gained,
                                .context = &results};
    results_begin(&results, o->out, h);
    struct grading g = grade(h, &order);
    if (results.reason)
        refuse("%s", results.reason);
    struct text table;
    text_init(&table, MIB);
    (isatty(STDOUT_FILENO) ? export_terminal_coloured : export_terminal)(g.card, &table);
    fputs(table.at, stdout);
    text_free(&table);
    int code = g.card->graded ? EXIT_DONE : EXIT_FAULT;
    results_end(&results);
    grade_free(&g);
    homework_free(h);
    return code;
}

/* OUT/name as it stands there; the caller frees it. */
static struct text read_out(const char *directory, const char *name) {
    struct text t;
    text_init(&t, RESULTS_BYTES);
    char *path = format_string("%s/%s", directory, name);
    if (!file_read(path, &t))
        refuse("cannot read %s: %s; marks are for a submission that was graded into this directory",
               path, strerror(errno));
    free(path);
    return t;
}

/* True when the marks were put into the card; the mistakes were printed otherwise. */
static bool take_marks(struct card *card, const char *path) {
    struct mark_rows rows = {0};
    struct text mistakes, changes;
    text_init(&mistakes, MIB);
    text_init(&changes, MIB);
    bool taken = marks_read(path, card->homework->id, &rows, &mistakes) &&
                 marks_accept(card, path, &rows, &mistakes, &changes);
    fputs(mistakes.at, stderr);
    fputs(taken ? changes.at : "Nothing was changed.\n", taken ? stdout : stderr);
    text_free(&mistakes);
    text_free(&changes);
    marks_free(&rows);
    return taken;
}

static int verb_marks(const struct options *o) {
    if (o->argument_count != 1)
        refuse("marks takes one file of marks; see gradus --help");
    struct homework *h = read_homework(o->homework);
    if (!h)
        return EXIT_FAULT;
    int lock = results_lock(o->out); /* read_out says where there is none */
    struct text scorecard = read_out(o->out, "scorecard.json");
    struct text results = read_out(o->out, "results.json");
    struct text merged[2], summary;
    struct card *card = card_make(h, NULL, NULL);
    char *reason = marks_restore(card, scorecard.at);
    if (reason)
        refuse("%s/scorecard.json cannot take marks: %s", o->out, reason);
    bool taken = take_marks(card, o->arguments[0]);
    text_init(&merged[0], RESULTS_BYTES);
    text_init(&merged[1], RESULTS_BYTES);
    text_init(&summary, MIB);
    if (taken && !marks_merge(card, scorecard.at, results.at, &merged[0], &merged[1]))
        refuse("%s/results.json is not what gradus wrote: grade the submission again", o->out);
    if (taken) {
        results_save(o->out, "scorecard.json", &merged[0]);
        results_save(o->out, "results.json", &merged[1]);
        marks_summary(card, &summary);
        fputs(summary.at, stdout);
    }
    text_free(&merged[0]);
    text_free(&merged[1]);
    text_free(&summary);
    text_free(&scorecard);
    text_free(&results);
    close(lock);
    card_free(card);
    homework_free(h);
    return taken ? EXIT_DONE : EXIT_FOUND;
}

static int verb_prove(const struct options *o) {
    struct homework *h = read_homework(o->homework);
    if (!h)
        return EXIT_FOUND;
    compiler_require(&o->compiler);
    char *reference = format_string("%s/reference", o->homework);
    struct proof proof = {.build = o->build,
                          .secret = -1,
                          .memo = open_memo(o),
                          .compiler = o->compiler,
                          .reference = reference,
                          .idle_count = o->argument_count,
                          .idle = (const char *const *)o->arguments};
    int found = prove(h, &proof, stdout);
    free(reference);
    homework_free(h);
    return found > 0 ? EXIT_FOUND : EXIT_DONE;
}

static int claim_right(const struct options *o, bool margins) {
    struct homework *h = read_homework(o->homework);
    if (!h)
        return EXIT_FOUND;
    compiler_require(&o->compiler);
    struct proof proof = {.build = o->build,
                          .secret = open_secret(o->secret),
                          .memo = open_memo(o),
                          .compiler = o->compiler};
    int found = 0;
    for (int i = 0; i < o->argument_count; i++)
        found += prove_right(h, &proof, o->arguments[i], margins, stdout);
    homework_free(h);
    return found > 0 ? EXIT_FOUND : EXIT_DONE;
}

static int verb_right(const struct options *o) {
    return claim_right(o, false);
}

static int verb_margins(const struct options *o) {
    return claim_right(o, true);
}

static int verb_tangle(const struct options *o) {
    struct homework *h = read_homework(o->homework);
    if (!h)
        return EXIT_FOUND;
    struct text mistakes;
    text_init(&mistakes, MIB);
    bool done = tangle(h, o->out, &mistakes);
    fputs(mistakes.at, stderr);
    text_free(&mistakes);
    homework_free(h);
    return done ? EXIT_DONE : EXIT_FOUND;
}

static int verb_points(const struct options *o) {
    struct homework *h = read_homework(o->homework);
    if (!h)
        return EXIT_FOUND;
    struct text table;
    text_init(&table, MIB);
    points_table(h, &table);
    fputs(table.at, stdout);
    text_free(&table);
    homework_free(h);
    return EXIT_DONE;
}

static int verb_isolation(const struct options *o) {
    (void)o;
    const struct box_level *level = box_level();
    printf("isolation: %s\n", level->words);
    if (!level->enough)
        printf("This is below the floor, for lack of %s: nothing is graded here.\n",
               level->missing);
    return EXIT_DONE;
}

static const struct verb {
    const char *name;
    int (*run)(const struct options *);
} verbs[] = {{"grade", verb_grade},   {"marks", verb_marks},        {"prove", verb_prove},
             {"right", verb_right},   {"tangle", verb_tangle},      {"margins", verb_margins},
             {"points", verb_points}, {"isolation", verb_isolation}};

/* --- Options --- */

static void read_options(int count, char **arguments, struct options *o) {
    static const struct option known[] = {{"homework", required_argument, NULL, 'h'},
                                          {"build", required_argument, NULL, 'b'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"secret", required_argument, NULL, 's'},
                                          {"memo", required_argument, NULL, 'm'},
                                          {"deadline", required_argument, NULL, 'd'},
                                          {"memory", no_argument, NULL, 'v'},
                                          {"compiler", required_argument, NULL, 'c'},
                                          {"optimise", required_argument, NULL, 'O'},
                                          {"help", no_argument, NULL, '!'},
                                          {0}};
    opterr = 0;
    *o = (struct options){.homework = "."};
    const char **const places[] = {['h'] = &o->homework, ['b'] = &o->build,
                                   ['o'] = &o->out,      ['s'] = &o->secret,
                                   ['m'] = &o->memo,     ['c'] = &o->compiler.name,
                                   ['d'] = &o->deadline, ['O'] = &o->compiler.optimise,
                                   ['v'] = &o->memory};
    for (int key; (key = getopt_long(count, arguments, "", known, NULL)) != -1;) {
        if (key == '?')
            refuse("%s is no option, or lacks its value; see gradus --help", arguments[optind - 1]);
        if (key == '!') {
            fputs(help, stdout);
            exit(EXIT_DONE);
        }
        *places[key] = optarg ? optarg : "";
    }
    o->argument_count = count - optind;
    o->arguments = arguments + optind;
}

int main(int count, char **arguments) {
    struct options o;
    signal(SIGCHLD, SIG_DFL); /* ignored, it would take the ends of our children away */
    signal(SIGXFSZ, SIG_IGN); /* a limit for files is a full disk */
    read_options(count, arguments, &o);
    if (o.argument_count < 1)
        refuse("which verb? See gradus --help");
    const char *name = *o.arguments++;
    o.argument_count--;
    bool here = strcmp(o.homework, ".") == 0;
    char *build = here ? copy_string("build") : format_string("%s/build", o.homework);
    if (!o.build)
        o.build = build;
    char *out = format_string("%s/%s", o.build, strcmp(name, "tangle") == 0 ? "tangled" : "grade");
    if (!o.out)
        o.out = out;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, name) != 0)
            continue;
        int code = verbs[i].run(&o);
        free(build);
        free(out);
        return code;
    }
    refuse("%s is no verb of gradus; see gradus --help", name);
}
