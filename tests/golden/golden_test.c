/* Tangles each folder below tests/golden/tangle and compares what comes out with what the folder
 * says should.  A folder holds either in/, a whole homework, or in.md, problem 1 of the homework in
 * tests/golden/default; and what is wanted: want.err, the mistakes, or want/, some of the tangled
 * files.  A folder with a file `known-defect`, which says why, has to disagree.  With PROMOTE=1 in
 * the environment everything that is wanted is rewritten instead.  Runs at the root of the project.
 */
#include "unit.h"

#include "base/file.h"
#include "base/text.h"
#include "document/tangle.h"

#include <dirent.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASES   "tests/golden/tangle"
#define DEFAULT "tests/golden/default"

enum { PATH = 1024, FILE_BYTES = 4 * MIB };

static struct dirent **cases;
static int case_count;

/* --- Files --- */

static bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

static void copy(const char *from, const char *folder, const char *name) {
    char to[PATH];
    struct text bytes;
    text_init(&bytes, FILE_BYTES);
    snprintf(to, sizeof to, "%s/%s", folder, name);
    ck_assert_msg(directory_make(folder) && file_read(from, &bytes) &&
                      file_write(to, bytes.at, bytes.length),
                  "cannot copy %s to %s", from, to);
    text_free(&bytes);
}

/* Prints the difference between two files; true when there is none. */
static bool same(const char *want, const char *got) {
    extern char **environ;
    char *arguments[] = {"diff", "-u", (char *)want, (char *)got, NULL};
    pid_t child;
    int status;
    fflush(stdout);
    ck_assert_int_eq(posix_spawnp(&child, "diff", NULL, NULL, arguments, environ), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* --- One case --- */

struct golden {
    char folder[PATH], want_mistakes[PATH], want_files[PATH];
    char *scratch;
    char homework[PATH], out[PATH], mistakes[PATH];
};

static void prepare(struct golden *g, const char *name) {
    char from[PATH];
    char to[PATH];
    snprintf(g->folder, sizeof g->folder, CASES "/%s", name);
    snprintf(g->want_mistakes, sizeof g->want_mistakes, CASES "/%s/want.err", name);
    snprintf(g->want_files, sizeof g->want_files, CASES "/%s/want", name);
    g->scratch = directory_private();
    ck_assert_ptr_nonnull(g->scratch);
    snprintf(g->out, sizeof g->out, "%s/out", g->scratch);
    snprintf(g->mistakes, sizeof g->mistakes, "%s/mistakes", g->scratch);
    snprintf(g->homework, sizeof g->homework, CASES "/%s/in", name);
    if (exists(g->homework))
        return;
    snprintf(g->homework, sizeof g->homework, "%s/in", g->scratch);
    snprintf(to, sizeof to, "%s/in/problems", g->scratch);
    copy(DEFAULT "/problems/homework.md", to, "homework.md");
    snprintf(from, sizeof from, CASES "/%s/in.md", name);
    copy(from, to, "1-golden.md");
    snprintf(to, sizeof to, "%s/in/reference", g->scratch);
    copy(DEFAULT "/reference/answer.c", to, "answer.c");
}

static void run(struct golden *g) {
    struct text mistakes;
    text_init(&mistakes, FILE_BYTES);
    struct homework *h = homework_read(g->homework, &mistakes);
    bool done = h && tangle(h, g->out, &mistakes);
    ck_assert_msg(done == (mistakes.length == 0), "success and mistakes contradict each other");
    ck_assert(file_write(g->mistakes, mistakes.at, mistakes.length));
    homework_free(h);
    text_free(&mistakes);
}

/* Every file below `wanted` has to be below `got`, with the same bytes. */
static bool same_below(const char *wanted, const char *got, bool promote) {
    DIR *directory = opendir(wanted);
    ck_assert_ptr_nonnull(directory);
    bool agree = true;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        char want[PATH];
        char have[PATH];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(want, sizeof want, "%s/%s", wanted, entry->d_name);
        snprintf(have, sizeof have, "%s/%s", got, entry->d_name);
        if (entry->d_type == DT_DIR)
            agree = same_below(want, have, promote) && agree;
        else if (promote)
            copy(have, wanted, entry->d_name);
        else
            agree = same(want, have) && agree;
    }
    closedir(directory);
    return agree;
}

static bool agrees(const struct golden *g, bool promote) {
    bool wants_mistakes = exists(g->want_mistakes);
    ck_assert_msg(wants_mistakes != exists(g->want_files), "%s has to hold want.err or want/",
                  g->folder);
    if (wants_mistakes && promote)
        copy(g->mistakes, g->folder, "want.err");
    if (wants_mistakes)
        return promote || same(g->want_mistakes, g->mistakes);
    return same("/dev/null", g->mistakes) && same_below(g->want_files, g->out, promote);
}

START_TEST(agrees_with_its_folder) {
    struct golden g;
    char defect[PATH];
    const char *name = cases[_i]->d_name;
    prepare(&g, name);
    run(&g);
    snprintf(defect, sizeof defect, CASES "/%s/known-defect", name);
    bool known = exists(defect);
    bool agree = agrees(&g, getenv("PROMOTE") && !known);
    directory_remove(g.scratch);
    free(g.scratch);
    ck_assert_msg(agree || known, "%s: the difference is shown above; PROMOTE=1 accepts it", name);
    ck_assert_msg(!agree || !known, "%s works now: remove its file known-defect", name);
}
END_TEST

/* --- All cases --- */

static int is_visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

int main(void) {
    case_count = scandir(CASES, &cases, is_visible, alphasort);
    if (case_count <= 0) {
        fprintf(stderr, "there are no cases in " CASES "; run at the root of the project\n");
        return 2;
    }
    Suite *suite = suite_create("golden");
    TCase *all = tcase_create("tangle");
    tcase_add_loop_test(all, agrees_with_its_folder, 0, case_count);
    suite_add_tcase(suite, all);
    int code = unit_run(suite);
    for (int i = 0; i < case_count; i++)
        free(cases[i]);
    free(cases);
    return code;
}
