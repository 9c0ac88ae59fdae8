/* What has to fit between the blocks of one problem: names, tables, rubrics, points.  Knows the
 * rules; neither how a block is written nor what becomes of it. */
#include "document/reader.h"

#include <stdlib.h>
#include <string.h>

/* --- Finding blocks --- */

static bool is_test(const struct block *b) {
    return b->role == ROLE_TEST || b->role == ROLE_HIDDEN;
}

const struct block *block_find(const struct problem *p, enum role role, const char *name) {
    for (int i = 0; i < p->block_count; i++)
        if (p->blocks[i].role == role && strcmp(p->blocks[i].name, name) == 0)
            return &p->blocks[i];
    return NULL;
}

int problem_block_points(const struct problem *p) {
    int points = 0;
    for (int i = 0; i < p->block_count; i++)
        if (is_test(&p->blocks[i]))
            points += p->blocks[i].points;
    return points;
}

static bool has_code(const struct problem *p) {
    return p->file_count > 0 || (p->reference && *p->reference);
}

bool problem_is_judged(const struct problem *p) {
    return has_code(p) || p->data_count > 0;
}

int problem_check_count(const struct problem *p) {
    int count = 0;
    for (int i = 0; i < p->block_count; i++)
        count += p->blocks[i].check != CHECK_NOTHING;
    return count;
}

/* --- Names --- */

/* Tests and hidden tests share their names; so does no other pair of roles. */
static void check_name(const struct reader *r, const struct problem *p, const struct block *b) {
    for (const struct block *other = p->blocks; other < b; other++)
        if (*b->name && strcmp(other->name, b->name) == 0 &&
            (other->role == b->role || (is_test(other) && is_test(b)))) {
            mistake(r, b->line, "%s \"%s\" already defined on line %d", role_name(b->role), b->name,
                    other->line);
            return;
        }
}

/* --- Roles --- */

static void check_test(const struct reader *r, const struct problem *p, const struct block *b) {
    if (!b->shapes)
        return;
    const struct block *table = block_find(p, ROLE_SHAPES, b->shapes);
    if (!table)
        mistake(r, b->line, "there are no shapes \"%s\"", b->shapes);
    else if (table->line > b->line)
        mistake(r, b->line, "shapes \"%s\" stand below, on line %d", b->shapes, table->line);
}

static void check_shapes(const struct reader *r, const struct problem *p, const struct block *b) {
    for (int i = 0; i < p->block_count; i++)
        if (p->blocks[i].shapes && strcmp(p->blocks[i].shapes, b->name) == 0)
            return;
    mistake(r, b->line, "no test uses shapes \"%s\"", b->name);
}

static void check_mutant(const struct reader *r, const struct problem *p, const struct block *b) {
    if (!block_find(p, ROLE_TEST, b->killed_by) && !block_find(p, ROLE_HIDDEN, b->killed_by))
        mistake(r, b->line, "killed-by: there is no test \"%s\"", b->killed_by);
}

/* Read by a person: points and a rubric.  Checked by a machine: neither. */
static void check_question(const struct reader *r, const struct problem *p, const struct block *b) {
    const struct block *rubric = block_find(p, ROLE_RUBRIC, b->name);
    if (b->check == CHECK_NOTHING) {
        if (b->points == 0)
            mistake(r, b->line, "question \"%s\" is worth nothing", b->name);
        if (!rubric)
            mistake(r, b->line, "question \"%s\" has no rubric", b->name);
        return;
    }
    if (b->points > 0 || b->extra)
        mistake(r, b->line, "question \"%s\" is checked: it shares the points of its problem",
                b->name);
    if (rubric)
        mistake(r, rubric->line, "question \"%s\" is checked: nobody reads it by a rubric",
                b->name);
    if (problem_is_judged(p))
        mistake(r, b->line, "question \"%s\" is checked: its problem may not have files", b->name);
}

/* The points of a rubric, one number at the beginning of each line; -1 after a mistake. */
static int rubric_points(const struct reader *r, const struct block *b) {
    int sum = 0;
    int line = b->line + 1;
    for (const char *at = b->body; *at; line++) {
        size_t length = strcspn(at, "\n");
        size_t digits = strspn(at, "0123456789");
        char *number = copy_bytes(at, digits);
        int64_t points = 0;
        bool good = number_read(number, 1000, &points) && at[digits] == ' ';
        free(number);
        if (!good && strspn(at, " ") < length) {
            mistake(r, line, "a line of a rubric begins with its points and a blank");
            return -1;
        }
        sum += (int)points;
        at += length + (at[length] == '\n');
    }
    return sum;
}

