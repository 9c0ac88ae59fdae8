/* Taking in what a memory file holds (taking.h). */
#include "taking.h"

#include "base/fault.h"
#include "base/file.h"
#include "intake/intake.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct file_rule files[] = {{"first.c", 1000}, {"second.c", 4 * KIB}};
static struct problem problems[] = {{.number = 1, .file_count = 2, .files = files}};
static struct homework homework = {.answers = {"answers.md", 2 * KIB},
                                   .helper_limit = 500,
                                   .helper_count = 2,
                                   .problem_count = 1,
                                   .problems = problems};

bool taking_fault;

void taking_begin(void) {
    folder_put("into/.keep", "", 0);
}

static size_t limit_of(const char *name) {
    for (int i = 0; i < problems[0].file_count; i++)
        if (strcmp(files[i].name, name) == 0)
            return files[i].limit;
    return strcmp(name, homework.answers.name) == 0 ? homework.answers.limit : 0;
}

/* The file that was written is the one in the list, byte for byte; it is removed. */
static void demand_taken(const char *into, const struct intake_file *f) {
    size_t limit = limit_of(f->name);
    char *path = format_string("%s/%s", into, f->name);
    struct text bytes;
    text_init(&bytes, INTAKE_BYTES);
    DEMAND(!strchr(f->name, '/') && f->name[0] != '.');
    DEMAND((f->fate == INTAKE_TAKEN) == (limit > 0));
    DEMAND(f->size <= (limit > 0 ? limit : homework.helper_limit));
    DEMAND(file_read(path, &bytes));
    DEMAND(bytes.length == f->size && digest(0, bytes.at, bytes.length) == f->digest);
    DEMAND(unlink(path) == 0);
    text_free(&bytes);
    free(path);
}

static int count_entries(const char *folder) {
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, NULL);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return count;
}

void taking_demand(const void *bytes, size_t count) {
    char *into = format_string("%s/into", fuzz_folder());
    int archive = memory_file(bytes, count), helpers = 0, taken = 0;
    struct intake *i = intake_take(&homework, memory_path(archive), into);
    close(archive);
    DEMAND((i->fault != NULL) == taking_fault);
    if (i->fault)
        demand_line(i->fault);
    DEMAND(i->file_count >= 0 && i->file_count <= INTAKE_FILES && i->left_out >= 0);
    for (int f = 0; f < i->file_count; f++) {
        demand_line(i->files[f].name);
        DEMAND(f == 0 || strcmp(i->files[f - 1].name, i->files[f].name) <= 0);
        helpers += i->files[f].fate == INTAKE_HELPER;
        taken += i->files[f].fate == INTAKE_TAKEN;
        if (i->files[f].fate <= INTAKE_HELPER)
            demand_taken(into, &i->files[f]);
    }
    DEMAND(helpers <= homework.helper_count);
    DEMAND((taken == 0) <= (i->problem || i->fault));
    DEMAND(!i->fault || taken + helpers == 0);
    if (i->problem)
        demand_line(i->problem);
    if (i->folder)
        demand_line(i->folder);
    DEMAND(count_entries(into) == 3); /* ".", ".." and ours: nothing that is not listed */
    DEMAND(count_entries(fuzz_folder()) == 3);
    intake_free(i);
    free(into);
}
