/* gradus: the verbs of the command line.  Reads options, calls the stages, writes what they made.
 * Knows exit codes and file names; nothing of documents, processes or points. */
#include "base/fault.h"
#include "base/file.h"
#include "box/box.h"
#include "document/points.h"
#include "document/tangle.h"
#include "export/export.h"
#include "grade.h"
#include "prove.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
    const char *homework, *build, *out, *secret;
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
    "                     OUT/scorecard.json (everything), and prints a table\n"
    "  prove [DIR ...]    show that the suites do their work: the reference earns everything, "
    "each\n"
    "                     DIR (work that does nothing) earns nothing, every planted mistake is "
    "caught\n"
    "  tangle             turn the documents into C below OUT (the build does this)\n"
    "  points             print the table of points in Markdown\n"
    "  isolation          say which layers of the sandbox hold on this machine\n"
    "\n"
    "  --homework DIR     the homework: DIR/problems and DIR/reference (default: .)\n"
    "  --build DIR        where its judges were built (default: HOMEWORK/build)\n"
    "  --out DIR          where results go (default: HOMEWORK/build/grade)\n"
    "  --secret FILE      the course's secret, from which hidden inputs derive; without it the\n"
    "                     results say \"practice seed\"\n"
    "  --help             this text\n"
    "\n"
    "Exit codes: 0 done, whatever the score; 1 prove found something, or a document has a "
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
    return secret;
}

static void write_out(const char *directory, const char *name, export_format *format,
                      const struct card *card) {
    struct text t;
    text_init(&t, (size_t)64 * MIB);
    format(card, &t);
    char *path = format_string("%s/%s", directory, name);
    if (t.cut)
        fault("%s would be larger than %zu bytes", path, t.limit);
    if (!file_write(path, t.at, t.length))
        refuse("cannot write %s: %s; what stood there before is unchanged", path, strerror(errno));
    free(path);
    text_free(&t);
}

/* Finds out before any work whether results can be written at all. */
static void try_out(const char *directory) {
    char *probe = format_string("%s/.probe", directory);
    if (!directory_make(directory) || !file_write(probe, "", 0))
        refuse("cannot write to %s: %s", directory, strerror(errno));
    unlink(probe);
    free(probe);
}

/* --- The verbs --- */

static int verb_grade(const struct options *o) {
    if (o->argument_count != 1)
        refuse("grade takes one submission, a directory or an archive; see gradus --help");
    const char *submission = o->arguments[0];
    if (access(submission, R_OK) != 0)
        refuse("cannot read the submission %s: %s", submission, strerror(errno));
    const struct box_level *level = box_level();
    if (!level->enough)
        refuse(
            "the sandbox that holds on this machine (%s) is too weak to run hidden tests against "
            "foreign code; it takes %s",
            level->words,
            level->root ? "a user id of its own, chroot and seccomp" : "seccomp and Landlock");
    struct homework *h = read_homework(o->homework);
    if (!h)
        return EXIT_FAULT;
    if (o->secret && !box_hides(o->secret))
        refuse("others can read the course's secret %s: chmod 600 it", o->secret);
    try_out(o->out);
    struct grade_order order = {submission, o->build, open_secret(o->secret)};
    struct grading g = grade(h, &order);
    write_out(o->out, "scorecard.json", export_scorecard, g.card);
    write_out(o->out, "results.json", export_gradescope, g.card);
    struct text table;
    text_init(&table, MIB);
    (isatty(STDOUT_FILENO) ? export_terminal_coloured : export_terminal)(g.card, &table);
    fputs(table.at, stdout);
    text_free(&table);
    int code = g.card->graded ? EXIT_DONE : EXIT_FAULT;
    grade_free(&g);
    homework_free(h);
    return code;
}

static int verb_prove(const struct options *o) {
    struct homework *h = read_homework(o->homework);
    if (!h)
        return EXIT_FOUND;
    char *reference = format_string("%s/reference", o->homework);
    struct proof proof = {.build = o->build,
                          .reference = reference,
                          .idle_count = o->argument_count,
                          .idle = (const char *const *)o->arguments};
    int found = prove(h, &proof, stdout);
    free(reference);
    homework_free(h);
    return found > 0 ? EXIT_FOUND : EXIT_DONE;
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
        printf("This is below the floor: nothing is graded here.\n");
    return EXIT_DONE;
}

static const struct verb {
    const char *name;
    int (*run)(const struct options *);
} verbs[] = {{"grade", verb_grade},
             {"prove", verb_prove},
             {"tangle", verb_tangle},
             {"points", verb_points},
             {"isolation", verb_isolation}};

/* --- Options --- */

static void read_options(int count, char **arguments, struct options *o) {
    static const struct option known[] = {
        {"homework", required_argument, NULL, 'h'}, {"build", required_argument, NULL, 'b'},
        {"out", required_argument, NULL, 'o'},      {"secret", required_argument, NULL, 's'},
        {"help", no_argument, NULL, '!'},           {0}};
    opterr = 0;
    *o = (struct options){.homework = "."};
    const char **const places[] = {
        ['h'] = &o->homework, ['b'] = &o->build, ['o'] = &o->out, ['s'] = &o->secret};
    for (int key; (key = getopt_long(count, arguments, "", known, NULL)) != -1;) {
        if (key == '?')
            refuse("%s is no option, or lacks its value; see gradus --help", arguments[optind - 1]);
        if (key == '!') {
            fputs(help, stdout);
            exit(EXIT_DONE);
        }
        *places[key] = optarg;
    }
    o->argument_count = count - optind;
    o->arguments = arguments + optind;
}

int main(int count, char **arguments) {
    struct options o;
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