bool rubric_next(const char **at, int *points, const char **words, size_t *length) {
    while (**at) {
        const char *line = *at;
        size_t whole = strcspn(line, "\n"), digits = strspn(line, "0123456789");
        *at += whole + (line[whole] == '\n');
        if (digits == 0)
            continue;
        *points = (int)strtol(line, NULL, 10);
        *words = line + digits + strspn(line + digits, " ");
        *length = whole - (size_t)(*words - line);
        return true;
    }
    return false;
}

static void check_rubric(const struct reader *r, const struct problem *p, const struct block *b) {
    const struct block *question = block_find(p, ROLE_QUESTION, b->name);
    int points = rubric_points(r, b);
    if (!question)
        mistake(r, b->line, "there is no question \"%s\" for this rubric", b->name);
    else if (points >= 0 && question->check == CHECK_NOTHING && points != question->points)
        mistake(r, b->line, "rubric \"%s\" adds up to %d, its question says %d", b->name, points,
                question->points);
}

static void check_answer(const struct reader *r, const struct problem *p, const struct block *b) {
    if (!block_find(p, ROLE_QUESTION, b->name))
        mistake(r, b->line, "there is no question \"%s\" for this answer", b->name);
}

static void (*const checks[])(const struct reader *r, const struct problem *p,
                              const struct block *b) = {
    [ROLE_TEST] = check_test,     [ROLE_HIDDEN] = check_test,       [ROLE_SHAPES] = check_shapes,
    [ROLE_MUTANT] = check_mutant, [ROLE_QUESTION] = check_question, [ROLE_RUBRIC] = check_rubric,
    [ROLE_ANSWER] = check_answer,
};

/* --- The whole problem --- */

/* A single test must not be able to use up what all have together. */
static void check_seconds(const struct reader *r, const struct problem *p) {
    const struct {
        const char *key;
        double seconds;
    } of_a_test[] = {{"cpu-seconds", p->limits.cpu_seconds},
                     {"wall-seconds", p->limits.wall_seconds}};
    for (size_t i = 0; i < sizeof of_a_test / sizeof of_a_test[0]; i++)
        if (p->problem_seconds < of_a_test[i].seconds)
            mistake(r, front_matter_line(p->text, "problem-seconds"),
                    "problem-seconds: %g for all tests is less than %s: %g for one",
                    p->problem_seconds, of_a_test[i].key, of_a_test[i].seconds);
}

/* With something that tests judge. */
static void check_judged(const struct reader *r, const struct problem *p) {
    int points = problem_block_points(p);
    if (points != p->points)
        mistake(r, front_matter_line(p->text, "points"), "points say %d, blocks add up to %d",
                p->points, points);
    bool listed = !has_code(p);
    for (int i = 0; i < p->file_count; i++)
        listed = listed || (p->files[i].name && strcmp(p->files[i].name, p->reference) == 0);
    if (!listed)
        mistake(r, front_matter_line(p->text, "reference"),
                "reference: \"%s\" is not one of the files", p->reference);
    for (int i = 0; i < p->block_count && !has_code(p); i++)
        if (p->blocks[i].role == ROLE_API || p->blocks[i].role == ROLE_MUTANT)
            mistake(r, p->blocks[i].line,
                    "%s needs a problem with files: and reference:", role_name(p->blocks[i].role));
}

/* With questions only. */
static void check_words(const struct reader *r, const struct problem *p) {
    int line = front_matter_line(p->text, "points");
    int checked = problem_check_count(p);
    if (checked == 0 && p->points > 0)
        mistake(r, line, "points say %d, but there are no files and no checked question",
                p->points);
    if (checked > 0 && p->points == 0)
        mistake(r, line, "points say 0, but there are checked questions");
    for (int i = 0; i < p->block_count; i++) {
        const struct block *b = &p->blocks[i];
        if (b->role != ROLE_QUESTION && b->role != ROLE_RUBRIC && b->role != ROLE_ANSWER)
            mistake(r, b->line,
                    "%s needs a problem with files: and reference:", role_name(b->role));
    }
}

void problem_check(const struct reader *r, const struct problem *p) {
    for (int i = 0; i < p->block_count; i++) {
        const struct block *b = &p->blocks[i];
        check_name(r, p, b);
        if (checks[b->role])
            checks[b->role](r, p, b);
    }
    if (problem_is_judged(p)) {
        check_seconds(r, p);
        check_judged(r, p);
    } else {
        check_words(r, p);
    }
}
