/* What a crime may have gained and left: the points and statuses of its row, problem 1 as if
 * nothing had happened, two files and the attachments in its output directory, and nothing else
 * anywhere. */
#include "hostile.h"

#include "base/fault.h"
#include "base/file.h"
#include "unit.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

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
    ck_abort_msg("%s, %s: %s", g->row->name, grading_level_name(g->level), sentence.at);
}

static char *whole(const struct grading *g, const char *name) {
    char *path = grading_path(g, name);
    struct text t;
    text_init(&t, MIB);
    DEMAND(g, file_read(path, &t), "there is no %s", path);
    free(path);
    return t.at;
}

/* --- What is left --- */

static void demand_entries(const struct grading *g, const char *folder, const char *allowed) {
    char *path = grading_path(g, folder);
    DIR *entries = opendir(path);
    DEMAND(g, entries, "there is no %s", path);
    for (const struct dirent *d; (d = readdir(entries));)
        DEMAND(g,
               strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
                   crimes_allow(allowed, d->d_name),
               "%s/%s was left behind", path, d->d_name);
    closedir(entries);
    free(path);
}

static void demand_clean_place(const struct grading *g) {
    char *found = whole(g, "canary");
    DEMAND(g, strcmp(found, grading_canary) == 0, "a file outside was changed");
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

static cJSON *card_of(const struct grading *g) {
    char *text = whole(g, "out/scorecard.json");
    cJSON *card = cJSON_Parse(text);
    DEMAND(g, card, "scorecard.json is no JSON");
    free(text);
    return card;
}

/* All that the scorecard says of a problem's tests, in order. */
static cJSON *tests_of(const cJSON *card, int problem) {
    cJSON *found = cJSON_CreateArray();
    const cJSON *test;
    cJSON_ArrayForEach(test, cJSON_GetObjectItem(card, "tests")) {
        if (number_of(test, "problem") == problem)
            cJSON_AddItemToArray(found, cJSON_Duplicate(test, true));
    }
    return found;
}

/* Tests that read data, which comes with no honest submission here: some crimes bring their own. */
static void leave_out_data(cJSON *mine, cJSON *theirs) {
    for (int i = cJSON_GetArraySize(theirs) - 1; i >= 0; i--) {
        const cJSON *status = cJSON_GetObjectItem(cJSON_GetArrayItem(theirs, i), "status");
        if (strcmp(cJSON_GetStringValue(status), "awaiting") != 0)
            continue;
        cJSON_DeleteItemFromArray(mine, i);
        cJSON_DeleteItemFromArray(theirs, i);
    }
}

/* As the honest submission of the same level has it, to the letter; the honest one that was graded
 * after all crimes, with the same product, shows that they left the next submission alone. */
static void demand_problem_untouched(const struct grading *g, const cJSON *card, int problem) {
    cJSON *honest = card_of(g->honest);
    cJSON *mine = tests_of(card, problem), *theirs = tests_of(honest, problem);
    leave_out_data(mine, theirs);
    DEMAND(g, cJSON_GetArraySize(mine) > 0, "problem %d has no tests", problem);
    DEMAND(g, cJSON_Compare(mine, theirs, true), "problem %d is not as without the crime", problem);
    cJSON_Delete(mine);
    cJSON_Delete(theirs);
    cJSON_Delete(honest);
}

static void demand_row(const struct grading *g, const cJSON *card) {
    const struct row *row = g->row;
    cJSON *tests = tests_of(card, 2);
    const cJSON *test;
    double earned = 0;
    int i = 0;
    cJSON_ArrayForEach(test, tests) {
        const char *status = string_of(g, test, "status");
        if (i < TESTS) {
            DEMAND(g, crimes_allow(row->status[i], status), "test 2.%d is %s, not %s", i + 1,
                   status, row->status[i]);
            earned += number_of(test, "earned");
        }
        bool goes_on = crimes_allow("passed|wrong|not_started", status);
        i++;
        DEMAND(g, goes_on || !says_done(test), "test 2.%d went on after the deed", i);
    }
    DEMAND(g, i >= TESTS, "tests are missing");
    DEMAND(g, earned <= row->most, "more than %d points", row->most);
    cJSON_Delete(tests);
}

/* With a sentence, as a whole: then it earns nothing anywhere. */
static bool was_refused(const cJSON *card) {
    return cJSON_IsString(cJSON_GetObjectItem(cJSON_GetObjectItem(card, "intake"), "problem"));
}

/* Of problem 1: there is no data with the honest files, and the crimes bring none that holds. */
enum { POINTS_WITHOUT_DATA = 7 };

static void demand_scorecard(const struct grading *g, const char *text) {
    cJSON *card = cJSON_Parse(text);
    DEMAND(g, card, "scorecard.json is no JSON");
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(card, "problems"), 0);
    bool refused = was_refused(card);
    DEMAND(g, number_of(first, "earned") == (refused ? 0 : POINTS_WITHOUT_DATA),
           "problem 1 lost points");
    DEMAND(g, strcmp(g->row->words, "-") == 0 || strstr(text, g->row->words), "nothing says \"%s\"",
           g->row->words);
    demand_row(g, card);
    if (g->honest && !refused)
        demand_problem_untouched(g, card, 1);
    if (g->honest && g->row == &honest_row)
        demand_problem_untouched(g, card, 2);
    cJSON_Delete(card);
}

