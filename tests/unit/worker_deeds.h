/* What worker_test.c may ask of worker_deeds.c. */
#ifndef GRADUS_WORKER_DEEDS_H
#define GRADUS_WORKER_DEEDS_H

/* In the order of student_thunks. */
enum { ADD_ONE, WEIGHTED_SUM, ADD_IN_PLACE, PROMISED, MISBEHAVE, THIRD, ABSENT };

/* Of `misbehave`. */
enum deed {
    BEHAVE,
    WRITE_PAST,
    WRITE_BEFORE,
    READ_PAST,
    WRITE_INPUT,
    KEEP,
    WRITE_KEPT,
    CHANGE_HEADERS,
    OPEN_INPUTS,
    LEAVE_MODES,
    READ_FOREIGN_CLOCK,
    ALLOCATE,
    PRINT,
    COMPUTE,
    FIRST_CRASH,
    NULL_WRITE = FIRST_CRASH,
    WILD_WRITE,
    RECURSE,
    LARGE_FRAME,
    DIVIDE,
    ABORT,
    MISALIGN,
    RAISE_KILL,
    LAST_CRASH = RAISE_KILL,
    EXIT,
    EXIT_AT_ONCE,
    OPEN,
    TRUNCATE,
    LOOP,
    SLEEP,
    FLOOD,
    WRITE_FAR,
    PRINT_AND_CRASH,
    FORGE_FUTURE,
    FORGE_HUGE,
    REPLY_AND_CHANGE,
    REPLY_AND_LOOP,
    FORGE_NOTE,
    ERASE_SLOT,
    CLOSE_ALL
};

#endif
