/* Our own mistakes, as opposed to a student's.  A fault says where we were and what we tried, and
 * ends the program with exit code 2: "not graded", never a score.  A student's mistake is never a
 * fault; it is a verdict (judge/verdict.h). */
#ifndef GRADUS_FAULT_H
#define GRADUS_FAULT_H

enum { EXIT_DONE = 0, EXIT_FOUND = 1, EXIT_FAULT = 2 };

/* Prints "gradus: <sentence> (<file>:<line>)" to stderr and exits with EXIT_FAULT. */
#define fault(...) fault_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void fault_at(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Wrong usage or an unusable argument: one sentence without our source position; EXIT_FAULT. */
_Noreturn void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Allocation that cannot fail: it faults instead.  Memory is zeroed. */
void *allocate(unsigned long count, unsigned long size);
char *copy_string(const char *s);
/* A formatted string; the caller frees it. */
char *format_string(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
