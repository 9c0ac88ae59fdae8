/* Stands in for what runs before and behind everything. */
#include "honest.h"
#include <stddef.h>
char **environ;
char *__progname = "gradus";
void *malloc(size_t count) {
    static char room[1 << 16];
    return count < sizeof room ? room : NULL;
}
void free(void *at) {
    (void)at;
}
void *memcpy(void *restrict to, const void *restrict from, size_t count) {
    (void)from, (void)count;
    return to;
}
void __stack_chk_fail(void) {}
int fflush(FILE *stream) {
    return stream == NULL;
}
int sigaction(int number, const void *action, void *old) {
    return number == 0 && action == old;
}

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
