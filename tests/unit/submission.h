/* What the tests of intake share: a homework that asks for three files and the answers, one
 * submission, and questions about what was taken from it. */
#ifndef GRADUS_SUBMISSION_H
#define GRADUS_SUBMISSION_H

#include "base/fault.h"
#include "base/file.h"
#include "intake/intake.h"
#include "unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* --- A homework, and one submission --- */

static struct file_rule first_files[] = {{"first.c", 1000}, {"shared.c", 64 * KIB}};
static struct file_rule second_files[] = {{"second.c", 1000}};
static struct file_rule second_data[] = {{"measured.json", 100}, {"table.txt", 100}};
static struct problem problems[] = {
    {.number = 1, .file_count = 2, .files = first_files},
    {.number = 2, .file_count = 1, .files = second_files, .data_count = 2, .data = second_data}};
static const struct homework homework = {
    .answers = {"answers.md", 2000},
    .helper_limit = 500,
    .helper_count = 2,
    .problem_count = 2,
    .problems = problems,
};

static char *root, *submission, *into;
static struct intake *taken;

static inline void set_up(void) {
    root = directory_private();
    submission = format_string("%s/work", root);
    into = format_string("%s/into", root);
    ck_assert(directory_make(submission) && directory_make(into));
}

static inline void tear_down(void) {
    intake_free(taken);
    taken = NULL;
    ck_assert(directory_remove(root));
    free(root);
    free(submission);
    free(into);
}

static inline void put(const char *name, const char *bytes, size_t count) {
    char *path = format_string("%s/%s", submission, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    ck_assert(directory_make(path));
    *slash = '/';
    ck_assert(file_write(path, bytes, count));
    free(path);
}

static inline void put_zeros(const char *name, size_t count) {
    char *bytes = allocate(count, 1);
    put(name, bytes, count);
    free(bytes);
}

static inline void take(void) {
    taken = intake_take(&homework, submission, into);
}

static inline const struct intake_file *row(const char *name) {
    for (int f = 0; f < taken->file_count; f++)
        if (strcmp(taken->files[f].name, name) == 0)
            return &taken->files[f];
    ck_abort_msg("%s is not listed", name);
    return NULL;
}

static inline int rows(const char *name, enum intake_fate fate) {
    int count = 0;
    for (int f = 0; f < taken->file_count; f++)
        count += strcmp(taken->files[f].name, name) == 0 && taken->files[f].fate == fate;
    return count;
}

/* How many files lie in the private directory: nothing but what was taken may. */
static inline int written(void) {
    int count = 0;
    DIR *stream = opendir(into);
    ck_assert_ptr_nonnull(stream);
    for (const struct dirent *d; (d = readdir(stream));)
        count += d->d_name[0] != '.';
    closedir(stream);
    return count;
}

static inline void expect_written(const char *name, const char *bytes) {
    char *path = format_string("%s/%s", into, name);
    struct text got;
    text_init(&got, MIB);
    ck_assert_msg(file_read(path, &got), "%s was not written", name);
    ck_assert_str_eq(got.at, bytes);
    text_free(&got);
    free(path);
}

static inline void expect_problem(const char *words) {
    ck_assert_ptr_nonnull(taken->problem);
    ck_assert_msg(strstr(taken->problem, words) != NULL, "\"%s\" lacks \"%s\"", taken->problem,
                  words);
    ck_assert_int_eq(written(), 0);
}

#endif
