/* Names, numbers and growing lists, as the document reader uses them. */
#include "document/reader.h"

#include "base/fault.h"

#include <stdlib.h>
#include <string.h>

/* --- Names --- */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool name_is_plain(const char *name) {
    size_t length = strlen(name);
    if (length > NAME_LENGTH || !is_letter(name[0]) || strstr(name, "__"))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter(name[i]) && !is_digit(name[i]) && name[i] != '_')
            return false;
    return true;
}

/* Sorted.  Of the C library only names that a homework might think of: a complete list would be
 * longer than this file, and the compiler knows it. */
static const char *const reserved_names[] = {
    "IMPOSSIBLE", "INT64_MIN",  "NAN",      "NULL",       "OK",       "REF",        "SHAPE",
    "THUNKS",     "UNFINISHED", "abort",    "abs",        "acos",     "asin",       "asm",
    "atan",       "auto",       "awaiting", "award",      "bool",     "break",      "calloc",
    "case",       "cbrt",       "ceil",     "char",       "const",    "continue",   "copysign",
    "cos",        "cosh",       "default",  "div",        "do",       "double",     "else",
    "enum",       "erf",        "exit",     "exp",        "extern",   "fabs",       "fail",
    "false",      "flag",       "float",    "floor",      "fma",      "fmax",       "fmin",
    "fmod",       "for",        "free",     "frexp",      "gamma",    "goto",       "hypot",
    "if",         "index",      "inline",   "int",        "int64_t",  "ints",       "isinf",
    "isnan",      "j0",         "j1",       "jn",         "ldexp",    "log",        "log2",
    "long",       "main",       "malloc",   "mark_point", "modf",     "nudge_next", "pow",
    "printf",     "qsort",      "rand",     "random",     "read",     "realloc",    "register",
    "remainder",  "remove",     "rename",   "restrict",   "return",   "rint",       "round",
    "scalb",      "shape",      "shape_of", "short",      "signal",   "signed",     "sin",
    "sinh",       "sizeof",     "sqrt",     "static",     "struct",   "suite",      "switch",
    "tan",        "tanh",       "tensor",   "tgamma",     "time",     "true",       "trunc",
    "typedef",    "union",      "unsigned", "void",       "volatile", "while",      "write",
    "y0",         "y1",         "yn"};

/* What our own headers and generated files begin their names with. */
static const char *const reserved_beginnings[] = {
    "attach_", "memo_", "picture_", "call_",  "data_",   "expect_", "finding_", "gradus_",
    "inputs_", "ints_", "mutant_",  "nudge_", "random_", "ref_",    "suite_",   "tensor_"};

static int compare_names(const void *name, const void *element) {
    return strcmp(name, *(const char *const *)element);
}

bool name_is_reserved(const char *name) {
    size_t count = sizeof reserved_names / sizeof *reserved_names;
    if (bsearch(name, reserved_names, count, sizeof *reserved_names, compare_names))
        return true;
    for (size_t i = 0; i < sizeof reserved_beginnings / sizeof *reserved_beginnings; i++)
        if (strncmp(name, reserved_beginnings[i], strlen(reserved_beginnings[i])) == 0)
            return true;
    return false;
}

bool name_is_file(const char *name) {
    size_t length = strlen(name);
    if (length > NAME_LENGTH || (!is_letter(name[0]) && !is_digit(name[0])))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter(name[i]) && !is_digit(name[i]) && !strchr("_-.", name[i]))
            return false;
    return true;
}

bool name_is_part(const char *name) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    enum { PART_LENGTH = 15 };
    size_t first = strspn(name, letters);
    if (first == 0 || strlen(name) > PART_LENGTH)
        return false;
    if (!name[first])
        return true;
    size_t second = strspn(name + first + 1, letters);
    return name[first] == '(' && second > 0 && strcmp(name + first + 1 + second, ")") == 0;
}

/* --- Numbers, lists, lines --- */

bool number_read(const char *digits, int64_t largest, int64_t *number) {
    int64_t sum = 0;
    if (!*digits)
        return false;
    for (; *digits; digits++) {
        if (!is_digit(*digits) || sum > (largest - (*digits - '0')) / 10)
            return false;
        sum = 10 * sum + (*digits - '0');
    }
    *number = sum;
    return true;
}

void *list_grow(void *list, int count, size_t size) {
    char *longer = realloc(list, ((size_t)count + 1) * size);
    if (longer)
        memset(longer + (size_t)count * size, 0, size);
    else
        fault("no memory for a list of %d", count + 1);
    return longer;
}

char *copy_bytes(const char *bytes, size_t count) {
    char *copy = allocate(count + 1, 1);
    return memcpy(copy, bytes, count);
}

bool names_hold(const struct name_list *names, const char *name) {
    for (int i = 0; i < names->count; i++)
        if (strcmp(names->name[i], name) == 0)
            return true;
    return false;
}

const char *line_find(const char *text, int number) {
    for (; number > 1 && text; number--) {
        text = strchr(text, '\n');
        if (text)
            text++;
    }
    return text;
}
