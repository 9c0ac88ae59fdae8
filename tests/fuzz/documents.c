/* A homework in memory for the harnesses of documents (documents.h): what has to be true of one
 * that was read, and of one that was not. */
#include "documents.h"

#include "base/fault.h"
#include "base/file.h"
#include "document/points.h"
#include "document/reader.h"
#include "document/tangle.h"
#include "score/answers.h"
#include "score/score.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Lines of documents that hold it must reach no student where they stand in a block of the staff's.
 */
static const char secret[] = "SECRET";

/* --- Mistakes --- */

/* Each line "problems/NAME.md:LINE: SENTENCE", LINE within the document. */
static void demand_mistakes(const struct text *mistakes, int last_line) {
    DEMAND(mistakes->length > 0 && mistakes->at[mistakes->length - 1] == '\n');
    demand_clean(mistakes->at, mistakes->length);
    for (const char *line = mistakes->at; *line; line = strchr(line, '\n') + 1) {
        const char *colon = strchr(line, ':');
        char *behind = NULL;
        DEMAND(strncmp(line, "problems/", 9) == 0 && colon);
        long number = strtol(colon + 1, &behind, 10);
        DEMAND(number >= 1 && number <= last_line && strncmp(behind, ": ", 2) == 0);
        DEMAND(behind[2] && behind[2] != '\n');
    }
}

static int count_lines(const char *text) {
    int lines = 1;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* --- What was read --- */

static void demand_block(const struct problem *p, const struct block *b) {
    DEMAND(b->line >= 1 && b->end > b->line && b->end <= count_lines(p->text));
    DEMAND(b->name && b->heading && b->body && b->points >= 0);
    demand_line(b->heading);
    for (int i = 0; i < p->table_count && b->role == ROLE_SHAPES; i++)
        for (int k = 0; k < p->tables[i].row_count; k++)
            if (p->tables[i].block == b)
                DEMAND(p->tables[i].row[k].line > b->line && p->tables[i].row[k].line < b->end);
}

static void demand_problem(const struct problem *p) {
    int points = 0;
    for (int i = 0; i < p->block_count; i++) {
        demand_block(p, &p->blocks[i]);
        bool test = p->blocks[i].role == ROLE_TEST || p->blocks[i].role == ROLE_HIDDEN;
        points += test ? p->blocks[i].points : 0;
        DEMAND(i == 0 || p->blocks[i].line > p->blocks[i - 1].end);
    }
    DEMAND(!problem_is_judged(p) || points == p->points);
    DEMAND(p->limits.cpu_seconds > 0 && p->limits.wall_seconds > 0 && p->limits.memory_mib > 0);
}

static void demand_homework(const struct homework *h) {
    int points = 0;
    struct text table;
    text_init(&table, 4 * MIB);
    for (int i = 0; i < h->problem_count; i++) {
        demand_problem(&h->problems[i]);
        points += h->problems[i].points;
        DEMAND(problem_digest(h, &h->problems[i]) == problem_digest(h, &h->problems[i]));
    }
    DEMAND(points == h->points);
    points_table(h, &table);
    DEMAND(table.length > 0 && !table.cut);
    demand_clean(table.at, table.length);
    text_free(&table);
}

/* --- What was tangled --- */

/* Whether every line with the secret stands in a block that only the staff may see. */
static bool keeps_secret(const struct homework *h) {
    for (int i = 0; i < h->problem_count; i++) {
        const struct problem *p = &h->problems[i];
        const char *line = p->text;
        for (int number = 1; line; number++, line = line_find(line, 2)) {
            const char *found = strstr(line, secret);
            if (!found || found > line + strcspn(line, "\n"))
                continue;
            bool kept = false;
            for (int k = 0; k < p->block_count; k++) {
                const struct block *b = &p->blocks[k];
                bool staff = b->role == ROLE_HIDDEN || b->role == ROLE_MUTANT ||
                             b->role == ROLE_RUBRIC || b->role == ROLE_ANSWER;
                kept = kept || (staff && number > b->line && number < b->end);
            }
            if (!kept)
                return false;
        }
    }
    return !strstr(h->text, secret);
}

/* NOLINTNEXTLINE(misc-no-recursion): tangled folders are four deep */
static void demand_files(const char *folder, bool students, bool kept) {
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char *path = format_string("%s/%s", folder, entries[i]->d_name);
        struct stat status;
        struct text bytes;
        text_init(&bytes, 16 * MIB);
        DEMAND(lstat(path, &status) == 0);
        if (S_ISDIR(status.st_mode) && entries[i]->d_name[0] != '.') {
            demand_files(path, students || strcmp(entries[i]->d_name, "skeleton") == 0, kept);
        } else if (S_ISREG(status.st_mode)) {
            DEMAND(file_read(path, &bytes));
            demand_clean(bytes.at, bytes.length);
            DEMAND(!students || !kept || !strstr(bytes.at, secret));
        }
        text_free(&bytes);
        free(path);
        free(entries[i]);
    }
    free(entries);
}

