/* How gradus itself fails (fault.h): loudly, with exit code 2. */
#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_sentence(const char *format, va_list arguments) {
    fflush(stdout);
    fputs("gradus: ", stderr);
    vfprintf(stderr, format, arguments);
}

void fault_at(const char *file, int line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_sentence(format, arguments);
    va_end(arguments);
    fprintf(stderr, " (%s:%d)\n", file, line);
    exit(EXIT_FAULT);
}

void refuse(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_sentence(format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_FAULT);
}

void *allocate(unsigned long count, unsigned long size) {
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory)
        fault("no memory for %lu times %lu bytes", count, size);
    return memory;
}

char *copy_string(const char *s) {
    size_t length = strlen(s) + 1;
    return memcpy(allocate(length, 1), s, length);
}

char *format_string(const char *format, ...) {
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        fault("cannot format \"%s\"", format);
    char *s = allocate((size_t)length + 1, 1);
    (void)vsnprintf(s, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return s;
}