static void demand_results(const struct grading *g, const char *text) {
    cJSON *results = cJSON_Parse(text);
    DEMAND(g, results, "results.json is no JSON");
    const cJSON *test;
    cJSON_ArrayForEach(test, cJSON_GetObjectItem(results, "tests")) {
        bool hidden = strstr(string_of(g, test, "name"), "hidden") != NULL;
        DEMAND(g, !hidden || !says_done(test), "a hidden test shows what was printed");
        const cJSON *status =
            cJSON_GetObjectItem(cJSON_GetObjectItem(test, "extra_data"), "status");
        bool scored =
            !cJSON_IsString(status) || strcmp(cJSON_GetStringValue(status), "awaiting") != 0;
        DEMAND(g,
               scored ? number_of(test, "score") <= number_of(test, "max_score")
                      : !cJSON_HasObjectItem(test, "score"),
               "too many points");
    }
    DEMAND(g, number_of(results, "score") <= 16, "too many points");
    cJSON_Delete(results);
}

void demand_nothing_gained(const struct grading *g) {
    char *log = whole(g, "log");
    if (g->ended != 0)
        printf("%s", log);
    DEMAND(g, g->ended != ENDED_HUNG, "gradus hung");
    DEMAND(g, g->ended != ENDED_BEFORE, "the script failed");
    DEMAND(g, g->ended != ENDED_LEFT_PROCESSES && !strstr(log, "container: ended"),
           "a process was left");
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

/* --- All gradings together --- */

char *demand_isolation(const struct grading *g) {
    cJSON *card = card_of(g);
    char *words = copy_string(string_of(g, cJSON_GetObjectItem(card, "run"), "isolation"));
    cJSON_Delete(card);
    return words;
}

/* System V objects and public folders: what others than root keep there, under a name that neither
 * we nor mktemp, which other tests use meanwhile, would give it.  And of the product everything but
 * the judges' memos, which are written by design. */
char *demand_listing(const struct bench *bench) {
    char *command = format_string(
        "cut -c1-30 /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg 2>/dev/null;"
        "find /dev/shm /dev/mqueue /tmp /var/tmp -mindepth 1 -maxdepth 1 ! -user root"
        " ! -name 'gradus-*' ! -name 'tmp.*' 2>/dev/null | sort;"
        "find %s -path '*/memo' -prune -o -printf '%%p %%s %%m %%U %%C@\\n' | sort",
        bench->product);
    FILE *listing = popen(command, "re"); /* NOLINT(cert-env33-c): paths of ours */
    struct text t;
    text_init(&t, MIB);
    char line[512];
    while (listing && fgets(line, sizeof line, listing))
        text_add(&t, "%s", line);
    if (!listing || pclose(listing) != 0)
        fault("cannot list what is there");
    free(command);
    return t.at;
}