/* The file of answers as students get it: each heading is found, nothing is answered, and nothing
 * earned. */
static void demand_untouched(const struct homework *h, const char *out) {
    char *path = format_string("%s/skeleton/%s", out, h->answers.name);
    struct text answers, frames;
    text_init(&answers, 16 * MIB);
    text_init(&frames, 16 * MIB);
    DEMAND(file_read(path, &answers));
    struct card *card = card_make(h, NULL, NULL);
    answers_extract(card, answers.at, answers.length, &frames);
    answers_accept(card, &frames);
    DEMAND(card->answers == ANSWERS_READ);
    for (int i = 0; i < card->question_count; i++) {
        DEMAND(card->questions[i].sections == 1);
        DEMAND(card->questions[i].state == ANSWER_MISSING);
    }
    card_free(card);
    text_free(&answers);
    text_free(&frames);
    free(path);
}

static void demand_tangled(const struct homework *h) {
    char *out = format_string("%s/out", fuzz_folder());
    struct text mistakes;
    text_init(&mistakes, MIB);
    bool done = tangle(h, out, &mistakes);
    DEMAND(done == (mistakes.length == 0));
    if (done) {
        demand_files(out, false, keeps_secret(h));
        demand_untouched(h, out);
    } else {
        demand_mistakes(&mistakes, INT32_MAX);
    }
    directory_remove(out);
    text_free(&mistakes);
    free(out);
}

/* --- The whole --- */

static void read_all(int last_line) {
    struct text mistakes;
    text_init(&mistakes, 4 * MIB);
    struct homework *h = homework_read(fuzz_folder(), &mistakes);
    DEMAND((h != NULL) == (mistakes.length == 0));
    if (h) {
        demand_homework(h);
        demand_tangled(h);
    } else {
        demand_mistakes(&mistakes, last_line);
    }
    homework_free(h);
    text_free(&mistakes);
}

static int put_file(const char *name, const char *from) {
    struct text bytes;
    text_init(&bytes, MIB);
    DEMAND(file_read(from, &bytes));
    folder_put(name, bytes.at, bytes.length);
    int lines = count_lines(bytes.at);
    text_free(&bytes);
    return lines;
}

static int most_lines;

void documents_begin(void) {
    int lines = put_file("problems/homework.md", "tests/golden/default/problems/homework.md");
    most_lines =
        put_file("problems/1-golden.md", "tests/golden/tangle/mutants_keep_the_indentation/in.md");
    most_lines = lines > most_lines ? lines : most_lines;
    put_file("reference/answer.c", "tests/golden/default/reference/answer.c");
    folder_put("problems/support/given.c", "", 0);
    folder_put("problems/support/given.h", "", 0);
}

void documents_replace(const char *name, const uint8_t *bytes, size_t count) {
    int lines = 1;
    for (size_t i = 0; i < count; i++)
        lines += bytes[i] == '\n';
    folder_put(name, bytes, count);
    read_all(lines > most_lines ? lines : most_lines);
}
