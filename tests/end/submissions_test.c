/* Grades every folder of tests/submissions, and the tiny homework's, and compares the scorecard,
 * without its `run` object, with the folder's want.json.
 *
 * A folder holds README.md (why it exists), what tests/assemble.sh puts together, and want.json.
 * PROMOTE=1 rewrites want.json: review the difference before you commit it. */
#include "unit.h"

#include "base/fault.h"
#include "base/file.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const suites[][2] = {{"tests/submissions", "."},
                                        {"tests/tiny/submissions", "tests/tiny"}};
static struct {
    char *folder;
    const char *homework;
} cases[200];
static int case_count;

static const char *build_directory(void) {
    const char *build = getenv("BUILD");
    return build ? build : "build";
}

/* Runs a command line of ours (no word of it comes from a submission); returns its exit code. */
static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *format, ...) {
    struct text command;
    text_init(&command, 4 * KIB);
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&command, format, arguments);
    va_end(arguments);
    int status = system(command.at); /* NOLINT(cert-env33-c) */
    text_free(&command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A file's text, or NULL; the caller frees. */
static char *read_whole(const char *directory, const char *name) {
    char *path = format_string("%s/%s", directory, name);
    struct text t;
    text_init(&t, 16 * MIB);
    bool found = file_read(path, &t);
    free(path);
    if (found)
        return t.at;
    text_free(&t);
    return NULL;
}

/* --- One case --- */

/* The scorecard without what depends on machine and moment. */
static char *grade_once(const char *homework, const char *submission, const char *out) {
    const char *build = build_directory();
    bool here = strcmp(homework, ".") == 0;
    ck_assert_int_eq(run("%s/gradus grade %s --homework %s --build %s%s --out %s >%s.table", build,
                         submission, homework, build, here ? "" : strrchr(homework, '/'), out, out),
                     0);
    char *text = read_whole(out, "scorecard.json");
    ck_assert_ptr_nonnull(text);
    cJSON *card = cJSON_Parse(text);
    ck_assert_ptr_nonnull(card);
    ck_assert(cJSON_HasObjectItem(card, "run"));
    cJSON_DeleteItemFromObject(card, "run");
    char *printed = cJSON_Print(card);
    cJSON_Delete(card);
    free(text);
    return printed;
}

START_TEST(gets_exactly_its_scorecard) {
    const char *folder = cases[_i].folder;
    char *private = directory_private();
    char *submission = format_string("%s/submission", private);
    char *out = format_string("%s/out", private);
    ck_assert_int_eq(run("tests/assemble.sh %s %s", folder, submission), 0);
    char *got = grade_once(cases[_i].homework, submission, out);
    char *path = format_string("%s/want.json", folder);
    if (getenv("PROMOTE"))
        ck_assert(file_write(path, got, strlen(got)));
    char *want = read_whole(folder, "want.json");
    if (!want || strcmp(got, want) != 0) {
        char *unwanted = format_string("%s/got.json", private);
        ck_assert(file_write(unwanted, got, strlen(got)));
        run("diff -u %s %s | head -40", path, unwanted);
        free(unwanted);
    }
    ck_assert_msg(want && strcmp(got, want) == 0, "%s: another scorecard than want.json", folder);
    ck_assert(directory_remove(private));
    free(private);
    free(submission);
    free(out);
    free(got);
    free(want);
    free(path);
}
END_TEST

/* --- All of them --- */

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void find_cases(const char *directory, const char *homework) {
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, by_name);
    if (count < 0)
        fault("cannot list %s", directory);
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.' && case_count < 200) {
            cases[case_count].homework = homework;
            cases[case_count++].folder = format_string("%s/%s", directory, entries[i]->d_name);
        }
        free(entries[i]);
    }
    free(entries);
}

int main(void) {
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        find_cases(suites[i][0], suites[i][1]);
    Suite *suite = suite_create("submissions");
    TCase *tcase = tcase_create("submissions");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, gets_exactly_its_scorecard, 0, case_count);
    suite_add_tcase(suite, tcase);
    return unit_run(suite);
}
