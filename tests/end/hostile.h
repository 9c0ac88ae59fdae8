/* The parts of hostile_test: the crimes and what must become of them, grading one at a level, and
 * looking for what it gained and left. */
#ifndef GRADUS_HOSTILE_H
#define GRADUS_HOSTILE_H

#include <stdbool.h>
#include <sys/types.h>

#define CRIMES "tests/hostile"
#define HONEST "tests/tiny/reference"

/* --- hostile_crimes.c --- */

enum { TESTS = 3, ROWS = 400 };

struct row {
    char name[64], status[TESTS][64], words[80];
    int most;
    const char *ending; /* ".c", ".py" or NULL without a file */
};
extern struct row rows[ROWS];
extern int row_count;
extern const struct row honest_row; /* no crime: what every problem and the next one look like */

void crimes_read(void);
int crimes_count_strangers(void); /* the crimes without a row; also finds each row's file */
bool crimes_allow(const char *alternatives, const char *word); /* "this|that" */

/* --- hostile_grading.c --- */

enum level { LEVEL_SELF, LEVEL_SOMEBODY, LEVEL_CONTAINER, LEVELS };
const char *grading_level_name(enum level level);

enum { ENDED_HUNG = 100, ENDED_BEFORE, ENDED_LEFT_PROCESSES, ENDED_BADLY };

struct grading {
    const struct row *row;
    enum level level;
    char *place; /* submission, out, tmp, drop, canary, log */
    pid_t keeper;
    double started, seconds, computed; /* seconds of processors */
    int ended;                         /* gradus's exit code, or one of the above */
    const struct grading *honest;      /* the honest one of its level */
};
extern const char grading_canary[];

/* What is graded with: `product` holds copies of gradus and the tiny homework for everybody to
 * read, and `places` below the same private directory is where the gradings lie. */
struct bench {
    char *private, *product;
    const char *build;
};
void grading_open(struct bench *bench, const char *build);
void grading_close(struct bench *bench); /* keeps the places if the environment has KEEP */
bool grading_possible(const struct bench *bench, enum level level);
/* Grades `count`, two at a time. */
void grading_run_all(const struct bench *bench, struct grading *gradings, int count);
char *grading_path(const struct grading *g, const char *name);

/* --- hostile_demands.c --- */

/* Aborts the test with a sentence when anything was gained or left. */
void demand_nothing_gained(const struct grading *g);
/* What lies where everybody may put things, and the product: one line each, to be compared. */
char *demand_listing(const struct bench *bench);
/* How the sandbox was called on its scorecard. */
char *demand_isolation(const struct grading *g);

#endif
