/* What became of one test: facts only, in a struct of fixed size that a judge writes to a pipe and
 * gradus reads back whole.  The English is made later, from one table (score/sentence.c). */
#ifndef GRADUS_VERDICT_H
#define GRADUS_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

enum verdict_status {
    VERDICT_UNSET,
    VERDICT_PASSED,
    VERDICT_PARTIAL,
    VERDICT_AWAITING,        /* no points yet, and nothing wrong: `sentence` says what is awaited */
    VERDICT_WRONG,           /* an expectation was not met: `finding` says which kind */
    VERDICT_NOT_STARTED,     /* the function is missing, or says UNFINISHED, or left every NaN */
    VERDICT_CRASHED,         /* `code` is the signal, `crash` what was seen of the address */
    VERDICT_EXITED,          /* ended the program in a call; `code` is the exit code */
    VERDICT_ENDED_EARLY,     /* ended before main: `code` exit code, or minus the signal */
    VERDICT_FORBIDDEN,       /* `code` is the number of the refused system call */
    VERDICT_TIMED_OUT,       /* still computing when the CPU limit came; `seconds`, or `costly` */
    VERDICT_BLOCKED,         /* waiting, not computing, when the wall limit came; `seconds` */
    VERDICT_OUT_OF_MEMORY,   /* `code` is the limit in MiB */
    VERDICT_TOO_MUCH_OUTPUT, /* `code` is the limit in KiB */
    VERDICT_NOT_BUILT,       /* its file is missing or did not compile or link */
    VERDICT_NOT_GRADED,      /* our fault: never a score */
    VERDICT_COUNT
};

enum verdict_crash {
    CRASH_UNKNOWN,
    CRASH_NULL,          /* an address in the first page */
    CRASH_PAST_ARGUMENT, /* behind the end of argument `argument`, `element` numbers past it */
    CRASH_BEFORE_ARGUMENT,
    CRASH_WROTE_INPUT, /* wrote into the const argument `argument` */
    CRASH_STACK,
    CRASH_DIVISION,
    CRASH_ABORTED,
    CRASH_DAMAGED_OUTPUT, /* no signal: the bytes around output `argument` were changed */
};

enum { VERDICT_NAME = 64, VERDICT_TEXT = 3000 };

/* Kinds of demands that allow an error. */
enum margin { MARGIN_SUMS, MARGIN_ADJOINT, MARGIN_GRADIENT, MARGIN_REAL, MARGIN_COUNT };
extern const char *const margin_names[MARGIN_COUNT];

struct verdict {
    enum verdict_status status;
    enum verdict_crash crash;
    int code;
    double seconds;
    int share, of; /* of the test's points, when partial */
    int costly;    /* timed out before it began, as the problem's seconds were used up: the test,
                      from 1, that had used most of them; else 0 */

    /* Where it happened. */
    int line;  /* in the problem's document: of the demand that failed, or of the fence */
    int row;   /* of the shapes table, or -1 */
    int calls; /* how many calls had been made */
    char function[VERDICT_NAME], argument[VERDICT_NAME];
    int64_t element;

    /* The finding (enum finding_kind), when wrong. */
    int finding, rank, index[4];
    double got, want, allowed, worst_absolute, worst_relative;
    int64_t got_integer, want_integer; /* the exact numbers, when the finding is FINDING_INT */
    int64_t bad, total;
    char expression[VERDICT_TEXT / 4], sentence[VERDICT_TEXT / 4];
    char fed[VERDICT_TEXT], expected[VERDICT_TEXT], returned[VERDICT_TEXT];
    char printed[VERDICT_TEXT]; /* what the student's code printed; hostile bytes */
    bool printed_cut;

    /* The largest errors met, divided by what was allowed; those of NaN and infinity not. */
    double margins[MARGIN_COUNT];

    char flags[VERDICT_TEXT]; /* what a person should look at: lines for the staff alone */
    int flags_left_out;       /* further ones */

    char mutant[VERDICT_NAME]; /* the planted mistake that gives just this wrong answer, or "" */

    /* What depends on machine and moment: goes into the scorecard's `run` object only. */
    double cpu_ms, wall_ms, waited_ms; /* waited: neither computing nor wanting to */
    long peak_kib;
};

/* The first bad thing stays: does nothing when a status other than PASSED, PARTIAL or AWAITING is
 * set. */
void verdict_set(struct verdict *v, enum verdict_status status, int code);

#endif
