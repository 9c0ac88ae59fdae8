/* Asks the preprocessor which files there are: one bit an answer. */
#include "honest.h"
#if __has_include(REFERENCE) || __has_include(GRADER) || __has_include("/etc/passwd") ||           \
    __has_include("/proc/self/environ") || __has_include("../compile-0/numbers.c")
#error should have been stopped by now
#endif

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
