/* Grades every crime of tests/hostile against the tiny homework at every level that the machine
 * offers, and compares what became of it with tests/hostile/table.txt.  Before and after the crimes
 * of a level an honest submission is graded, with the same product: nothing may have changed. */
#include "hostile.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOWEST = 5 };

static struct grading gradings[LEVELS * (ROWS + 2)];
static int grading_count, strangers;
static char *before, *after;

START_TEST(every_crime_has_a_row_and_every_row_a_crime) {
    ck_assert_int_eq(strangers, 0);
    for (int i = 0; i < row_count; i++)
        ck_assert_msg(rows[i].ending, "%s/%s is missing", CRIMES, rows[i].name);
}
END_TEST

START_TEST(gains_and_leaves_nothing) {
    demand_nothing_gained(&gradings[_i]);
}
END_TEST

START_TEST(the_product_and_public_places_are_as_before) {
    const char *a = before, *b = after;
    size_t line = 0; /* length of the first one that differs */
    while (*a && (line = strcspn(a, "\n")) == strcspn(b, "\n") && strncmp(a, b, line) == 0) {
        a += line + 1;
        b += line + 1;
    }
    ck_assert_msg(!*a && !*b, "before: %.*s\nafter: %.*s", (int)line, a, (int)strcspn(b, "\n"), b);
}
END_TEST

/* --- All levels --- */

static struct grading *add(const struct row *row, enum level level, const struct grading *honest) {
    struct grading *g = &gradings[grading_count++];
    *g = (struct grading){.row = row, .level = level, .honest = honest};
    return g;
}

static void grade_level(const struct bench *bench, enum level level) {
    struct grading *first = add(&honest_row, level, NULL);
    grading_run_all(bench, first, 1);
    double start = first->started + first->seconds;
    for (int i = 0; i < row_count; i++)
        if (rows[i].ending)
            add(&rows[i], level, first);
    int count = (int)(&gradings[grading_count] - first) - 1;
    grading_run_all(bench, first + 1, count);
    struct grading *last = add(&honest_row, level, first);
    grading_run_all(bench, last, 1);
    char *isolation = first->ended == 0 ? demand_isolation(first) : NULL;
    double computed = 0;
    for (const struct grading *g = first + 1; g < last; g++)
        computed += g->computed;
    printf("%s (%s): %d crimes in %.1f s, %.1f s of processors\n", grading_level_name(level),
           isolation ? isolation : "not graded", count, last->started - start, computed);
    free(isolation);
}

static int by_seconds(const void *a, const void *b) {
    const struct grading *const *x = a, *const *y = b;
    return ((*x)->seconds < (*y)->seconds) - ((*x)->seconds > (*y)->seconds);
}

static void print_slowest(void) {
    const struct grading *sorted[LEVELS * (ROWS + 2)];
    for (int i = 0; i < grading_count; i++)
        sorted[i] = &gradings[i];
    qsort(sorted, (size_t)grading_count, sizeof sorted[0], by_seconds);
    printf("the slowest:");
    for (int i = 0; i < SLOWEST && i < grading_count; i++)
        printf(" %s %.1f s", sorted[i]->row->name, sorted[i]->seconds);
    printf("\n");
}

static void grade_all(const struct bench *bench) {
    before = demand_listing(bench);
    for (int level = 0; level < LEVELS; level++)
        if (grading_possible(bench, (enum level)level))
            grade_level(bench, (enum level)level);
        else
            printf("%s: not tried, which takes root\n", grading_level_name((enum level)level));
    after = demand_listing(bench);
    print_slowest();
}

int main(void) {
    const char *build = getenv("BUILD");
    struct bench bench;
    crimes_read();
    strangers = crimes_count_strangers();
    grading_open(&bench, build ? build : "build");
    grade_all(&bench);
    Suite *suite = suite_create("hostile");
    TCase *tcase = tcase_create("hostile");
    tcase_add_test(tcase, every_crime_has_a_row_and_every_row_a_crime);
    tcase_add_loop_test(tcase, gains_and_leaves_nothing, 0, grading_count);
    if (geteuid() == 0) /* others' files can be told from a crime's */
        tcase_add_test(tcase, the_product_and_public_places_are_as_before);
    suite_add_tcase(suite, tcase);
    int code = unit_run(suite);
    grading_close(&bench);
    for (int i = 0; i < grading_count; i++)
        free(gradings[i].place);
    free(before);
    free(after);
    return code;
}
